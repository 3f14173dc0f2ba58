//! `create-credential`.

use std::time::Duration;

use http::Method;
use portico::faults::{Fault, Matching};
use portico_domain::api_key::ApiKey;
use portico_domain::limits::KEYS_PER_APPLICATION;
use portico_domain::strategy::{KeyTtl, TtlUnit};
use portico_store::{Key, Update};
use portico_tests::TestPortal;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use serde_json::json;

fn credentials(application: impl std::fmt::Display) -> String {
    format!("{APPLICATIONS}/{application}/credentials")
}

#[tokio::test]
async fn the_secret_is_shown_once_and_kept_nowhere() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let reply = ada.post(&credentials(app), json!({ "display_name": "Production" })).await.expect(201);
    assert_eq!((reply.body["type"].as_str(), reply.body["display_name"].as_str()), (Some("api_key"), Some("Production")));
    assert_eq!((reply.body["status"].as_str(), &reply.body["expires_at"]), (Some("active"), &json!(null)));
    let secret = reply.body["credential"].as_str().expect("the secret").to_owned();
    assert_eq!(ApiKey::parse(&secret).expect("the form of a key").application(), app);
    let listed = ada.get(&credentials(app)).await.expect(200);
    assert_eq!(listed.body["data"][0]["id"], reply.body["id"]);
    assert!(!String::from_utf8_lossy(&listed.bytes).contains(&secret));
    let table = portal.dump().await;
    assert!(table.contains(&reply.id()), "the dump shows the table");
    assert!(!table.contains(&secret) && !table.contains(&secret[8 + 22..]), "only a digest is kept");
    portal.end().await;
}

#[tokio::test]
async fn a_name_is_supplied_where_none_is_given() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    for expected in ["Key 1", "Key 2"] {
        let reply = ada.post(&credentials(app), json!({})).await.expect(201);
        assert_eq!(reply.body["display_name"], expected);
    }
    let wrong = json!({ "display_name": "two\nlines", "secret": "mine" });
    ada.post(&credentials(app), wrong).await.expect_invalid(&["display_name", "secret"]);
    ada.post(&credentials(app), json!({ "display_name": "x".repeat(256) })).await.expect_invalid(&["display_name"]);
    portal.end().await;
}

#[tokio::test]
async fn a_key_expires_as_the_strategy_says_when_it_is_made() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let strategy = portal.key_strategy("A day", Some(KeyTtl { value: 1, unit: TtlUnit::Days })).await;
    let created = ada.post(APPLICATIONS, json!({ "name": "Weather board", "auth_strategy_id": strategy })).await.expect(201);
    let path = credentials(created.id());
    let reply = ada.post(&path, json!({})).await.expect(201);
    assert_eq!(reply.body["status"], "active");
    let expires_at = reply.body["expires_at"].clone();
    assert!(expires_at.is_string());
    // Another lifetime is for other keys.
    let longer = Update::of(Key::strategy(strategy)).set(["ttl", "value"], &30);
    portal.portal.store.edit(longer).await.expect("the strategy is changed");
    portal.clock.advance(Duration::from_secs(24 * 60 * 60) - Duration::from_millis(1));
    let ada = portal.sign_in(ada.developer.expect("ada")).await;
    let listed = ada.get(&path).await.expect(200);
    assert_eq!((&listed.body["data"][0]["status"], &listed.body["data"][0]["expires_at"]), (&json!("active"), &expires_at));
    portal.clock.advance(Duration::from_millis(1));
    assert_eq!(ada.get(&path).await.expect(200).body["data"][0]["status"], "expired", "at the very moment");
    portal.end().await;
}

#[tokio::test]
async fn of_forty_at_the_same_time_as_many_are_made_as_there_is_room_for() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    for _ in 0..15 {
        ada.create_key(app).await;
    }
    let asked = (0..40).map(|_| {
        let ada = ada.clone();
        tokio::spawn(async move { ada.post(&credentials(app), json!({})).await })
    });
    let mut won = 0;
    for reply in asked.collect::<Vec<_>>() {
        let reply = reply.await.expect("no panic");
        if reply.status == 201 {
            won += 1;
        } else {
            reply.expect_problem(403, "quota-reached");
        }
    }
    assert_eq!(won, 5);
    assert_eq!(portal.application(app).await.expect("the application").key_count, KEYS_PER_APPLICATION);
    assert_eq!(portal.children(&Key::application(app), "KEY#").await.len(), KEYS_PER_APPLICATION as usize);
    assert_eq!(ada.get(&credentials(app)).await.expect(200).total(), u64::from(KEYS_PER_APPLICATION));
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_one_key() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    ada.create_key(app).await;
    assert_eq!(portal.children(&Key::application(app), "KEY#").await.len(), 1);
    assert_eq!(portal.events(&Key::application(app)).await, ["application.created", "credential.created"]);
    portal.end().await;
}

#[tokio::test]
async fn with_openid_connect_there_are_no_keys_to_make() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let strategy = portal.openid_strategy("Sign-in").await;
    let body = json!({ "name": "Weather board", "auth_strategy_id": strategy, "client_id": "client-at-provider" });
    let app = ada.post(APPLICATIONS, body).await.expect(201).id();
    let refused = ada.post(&credentials(app), json!({})).await.expect_problem(400, "invalid-request");
    assert_eq!(refused.body["invalid_parameters"][0]["field"], "applicationId");
    let said = refused.body["detail"].as_str().expect("a sentence");
    assert!(said.contains("made at the identity provider"), "{said}");
    portal.end().await;
}

#[tokio::test]
async fn a_stranger_cannot_make_one() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let app = ada.create_app("Weather board").await;
    eve.expect_same_404(Method::POST, &credentials(app), &credentials(NOBODYS), Some(json!({}))).await;
    ada.post(&credentials("weather"), json!({})).await.expect_invalid(&["applicationId"]);
    portal.anonymous().post(&credentials(app), json!({})).await.expect_problem(401, "unauthorized");
    assert_eq!(ada.get(&credentials(app)).await.expect(200).total(), 0);
    portal.end().await;
}
