//! Specifications: what is uploaded is what is downloaded, whatever it is, up to 3 MB.

use portico_domain::specification::MAX_BYTES;
use portico_tests::TestPortal;
use portico_tests::management::APIS;
use serde_json::{Value, json};

const YAML: &str = "# A comment that only the very bytes have\nopenapi: 3.1.0\ninfo:\n  title: \"Wetter für Zürich\"\n  version: '2.4'\npaths:\n  /now:\n    get:\n      responses:\n        '200': { description: ok }\n";
const JSON: &str = "{ \"openapi\": \"3.0.3\",\r\n\t\"info\": {\"title\":\"Weather\",\"version\":\"1.2.3\"}, \"paths\": {} }\n";
const SWAGGER: &str = r#"{"swagger":"2.0","info":{"title":"Old","version":"0.9"},"paths":{}}"#;
const ASYNC: &str = "asyncapi: 2.6.0\ninfo:\n  title: Events\n  version: 1.0.0\nchannels: {}\n";

/// A document of exactly so many bytes, whose lines look like those of real ones.
fn document_of(bytes: usize) -> String {
    let head = "openapi: 3.0.3\ninfo:\n  title: Large\n  version: 1.0.0\npaths: {}\n";
    let line = "# \"name\": \"a comment as long as a line of an ordinary document\"\n";
    let mut text = head.to_owned();
    while text.len() + line.len() < bytes {
        text.push_str(line);
    }
    while text.len() < bytes {
        text.push('#');
    }
    text
}

#[tokio::test]
async fn the_raw_form_has_the_very_bytes_and_is_never_run_by_a_browser() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let cases = [(YAML, "application/yaml", "oas3"), (JSON, "application/json", "oas3"), (SWAGGER, "application/json", "oas2")];
    for (number, (text, media, kind)) in cases.into_iter().chain([(ASYNC, "application/yaml", "asyncapi")]).enumerate() {
        let api = admin.create_api(json!({ "name": format!("Api {number}"), "spec_content": text })).await;
        admin.publish_api(api, json!({})).await.expect(200);
        let listed = ada.get(&format!("/api/v3/apis/{api}/versions")).await.expect(200);
        assert_eq!(listed.total(), 1);
        let version = listed.each("id").remove(0);
        let raw = ada.get(&format!("/api/v3/apis/{api}/versions/{version}/raw")).await.expect(200);
        assert_eq!(raw.bytes, text.as_bytes(), "{kind}");
        assert_eq!(raw.headers["content-type"], media);
        assert!(raw.headers["content-disposition"].to_str().expect("text").starts_with("attachment; filename=\"api-"));
        assert!(raw.headers["content-security-policy"].to_str().expect("text").contains("sandbox"));
        assert_eq!(raw.headers["x-content-type-options"], "nosniff");
        let shown = ada.get(&format!("/api/v3/apis/{api}/versions/{version}")).await.expect(200);
        assert_eq!(shown.body["spec"], json!({ "type": kind, "content": text }));
        let managed = admin.get(&format!("{APIS}/{api}/versions/{version}")).await.expect(200);
        assert_eq!(managed.body["spec"]["content"], text);
        assert_eq!(managed.body["spec"]["validation_messages"], json!([]), "{kind}");
    }
    portal.end().await;
}

#[tokio::test]
async fn an_invalid_specification_is_kept_with_its_messages() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let text = "openapi: 3.0.3\npaths: [\n<script>alert(1)</script>";
    let api = admin.create_api(json!({ "name": "Broken" })).await;
    let made = admin.post(&format!("{APIS}/{api}/versions"), json!({ "spec": { "content": text } })).await.expect(201);
    assert_eq!(made.body["version"], "1.0.0", "nothing else says a version");
    let path = format!("{APIS}/{api}/versions/{}", made.id());
    let fetched = admin.get(&path).await.expect(200);
    assert_eq!(fetched.body, made.body);
    assert!(!fetched.body["spec"]["validation_messages"].as_array().expect("messages").is_empty());
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    let raw = portal.anonymous().get(&format!("/api/v3/apis/broken/versions/{}/raw", made.id())).await.expect(200);
    assert_eq!(raw.bytes, text.as_bytes());
    portal.end().await;
}

