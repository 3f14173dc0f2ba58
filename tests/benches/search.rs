//! What a search costs over 500 APIs with 20,000 operations: it should stay within 50 ms.
//!
//! `cargo bench --workspace --bench search`. The table is a file, as that of a portal is. Each measured call goes through the gateway's
//! event, the function and the embedded engine.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use portico::data::DataFolder;
use portico::engine::Database;
use portico_tests::{Client, TestPortal};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

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
    (portal, ada, folder)
}

fn search(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let (portal, ada, _folder) = runtime.block_on(portal_with_apis());
    let visitor = portal.anonymous();
    let mut group = criterion.benchmark_group("search");
    for (name, wanted) in
        [("one-word", "forecast"), ("two-words", "invoice%20sensor"), ("one-operation", "Of77x7"), ("nothing", "zebra")]
    {
        let path = format!("/api/v3/search?q={wanted}");
        for (who, client) in [("developer", &ada), ("visitor", &visitor)] {
            group.bench_function(format!("{name}/{who}"), |bencher| {
                bencher.to_async(&runtime).iter(async || client.get(&path).await.expect(200));
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(5));
    targets = search
}
criterion_main!(benches);
