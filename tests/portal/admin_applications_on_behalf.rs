//! `admin-applications`, on behalf of developers: `create-application`, `create-application-registration`,
//! `get-application-unscoped`, `list-developers-by-application`.

use http::Method;
use portico_domain::event::Name;
use portico_domain::limits::APPLICATIONS_PER_OWNER;
use portico_domain::status::Status;
use portico_store::{Key, Update};
use portico_tests::crashes::each_crash;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::{ApiCall, TestPortal};
use serde_json::{Value, json};

fn applications(portal: &TestPortal) -> String {
    format!("/v3/portals/{}/applications", portal.id())
}

fn owned_by(owner: impl std::fmt::Display, more: Value) -> Value {
    let mut body = json!({ "name": "Weather board", "owner": { "type": "developer", "id": owner.to_string() } });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    body
}

#[tokio::test]
async fn an_application_that_an_administrator_creates_is_the_developers_own() {
    let portal = TestPortal::start().await;
    let (admin, ada) = (portal.admin(), portal.approved_developer("ada@example.test").await);
    let id = ada.developer.expect("ada");
    let more = json!({ "description": "Tides and winds", "client_id": "board-1", "labels": { "env": "test" } });
    let made = admin.post(&applications(&portal), owned_by(id, more)).await.expect(201);
    assert_eq!(made.body["owner"], json!({ "type": "developer", "id": id }));
    assert_eq!(admin.get(&format!("/v3/applications/{}", made.id())).await.expect(200).body, made.body);
    let own = ada.get(&format!("{APPLICATIONS}/{}", made.id())).await.expect(200);
    assert_eq!((own.body["client_id"].clone(), own.body["description"].clone()), (json!("board-1"), json!("Tides and winds")));
    ada.post(&format!("{APPLICATIONS}/{}/credentials", made.id()), json!({})).await.expect(201);
    let developers = format!("{}/{}/developers", applications(&portal), made.id());
    let listed = admin.get(&developers).await.expect(200);
    assert_eq!(listed.body["data"], json!([{ "id": id, "email": "ada@example.test", "full_name": "ada" }]));
    assert_eq!(admin.get(&format!("{developers}?filter[id][neq]={id}")).await.expect(200).total(), 0);
    let event = portal.event_data(&Key::application(made.id().parse().expect("an id")), Name::ApplicationCreated).await;
    assert_eq!(event["developer"], json!(id));
    portal.end().await;
}

#[tokio::test]
async fn whose_it_is_and_what_it_asks_for_must_be_there() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), applications(&portal));
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    admin.post(&path, json!({ "name": "", "owner": { "type": "robot" }, "secret": "x" })).await.expect_invalid(&[
        "name",
        "owner.type",
        "owner.id",
        "secret",
    ]);
    admin.post(&path, owned_by(NOBODYS, json!({}))).await.expect_invalid(&["owner.id"]);
    admin.post(&path, owned_by(ada, json!({ "auth_strategy_id": NOBODYS }))).await.expect_invalid(&["auth_strategy_id"]);
    admin.post(&path, owned_by(ada, json!({ "dcr_client_id": "x" }))).await.expect_problem(422, "not-supported");
    let of_team = json!({ "name": "Board", "owner": { "type": "team", "id": NOBODYS } });
    admin.post(&path, of_team).await.expect_invalid(&["owner.id"]);
    let oidc = portal.openid_strategy("oidc").await;
    admin.post(&path, owned_by(ada, json!({ "auth_strategy_id": oidc }))).await.expect_invalid(&["client_id"]);
    admin.post(&path, owned_by(ada, json!({ "client_id": "taken" }))).await.expect(201);
    admin.post(&path, owned_by(ada, json!({ "client_id": "taken" }))).await.expect_problem(409, "reference-id-taken");
    let pending = portal.developer_with_status("pending@example.test", Status::Pending).await;
    admin.post(&path, owned_by(pending, json!({}))).await.expect_problem(409, "conflict");
    let count = |by| portal.portal.store.edit(Update::of(Key::developer(ada)).add("app_count", by));
    count(i64::from(APPLICATIONS_PER_OWNER)).await.expect("the store answers");
    admin.post(&path, owned_by(ada, json!({}))).await.expect_problem(403, "quota-reached");
    count(-i64::from(APPLICATIONS_PER_OWNER)).await.expect("the store answers");
    portal.end().await;
}

