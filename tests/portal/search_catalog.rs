//! `search-portal`.

use portico_domain::id::ApiId;
use portico_tests::management::{APIS, publication};
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

const SEARCH: &str = "/api/v3/search";

/// An OpenAPI document with so many operations.
fn openapi(paths: &[(&str, &str, &str)]) -> String {
    let paths: serde_json::Map<String, Value> = paths
        .iter()
        .map(|(path, id, summary)| {
            ((*path).to_owned(), json!({ "get": { "operationId": id, "summary": summary, "responses": {} } }))
        })
        .collect();
    json!({ "openapi": "3.1.0", "info": { "title": "An API", "version": "1" }, "paths": paths }).to_string()
}

async fn published(portal: &TestPortal, name: &str, visibility: &str, paths: &[(&str, &str, &str)]) -> ApiId {
    let admin = portal.admin();
    let api = admin.create_api(json!({ "name": name, "spec_content": openapi(paths) })).await;
    admin.publish_api(api, json!({ "visibility": visibility })).await.expect(200);
    api
}

async fn names(client: &Client, wanted: &str) -> Vec<String> {
    client.get(&format!("{SEARCH}?q={wanted}")).await.expect(200).each("name")
}

#[tokio::test]
async fn operations_are_found_by_what_they_are_called_and_the_closest_comes_first() {
    let portal = TestPortal::start().await;
    let visitor = portal.anonymous();
    let paths = [("/stations", "listStations", "Every station"), ("/stations/{id}/rain", "getRain", "Rain at a station")];
    let api = published(&portal, "Weather", "public", &paths).await;
    published(&portal, "Tides", "public", &[("/tides", "rain", "")]).await;
    assert_eq!(names(&visitor, "rain").await, ["rain", "Rain at a station"]);
    assert_eq!(names(&visitor, "RAIN%20station").await, ["Rain at a station"]);
    assert_eq!(names(&visitor, "liststations").await, ["Every station"]);
    assert_eq!(names(&visitor, "nothing").await, Vec::<String>::new());
    assert_eq!(names(&visitor, "").await, Vec::<String>::new());
    let found = visitor.get(&format!("{SEARCH}?q=getrain")).await.expect(200);
    let attributes = &found.body["data"][0]["attributes"];
    assert_eq!(attributes["operation_key"], "GET /stations/{id}/rain");
    assert_eq!((&attributes["api_slug"], &attributes["api_name"]), (&json!("weather"), &json!("Weather")));
    assert_eq!(found.body["data"][0]["relations"]["api_id"], json!(api));
    portal.admin().patch(&format!("{APIS}/{api}"), json!({ "name": "Skies" })).await.expect(200);
    let renamed = visitor.get(&format!("{SEARCH}?q=getrain")).await.expect(200);
    assert_eq!(renamed.body["data"][0]["attributes"]["api_name"], "Skies");
    let long = format!("{SEARCH}?q={}&page%5Bsize%5D=0&page%5Bafter%5D=x", "x".repeat(257));
    visitor.get(&long).await.expect_invalid(&["q", "page[size]", "page[after]"]);
    portal.end().await;
}

#[tokio::test]
async fn what_is_hidden_is_not_found_from_that_moment_on() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    let ada = portal.approved_developer("ada@example.test").await;
    let api = published(&portal, "Weather", "public", &[("/rain", "rain", "")]).await;
    published(&portal, "Secret", "private", &[("/rain/secret", "secretRain", "")]).await;
    assert_eq!(names(&visitor, "rain").await, ["rain"]);
    assert_eq!(names(&ada, "rain").await, ["rain", "secretRain"]);
    admin.publish_api(api, json!({ "visibility": "private" })).await.expect(200);
    assert!(names(&visitor, "rain").await.is_empty());
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    let next = json!({ "version": "2", "spec": { "content": openapi(&[("/snow", "snow", "")]) } });
    let version = admin.post(&format!("{APIS}/{api}/versions"), next).await.expect(201).id();
    assert_eq!((names(&visitor, "rain").await.len(), names(&visitor, "snow").await.len()), (0, 1));
    admin.delete(&format!("{APIS}/{api}/versions/{version}")).await.expect(204);
    assert_eq!((names(&visitor, "rain").await.len(), names(&visitor, "snow").await.len()), (1, 0));
    admin.delete(&publication(&portal, api)).await.expect(204);
    assert!(names(&visitor, "rain").await.is_empty());
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    assert_eq!(names(&visitor, "rain").await, ["rain"]);
    admin.delete(&format!("{APIS}/{api}")).await.expect(204);
    assert!(names(&visitor, "rain").await.is_empty());
    portal.end().await;
}

