//! The whole journey as one story, over the local portal's front door: from signing up to a call that passes, and to its end.

use portico_domain::id::DeveloperId;
use portico_domain::mail_token::{MailToken, Purpose};
use portico_store::Key;
use portico_tests::portal::MAIL_KEY;
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

const PASSWORD: &str = "a quiet harbour at dawn";

/// What the mail that is due says, as `send-email` derives it.
async fn link_token(portal: &TestPortal, developer: DeveloperId, purpose: Purpose, generation: u64) -> String {
    let key = portico_domain::mail_token::MailKey::new(MAIL_KEY);
    MailToken::derive(&key, portal.id(), purpose, developer, generation).expose().to_string()
}

/// Whether a call of the API behind `stage` passes with these headers.
async fn passes(portal: &TestPortal, stage: &str, headers: Value) -> bool {
    let event = json!({
        "version": "2.0", "type": "REQUEST", "routeKey": "GET /board", "rawPath": "/board", "rawQueryString": "", "headers": headers,
        "requestContext": { "apiId": "local", "stage": stage, "http": { "method": "GET", "path": "/board", "sourceIp": "192.0.2.7" } }
    });
    let reply = authorize::handle(&portal.portal, event).await.expect("it decides");
    reply["isAuthorized"] == true
}

#[tokio::test]
async fn a_developer_goes_from_signing_up_to_calling_an_api_and_an_administrator_takes_it_back() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let scoped = |rest: &str| format!("/v3/portals/{}{rest}", portal.id());

    // An API owner publishes an API and links it to a gateway.
    let specification =
        json!({ "openapi": "3.1.0", "info": { "title": "Weather board", "version": "1.0.0" }, "paths": {} }).to_string();
    let created = admin.post("/v3/apis", json!({ "name": "Weather board", "spec_content": specification })).await.expect(201);
    let (api, slug) = (created.id(), created.body["slug"].as_str().expect("a slug").to_owned());
    let link = json!({ "api_gateway": { "gateway_id": "local", "stage": slug } });
    admin.post(&format!("/v3/apis/{api}/implementations"), link).await.expect(201);
    admin.put(&format!("/v3/apis/{api}/publications/{}", portal.id()), json!({})).await.expect(200);

    // Ada signs up, verifies her address and sets a password.
    let ada: Client = portal.anonymous();
    ada.post("/api/v3/developer", json!({ "email": "ada@example.test", "full_name": "Ada" })).await.expect(201);
    let listed = admin.get(&scoped("/developers?filter[email][eq]=ada@example.test")).await.expect(200);
    assert_eq!(listed.body["data"][0]["status"], "pending");
    let id: DeveloperId = listed.body["data"][0]["id"].as_str().expect("an id").parse().expect("an id");
    let token = link_token(&portal, id, Purpose::Verify, 1).await;
    let verified = ada.post("/api/v3/developer/verify-email", json!({ "token": token })).await.expect(202);
    let password = json!({ "token": verified.body["token"], "password": PASSWORD });
    ada.post("/api/v3/developer/reset-password", password).await.expect(204);

    // She can sign in once she is approved.
    let credentials = json!({ "username": "ada@example.test", "password": PASSWORD });
    ada.post("/api/v3/developer/authenticate", credentials.clone()).await.expect_problem(401, "approval-required");
    admin.patch(&scoped(&format!("/developers/{id}")), json!({ "status": "approved" })).await.expect(200);
    ada.post("/api/v3/developer/authenticate", credentials).await.expect(204);
    assert_eq!(ada.get("/api/v3/developer/me").await.expect(200).body["email"], "ada@example.test");

    // She finds the API, creates an application, and asks for access.
    let catalog = ada.get("/api/v3/apis").await.expect(200);
    assert_eq!(catalog.body["data"][0]["id"], api);
    let app = ada.post("/api/v3/applications", json!({ "name": "Hall display", "client_id": "hall-1" })).await.expect(201).id();
    let registrations = format!("/api/v3/applications/{app}/registrations");
    let registration = ada.post(&registrations, json!({ "api_id": api })).await.expect(201);
    assert_eq!(registration.body["status"], "pending");

    // She makes a key. It does not pass before the registration is approved.
    let made = ada.post(&format!("/api/v3/applications/{app}/credentials"), json!({ "display_name": "Hall" })).await.expect(201);
    let key = made.body["credential"].as_str().expect("the key").to_owned();
    assert!(!passes(&portal, &slug, json!({ "apikey": key })).await);
    let decide = scoped(&format!("/applications/{app}/registrations/{}", registration.id()));
    admin.patch(&decide, json!({ "status": "approved" })).await.expect(200);
    assert!(passes(&portal, &slug, json!({ "apikey": key })).await);
    assert!(!passes(&portal, &slug, json!({})).await);
    assert!(!passes(&portal, "elsewhere", json!({ "apikey": key })).await);

    // The administrator revokes her: the next call is refused, and so is her session.
    admin.patch(&scoped(&format!("/developers/{id}")), json!({ "status": "revoked" })).await.expect(200);
    assert!(!passes(&portal, &slug, json!({ "apikey": key })).await);
    ada.get("/api/v3/developer/me").await.expect_problem(401, "unauthorized");
    let known = portal.portal.store.get(&Key::developer(id)).await.expect("the store answers");
    assert!(known.is_some());
    portal.end().await;
}
