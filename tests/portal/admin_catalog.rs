//! `create-api`, `list-apis`, `fetch-api`, `update-api`, `delete-api`, `create-api-version`, `list-api-versions`,
//! `fetch-api-version`, `publish-api-to-portal`, `fetch-publication`, `delete-publication`, `create-api-implementation`,
//! `fetch-api-implementation`, `delete-api-implementation`.

use std::time::Duration;

use http::Method;
use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::management::{APIS, publication};
use portico_tests::steps::NOBODYS;
use portico_tests::{ApiCall, TestPortal};
use serde_json::{Value, json};

const OPENAPI: &str = "openapi: 3.0.3\ninfo: {title: Weather, version: 2.1.0}\npaths: {}\n";

#[tokio::test]
async fn an_api_has_what_it_was_created_with_and_a_slug_of_its_name_and_version() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let body = json!({
        "name": "Météo <script>",
        "description": "Line one\nline *two*",
        "version": "v1.2",
        "labels": { "team": "sky" },
        "attributes": { "env": ["dev", "test"], "gone": null },
        "id": NOBODYS,
    });
    let made = admin.post(APIS, body).await.expect(201);
    assert_eq!(made.body["name"], "Météo <script>");
    assert_eq!(made.body["slug"], "meteo-script-v1-2");
    assert_eq!(made.body["version"], "v1.2");
    assert_eq!(made.body["attributes"], json!({ "env": ["dev", "test"] }));
    assert_eq!(made.body["current_version_summary"], Value::Null);
    assert_ne!(made.id(), NOBODYS);
    assert_eq!(admin.get(&format!("{APIS}/{}", made.id())).await.expect(200).body, made.body);
    let again = admin.post(APIS, json!({ "name": "Météo <script>", "version": "v1.2" })).await.expect(201);
    assert_eq!(again.body["slug"], "meteo-script-v1-2-2");
    let third = admin.post(APIS, json!({ "name": "Météo <script>", "version": "v1.2" })).await.expect(201);
    assert_eq!(third.body["slug"], "meteo-script-v1-2-3");
    let taken = json!({ "name": "Other", "slug": "meteo-script-v1-2" });
    admin.post(APIS, taken).await.expect_problem(409, "already-exists");
    portal.end().await;
}

#[tokio::test]
async fn a_specification_makes_the_first_version_and_names_it() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let made = admin.post(APIS, json!({ "name": "Weather", "spec_content": OPENAPI })).await.expect(201);
    assert_eq!(made.body["version"], "2.1.0");
    assert_eq!(made.body["current_version_summary"]["version"], "2.1.0");
    assert_eq!(made.body["current_version_summary"]["spec"], json!({ "type": "oas3" }));
    assert_eq!(made.body["api_spec_ids"], json!([made.body["current_version_summary"]["id"]]));
    let named = admin.post(APIS, json!({ "name": "Named", "version": "7", "spec_content": "{}" })).await.expect(201);
    assert_eq!(named.body["current_version_summary"]["version"], "7", "the specification says none");
    portal.end().await;
}

#[tokio::test]
async fn every_wrong_field_of_an_api_is_named_at_once() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    portal.take_calls();
    let body =
        json!({ "name": "", "slug": "a b", "version": "", "labels": { "-": "x" }, "attributes": { "env": [] }, "spec": 1 });
    admin.post(APIS, body).await.expect_invalid(&["name", "slug", "version", "labels.-", "attributes.env", "spec"]);
    admin.post(APIS, json!({ "name": "A", "slug": NOBODYS })).await.expect_invalid(&["slug"]);
    let many: Vec<String> = (0..20).map(|number| format!("{number:0>300}")).collect();
    admin.post(APIS, json!({ "name": "A", "attributes": { "env": many } })).await.expect_invalid(&["attributes"]);
    admin.post(APIS, json!({ "name": "A", "description": "x".repeat(6_001) })).await.expect_invalid(&["description"]);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"));
    portal.end().await;
}

