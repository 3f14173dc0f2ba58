//! `create-application-registration`.

use http::Method;
use portico::faults::{Fault, Matching};
use portico_domain::limits::REGISTRATIONS_PER_APPLICATION;
use portico_domain::portal::Visibility;
use portico_domain::status::Status;
use portico_store::{Key, Update};
use portico_tests::TestPortal;
use portico_tests::seed_catalog::SeedApi;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use serde_json::json;

fn registrations(application: impl std::fmt::Display) -> String {
    format!("{APPLICATIONS}/{application}/registrations")
}

#[tokio::test]
async fn a_registration_waits_for_approval() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let reply = ada.post(&registrations(app), json!({ "api_id": api })).await.expect(201);
    assert_eq!(reply.body["status"], "pending");
    assert_eq!(reply.body["api_id"], api.to_string());
    assert_eq!((reply.body["api_name"].as_str(), reply.body["api_slug"].as_str()), (Some("Weather"), Some("weather")));
    assert_eq!(reply.body["application_id"], app.to_string());
    let grants = portal.application(app).await.expect("the application").grants;
    assert_eq!(grants[&api].registration.to_string(), reply.id());
    assert_eq!(portal.events(&Key::application(app)).await, ["application.created", "registration.requested"]);
    portal.end().await;
}

#[tokio::test]
async fn the_portal_or_the_publication_approves_it_by_itself() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let loose = portal.publish(SeedApi { auto_approve_registrations: true, ..portal.seed_api("Loose") }).await;
    let strict = portal.published_api("Strict").await;
    let status = async |api| ada.post(&registrations(app), json!({ "api_id": api })).await.expect(201).body["status"].clone();
    assert_eq!(status(loose).await, "approved");
    portal.set("auto_approve_applications", true).await;
    assert_eq!(status(strict).await, "approved", "false on a publication falls back to the portal's setting");
    portal.end().await;
}

#[tokio::test]
async fn an_api_of_another_strategy_is_refused_with_both_names() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let other = portal.key_strategy("Partners only", None).await;
    let api = portal.publish(SeedApi { strategy: Some(other), ..portal.seed_api("Weather") }).await;
    let reply = ada.post(&registrations(app), json!({ "api_id": api })).await.expect_invalid(&["api_id"]);
    let reason = reply.body["invalid_parameters"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("Partners only") && reason.contains("API key"), "{reason}");
    portal.end().await;
}

#[tokio::test]
async fn an_api_without_application_authentication_takes_no_registrations() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let api = portal.publish(SeedApi { strategy: None, visibility: Visibility::Public, ..portal.seed_api("Open weather") }).await;
    ada.post(&registrations(app), json!({ "api_id": api })).await.expect_invalid(&["api_id"]);
    portal.end().await;
}

#[tokio::test]
async fn an_api_that_is_not_published_here_is_a_404() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    ada.post(&registrations(app), json!({ "api_id": NOBODYS })).await.expect_problem(404, "not-found");
    ada.post(&registrations(app), json!({ "api_id": "weather" })).await.expect_invalid(&["api_id"]);
    ada.post(&registrations(app), json!({})).await.expect_invalid(&["api_id"]);
    ada.post(&registrations(app), json!({ "api_id": NOBODYS, "status": "approved" })).await.expect_invalid(&["status"]);
    portal.end().await;
}

#[tokio::test]
async fn one_pair_is_registered_once_however_many_ask_at_the_same_time() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let asked = (0..32).map(|_| {
        let ada = ada.clone();
        tokio::spawn(async move { ada.post(&registrations(app), json!({ "api_id": api })).await })
    });
    let mut won = 0;
    for reply in asked.collect::<Vec<_>>() {
        let reply = reply.await.expect("no panic");
        if reply.status == 201 {
            won += 1;
        } else {
            reply.expect_problem(409, "already-registered");
        }
    }
    assert_eq!(won, 1);
    portal.end().await;
}