#[tokio::test]
async fn a_registration_on_behalf_has_the_status_that_is_asked_for_or_else_the_portals() {
    let portal = TestPortal::start().await;
    portal.set_rbac(true).await;
    let (admin, ada) = (portal.admin(), portal.approved_developer("ada@example.test").await);
    let app = ada.create_app("Weather board").await;
    let path = format!("{}/{app}/registrations", applications(&portal));
    let (tides, winds, seas) =
        (portal.published_api("Tides").await, portal.published_api("Winds").await, portal.published_api("Seas").await);
    // What an administrator gives takes no role.
    let made = admin.post(&path, json!({ "api_id": tides, "status": "approved" })).await.expect(201);
    assert_eq!((made.body["status"].clone(), made.body["api"]["name"].clone()), (json!("approved"), json!("Tides")));
    let key = ada.create_key(app).await.secret;
    assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_some());
    assert_eq!(admin.post(&path, json!({ "api_id": winds })).await.expect(201).body["status"], "pending");
    portal.set("auto_approve_applications", true).await;
    assert_eq!(admin.post(&path, json!({ "api_id": seas, "status": "pending" })).await.expect(201).body["status"], "pending");
    admin.post(&path, json!({ "api_id": seas })).await.expect_problem(409, "already-registered");
    admin.post(&path, json!({ "api_id": NOBODYS })).await.expect_invalid(&["api_id"]);
    admin.post(&path, json!({ "api_id": tides, "status": "revoked" })).await.expect_invalid(&["status"]);
    let other = portal.key_strategy("other", None).await;
    let mut seed = portal.seed_api("Rains");
    seed.strategy = Some(other);
    let rains = portal.publish(seed).await;
    let refused = admin.post(&path, json!({ "api_id": rains })).await.expect_invalid(&["api_id"]);
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains("other")), "{}", refused.body);
    portal.end().await;
}

#[tokio::test]
async fn no_credential_can_be_made_for_a_developer() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let path = format!("{}/{app}/credentials", applications(&portal));
    portal.admin().send(Method::POST, &path, Some(json!({}))).await.expect_problem(405, "method-not-allowed");
    portal.admin().post(&format!("{APPLICATIONS}/{app}/credentials"), json!({})).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn what_is_done_on_behalf_happens_once_whatever_crashes() {
    let portal = TestPortal::start().await;
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    let scenes = each_crash(
        &portal,
        201,
        async |number| number,
        async |number| {
            let body = owned_by(ada, json!({ "client_id": format!("board-{number}") }));
            portal.admin().post(&applications(&portal), body).await
        },
        async |_, crash| assert!([201, 409].contains(&crash.answer()), "{crash:?}"),
    )
    .await;
    let made = portal.admin().get(&format!("{}?filter[developer_id]={ada}", applications(&portal))).await.expect(200);
    assert_eq!(made.total(), u64::try_from(scenes).expect("few"));
    let api = portal.published_api("Tides").await;
    each_crash(
        &portal,
        201,
        async |number| {
            let body = owned_by(ada, json!({ "client_id": format!("registered-{number}") }));
            portal.admin().post(&applications(&portal), body).await.expect(201).id()
        },
        async |app| {
            portal.admin().post(&format!("{}/{app}/registrations", applications(&portal)), json!({ "api_id": api })).await
        },
        async |app, crash| {
            assert!([201, 409].contains(&crash.answer()), "{crash:?}");
            let app = portal.application(app.parse().expect("an id")).await.expect("there");
            assert_eq!(app.grants.len(), 1, "{crash:?}");
        },
    )
    .await;
    portal.end().await;
}
