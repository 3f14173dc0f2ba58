//! `update-profile`: a developer changes the own name.

use portico::faults::{Fault, Matching};
use portico_domain::event::Name;
use portico_store::Key;
use portico_tests::TestPortal;
use serde_json::{Value, json};

const PROFILE: &str = "/api/portico/v1/developer";

#[tokio::test]
async fn a_name_is_changed_for_everybody_who_sees_it() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let before = ada.me().await.expect(200).body;
    portal.clock.advance(std::time::Duration::from_secs(60));
    let after = ada.patch(PROFILE, json!({ "full_name": "  Ada, Countess of Lovelace " })).await.expect(200).body;
    assert_eq!(after["full_name"], "Ada, Countess of Lovelace");
    assert_eq!(ada.me().await.expect(200).body, after);
    assert_eq!((&after["email"], &after["created_at"]), (&before["email"], &before["created_at"]));
    assert_ne!(after["updated_at"], before["updated_at"]);
    let id = ada.developer.expect("ada");
    let path = format!("/v3/portals/{}/developers/{id}", portal.id());
    assert_eq!(portal.admin().get(&path).await.expect(200).body["full_name"], after["full_name"]);
    let events = portal.events_of(id).await;
    let event = events.iter().find(|event| event.name == Name::DeveloperUpdated).expect("an event");
    assert_eq!(event.data, json!({ "portal": portal.id(), "developer": id, "changed": ["full_name"] }), "and no name in it");
    portal.end().await;
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_a_200_without_a_write() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let before = ada.me().await.expect(200).body;
    for edit in [json!({}), json!({ "full_name": before["full_name"] })] {
        portal.take_calls();
        assert_eq!(ada.patch(PROFILE, edit).await.expect(200).body, before);
        assert_eq!(portal.take_calls().len(), 1);
    }
    portal.end().await;
}

#[tokio::test]
async fn what_is_no_name_or_not_to_be_changed_is_refused() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    for name in [json!(""), json!("  "), json!("a\nb"), json!("x".repeat(251)), Value::Null, json!(1)] {
        ada.patch(PROFILE, json!({ "full_name": name })).await.expect_invalid(&["full_name"]);
    }
    for member in ["id", "email", "status", "created_at", "epoch"] {
        ada.patch(PROFILE, json!({ member: "x" })).await.expect_invalid(&[member]);
    }
    portal.anonymous().patch(PROFILE, json!({ "full_name": "Eve" })).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn it_waits_for_no_one_and_loses_nothing_to_a_race() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let late = tokio::spawn({
        let ada = ada.clone();
        async move { ada.patch(PROFILE, json!({ "full_name": "Late" })).await }
    });
    gate.arrived().await;
    ada.create_app("Weather board").await;
    gate.open();
    assert_eq!(late.await.expect("no panic").expect(200).body["full_name"], "Late");
    let id = ada.developer.expect("ada");
    let developer: portico_domain::developer::Developer =
        portal.portal.store.find(&Key::developer(id)).await.expect("the store answers").expect("ada");
    assert_eq!((developer.full_name.as_str(), developer.app_count), ("Late", 1));
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_one_edit() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    ada.patch(PROFILE, json!({ "full_name": "Ada Lovelace" })).await.expect(200);
    let events = portal.events_of(ada.developer.expect("ada")).await;
    assert_eq!(events.iter().filter(|event| event.name == Name::DeveloperUpdated).count(), 1);
    portal.end().await;
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_changes_nothing() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let id = ada.developer.expect("ada");
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let late = tokio::spawn({
        let ada = ada.clone();
        async move { ada.patch(PROFILE, json!({ "full_name": "Late" })).await }
    });
    gate.arrived().await;
    let path = format!("/v3/portals/{}/developers/{id}", portal.id());
    portal.admin().patch(&path, json!({ "status": "revoked" })).await.expect(200);
    gate.open();
    late.await.expect("no panic").expect_problem(401, "unauthorized");
    assert_ne!(portal.admin().get(&path).await.expect(200).body["full_name"], "Late");
    portal.end().await;
}