#[tokio::test]
async fn three_megabytes_work_on_every_route_and_one_byte_more_is_a_413() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let text = document_of(MAX_BYTES);
    assert_eq!(text.len(), 3_000_000);
    let api = admin.create_api(json!({ "name": "Large", "spec_content": text })).await;
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    let visitor = portal.anonymous();
    let version = visitor.get(&format!("/api/v3/apis/{api}/versions")).await.expect(200).each("id").remove(0);
    let raw = visitor.get(&format!("/api/v3/apis/{api}/versions/{version}/raw")).await.expect(200);
    assert!(raw.bytes == text.as_bytes(), "the very bytes");
    let shown = visitor.get(&format!("/api/v3/apis/{api}/versions/{version}")).await.expect(200);
    assert!(shown.body["spec"]["content"] == text.as_str(), "the same text");
    let managed = admin.get(&format!("{APIS}/{api}/versions/{version}")).await.expect(200);
    assert!(managed.body["spec"]["content"] == text.as_str(), "the same text");
    let more = document_of(MAX_BYTES + 1);
    portal.take_calls();
    admin.post(APIS, json!({ "name": "Larger", "spec_content": more })).await.expect_problem(413, "too-large");
    let body = json!({ "version": "2", "spec": { "content": more } });
    admin.post(&format!("{APIS}/{api}/versions"), body).await.expect_problem(413, "too-large");
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"), "nothing is stored");
    portal.end().await;
}

#[tokio::test]
async fn marks_that_would_not_fit_into_a_reply_are_a_413_when_they_are_uploaded() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    // 1.5 MB of quotation marks are 6 MB within JSON within JSON, and 4 MB in base64: the request comes in, the answer goes out.
    let marks = "\"".repeat(1_500_000);
    let api = admin.create_api(json!({ "name": "Marks", "spec_content": marks })).await;
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    let path = format!("{APIS}/{api}/versions");
    let version = admin.get(&path).await.expect(200).each("id").remove(0);
    let fetched = admin.get(&format!("{path}/{version}")).await.expect(200);
    assert!(fetched.body["spec"]["content"] == marks.as_str(), "the same text");
    // Twice as many never arrive: the gateway itself answers.
    let body = json!({ "name": "More marks", "spec_content": "\"".repeat(3_000_000) }).to_string();
    let request = http::Request::post(APIS).header("content-type", "application/json").body(body.into()).expect("a request");
    let refused = portal.send(request, portico_tests::portal::SOURCE).await;
    assert_eq!(refused.status(), 413);
    portal.end().await;
}

#[tokio::test]
async fn a_body_that_is_no_specification_changes_nothing() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    let path = format!("{APIS}/{api}/versions");
    admin.post(&path, json!({})).await.expect_invalid(&["spec"]);
    admin.post(&path, json!({ "version": "", "spec": { "content": 7, "type": "oas3" } })).await.expect_invalid(&[
        "version",
        "spec.content",
        "spec.type",
    ]);
    admin.post(APIS, json!({ "name": "B", "spec_content": {} })).await.expect_invalid(&["spec_content"]);
    assert_eq!(admin.get(&path).await.expect(200).body["data"], Value::Array(Vec::new()));
    portal.end().await;
}

#[tokio::test]
async fn a_version_without_a_specification_is_the_administrators_alone() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    let made = admin.post(&format!("{APIS}/{api}/versions"), json!({ "version": "1", "spec": {} })).await.expect(201);
    assert_eq!(made.body.get("spec"), None);
    admin.publish_api(api, json!({})).await.expect(200);
    let shown = ada.get(&format!("/api/v3/apis/{api}")).await.expect(200);
    assert_eq!(shown.body["version"], "1");
    assert_eq!(shown.body["current_version_summary"], Value::Null);
    assert_eq!(ada.get(&format!("/api/v3/apis/{api}/versions")).await.expect(200).total(), 0);
    for below in ["", "/raw"] {
        ada.get(&format!("/api/v3/apis/{api}/versions/{}{below}", made.id())).await.expect_problem(404, "not-found");
    }
    portal.end().await;
}
