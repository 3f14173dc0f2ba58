//! `update-api-version`, `delete-api-version`, `validate-specification`, and specifications by themselves: `create-api-spec`,
//! `list-api-specs`, `fetch-api-spec`, `update-api-spec`, `delete-api-spec`.

use http::Method;
use portico_domain::id::ApiId;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::management::APIS;
use portico_tests::steps::NOBODYS;
use serde_json::{Value, json};

fn openapi(version: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{title: Weather, version: '{version}'}}\npaths: {{}}\n")
}

/// A public API.
async fn public(portal: &TestPortal, name: &str) -> ApiId {
    let api = portal.admin().create_api(json!({ "name": name })).await;
    portal.admin().publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    api
}

#[tokio::test]
async fn a_version_gets_another_label_and_another_specification_and_the_catalog_follows() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    let api = public(&portal, "Weather").await;
    let versions = format!("{APIS}/{api}/versions");
    let body = |label: &str| json!({ "version": label, "spec": { "content": openapi(label) } });
    let one = admin.post(&versions, body("1.0.0")).await.expect(201).id();
    // Ids of one moment have no order.
    portal.clock.advance(std::time::Duration::from_secs(1));
    admin.post(&versions, body("2.0.0")).await.expect(201);
    let path = format!("{versions}/{one}");
    portal.clock.advance(std::time::Duration::from_secs(5));
    let changed = admin.patch(&path, json!({ "version": "3.0.0" })).await.expect(200);
    assert_eq!((changed.body["version"].as_str(), changed.body["spec"]["type"].as_str()), (Some("3.0.0"), Some("oas3")));
    assert_ne!(changed.body["updated_at"], changed.body["created_at"]);
    let shown = visitor.get("/api/v3/apis/weather").await.expect(200);
    assert_eq!((&shown.body["version"], &shown.body["current_version_summary"]["id"]), (&json!("3.0.0"), &json!(one)));
    let swagger = "swagger: '2.0'\ninfo: {title: Weather, version: 9.9.9}\npaths: {}\n";
    let changed = admin.patch(&path, json!({ "spec": { "content": swagger } })).await.expect(200);
    assert_eq!(changed.body["version"], "3.0.0", "the label stays as it was chosen");
    assert_eq!(visitor.get(&format!("/api/v3/apis/{api}/versions/{one}/raw")).await.expect(200).bytes, swagger.as_bytes());
    let shown = visitor.get("/api/v3/apis/weather").await.expect(200);
    assert_eq!(shown.body["current_version_summary"]["spec"], json!({ "type": "oas2" }));
    assert_eq!(shown.body["specifications"][0], json!({ "id": one, "type": "oas2" }));
    portal.take_calls();
    assert_eq!(admin.patch(&path, json!({ "spec": { "content": swagger } })).await.expect(200).body, changed.body);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"), "nothing changed");
    admin.patch(&path, json!({ "version": "2.0.0" })).await.expect_problem(409, "already-exists");
    admin.patch(&format!("{path}?force=perhaps"), json!({ "version": "4" })).await.expect_invalid(&["force"]);
    admin.patch(&path, json!({ "version": "", "spec": { "text": 1 }, "x": 1 })).await.expect_invalid(&[
        "version",
        "spec.text",
        "x",
    ]);
    let shown = visitor.get("/api/v3/apis/weather").await.expect(200);
    let lower = admin.patch(&format!("{path}?force=true"), json!({ "version": "1.5.0" })).await.expect(200);
    assert_eq!(lower.body["version"], "1.5.0");
    let after = visitor.get("/api/v3/apis/weather").await.expect(200);
    assert_eq!((&shown.body["version"], &after.body["version"]), (&json!("3.0.0"), &json!("2.0.0")));
    let events = portal.events(&Key::api(api)).await;
    assert_eq!(events.iter().filter(|name| *name == "api.version_updated").count(), 3);
    portal.end().await;
}

#[tokio::test]
async fn the_newest_version_that_is_left_follows_one_that_is_deleted() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    let api = public(&portal, "Weather").await;
    let versions = format!("{APIS}/{api}/versions");
    let mut ids = Vec::new();
    for label in ["1.9.0", "1.10.0", "1.2.0"] {
        let body = json!({ "version": label, "spec": { "content": openapi(label) } });
        ids.push(admin.post(&versions, body).await.expect(201).id());
    }
    let listed = admin.get(&versions).await.expect(200);
    assert_eq!(listed.each("version"), ["1.10.0", "1.9.0", "1.2.0"], "the newest first");
    assert_eq!(visitor.get(&format!("/api/v3/apis/{api}/versions")).await.expect(200).each("id"), listed.each("id"));
    let sorted = admin.get(&format!("{versions}?sort=version")).await.expect(200);
    assert_eq!(sorted.each("version"), ["1.2.0", "1.9.0", "1.10.0"]);
    for (gone, current) in [(1, json!("1.9.0")), (0, json!("1.2.0")), (2, Value::Null)] {
        admin.delete(&format!("{versions}/{}", ids[gone])).await.expect(204);
        admin.delete(&format!("{versions}/{}", ids[gone])).await.expect_problem(404, "not-found");
        let shown = visitor.get("/api/v3/apis/weather").await.expect(200);
        assert_eq!(shown.body["version"], current);
        visitor.get(&format!("/api/v3/apis/{api}/versions/{}", ids[gone])).await.expect_problem(404, "not-found");
    }
    assert_eq!(visitor.get("/api/v3/apis/weather").await.expect(200).body["specifications"], json!([]));
    let other = public(&portal, "Tides").await;
    let body = json!({ "version": "1", "spec": {} });
    let bare = admin.post(&format!("{APIS}/{other}/versions"), body).await.expect(201).id();
    let path = format!("{versions}/{bare}");
    admin.expect_same_404(Method::DELETE, &path, &format!("{versions}/{NOBODYS}"), None).await;
    portal.end().await;
}

