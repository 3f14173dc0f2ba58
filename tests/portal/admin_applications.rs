//! `admin-applications`: `list-applications`, `get-application`, `delete-application`, `list-credentials-by-application`,
//! `list-registrations`, `list-registrations-by-application`, `get-/update-/delete-application-registration`.

use std::time::Duration;

use portico::faults::{Fault, Matching};
use portico_domain::event::Name;
use portico_domain::id::{ApiId, ApplicationId, RegistrationId};
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::{ApiCall, Client, Reply, TestPortal};
use serde_json::json;

fn applications(portal: &TestPortal) -> String {
    format!("/v3/portals/{}/applications", portal.id())
}

fn all_registrations(portal: &TestPortal) -> String {
    format!("/v3/portals/{}/application-registrations", portal.id())
}

/// One registration of one application of ada's, with a key.
struct Registered {
    portal: TestPortal,
    ada: Client,
    api: ApiId,
    application: ApplicationId,
    registration: RegistrationId,
    key: String,
}

impl Registered {
    async fn start(status: Status) -> Self {
        let portal = TestPortal::start().await;
        let ada = portal.approved_developer("ada@example.test").await;
        let api = portal.published_api("Tides").await;
        let application = portal.application_of(&ada, "Weather board").await;
        let registration = portal.registration(application, api, status).await;
        let key = portal.api_key(application).await;
        Self { portal, ada, api, application, registration, key }
    }

    fn path(&self) -> String {
        format!("{}/{}/registrations/{}", applications(&self.portal), self.application, self.registration)
    }

    async fn decide(&self, status: &str) -> Reply {
        self.portal.admin().patch(&self.path(), json!({ "status": status })).await
    }

    async fn passes(&self) -> bool {
        self.portal.call(&ApiCall::to("tides").key(&self.key)).await.is_some()
    }

    async fn stored(&self) -> Option<Registration> {
        let key = Key::registration(self.application, self.api);
        self.portal.portal.store.find(&key).await.expect("the store answers")
    }
}

#[tokio::test]
async fn get_application_shows_the_shape_of_its_strategy() {
    let at = Registered::start(Status::Approved).await;
    let (portal, admin) = (&at.portal, at.portal.admin());
    let seen = admin.get(&format!("{}/{}", applications(portal), at.application)).await.expect(200).body;
    assert_eq!(seen["owner"], json!({ "type": "developer", "id": at.ada.developer.expect("ada") }));
    assert_eq!(seen["registration_count"], 1);
    assert_eq!(seen["portal"]["id"], portal.id().to_string());
    assert_eq!(seen["auth_strategy"]["credential_type"], "key_auth");
    assert_eq!(seen["auth_strategy"]["key_names"], json!(["apikey"]));
    assert!(seen.get("client_id").is_none(), "the contract's shape for keys has none");
    let openid = portal.openid_strategy("Login").await;
    let body = json!({ "name": "Dashboard", "client_id": "client-7", "auth_strategy_id": openid, "scopes": ["openid"] });
    let id = at.ada.post(APPLICATIONS, body).await.expect(201).id();
    let seen = admin.get(&format!("{}/{id}", applications(portal))).await.expect(200).body;
    assert_eq!(seen["client_id"], "client-7");
    assert_eq!(seen["granted_scopes"], json!(["openid"]));
    assert_eq!(seen["auth_strategy"]["credential_type"], "self_managed_client_credentials");
    at.portal.end().await;
}