#[tokio::test]
async fn after_a_rejection_the_old_one_must_be_deleted_first() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let first = ada.register(app, api).await;
    for status in ["pending", "approved", "rejected", "revoked"] {
        let grant = Update::of(Key::application(app)).set(["grants", &api.to_string(), "status"], status);
        portal.portal.store.edit(grant).await.expect("the grant is changed");
        let registration = Update::of(Key::registration(app, api)).set("status", status);
        portal.portal.store.edit(registration).await.expect("the registration is changed");
        let reply = ada.post(&registrations(app), json!({ "api_id": api })).await.expect_problem(409, "already-registered");
        assert!(reply.body["detail"].as_str().is_some_and(|detail| detail.contains(status)), "{}", reply.body);
    }
    ada.delete(&format!("{}/{first}", registrations(app))).await.expect(204);
    assert_ne!(ada.register(app, api).await, first);
    portal.end().await;
}

#[tokio::test]
async fn a_publication_that_changes_in_between_is_read_again() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let late = tokio::spawn({
        let ada = ada.clone();
        async move { ada.post(&registrations(app), json!({ "api_id": api })).await }
    });
    gate.arrived().await;
    let card = Key::publication(portal.id(), api);
    portal.portal.store.edit(Update::of(card.clone()).remove("strategy")).await.expect("the card is changed");
    gate.open();
    late.await.expect("no panic").expect_invalid(&["api_id"]);
    assert!(portal.application(app).await.expect("the application").grants.is_empty());
    let back = Update::of(card).set("strategy", &portal.strategy);
    portal.portal.store.edit(back).await.expect("the card is changed back");
    portal.end().await;
}

#[tokio::test]
async fn the_two_hundred_and_first_registration_is_a_403_even_in_a_race() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let mut apis = Vec::new();
    for number in 3..REGISTRATIONS_PER_APPLICATION {
        apis.push(portal.published_api(&format!("Api {number}")).await);
    }
    portal.seed_registrations(app, &apis, Status::Pending).await;
    let mut asked = Vec::new();
    for number in 0..9 {
        let (ada, api) = (ada.clone(), portal.published_api(&format!("Late {number}")).await);
        asked.push(async move { ada.post(&registrations(app), json!({ "api_id": api })).await });
    }
    let replies = futures_util::future::join_all(asked.into_iter().map(tokio::spawn)).await;
    let mut won = 0;
    for reply in replies {
        let reply = reply.expect("no panic");
        if reply.status == 201 {
            won += 1;
        } else {
            reply.expect_problem(403, "quota-reached");
        }
    }
    assert_eq!(won, 3);
    assert_eq!(ada.get(&registrations(app)).await.expect(200).total(), u64::from(REGISTRATIONS_PER_APPLICATION));
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_one_registration() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    ada.register(app, api).await;
    assert_eq!(ada.get(&registrations(app)).await.expect(200).total(), 1);
    assert_eq!(portal.events(&Key::application(app)).await, ["application.created", "registration.requested"]);
    portal.end().await;
}

#[tokio::test]
async fn a_stranger_cannot_register_it() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let body = Some(json!({ "api_id": api }));
    eve.expect_same_404(Method::POST, &registrations(app), &registrations(NOBODYS), body).await;
    assert!(portal.application(app).await.expect("the application").grants.is_empty());
    ada.post(&registrations("weather"), json!({ "api_id": api })).await.expect_invalid(&["applicationId"]);
    portal.anonymous().post(&registrations(app), json!({ "api_id": api })).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_registration_that_comes_after_the_end_of_automatic_approval_is_not_approved_by_itself() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.publish(SeedApi { auto_approve_registrations: true, ..portal.seed_api("Weather") }).await;
    let path = format!("{APPLICATIONS}/{}/registrations", ada.create_app("Weather board").await);
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let late = tokio::spawn(async move { ada.post(&path, json!({ "api_id": api })).await });
    gate.arrived().await;
    let strict = json!({ "auto_approve_registrations": false });
    portal.admin().put(&format!("/v3/apis/{api}/publications/{}", portal.id()), strict).await.expect(200);
    gate.open();
    assert_eq!(late.await.expect("no panic").expect(201).body["status"], "pending");
    portal.end().await;
}
