//! `create-application`.

use portico_domain::limits::APPLICATIONS_PER_DEVELOPER;
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
    let full = Update::of(Key::developer(ada.developer.expect("ada"))).set("app_count", &APPLICATIONS_PER_DEVELOPER);
    portal.portal.store.edit(full).await.expect("the count is set");
    ada.post(APPLICATIONS, json!({ "name": "One more" })).await.expect_problem(403, "quota-reached");
}

#[tokio::test]
async fn it_costs_three_store_calls() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    portal.take_calls();
    ada.post(APPLICATIONS, json!({ "name": "Weather board" })).await.expect(201);
    assert_eq!(portal.take_calls().len(), 3);
    portal.end().await;
}

#[tokio::test]
async fn nobody_creates_one_without_a_session() {
    let portal = TestPortal::start().await;
    portal.anonymous().post(APPLICATIONS, json!({ "name": "Weather board" })).await.expect_problem(401, "unauthorized");
    assert_eq!(portal.take_calls().len(), 0);
    portal.end().await;
}
