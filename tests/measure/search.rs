//! What a search costs over 500 APIs with 20,000 operations: it should stay within 50 ms.

use std::time::Instant;

use portico::data::DataFolder;
use portico::engine::Database;
use portico_tests::{Client, TestPortal};
use serde_json::{Map, Value, json};

use crate::report::{Table, goal};
use crate::spread::Spread;

const RUNS: usize = 60;
const WARM: usize = 5;
const APIS: usize = 500;
const OPERATIONS: usize = 40;
const WORDS: [&str; 10] =
    ["station", "forecast", "reading", "alert", "sensor", "account", "invoice", "delivery", "route", "ticket"];

/// An OpenAPI document whose texts differ from API to API.
fn openapi(api: usize) -> String {
    let word = |number: usize| WORDS[(api + number) % WORDS.len()];
    let paths: Map<String, Value> = (0..OPERATIONS)
        .map(|number| {
            let operation = json!({
                "operationId": format!("{}{}Of{api}x{number}", word(number), word(number + 3)),
                "summary": format!("Everything about the {} of a {} in region {api}", word(number), word(number + 7)),
                "responses": {},
            });
            (format!("/{}/{api}/{}/{number}", word(number), word(number + 5)), json!({ "get": operation }))
        })
        .collect();
    json!({ "openapi": "3.1.0", "info": { "title": "An API", "version": "1" }, "paths": paths }).to_string()
}

async fn portal_with_apis() -> (TestPortal, Client, DataFolder) {
    let folder = DataFolder::temporary().expect("a folder");
    let portal = TestPortal::on(Database::open(&folder.table()).expect("the engine starts")).await;
    let admin = portal.admin();
    for number in 0..APIS {
        let visibility = if number % 2 == 0 { "public" } else { "private" };
        let api = admin.create_api(json!({ "name": format!("Api {number}"), "spec_content": openapi(number) })).await;
        admin.publish_api(api, json!({ "visibility": visibility })).await.expect(200);
    }
    let ada = portal.approved_developer("ada@example.test").await;
    portal.database.faults().rest();
    (portal, ada, folder)
}

pub(crate) async fn part() -> String {
    let (portal, ada, _folder) = portal_with_apis().await;
    let visitor = portal.anonymous();
    let mut table = Table::new(["Searched", "Developer, ms", "Visitor, ms", "Calls of the store"]);
    let mut slowest = 0.0_f64;
    for (name, wanted) in [
        ("one word", "forecast"),
        ("two words", "invoice%20sensor"),
        ("one operation", "Of77x7"),
        ("nothing that is there", "zebra"),
    ] {
        let path = format!("/api/v3/search?q={wanted}");
        let of_developer = searched(&ada, &path).await;
        let of_visitor = searched(&visitor, &path).await;
        portal.database.faults().meter();
        ada.get(&path).await.expect(200);
        let consumed = portal.database.faults().take_consumed();
        portal.database.faults().rest();
        for spread in [&of_developer, &of_visitor] {
            slowest = slowest.max(spread.median().as_secs_f64() * 1_000.0);
        }
        table.row([name.to_owned(), of_developer.milliseconds(), of_visitor.milliseconds(), consumed.calls.to_string()]);
    }
    format!("{}\n{}", table.end(), goal("slowest search, ms", slowest, 50.0))
}

async fn searched(client: &Client, path: &str) -> Spread {
    let mut took = Vec::new();
    for number in 0..RUNS + WARM {
        let began = Instant::now();
        client.get(path).await.expect(200);
        if number >= WARM {
            took.push(began.elapsed());
        }
    }
    Spread::of(took)
}