#[tokio::test]
async fn a_specification_is_that_of_a_version_and_goes_by_its_id() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    let api = public(&portal, "Weather").await;
    let specs = format!("{APIS}/{api}/specifications");
    let made = admin.post(&specs, json!({ "content": openapi("1.4.0"), "type": "oas3" })).await.expect(201);
    assert_eq!((&made.body["type"], &made.body["content"]), (&json!("oas3"), &json!(openapi("1.4.0"))));
    let path = format!("{specs}/{}", made.id());
    let version = admin.get(&format!("{APIS}/{api}/versions/{}", made.id())).await.expect(200);
    assert_eq!(version.body["version"], "1.4.0", "taken from the specification");
    assert_eq!(admin.get(&format!("{APIS}/{api}")).await.expect(200).body["api_spec_ids"], json!([made.id()]));
    assert_eq!(admin.get(&path).await.expect(200).body, made.body);
    admin.post(&specs, json!({ "content": openapi("1.4.0") })).await.expect_problem(409, "already-exists");
    admin.post(&specs, json!({ "content": openapi("2"), "type": "asyncapi" })).await.expect_invalid(&["type"]);
    admin.post(&specs, json!({ "type": "raml", "x": 1 })).await.expect_invalid(&["content", "type", "x"]);
    let broken = admin.patch(&path, json!({ "content": "{" })).await.expect(200);
    assert!(!broken.body["validation_messages"].as_array().expect("messages").is_empty());
    assert_eq!(admin.get(&path).await.expect(200).body, broken.body);
    admin.patch(&path, json!({ "type": "oas2" })).await.expect_invalid(&["type"]);
    assert_eq!(admin.patch(&path, json!({ "type": "oas3" })).await.expect(200).body, broken.body);
    let bare = admin.post(&format!("{APIS}/{api}/versions"), json!({ "version": "0.1", "spec": {} })).await.expect(201).id();
    admin.get(&format!("{specs}/{bare}")).await.expect_problem(404, "not-found");
    admin.patch(&format!("{specs}/{bare}"), json!({})).await.expect_problem(404, "not-found");
    admin.delete(&format!("{specs}/{bare}")).await.expect_problem(404, "not-found");
    let listed = admin.get(&format!("{specs}?filter%5Btype%5D=oas3")).await.expect(200);
    assert_eq!((listed.total(), listed.each("id")), (1, vec![made.id()]));
    let shown = visitor.get(&format!("/api/v3/apis/{api}/specifications")).await.expect(200);
    assert_eq!(shown.body["data"], json!([{ "id": made.id(), "api_type": "oas3" }]));
    let read = visitor.get(&format!("/api/v3/apis/weather/specifications/{}", made.id())).await.expect(200);
    assert_eq!(read.body, json!({ "api_type": "oas3", "content": "{" }));
    let raw = visitor.get(&format!("/api/v3/apis/weather/specifications/{}/raw", made.id())).await.expect(200);
    assert_eq!(raw.bytes, "{".as_bytes());
    visitor.get(&format!("/api/v3/apis/weather/specifications/{bare}")).await.expect_problem(404, "not-found");
    admin.delete(&path).await.expect(204);
    admin.get(&format!("{APIS}/{api}/versions/{}", made.id())).await.expect_problem(404, "not-found");
    assert_eq!(visitor.get(&format!("/api/v3/apis/{api}/specifications")).await.expect(200).total(), 0);
    portal.end().await;
}

#[tokio::test]
async fn a_specification_without_a_version_of_its_own_takes_what_the_api_says() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let api = admin.create_api(json!({ "name": "Weather", "version": "7.1" })).await;
    let made = admin.post(&format!("{APIS}/{api}/specifications"), json!({ "content": "{}" })).await.expect(201);
    let version = admin.get(&format!("{APIS}/{api}/versions/{}", made.id())).await.expect(200);
    assert_eq!(version.body["version"], "7.1");
    portal.end().await;
}

#[tokio::test]
async fn a_specification_is_looked_at_and_nothing_is_kept() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let validate = format!("{APIS}/validate-specification");
    portal.take_calls();
    let fine = admin.post(&validate, json!({ "content": openapi("1") })).await.expect(201);
    assert_eq!(fine.body, json!({ "validation_messages": [] }));
    let wrong = admin.post(&validate, json!({ "content": "openapi: 3.0.3\npaths: 7\n" })).await.expect(201);
    assert!(!wrong.body["validation_messages"].as_array().expect("messages").is_empty());
    admin.post(&validate, json!({ "content": 7, "type": "oas3" })).await.expect_invalid(&["content", "type"]);
    assert!(portal.take_calls().iter().all(|call| call.operation == "BatchGetItem"), "who asks, and nothing else");
    portal.end().await;
}
