//! `pages`: `show-reference`, the specification of an API as Swagger UI shows it, under a policy of its own.

use std::io::Read as _;

use flate2::read::GzDecoder;
use portico_tests::{Reply, TestPortal};
use serde_json::json;

const PAGE: &str = "/apis/tides/reference";

fn specification(title: &str) -> String {
    json!({
        "openapi": "3.1.0", "info": { "title": title, "version": "1" }, "servers": [{ "url": "https://api.example.test/v1" }],
        "paths": { "/tides": { "get": { "responses": { "200": { "description": "Tides" } } } } },
    })
    .to_string()
}

async fn with_versions(portal: &TestPortal, versions: &[(&str, &str)]) -> Vec<String> {
    let api = portal.published_api("Tides").await;
    let mut ids = Vec::new();
    for (version, content) in versions {
        let body = json!({ "version": version, "spec": { "content": content } });
        ids.push(portal.admin().post(&format!("/v3/apis/{api}/versions"), body).await.expect(201).id());
    }
    ids
}

fn policy(reply: &Reply) -> &str {
    reply.headers["content-security-policy"].to_str().expect("text")
}

#[tokio::test]
async fn show_reference_names_the_current_version_and_any_other_that_is_asked_for() {
    let portal = TestPortal::start().await;
    let ids = with_versions(&portal, &[("1.0.0", &specification("One")), ("2.0.0", &specification("Two"))]).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let html = ada.page(PAGE).await.expect(200).html();
    assert!(html.contains(&format!("data-specification=\"/api/v3/apis/tides/versions/{}/raw\"", ids[1])), "{html}");
    assert!(html.contains(&format!("<option value=\"{}\" selected>2.0.0", ids[1])), "{html}");
    let html = ada.page(&format!("{PAGE}?version={}", ids[0])).await.expect(200).html();
    assert!(html.contains(&format!("/versions/{}/raw\" data-servers=\"\"", ids[0])), "{html}");
    ada.page(&format!("{PAGE}?version=01900000-0000-7000-8000-000000000000")).await.expect(404);
    portal.anonymous().page(PAGE).await.expect(404);
    portal.end().await;
}

#[tokio::test]
async fn calls_go_to_the_servers_that_an_administrator_confirmed_and_scripts_come_from_the_portal_alone() {
    let portal = TestPortal::start().await;
    with_versions(&portal, &[("1.0.0", &specification("Tides"))]).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let before = ada.page(PAGE).await.expect(200);
    assert!(
        policy(&before).contains("script-src 'self'; style-src 'self';") && policy(&before).contains("connect-src 'self';"),
        "{}",
        policy(&before)
    );
    assert!(before.html().contains("Calls of this API are made from a terminal"), "{}", before.html());
    let servers = format!("/portico/v1/portals/{}/try-it-servers", portal.id());
    portal.admin().put(&servers, json!({ "servers": ["https://api.example.test"] })).await.expect(200);
    let after = ada.page(PAGE).await.expect(200);
    assert!(policy(&after).contains("connect-src 'self' https://api.example.test;"), "{}", policy(&after));
    assert!(after.html().contains("data-servers=\"https://api.example.test\""), "{}", after.html());
    let other = ada.page("/apis/tides").await.expect(200);
    assert!(!policy(&other).contains("api.example.test") && !policy(&other).contains("unsafe"), "{}", policy(&other));
    portal.end().await;
}

#[tokio::test]
async fn the_renderer_follows_the_portals_settings() {
    let portal = TestPortal::start().await;
    with_versions(&portal, &[("1.0.0", &specification("Tides"))]).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let html = ada.page(PAGE).await.html();
    let plain = "data-tries=\"true\" data-schemas=\"true\" data-hide-internal=\"false\" data-hide-deprecated=\"false\"";
    assert!(html.contains(plain), "{html}");
    let look =
        json!({ "spec_renderer": { "try_it_ui": false, "show_schemas": false, "hide_internal": true, "hide_deprecated": true } });
    portal.admin().put(&format!("/v3/portals/{}/customization", portal.id()), look).await.expect(200);
    let html = ada.page(PAGE).await.html();
    let chosen = "data-tries=\"false\" data-schemas=\"false\" data-hide-internal=\"true\" data-hide-deprecated=\"true\"";
    assert!(html.contains(chosen) && !html.contains("Try it out"), "{html}");
    portal.end().await;
}

#[tokio::test]
async fn what_swagger_ui_does_not_draw_is_offered_to_be_downloaded() {
    let portal = TestPortal::start().await;
    let events = json!({ "asyncapi": "3.0.0", "info": { "title": "Tides", "version": "1" }, "channels": {} }).to_string();
    with_versions(&portal, &[("1.0.0", &events)]).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let html = ada.page(PAGE).await.expect(200).html();
    assert!(html.contains("This specification is not drawn here") && !html.contains("id=\"reference\""), "{html}");
    portal.end().await;
}

#[tokio::test]
async fn an_api_without_a_specification_has_no_reference() {
    let portal = TestPortal::start().await;
    portal.published_api("Tides").await;
    let ada = portal.approved_developer("ada@example.test").await;
    ada.page(PAGE).await.expect(404);
    portal.end().await;
}

#[tokio::test]
async fn what_stands_in_a_specification_never_stands_in_the_page() {
    let portal = TestPortal::start().await;
    with_versions(&portal, &[("1.0.0 <script>", &specification("<script>alert(1)</script>"))]).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let html = ada.page(PAGE).await.expect(200).html();
    assert!(!html.contains("alert(1)") && !html.contains("0 <script>"), "{html}");
    portal.end().await;
}

#[tokio::test]
async fn swagger_ui_comes_from_the_portal_and_is_kept_for_good() {
    let portal = TestPortal::start().await;
    with_versions(&portal, &[("1.0.0", &specification("Tides"))]).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let html = ada.page(PAGE).await.html();
    let files: Vec<_> = html.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert_eq!(files.iter().filter(|file| file.contains("swagger-ui-")).count(), 1, "{files:?}");
    for file in files {
        let short = ada.clone().with_header("accept-encoding", "gzip").page(file).await.expect(200);
        assert_eq!(short.headers["cache-control"], "public, max-age=31536000, immutable", "{file}");
        let long = ada.page(file).await.expect(200);
        let is_short = short.headers.get("content-encoding").is_some_and(|encoding| encoding == "gzip");
        assert!(is_short || short.bytes.len() < 2048, "{file} is not compressed");
        let mut text = Vec::new();
        if is_short {
            GzDecoder::new(short.bytes.as_ref()).read_to_end(&mut text).expect("gzip");
        } else {
            text.extend_from_slice(&short.bytes);
        }
        assert_eq!(text, long.bytes.to_vec(), "{file}");
    }
    portal.end().await;
}