#[tokio::test]
async fn documents_are_found_by_their_words_while_they_are_visible() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    let api = published(&portal, "Weather", "public", &[]).await;
    let path = format!("{APIS}/{api}/documents");
    let body = json!({ "title": "Getting started", "content": "Umbrellas are cheap.", "status": "published" });
    let parent = admin.post(&path, body).await.expect(201).id();
    let body = json!({ "title": "Limits", "content": "Umbrella quotas", "status": "published", "parent_document_id": parent });
    let child = admin.post(&path, body).await.expect(201).id();
    assert_eq!(names(&visitor, "umbrella").await.len(), 2);
    let found = visitor.get(&format!("{SEARCH}?q=limits")).await.expect(200);
    assert_eq!(found.body["data"][0]["attributes"]["path"], "getting-started/limits");
    assert_eq!(found.body["data"][0]["relations"]["parent_document_id"], json!(parent));
    admin.patch(&format!("{path}/{parent}"), json!({ "status": "unpublished" })).await.expect(200);
    assert!(names(&visitor, "umbrella").await.is_empty(), "it hides what lies below it");
    admin.post(&format!("{path}/{child}/move"), json!({ "parent_document_id": null })).await.expect(204);
    assert_eq!(names(&visitor, "umbrella").await, ["Limits"]);
    admin.patch(&format!("{path}/{child}"), json!({ "content": "Nothing" })).await.expect(200);
    assert!(names(&visitor, "umbrella").await.is_empty());
    admin.delete(&format!("{path}/{child}")).await.expect(204);
    assert!(names(&visitor, "nothing").await.is_empty());
    portal.end().await;
}

#[tokio::test]
async fn results_come_in_pages_without_gaps_and_hidden_ones_leave_no_trace() {
    let portal = TestPortal::start().await;
    let visitor = portal.anonymous();
    let ids: Vec<String> = (0..7).map(|number| format!("rain{number}")).collect();
    let named: Vec<String> = (0..7).map(|number| format!("/rain/{number}")).collect();
    let paths: Vec<_> = named.iter().zip(&ids).map(|(path, id)| (path.as_str(), id.as_str(), "")).collect();
    published(&portal, "Weather", "public", &paths[..5]).await;
    published(&portal, "Secret", "private", &paths[5..]).await;
    let (mut page, mut seen) = (format!("{SEARCH}?q=rain&page%5Bsize%5D=2"), Vec::new());
    let first = visitor.get(&page).await.expect(200);
    assert_eq!((&first.body["meta"]["page"]["previous"], &first.body["meta"]["page"]["size"]), (&Value::Null, &json!(2)));
    let mut last = first.body["meta"]["page"].clone();
    for _ in 0..3 {
        let reply = visitor.get(&page).await.expect(200);
        seen.extend(reply.each("name"));
        last = reply.body["meta"]["page"].clone();
        page = last["next"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!((seen.as_slice(), &last["next"]), (&ids[..5], &Value::Null));
    let before = visitor.get(last["previous"].as_str().expect("an address")).await.expect(200);
    assert_eq!(before.each("name"), ids[2..4]);
    let top = visitor.get(before.body["meta"]["page"]["previous"].as_str().expect("an address")).await.expect(200);
    assert_eq!(top.each("name"), ids[..2]);
    portal.end().await;
}

#[tokio::test]
async fn a_search_costs_three_reads_however_many_apis_there_are() {
    let portal = TestPortal::start().await;
    for number in 0..20 {
        published(&portal, &format!("Weather {number}"), "public", &[("/rain", "rain", "")]).await;
    }
    portal.take_calls();
    assert_eq!(names(&portal.anonymous(), "rain").await.len(), 10);
    let calls: Vec<_> = portal.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["BatchGetItem", "Query", "BatchGetItem"], "who asks, what is known, who may see it");
    portal.end().await;
}