#[tokio::test]
async fn list_applications_pages_filters_and_sorts() {
    let portal = TestPortal::start().await;
    let (ada, eve) = (portal.approved_developer("ada@example.test").await, portal.approved_developer("eve@example.test").await);
    for (owner, name) in [(&ada, "Tide clock"), (&eve, "Airport"), (&ada, "Weather board")] {
        portal.application_of(owner, name).await;
        portal.clock.advance(Duration::from_millis(1));
    }
    let admin = portal.admin();
    let list = async |query: &str| admin.get(&format!("{}{query}", applications(&portal))).await.expect(200);
    assert_eq!(list("").await.each("name"), ["Tide clock", "Airport", "Weather board"], "oldest first");
    assert_eq!(list("?sort=name").await.each("name"), ["Airport", "Tide clock", "Weather board"]);
    let page = list("?sort=created_at%20desc&page[size]=1&page[number]=2").await;
    assert_eq!((page.each("name"), page.total()), (vec!["Airport".to_owned()], 3));
    assert_eq!(list("?filter[name][contains]=e%20&sort=name").await.each("name"), ["Tide clock"]);
    let of_ada = format!("?filter[developer_id]={}&sort=name", ada.developer.expect("ada"));
    assert_eq!(list(&of_ada).await.each("name"), ["Tide clock", "Weather board"]);
    let not_ada = format!("?filter[developer_id][neq]={}", ada.developer.expect("ada"));
    assert_eq!(list(&not_ada).await.each("name"), ["Airport"]);
    assert_eq!(list(&format!("?filter[team_id]={NOBODYS}")).await.total(), 0);
    let wrong = admin.get(&format!("{}?filter[owner]=x&sort=owner&page[number]=0", applications(&portal))).await;
    wrong.expect_invalid(&["filter[owner]", "sort", "page[number]"]);
    portal.end().await;
}

#[tokio::test]
async fn delete_application_stops_its_calls_and_takes_everything_along() {
    let at = Registered::start(Status::Approved).await;
    assert!(at.passes().await);
    let (path, admin) = (format!("{}/{}", applications(&at.portal), at.application), at.portal.admin());
    admin.delete(&path).await.expect(204);
    assert!(!at.passes().await);
    assert_eq!(at.portal.application(at.application).await, None);
    admin.delete(&path).await.expect_problem(404, "not-found");
    assert_eq!(admin.get(&applications(&at.portal)).await.expect(200).total(), 0);
    assert_eq!(admin.get(&all_registrations(&at.portal)).await.expect(200).total(), 0);
    let data = at.portal.event_data(&Key::application(at.application), Name::ApplicationDeleted).await;
    assert_eq!(data["registrations"], json!([{ "api": at.api, "registration": at.registration }]));
    at.portal.end().await;
}

#[tokio::test]
async fn list_credentials_by_application_shows_which_keys_there_are_and_never_the_keys() {
    let at = Registered::start(Status::Approved).await;
    let soon = portico_http::clock::Clock::now(at.portal.clock.as_ref()).plus(Duration::from_secs(60));
    at.portal.api_key_until(at.application, Some(soon)).await;
    at.portal.clock.advance(Duration::from_secs(60));
    let path = format!("{}/{}/credentials", applications(&at.portal), at.application);
    let reply = at.portal.admin().get(&path).await.expect(200);
    assert_eq!(reply.total(), 2);
    let mut statuses = reply.each("status");
    statuses.sort();
    assert_eq!(statuses, ["active", "expired"]);
    assert!(!String::from_utf8_lossy(&reply.bytes).contains(&at.key));
    assert_eq!(at.portal.admin().get(&format!("{path}?page[size]=1&page[number]=2")).await.expect(200).each("id").len(), 1);
    at.portal.admin().get(&format!("{path}?page[size]=1000")).await.expect_invalid(&["page[size]"]);
    at.portal.end().await;
}

#[tokio::test]
async fn update_application_registration_opens_and_shuts_the_gate_before_the_answer() {
    let at = Registered::start(Status::Pending).await;
    assert!(!at.passes().await);
    for (status, passes) in [("approved", true), ("revoked", false), ("approved", true)] {
        let reply = at.decide(status).await.expect(200);
        assert_eq!(reply.body["status"], status);
        assert_eq!(reply.body["api"]["name"], "Tides");
        assert_eq!(reply.body["application"]["name"], "Weather board");
        assert_eq!(at.passes().await, passes);
        assert_eq!(at.portal.admin().get(&at.path()).await.expect(200).body, reply.body);
    }
    let data = at.portal.event_data(&Key::application(at.application), Name::RegistrationRevoked).await;
    let expected = json!({
        "portal": at.portal.id(), "developer": at.ada.developer,
        "application": at.application, "api": at.api, "registration": at.registration,
        "before": { "status": "approved" }, "after": { "status": "revoked" },
    });
    assert_eq!(data, expected);
    at.portal.end().await;
}

