//! `admin-portal`: `list-portals`, `get-portal`, `update-portal`.

use portico::faults::{Fault, Matching};
use portico_domain::id::PortalId;
use portico_domain::portal::Portal as Settings;
use portico_domain::strategy::Strategy;
use portico_store::{Item, Key};
use portico_tests::TestPortal;
use portico_tests::client::Client;
use serde_json::{Value, json};

fn path(portal: &TestPortal) -> String {
    format!("/v3/portals/{}", portal.id())
}

/// The portal's events after the one of its start, in the order of time.
async fn events(portal: &TestPortal) -> Vec<Value> {
    let root = Key::portal(portal.id());
    let events = portal.portal.store.children(root.pk(), "EVENT#").await.expect("the store answers");
    let read = events.iter().map(|event| event.read::<Value>().expect("an event"));
    read.filter(|event| event["name"] != "portal.created").collect()
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let reply = client.get(&format!("/v3/portals{query}")).await.expect(200);
    let data = reply.body["data"].as_array().expect("a list").clone();
    data.iter().map(|portal| portal["name"].as_str().expect("a name").to_owned()).collect()
}

/// A second portal in the same table, as an operator would make it.
async fn second_portal(portal: &TestPortal, name: &str) -> PortalId {
    use portico_domain::event::{Actor, Name};
    let (id, strategy, now) = (
        portal.portal.new_id().expect("an id"),
        portal.portal.new_id().expect("an id"),
        portico_http::clock::Clock::now(portal.clock.as_ref()),
    );
    let event = |name| portal.portal.event(name, Actor::System("test".to_owned()), json!({})).expect("an event");
    let (settings, default) = (Settings::new(id, name, strategy, now), Strategy::key_auth_default(strategy, now));
    let events = [event(Name::PortalCreated), event(Name::StrategyCreated)];
    portal.portal.store.create_portal(&settings, &default, [&events[0], &events[1]]).await.expect("the portal is made");
    id
}

#[tokio::test]
async fn get_portal_shows_the_settings_of_a_new_portal() {
    let portal = TestPortal::start().await;
    let reply = portal.admin().get(&path(&portal)).await.expect(200);
    assert_eq!(reply.body["name"], "Test portal");
    assert_eq!(reply.body["default_api_visibility"], "private");
    assert_eq!(reply.body["auto_approve_developers"], false);
    assert_eq!(reply.body["default_application_auth_strategy_id"], portal.strategy.to_string());
    assert_eq!(reply.body["default_domain"], "portal.example.test");
    portal.end().await;
}

#[tokio::test]
async fn list_portals_shows_those_that_the_token_is_for() {
    let portal = TestPortal::start().await;
    let other = second_portal(&portal, "Other portal").await;
    assert_eq!(names(&portal.admin(), "?sort=name").await, ["Other portal", "Test portal"]);
    portal.keep_admin_token("only-the-other", "other", Some(vec![other])).await;
    let stranger = portal.anonymous().with_bearer("only-the-other");
    assert_eq!(names(&stranger, "").await, ["Other portal"]);
    stranger.get(&path(&portal)).await.expect_problem(403, "forbidden");
    stranger.patch(&path(&portal), json!({ "name": "Mine" })).await.expect_problem(403, "forbidden");
    portal.end().await;
}

#[tokio::test]
async fn list_portals_pages_filters_and_sorts() {
    let portal = TestPortal::start().await;
    for name in ["Alpha", "Beta", "Gamma"] {
        second_portal(&portal, name).await;
    }
    let admin = portal.admin();
    assert_eq!(names(&admin, "?filter[name][contains]=a&sort=name%20desc").await, ["Test portal", "Gamma", "Beta", "Alpha"]);
    assert_eq!(names(&admin, "?filter[name]=Beta").await, ["Beta"]);
    assert_eq!(names(&admin, "?filter[auto_approve_developers]=true").await, [""; 0]);
    assert_eq!(
        names(&admin, &format!("?filter[id][neq]={}&sort=name&page[size]=2&page[number]=2", portal.id())).await,
        ["Gamma"]
    );
    admin.get("/v3/portals?filter[color]=red&page[size]=0&sort=color").await.expect_invalid(&[
        "filter[color]",
        "page[size]",
        "sort",
    ]);
    portal.end().await;
}