#[tokio::test]
async fn an_edit_reaches_the_catalog_and_an_edit_that_changes_nothing_writes_nothing() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let body =
        json!({ "name": "Weather", "description": "Old", "labels": { "a": "1", "b": "2" }, "attributes": { "env": ["dev"] } });
    let api = admin.create_api(body).await;
    let path = format!("{APIS}/{api}");
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    portal.clock.advance(Duration::from_secs(5));
    let changes = json!({
        "name": "Weather and tides",
        "description": null,
        "version": "3",
        "slug": "tides",
        "labels": { "a": null, "c": "3" },
        "attributes": { "env": null, "tier": ["gold"] },
    });
    let edited = admin.patch(&path, changes.clone()).await.expect(200);
    assert_eq!(edited.body["labels"], json!({ "b": "2", "c": "3" }));
    assert_eq!(edited.body["attributes"], json!({ "tier": ["gold"] }));
    assert_eq!(edited.body["description"], Value::Null);
    assert_eq!(edited.body["portals"][0]["id"], portal.id().to_string());
    let visitor = portal.anonymous();
    let shown = visitor.get("/api/v3/apis/tides").await.expect(200);
    assert_eq!(shown.body["name"], "Weather and tides");
    assert_eq!(shown.body["attributes"], json!({ "tier": ["gold"] }));
    visitor.get("/api/v3/apis/weather").await.expect_problem(404, "not-found");
    let changed = portal.event_data(&Key::api(api), Name::ApiUpdated).await;
    assert_eq!(changed["changed"], json!(["name", "description", "version", "slug", "labels", "attributes"]));
    portal.take_calls();
    assert_eq!(admin.patch(&path, changes).await.expect(200).body, edited.body);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"));
    let other = admin.create_api(json!({ "name": "Other" })).await;
    admin.patch(&format!("{APIS}/{other}"), json!({ "slug": "tides" })).await.expect_problem(409, "already-exists");
    admin.patch(&format!("{APIS}/{other}"), json!({ "slug": "weather", "labels": null })).await.expect(200);
    admin.patch(&path, json!({ "name": 7, "nome": "x" })).await.expect_invalid(&["name", "nome"]);
    portal.end().await;
}

#[tokio::test]
async fn apis_are_listed_filtered_and_sorted() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    for (name, env) in [("Weather", "dev"), ("Tides", "test"), ("Trains", "prod")] {
        let body = json!({ "name": name, "labels": { "team": name.to_lowercase() }, "attributes": { "env": [env] } });
        admin.create_api(body).await;
        portal.clock.advance(Duration::from_secs(1));
    }
    let list = |query: &str| format!("{APIS}?{}", query.replace('[', "%5B").replace(']', "%5D").replace(' ', "%20"));
    assert_eq!(admin.get(&list("sort=name")).await.expect(200).each("name"), ["Tides", "Trains", "Weather"]);
    let some = admin.get(&list("filter[attributes.env][ocontains]=dev,test&sort=name desc")).await.expect(200);
    assert_eq!(some.each("name"), ["Weather", "Tides"]);
    assert_eq!(admin.get(&list("filter[labels.team]=tides")).await.expect(200).each("name"), ["Tides"]);
    assert_eq!(admin.get(&list("filter[name][contains]=T")).await.expect(200).total(), 3);
    assert_eq!(admin.get(&list("page[size]=2&page[number]=2")).await.expect(200).each("name"), ["Trains"]);
    admin.get(&list("filter[colour]=red&sort=colour&page[size]=0")).await.expect_invalid(&[
        "filter[colour]",
        "sort",
        "page[size]",
    ]);
    portal.end().await;
}

#[tokio::test]
async fn the_first_version_becomes_current_and_then_each_that_is_not_older() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    let versions = format!("{APIS}/{api}/versions");
    let path = format!("/api/v3/apis/{api}");
    let mut specified = 0;
    for (label, current) in [("1.9.0", "1.9.0"), ("1.10.0", "1.10.0"), ("1.2.0", "1.10.0"), ("v2", "v2"), ("nightly", "nightly")]
    {
        let content = OPENAPI.replace("2.1.0", label);
        let made = admin.post(&versions, json!({ "spec": { "content": content } })).await.expect(201);
        specified += 1;
        assert_eq!(made.body["version"], label, "from the specification");
        let shown = portal.anonymous().get(&path).await.expect(200);
        assert_eq!(shown.body["version"], current);
        assert_eq!(shown.body["specifications"].as_array().map(Vec::len), Some(specified));
    }
    let body = json!({ "version": "v2", "spec": { "content": OPENAPI } });
    admin.post(&versions, body).await.expect_problem(409, "already-exists");
    let list = admin.get(&format!("{versions}?filter%5Btype%5D=oas3&sort=version%20desc&page%5Bsize%5D=2")).await.expect(200);
    assert_eq!((list.total(), list.each("version")), (5, vec!["v2".to_owned(), "1.10.0".to_owned()]));
    let other = admin.create_api(json!({ "name": "Other" })).await;
    let foreign = list.each("id").remove(0);
    let path = format!("{APIS}/{other}/versions");
    admin.expect_same_404(Method::GET, &format!("{path}/{foreign}"), &format!("{path}/{NOBODYS}"), None).await;
    portal.end().await;
}

