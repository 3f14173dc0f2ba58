//! `create-application`.

use portico::faults::{Fault, Matching};
use portico_domain::limits::APPLICATIONS_PER_OWNER;
use portico_store::{Key, Update};
use portico_tests::TestPortal;
use serde_json::json;

const APPLICATIONS: &str = "/api/v3/applications";

#[tokio::test]
async fn an_application_is_created_with_the_portals_default_strategy_and_an_id_of_its_own() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let reply = ada.post(APPLICATIONS, json!({ "name": "Weather board", "description": "In the hall" })).await.expect(201);
    assert_eq!(reply.body["name"], "Weather board");
    assert_eq!(reply.body["description"], "In the hall");
    assert_eq!(reply.body["client_id"], reply.body["id"]);
    assert_eq!(reply.body["auth_strategy"]["id"], portal.strategy.to_string());
    portal.end().await;
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once_and_nothing_is_stored() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let body = json!({ "name": "", "description": 7, "client_id": "a\nb", "owner": "me", "auth_strategy_id": "key" });
    ada.post(APPLICATIONS, body).await.expect_invalid(&["name", "description", "client_id", "owner", "auth_strategy_id"]);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"));
    portal.end().await;
}

#[tokio::test]
async fn a_reference_id_is_won_once_however_many_ask_at_the_same_time() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let asked = (0..64).map(|_| {
        let ada = ada.clone();
        tokio::spawn(async move { ada.post(APPLICATIONS, json!({ "name": "Weather board", "client_id": "weather-1" })).await })
    });
    let mut won = 0;
    for reply in asked.collect::<Vec<_>>() {
        let reply = reply.await.expect("no panic");
        if reply.status == 201 {
            won += 1;
        } else {
            reply.expect_problem(409, "reference-id-taken");
        }
    }
    assert_eq!(won, 1);
    portal.end().await;
}

#[tokio::test]
async fn the_five_hundred_and_first_application_is_a_403() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let full = Update::of(Key::developer(ada.developer.expect("ada"))).set("app_count", &APPLICATIONS_PER_OWNER);
    portal.portal.store.edit(full).await.expect("the count is set");
    ada.post(APPLICATIONS, json!({ "name": "One more" })).await.expect_problem(403, "quota-reached");
}

#[tokio::test]
async fn of_thirty_at_the_same_time_as_many_are_created_as_there_is_room_for() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let developer = Key::developer(ada.developer.expect("ada"));
    let full = Update::of(developer.clone()).set("app_count", &(APPLICATIONS_PER_OWNER - 5));
    portal.portal.store.edit(full).await.expect("the count is set");
    let asked = (0..30).map(|number| {
        let ada = ada.clone();
        tokio::spawn(async move { ada.post(APPLICATIONS, json!({ "name": format!("Board {number}") })).await })
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
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).body["meta"]["page"]["total"], 5);
    let right = Update::of(developer).add("app_count", 5 - i64::from(APPLICATIONS_PER_OWNER));
    portal.portal.store.edit(right).await.expect("the count is put right");
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_one_application() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    ada.post(APPLICATIONS, json!({ "name": "Weather board", "client_id": "weather-1" })).await.expect(201);
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).body["meta"]["page"]["total"], 1);
    portal.end().await;
}

#[tokio::test]
async fn a_strategy_or_a_team_that_is_not_there_is_a_404() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    for member in ["auth_strategy_id", "team_id"] {
        let body = json!({ "name": "Weather board", member: "0192f3a4-5b6c-7d8e-9f00-112233445566" });
        ada.post(APPLICATIONS, body).await.expect_problem(404, "not-found");
    }
    portal.end().await;
}

#[tokio::test]
async fn with_openid_connect_the_reference_id_is_the_client_id_and_required() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let strategy = portal.openid_strategy("Sign-in").await;
    ada.post(APPLICATIONS, json!({ "name": "Board", "auth_strategy_id": strategy })).await.expect_invalid(&["client_id"]);
    let body = json!({ "name": "Board", "auth_strategy_id": strategy, "client_id": "client-at-provider" });
    let reply = ada.post(APPLICATIONS, body).await.expect(201);
    assert_eq!(reply.body["auth_strategy"]["credential_type"], "self_managed_client_credentials");
    portal.end().await;
}

#[tokio::test]
async fn nobody_creates_one_without_a_session() {
    let portal = TestPortal::start().await;
    portal.anonymous().post(APPLICATIONS, json!({ "name": "Weather board" })).await.expect_problem(401, "unauthorized");
    assert_eq!(portal.take_calls().len(), 0);
    portal.end().await;
}
