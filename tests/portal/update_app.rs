//! `update-application`.

use http::Method;
use portico::faults::{Fault, Matching};
use portico_domain::event::Name;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use serde_json::json;

#[tokio::test]
async fn an_edit_changes_what_it_names_and_nothing_else() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let created =
        json!({ "name": "Weather board", "description": "In the hall", "redirect_uri": "https://ada.example.test/back" });
    let before = ada.post(APPLICATIONS, created).await.expect(201);
    let path = format!("{APPLICATIONS}/{}", before.id());
    portal.clock.advance(std::time::Duration::from_secs(60));
    let edit = json!({ "name": "Weather wall", "client_id": "weather-1", "redirect_uri": null, "scopes": ["read"] });
    let after = ada.patch(&path, edit).await.expect(200);
    assert_eq!(after.body["name"], "Weather wall");
    assert_eq!(after.body["client_id"], "weather-1");
    assert_eq!(after.body["redirect_uri"], json!(null));
    assert_eq!(after.body["description"], "In the hall");
    assert_eq!(after.body["scopes"], json!(["read"]));
    assert_eq!(after.body["created_at"], before.body["created_at"]);
    assert_ne!(after.body["updated_at"], before.body["updated_at"]);
    assert_eq!(ada.get(&path).await.expect(200).body, after.body);
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).body["data"][0], after.body, "the list shows the edit at once");
    portal.end().await;
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_a_200_without_a_write() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let created = ada.post(APPLICATIONS, json!({ "name": "Weather board", "client_id": "weather-1" })).await.expect(201);
    let path = format!("{APPLICATIONS}/{}", created.id());
    portal.clock.advance(std::time::Duration::from_secs(60));
    for edit in [json!({}), json!({ "team_id": null }), json!({ "name": "Weather board", "client_id": "weather-1" })] {
        portal.take_calls();
        let reply = ada.patch(&path, edit).await.expect(200);
        assert_eq!(reply.body["updated_at"], created.body["updated_at"]);
        assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"));
    }
    portal.end().await;
}

#[tokio::test]
async fn a_new_reference_id_frees_the_old_one() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let first = ada.post(APPLICATIONS, json!({ "name": "First", "client_id": "weather-1" })).await.expect(201).id();
    ada.post(APPLICATIONS, json!({ "name": "Second", "client_id": "weather-2" })).await.expect(201);
    let path = format!("{APPLICATIONS}/{first}");
    ada.patch(&path, json!({ "client_id": "weather-2" })).await.expect_problem(409, "reference-id-taken");
    ada.patch(&path, json!({ "client_id": "weather-3" })).await.expect(200);
    ada.post(APPLICATIONS, json!({ "name": "Third", "client_id": "weather-1" })).await.expect(201);
    ada.patch(&path, json!({ "client_id": "weather-1" })).await.expect_problem(409, "reference-id-taken");
    portal.end().await;
}

#[tokio::test]
async fn two_applications_that_are_renamed_to_one_id_do_not_both_get_it() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let (adas, eves) = (ada.create_app("Ada's").await, eve.create_app("Eve's").await);
    for round in 0..20 {
        let wanted = json!({ "client_id": format!("weather-{round}") });
        let (adas, eves) = (format!("{APPLICATIONS}/{adas}"), format!("{APPLICATIONS}/{eves}"));
        let (one, other) = tokio::join!(ada.patch(&adas, wanted.clone()), eve.patch(&eves, wanted));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }
    portal.end().await;
}

#[tokio::test]
async fn two_edits_at_the_same_time_are_both_kept() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let path = format!("{APPLICATIONS}/{app}");
    // The first edit has read and waits to write while the second one goes through.
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let late = tokio::spawn({
        let (ada, path) = (ada.clone(), path.clone());
        async move { ada.patch(&path, json!({ "description": "In the hall" })).await }
    });
    gate.arrived().await;
    ada.patch(&path, json!({ "name": "Weather wall" })).await.expect(200);
    gate.open();
    let late = late.await.expect("no panic").expect(200);
    assert_eq!((late.body["name"].as_str(), late.body["description"].as_str()), (Some("Weather wall"), Some("In the hall")));
    let events = portal.events(&Key::application(app)).await;
    assert_eq!(events, ["application.created", "application.updated", "application.updated"]);
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_one_edit() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    ada.patch(&format!("{APPLICATIONS}/{app}"), json!({ "client_id": "weather-1" })).await.expect(200);
    assert_eq!(portal.events(&Key::application(app)).await, ["application.created", "application.updated"]);
    portal.end().await;
}

#[tokio::test]
async fn only_what_the_contract_lists_can_be_changed() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let path = format!("{APPLICATIONS}/{}", ada.create_app("Weather board").await);
    let body = json!({ "id": NOBODYS, "owner": NOBODYS, "status": "approved", "created_at": "2020-01-01T00:00:00Z",
        "auth_strategy_id": portal.strategy, "name": " ", "client_id": null, "redirect_uri": "nowhere", "scopes": "read" });
    let wrong = ["id", "owner", "status", "created_at", "auth_strategy_id", "name", "client_id", "redirect_uri", "scopes"];
    ada.patch(&path, body).await.expect_invalid(&wrong);
    ada.patch(&path, json!({ "team_id": NOBODYS })).await.expect_problem(404, "not-found");
    ada.patch(&path, json!({ "client_id": "" })).await.expect_invalid(&["client_id"]);
    portal.end().await;
}

#[tokio::test]
async fn to_a_stranger_it_is_not_there() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let app = ada.create_app("Weather board").await;
    let (path, unknown) = (format!("{APPLICATIONS}/{app}"), format!("{APPLICATIONS}/{NOBODYS}"));
    eve.expect_same_404(Method::PATCH, &path, &unknown, Some(json!({ "name": "Mine" }))).await;
    assert_eq!(ada.get(&path).await.expect(200).body["name"], "Weather board");
    ada.patch(&format!("{APPLICATIONS}/weather"), json!({})).await.expect_invalid(&["applicationId"]);
    portal.anonymous().patch(&path, json!({})).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn the_event_names_the_fields_and_not_their_values() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    ada.patch(&format!("{APPLICATIONS}/{app}"), json!({ "name": "Secret plan", "scopes": [] })).await.expect(200);
    let data = portal.event_data(&Key::application(app), Name::ApplicationUpdated).await;
    let (of, by) = (portal.id(), ada.developer.expect("ada"));
    let expected = json!({ "portal": of, "developer": by, "application": app, "changed": ["name", "scopes"] });
    assert_eq!(data, expected);
    portal.end().await;
}