#[tokio::test]
async fn a_registration_takes_each_step_of_the_state_machine_and_no_other() {
    let legal = [
        (Status::Pending, Status::Approved),
        (Status::Pending, Status::Rejected),
        (Status::Approved, Status::Revoked),
        (Status::Rejected, Status::Approved),
        (Status::Revoked, Status::Approved),
    ];
    for from in Status::ALL {
        for to in Status::ALL {
            let at = Registered::start(from).await;
            at.portal.take_calls();
            let reply = at.decide(to.as_str()).await;
            let wrote = at.portal.take_calls().iter().any(|call| call.operation == "TransactWriteItems");
            if legal.contains(&(from, to)) || from == to {
                assert_eq!(reply.expect(200).body["status"], to.as_str());
                assert_eq!(wrote, from != to, "the same status again writes nothing");
                assert_eq!(at.stored().await.expect("there").status, to);
            } else {
                let detail = reply.expect_problem(409, "illegal-status-change").body["detail"].clone();
                assert!(detail.as_str().expect("a text").contains(from.as_str()), "{detail} names {from}");
                assert_eq!(at.stored().await.expect("there").status, from);
            }
            at.portal.end().await;
        }
    }
}

#[tokio::test]
async fn of_two_administrators_who_decide_at_once_one_wins() {
    let at = Registered::start(Status::Pending).await;
    let gate = at.portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let (admin, path) = (at.portal.admin(), at.path());
    let held = tokio::spawn(async move { admin.patch(&path, json!({ "status": "rejected" })).await });
    gate.arrived().await;
    at.decide("approved").await.expect(200);
    gate.open();
    held.await.expect("no panic").expect_problem(409, "illegal-status-change");
    assert!(at.passes().await);
    at.portal.end().await;
}

#[tokio::test]
async fn a_registration_that_is_deleted_while_it_is_approved_stays_deleted() {
    let at = Registered::start(Status::Pending).await;
    let gate = at.portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let (admin, path) = (at.portal.admin(), at.path());
    let held = tokio::spawn(async move { admin.patch(&path, json!({ "status": "approved" })).await });
    gate.arrived().await;
    at.ada.delete(&format!("{APPLICATIONS}/{}", at.application)).await.expect(204);
    gate.open();
    held.await.expect("no panic").expect_problem(404, "not-found");
    assert!(!at.passes().await);
    at.portal.end().await;
}

#[tokio::test]
async fn neither_a_decision_nor_its_event_is_there_without_the_other() {
    for fault in [Fault::Disconnected, Fault::ServerError, Fault::LostReply] {
        let at = Registered::start(Status::Pending).await;
        at.portal.database.faults().always(Matching::operation("TransactWriteItems"), fault);
        at.decide("approved").await;
        at.portal.database.faults().heal();
        let approved = at.stored().await.expect("there").status == Status::Approved;
        let told = at.portal.events(&Key::application(at.application)).await.contains(&"registration.approved".to_owned());
        assert_eq!(told, approved);
        assert_eq!(at.passes().await, approved);
        at.portal.end().await;
    }
}

#[tokio::test]
async fn update_application_registration_names_every_wrong_field() {
    let at = Registered::start(Status::Pending).await;
    let admin = at.portal.admin();
    admin.patch(&at.path(), json!({ "status": "maybe", "api_id": at.api })).await.expect_invalid(&["status", "api_id"]);
    admin.patch(&at.path(), json!({})).await.expect(200);
    let base = format!("{}/{}/registrations", applications(&at.portal), at.application);
    admin.patch(&format!("{base}/nonsense"), json!({})).await.expect_invalid(&["registrationId"]);
    admin.patch(&format!("{base}/{NOBODYS}"), json!({})).await.expect_problem(404, "not-found");
    admin.get(&format!("{base}/nonsense")).await.expect_problem(404, "not-found");
    at.portal.end().await;
}

#[tokio::test]
async fn get_application_registration_shows_what_was_asked_for_and_of_whom() {
    let at = Registered::start(Status::Pending).await;
    let shown = at.portal.admin().get(&at.path()).await.expect(200).body;
    assert_eq!((shown["id"].clone(), shown["status"].clone()), (json!(at.registration), json!("pending")));
    assert_eq!((shown["application"]["name"].clone(), shown["api"]["name"].clone()), (json!("Weather board"), json!("Tides")));
    at.portal.end().await;
}

#[tokio::test]
async fn delete_application_registration_stops_its_calls_and_lets_it_be_asked_for_again() {
    let at = Registered::start(Status::Approved).await;
    at.portal.admin().delete(&at.path()).await.expect(204);
    assert!(!at.passes().await);
    assert_eq!(at.stored().await, None);
    at.portal.admin().delete(&at.path()).await.expect_problem(404, "not-found");
    at.ada.register(at.application, at.api).await;
    at.portal.end().await;
}

