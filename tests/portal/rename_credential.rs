//! `update-credential`.

use http::Method;
use portico::faults::{Fault, Matching};
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use serde_json::json;

fn credential(application: impl std::fmt::Display, credential: &str) -> String {
    format!("{APPLICATIONS}/{application}/credentials/{credential}")
}

#[tokio::test]
async fn a_new_name_is_a_200_without_a_body() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let one = ada.create_key(app).await;
    portal.clock.advance(std::time::Duration::from_secs(1));
    let other = ada.create_key(app).await;
    let reply = ada.put(&credential(app, &one.id), json!({ "display_name": "Production" })).await.expect(200);
    assert!(reply.bytes.is_empty());
    let listed = ada.get(&format!("{APPLICATIONS}/{app}/credentials")).await.expect(200);
    assert_eq!(listed.each("id"), [one.id, other.id]);
    assert_eq!(listed.each("display_name"), ["Production", "Key 2"]);
    portal.end().await;
}

#[tokio::test]
async fn the_same_name_again_writes_nothing_and_a_lost_reply_is_one_change() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let key = ada.create_key(app).await;
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    for _ in 0..2 {
        ada.put(&credential(app, &key.id), json!({ "display_name": "Production" })).await.expect(200);
    }
    let events = portal.events(&Key::application(app)).await;
    assert_eq!(events, ["application.created", "credential.created", "credential.renamed"]);
    portal.end().await;
}

#[tokio::test]
async fn a_key_that_was_deleted_meanwhile_does_not_come_back() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let path = credential(app, &ada.create_key(app).await.id);
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let late = tokio::spawn({
        let (ada, path) = (ada.clone(), path.clone());
        async move { ada.put(&path, json!({ "display_name": "Production" })).await }
    });
    gate.arrived().await;
    ada.delete(&path).await.expect(204);
    gate.open();
    late.await.expect("no panic").expect_problem(404, "not-found");
    assert!(portal.children(&Key::application(app), "KEY#").await.is_empty());
    portal.end().await;
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let path = credential(app, &ada.create_key(app).await.id);
    ada.put(&path, json!({})).await.expect_invalid(&["display_name"]);
    ada.put(&path, json!({ "display_name": null, "credential": "mine" })).await.expect_invalid(&["display_name", "credential"]);
    portal.end().await;
}

#[tokio::test]
async fn a_credential_is_found_under_its_own_application_only() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let (adas, eves) = (ada.create_app("Ada's").await, eve.create_app("Eve's").await);
    let key = ada.create_key(adas).await.id;
    eve.create_key(eves).await;
    let body = Some(json!({ "display_name": "Mine" }));
    eve.expect_same_404(Method::PUT, &credential(adas, &key), &credential(NOBODYS, &key), body.clone()).await;
    eve.expect_same_404(Method::PUT, &credential(eves, &key), &credential(eves, NOBODYS), body.clone()).await;
    // The id is a string, not always a UUID: another one is unknown and not malformed.
    eve.expect_same_404(Method::PUT, &credential(eves, "production"), &credential(eves, NOBODYS), body.clone()).await;
    portal.anonymous().put(&credential(adas, &key), json!({ "display_name": "Mine" })).await.expect_problem(401, "unauthorized");
    assert_eq!(ada.get(&format!("{APPLICATIONS}/{adas}/credentials")).await.expect(200).each("display_name"), ["Key 1"]);
    portal.end().await;
}