#[tokio::test]
async fn a_publication_takes_the_portals_defaults_and_put_replaces_all() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    let path = publication(&portal, api);
    admin.get(&path).await.expect_problem(404, "not-found");
    admin.delete(&path).await.expect_problem(404, "not-found");
    let made = admin.put(&path, json!({})).await.expect(200);
    assert_eq!(made.body["visibility"], "private");
    assert_eq!(made.body["auth_strategy_ids"], json!([portal.strategy]));
    assert_eq!(made.body["auto_approve_registrations"], false);
    let terms = json!({ "visibility": "public", "auth_strategy_ids": null, "auto_approve_registrations": true });
    let changed = admin.put(&path, terms.clone()).await.expect(200);
    assert_eq!(changed.body["auth_strategy_ids"], Value::Null);
    assert_eq!(admin.get(&path).await.expect(200).body, changed.body);
    portal.take_calls();
    assert_eq!(admin.put(&path, terms).await.expect(200).body, changed.body);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"), "nothing changed");
    portal.set("default_api_visibility", "public").await;
    assert_eq!(admin.put(&path, json!({})).await.expect(200).body["visibility"], "public");
    admin.put(&path, json!({ "auth_strategy_ids": [NOBODYS] })).await.expect_invalid(&["auth_strategy_ids.0"]);
    let wrong = json!({ "auth_strategy_ids": [], "visibility": "secret", "auto_approve_registrations": 1, "x": 1 });
    admin.put(&path, wrong).await.expect_invalid(&["auth_strategy_ids", "visibility", "auto_approve_registrations", "x"]);
    let events = portal.events(&Key::api(api)).await;
    assert_eq!(events, ["api.created", "api.published", "api.published", "api.published"]);
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.expect_problem(404, "not-found");
    admin.put(&format!("{APIS}/{api}/publications/{NOBODYS}"), json!({})).await.expect_problem(404, "not-found");
    admin.put(&format!("{APIS}/{NOBODYS}/publications/{}", portal.id()), json!({})).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn a_link_lets_in_whom_the_publications_let_in_at_every_moment() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Board").await;
    let key = portal.api_key(app).await;
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    admin.publish_api(api, json!({})).await.expect(200);
    portal.registration(app, api, Status::Approved).await;
    let call = ApiCall::to("weather").key(&key);
    assert!(portal.call(&call).await.is_none(), "not linked yet");
    let made = admin.link_api(api, "local", "weather").await.expect(201);
    assert_eq!(made.body["api_gateway"], json!({ "gateway_id": "local", "stage": "weather" }));
    assert!(portal.call(&call).await.is_some());
    let other = portal.key_strategy("Other keys", None).await;
    for (terms, passes) in [
        (json!({ "auth_strategy_ids": [other] }), false),
        (json!({ "auth_strategy_ids": null }), false),
        (json!({}), true),
        (json!({ "visibility": "public" }), true),
    ] {
        admin.publish_api(api, terms.clone()).await.expect(200);
        assert_eq!(portal.call(&call).await.is_some(), passes, "{terms}");
    }
    admin.delete(&publication(&portal, api)).await.expect(204);
    assert!(portal.call(&call).await.is_none(), "not published any more");
    admin.publish_api(api, json!({})).await.expect(200);
    assert!(portal.call(&call).await.is_some(), "the registration stayed as it was");
    let implementation = format!("{APIS}/{api}/implementations/{}", made.id());
    assert_eq!(admin.get(&implementation).await.expect(200).body, made.body);
    admin.delete(&implementation).await.expect(204);
    assert!(portal.call(&call).await.is_none(), "not linked any more");
    admin.get(&implementation).await.expect_problem(404, "not-found");
    admin.delete(&implementation).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn a_stage_serves_one_api_and_other_gateways_are_not_supported() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    let other = admin.create_api(json!({ "name": "Tides" })).await;
    admin.link_api(api, "a1b2c3", "$default").await.expect(201);
    admin.link_api(other, "a1b2c3", "$default").await.expect_problem(409, "already-exists");
    admin.link_api(api, "a1b2c3", "$default").await.expect_problem(409, "already-exists");
    let path = format!("{APIS}/{api}/implementations");
    for body in [json!({ "service": { "control_plane_id": NOBODYS, "id": NOBODYS } }), json!({ "control_plane": {} })] {
        admin.post(&path, body).await.expect_problem(422, "not-supported");
    }
    admin.post(&path, json!({})).await.expect_invalid(&["api_gateway"]);
    let body = json!({ "api_gateway": { "gateway_id": "a#b", "stage": "", "region": "x" } });
    admin.post(&path, body).await.expect_invalid(&["api_gateway.gateway_id", "api_gateway.stage", "api_gateway.region"]);
    portal.end().await;
}