#[tokio::test]
async fn list_registrations_pages_filters_and_sorts() {
    let portal = TestPortal::start().await;
    let (ada, eve) = (portal.approved_developer("ada@example.test").await, portal.approved_developer("eve@example.test").await);
    let (tides, winds) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let board = portal.application_of(&ada, "Weather board").await;
    let airport = portal.application_of(&eve, "Airport").await;
    for (application, api, status) in
        [(board, tides, Status::Pending), (board, winds, Status::Approved), (airport, tides, Status::Pending)]
    {
        portal.registration(application, api, status).await;
        portal.clock.advance(Duration::from_millis(1));
    }
    let admin = portal.admin();
    let list = async |query: &str| {
        let reply = admin.get(&format!("{}{query}", all_registrations(&portal))).await.expect(200);
        let names = |row: &serde_json::Value| format!("{} {}", row["application"]["name"], row["api"]["name"]).replace('"', "");
        (reply.body["data"].as_array().expect("a list").iter().map(names).collect::<Vec<_>>(), reply.total())
    };
    assert_eq!(list("").await.0, ["Weather board Tides", "Weather board Winds", "Airport Tides"]);
    assert_eq!(
        list("?sort=created_at%20desc&page[size]=2").await,
        (vec!["Airport Tides".to_owned(), "Weather board Winds".to_owned()], 3)
    );
    assert_eq!(list("?filter[status]=pending").await.0, ["Weather board Tides", "Airport Tides"]);
    assert_eq!(list("?filter[application_name][contains]=weather").await.0, ["Weather board Tides", "Weather board Winds"]);
    assert_eq!(
        list(&format!("?filter[developer_id]={}", eve.developer.expect("eve"))).await,
        (vec!["Airport Tides".to_owned()], 1)
    );
    let not_eve = format!("?filter[developer_id][neq]={}&filter[status]=approved", eve.developer.expect("eve"));
    assert_eq!(list(&not_eve).await.0, ["Weather board Winds"]);
    admin
        .get(&format!("{}?filter[status]=maybe&sort=api", all_registrations(&portal)))
        .await
        .expect_invalid(&["filter[status]", "sort"]);
    let own = format!("{}/{board}/registrations", applications(&portal));
    let of_board = admin.get(&format!("{own}?filter[status]=approved")).await.expect(200);
    assert_eq!((of_board.total(), of_board.body["data"][0]["api"]["name"].clone()), (1, json!("Winds")));
    assert_eq!(admin.get(&format!("{own}?page[size]=1")).await.expect(200).total(), 2);
    admin.get(&format!("{own}?filter[color]=red")).await.expect_invalid(&["filter[color]"]);
    portal.end().await;
}

#[tokio::test]
async fn nobody_else_sees_or_changes_what_was_registered() {
    let at = Registered::start(Status::Pending).await;
    let portal = &at.portal;
    let elsewhere = portal.portal.new_id().expect("an id");
    portal.keep_admin_token("of-another-portal", "other", Some(vec![elsewhere])).await;
    let application = format!("{}/{}", applications(portal), at.application);
    let reads = [
        applications(portal),
        application.clone(),
        format!("{application}/credentials"),
        format!("{application}/registrations"),
        all_registrations(portal),
        at.path(),
    ];
    for (client, status, kind) in [
        (portal.anonymous(), 401, "unauthorized"),
        (at.ada.clone(), 401, "unauthorized"),
        (portal.anonymous().with_bearer("made-up"), 401, "unauthorized"),
        (portal.anonymous().with_bearer("of-another-portal"), 403, "forbidden"),
    ] {
        for path in &reads {
            client.get(path).await.expect_problem(status, kind);
        }
        client.patch(&at.path(), json!({ "status": "approved" })).await.expect_problem(status, kind);
        client.delete(&at.path()).await.expect_problem(status, kind);
        client.delete(&application).await.expect_problem(status, kind);
    }
    assert_eq!(at.stored().await.expect("there").status, Status::Pending);
    let other = format!("/v3/portals/{elsewhere}/applications/{}", at.application);
    portal.admin().get(&other).await.expect_problem(404, "not-found");
    at.portal.end().await;
}