#[tokio::test]
async fn update_portal_changes_what_is_named_and_writes_one_event_with_before_and_after() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let body = json!({
        "display_name": "Weather for everyone", "auto_approve_developers": true, "auto_approve_applications": true,
        "default_api_visibility": "public", "labels": { "env": "test" }, "rbac_enabled": true, "id": "ignored", "default_domain": "x.test",
    });
    let reply = admin.patch(&path(&portal), body.clone()).await.expect(200);
    assert_eq!(reply.body["display_name"], "Weather for everyone");
    assert_eq!(reply.body["auto_approve_applications"], true);
    assert_eq!(reply.body["rbac_enabled"], true);
    assert_eq!(portal.anonymous().get("/api/v3/portal").await.expect(200).body["rbac_enabled"], true);
    assert_eq!(admin.get("/v3/portals?filter[rbac_enabled]=true").await.expect(200).total(), 1);
    assert_eq!(reply.body["labels"], json!({ "env": "test" }));
    assert_eq!(admin.get(&path(&portal)).await.body, reply.body);
    let told = events(&portal).await;
    let last = told.last().expect("an event");
    assert_eq!((told.len(), last["name"].clone(), last["actor"].clone()), (1, json!("portal.updated"), json!("test-admin")));
    assert_eq!(last["data"]["before"]["default_api_visibility"], "private");
    assert_eq!(last["data"]["after"]["default_api_visibility"], "public");
    assert!(last["data"]["after"].get("name").is_none());
    portal.take_calls();
    admin.patch(&path(&portal), body).await.expect(200);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"), "the same again writes nothing");
    admin.patch(&path(&portal), json!({ "labels": { "env": null } })).await.expect(200);
    assert_eq!(admin.get(&path(&portal)).await.body["labels"], json!({}));
    portal.end().await;
}

#[tokio::test]
async fn update_portal_names_every_wrong_field_and_refuses_what_portico_does_not_do() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let body = json!({ "name": "", "description": 7, "authentication_enabled": "yes", "default_page_visibility": "secret", "owner": 1, "labels": { "-": "x" } });
    admin.patch(&path(&portal), body).await.expect_invalid(&[
        "name",
        "description",
        "authentication_enabled",
        "default_page_visibility",
        "owner",
        "labels.-",
    ]);
    admin.patch(&path(&portal), json!({ "sipr_enabled": true, "name": "x" })).await.expect_problem(422, "not-supported");
    assert_eq!(admin.get(&path(&portal)).await.body["name"], "Test portal");
    assert_eq!(events(&portal).await.len(), 0);
    portal.end().await;
}

#[tokio::test]
async fn the_default_strategy_must_exist_and_may_be_none() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let field = "default_application_auth_strategy_id";
    let unknown = json!({ field: "01900000-0000-7000-8000-000000000000" });
    let reply = admin.patch(&path(&portal), unknown).await.expect_invalid(&[field]);
    assert_eq!(reply.body["invalid_parameters"][0]["rule"], "missing_reference");
    let reply = admin.patch(&path(&portal), json!({ field: null })).await.expect(200);
    assert_eq!(reply.body[field], Value::Null);
    admin.patch(&path(&portal), json!({ field: portal.strategy.to_string() })).await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn two_administrators_who_edit_at_once_both_get_their_way() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let first = tokio::spawn({
        let (admin, path) = (admin.clone(), path(&portal));
        async move { admin.patch(&path, json!({ "auto_approve_developers": true })).await }
    });
    gate.arrived().await;
    admin.patch(&path(&portal), json!({ "auto_approve_applications": true })).await.expect(200);
    gate.open();
    let reply = first.await.expect("no panic").expect(200);
    assert_eq!(
        (reply.body["auto_approve_developers"].clone(), reply.body["auto_approve_applications"].clone()),
        (json!(true), json!(true))
    );
    assert_eq!(events(&portal).await.len(), 2);
    portal.end().await;
}

#[tokio::test]
async fn neither_a_change_nor_its_event_is_there_without_the_other() {
    for fault in [Fault::Disconnected, Fault::ServerError, Fault::LostReply] {
        let portal = TestPortal::start().await;
        let admin = portal.admin();
        portal.database.faults().always(Matching::operation("TransactWriteItems"), fault);
        let reply = admin.patch(&path(&portal), json!({ "name": "Renamed" })).await;
        portal.database.faults().heal();
        let renamed = admin.get(&path(&portal)).await.body["name"] == "Renamed";
        assert_eq!(events(&portal).await.len(), usize::from(renamed), "{reply:?}");
        let item: Item = portal.portal.store.get(&Key::portal(portal.id())).await.expect("an answer").expect("the portal");
        assert_eq!(item.number("ver"), Some(if renamed { 2 } else { 1 }));
        portal.end().await;
    }
}

#[tokio::test]
async fn nobody_else_sees_or_changes_a_portal() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    for client in [portal.anonymous(), ada, portal.anonymous().with_bearer("made-up")] {
        client.get("/v3/portals").await.expect_problem(401, "unauthorized");
        client.get(&path(&portal)).await.expect_problem(401, "unauthorized");
        client.patch(&path(&portal), json!({ "name": "Mine" })).await.expect_problem(401, "unauthorized");
    }
    portal.admin().get("/v3/portals/01900000-0000-7000-8000-000000000000").await.expect_problem(404, "not-found");
    portal.admin().get("/v3/portals/nonsense").await.expect_problem(404, "not-found");
    portal.admin().patch("/v3/portals/nonsense", json!({})).await.expect_invalid(&["portalId"]);
    portal.end().await;
}