#[tokio::test]
async fn deleting_an_api_stops_its_calls_removes_its_registrations_and_frees_its_slug() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Board").await;
    let key = portal.api_key(app).await;
    let api = admin.create_api(json!({ "name": "Weather", "spec_content": OPENAPI })).await;
    admin.publish_api(api, json!({})).await.expect(200);
    admin.link_api(api, "local", "weather").await.expect(201);
    portal.registration(app, api, Status::Approved).await;
    let call = ApiCall::to("weather").key(&key);
    assert!(portal.call(&call).await.is_some());
    let path = format!("{APIS}/{api}");
    admin.delete(&path).await.expect(204);
    assert!(portal.call(&call).await.is_none());
    assert_eq!(portal.api(api).await, None, "not even a tombstone");
    let mut left = portal.children(&Key::api(api), "").await;
    left.retain(|item| item.kind() != "event");
    assert!(left.is_empty(), "{left:?}");
    assert!(portal.application(app).await.expect("the application").grants.is_empty());
    assert!(portal.events(&Key::application(app)).await.contains(&"registration.deleted".to_owned()));
    assert_eq!(ada.get(&format!("/api/v3/applications/{app}/registrations")).await.expect(200).total(), 0);
    for (method, below, body) in [
        (Method::GET, "", None),
        (Method::PATCH, "", Some(json!({ "name": "Back" }))),
        (Method::DELETE, "", None),
        (Method::GET, "/versions", None),
        (Method::POST, "/versions", Some(json!({ "spec": {} }))),
        (Method::POST, "/implementations", Some(json!({ "api_gateway": { "gateway_id": "local", "stage": "weather" } }))),
    ] {
        admin.expect_same_404(method, &format!("{path}{below}"), &format!("{APIS}/{NOBODYS}{below}"), body).await;
    }
    admin.publish_api(api, json!({})).await.expect_problem(404, "not-found");
    let again = admin.create_api(json!({ "name": "Weather" })).await;
    admin.link_api(again, "local", "weather").await.expect(201);
    portal.end().await;
}

#[tokio::test]
async fn malformed_ids_are_a_400_where_the_contract_lists_one_and_a_401_comes_first() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    admin.get(&format!("{APIS}/x")).await.expect_problem(404, "not-found");
    admin.patch(&format!("{APIS}/x"), json!({})).await.expect_invalid(&["apiId"]);
    admin.put(&format!("{APIS}/{NOBODYS}/publications/x"), json!({})).await.expect_invalid(&["portalId"]);
    portal.anonymous().patch(&format!("{APIS}/x"), json!({})).await.expect_problem(401, "unauthorized");
    let ada = portal.approved_developer("ada@example.test").await;
    ada.get(APIS).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_token_for_some_portals_changes_nothing_that_others_show() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    admin.publish_api(api, json!({})).await.expect(200);
    portal.keep_admin_token("elsewhere", "other", Some(vec![NOBODYS.parse().expect("an id")])).await;
    let other = portal.anonymous().with_bearer("elsewhere");
    let path = format!("{APIS}/{api}");
    other.patch(&path, json!({ "name": "Mine" })).await.expect_problem(403, "forbidden");
    other.delete(&path).await.expect_problem(403, "forbidden");
    other.post(&format!("{path}/versions"), json!({ "spec": {} })).await.expect_problem(403, "forbidden");
    other.link_api(api, "local", "weather").await.expect_problem(403, "forbidden");
    other.publish_api(api, json!({ "visibility": "public" })).await.expect_problem(403, "forbidden");
    other.delete(&publication(&portal, api)).await.expect_problem(403, "forbidden");
    portal.end().await;
}
