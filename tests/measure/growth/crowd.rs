//! Developers by the hundred thousand: one who went the whole way, and copies of everything that this left in the table.

use std::collections::BTreeSet;

use portico_domain::id::{ApiId, DeveloperId};
use portico_domain::status::Status;
use portico_store::sha256_hex;
use portico_tests::TestPortal;
use portico_tests::portal::TABLE;
use regex::Regex;
use serde_json::{Value, json};

/// Items of a call.
const BATCH: usize = 25;

/// Adds so many developers who call an API. Returns how many items there are then.
pub(crate) async fn grow(portal: &TestPortal, api: ApiId, developers: usize) -> usize {
    if developers == 0 {
        return items(portal, &[]).await.0;
    }
    let email = format!("model{developers}@example.test");
    let model = portal.approved_developer(&email).await;
    let application = portal.application_of(&model, &format!("Board {developers}")).await;
    portal.registration(application, api, Status::Approved).await;
    portal.api_key(application).await;
    let developer = model.developer.expect("the model").to_string();
    let (mut count, left) = items(portal, &[&developer, &application.to_string(), &email]).await;
    let text = serde_json::to_string(&left).expect("JSON");
    let shared = [portal.id().to_string(), api.to_string(), portal.strategy.to_string()];
    let mut own = all(&text, "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}");
    own.retain(|id| !shared.contains(id));
    let mut writes: Vec<Value> = Vec::new();
    for number in 1..developers {
        let mut copy = text.replace(&email, &format!("copy{number}of{email}"));
        for id in &own {
            let fresh = portal.portal.new_id::<DeveloperId>().expect("an id").to_string();
            // A digest in the place of a digest: as long, and as random.
            let fresh = if id.len() == 64 { sha256_hex(&fresh) } else { fresh };
            copy = copy.replace(id.as_str(), &fresh);
        }
        let copies: Vec<Value> = serde_json::from_str(&copy).expect("JSON");
        count += copies.len();
        writes.extend(copies);
        while writes.len() >= BATCH {
            let rest = writes.split_off(BATCH);
            write(portal, std::mem::replace(&mut writes, rest)).await;
        }
    }
    write(portal, writes).await;
    portal.database.faults().rest();
    count
}

async fn write(portal: &TestPortal, items: Vec<Value>) {
    if items.is_empty() {
        return;
    }
    let puts: Vec<Value> = items.into_iter().map(|item| json!({ "PutRequest": { "Item": item } })).collect();
    let answer = portal.database.call("BatchWriteItem", json!({ "RequestItems": { TABLE: puts } }).to_string()).await;
    let answer = answer.expect("the engine answers");
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// How many items the table has, and those of them that say one of these words, as DynamoDB's protocol has them.
async fn items(portal: &TestPortal, words: &[&str]) -> (usize, Vec<Value>) {
    let (mut count, mut saying) = (0, Vec::new());
    let mut from = Value::Null;
    loop {
        let mut asked = json!({ "TableName": TABLE });
        if !from.is_null() {
            asked["ExclusiveStartKey"] = from;
        }
        let answer = portal.database.call("Scan", asked.to_string()).await.expect("the engine answers");
        let mut answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        for item in answer["Items"].as_array().into_iter().flatten() {
            count += 1;
            let text = item.to_string();
            if words.iter().any(|word| text.contains(word)) {
                saying.push(item.clone());
            }
        }
        from = answer["LastEvaluatedKey"].take();
        if from.is_null() {
            return (count, saying);
        }
    }
}

/// What of a text is like a pattern, each once.
fn all(text: &str, pattern: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).expect("a pattern");
    pattern.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}
