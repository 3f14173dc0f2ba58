//! `create-app-auth-strategy`, `list-app-auth-strategies`, `get-app-auth-strategy`, `replace-app-auth-strategy`,
//! `update-app-auth-strategy`, `delete-app-auth-strategy`.

use std::time::Duration;

use http::Method;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{PortalId, StrategyId};
use portico_domain::portal::Portal as Settings;
use portico_domain::status::Status;
use portico_domain::strategy::Strategy;
use portico_http::clock::Clock as _;
use portico_store::Key;
use portico_tests::management::STRATEGIES;
use portico_tests::steps::NOBODYS;
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::{Value, json};

fn keys(names: Value) -> Value {
    json!({
        "name": "keys",
        "display_name": "API keys",
        "strategy_type": "key_auth",
        "configs": { "key-auth": { "key_names": names } },
    })
}

fn openid() -> Value {
    let configs = json!({
        "issuer": "https://issuer.example.test/realm",
        "credential_claim": ["client_id"],
        "scopes": ["openid", "read:weather"],
        "auth_methods": ["bearer"],
    });
    json!({
        "name": "provider",
        "display_name": "Provider",
        "strategy_type": "openid_connect",
        "configs": { "openid-connect": configs },
        "dcr_provider_id": null,
        "labels": { "team": "sky" },
        "principals": { "enabled": true },
    })
}

async fn create(admin: &Client, body: Value) -> StrategyId {
    admin.post(STRATEGIES, body).await.expect(201).id().parse().expect("an id")
}

#[tokio::test]
async fn a_strategy_has_what_it_was_created_with() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let mut body = keys(json!(["X-Key", "apikey"]));
    body["configs"]["key-auth"]["ttl"] = json!({ "value": 2, "unit": "weeks" });
    let made = admin.post(STRATEGIES, body.clone()).await.expect(201);
    assert_eq!(made.body["configs"], body["configs"]);
    assert_eq!(made.body["active"], true);
    assert_eq!(made.body["dcr_provider"], Value::Null);
    assert_eq!(admin.get(&format!("{STRATEGIES}/{}", made.id())).await.expect(200).body, made.body);
    body["configs"] = json!({ "key-auth": {} });
    let plain = admin.post(STRATEGIES, body).await.expect(201);
    assert_eq!(plain.body["configs"], json!({ "key-auth": { "key_names": ["apikey"] } }));
    let provider = admin.post(STRATEGIES, openid()).await.expect(201);
    assert_eq!(provider.body["configs"], openid()["configs"]);
    assert_eq!(provider.body["labels"], json!({ "team": "sky" }));
    assert_eq!(provider.body["principals"], json!({ "enabled": true }));
    let list = admin.get(&format!("{STRATEGIES}?filter%5Bstrategy_type%5D=openid_connect")).await.expect(200);
    assert_eq!(list.each("id"), [provider.id()]);
    let sorted = admin.get(&format!("{STRATEGIES}?sort=display_name%20desc&page%5Bsize%5D=1")).await.expect(200);
    assert_eq!((sorted.total(), sorted.each("name")), (4, vec!["provider".to_owned()]));
    portal.end().await;
}

#[tokio::test]
async fn every_wrong_field_of_a_strategy_is_named_at_once() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let mut body = keys(json!(["ok", "Cookie", "a b"]));
    body["display_name"] = json!("");
    body["configs"]["key-auth"]["ttl"] = json!({ "value": 0, "unit": "months" });
    body["colour"] = json!("red");
    admin.post(STRATEGIES, body).await.expect_invalid(&[
        "colour",
        "configs.key-auth.key_names.1",
        "configs.key-auth.key_names.2",
        "configs.key-auth.ttl.unit",
        "configs.key-auth.ttl.value",
        "display_name",
    ]);
    for names in [json!([]), json!(["apikey", "APIKEY"]), json!(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"])] {
        admin.post(STRATEGIES, keys(names)).await.expect_invalid(&["configs.key-auth.key_names"]);
    }
    let mut long = keys(json!(["apikey"]));
    long["configs"]["key-auth"]["ttl"] = json!({ "value": 101, "unit": "years" });
    admin.post(STRATEGIES, long).await.expect_invalid(&["configs.key-auth.ttl"]);
    let mut provider = openid();
    provider["configs"]["openid-connect"]["issuer"] = json!("http://issuer.example.test");
    provider["configs"]["openid-connect"]["scopes"] = json!(["a b"]);
    let wrong = ["configs.openid-connect.issuer", "configs.openid-connect.scopes.0"];
    admin.post(STRATEGIES, provider).await.expect_invalid(&wrong);
    let mut provider = openid();
    provider["dcr_provider_id"] = json!(NOBODYS);
    admin.post(STRATEGIES, provider).await.expect_problem(422, "not-supported");
    portal.end().await;
}

#[tokio::test]
async fn a_strategy_is_edited_replaced_and_never_of_another_type() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let id = create(&admin, keys(json!(["apikey"]))).await;
    let path = format!("{STRATEGIES}/{id}");
    let labelled = admin.patch(&path, json!({ "labels": { "a": "1", "b": "2" }, "name": "renamed" })).await.expect(200);
    assert_eq!(labelled.body["name"], "renamed");
    let ttl = json!({ "configs": { "key-auth": { "ttl": { "value": 1, "unit": "days" } } }, "labels": { "a": null } });
    let edited = admin.patch(&path, ttl.clone()).await.expect(200);
    assert_eq!(edited.body["labels"], json!({ "b": "2" }));
    assert_eq!(edited.body["configs"]["key-auth"]["ttl"]["unit"], "days");
    portal.take_calls();
    assert_eq!(admin.patch(&path, ttl).await.expect(200).body, edited.body);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"), "nothing changed");
    let without = admin.patch(&path, json!({ "configs": { "key-auth": { "ttl": null } } })).await.expect(200);
    assert_eq!(without.body["configs"], json!({ "key-auth": { "key_names": ["apikey"] } }));
    let replaced = admin.put(&path, keys(json!(["X-Key"]))).await.expect(201);
    assert_eq!(replaced.body["labels"], json!({}));
    assert_eq!(replaced.body["name"], "keys");
    admin.put(&path, openid()).await.expect_problem(409, "conflict");
    let other = json!({ "configs": { "openid-connect": { "scopes": [] } } });
    admin.patch(&path, other).await.expect_problem(409, "conflict");
    admin.patch(&path, json!({ "configs": {} })).await.expect_invalid(&["configs.key-auth"]);
    admin.patch(&path, json!({ "strategy_type": "key_auth" })).await.expect_invalid(&["strategy_type"]);
    admin.patch(&path, json!({ "dcr_provider_id": NOBODYS })).await.expect_problem(422, "not-supported");
    let provider = create(&admin, openid()).await;
    let scopes = json!({ "configs": { "openid-connect": { "scopes": ["openid"] } } });
    let edited = admin.patch(&format!("{STRATEGIES}/{provider}"), scopes).await.expect(200);
    assert_eq!(edited.body["configs"]["openid-connect"]["scopes"], json!(["openid"]));
    assert_eq!(edited.body["configs"]["openid-connect"]["issuer"], "https://issuer.example.test/realm");
    for (method, body) in [
        (Method::GET, None),
        (Method::PUT, Some(keys(json!(["apikey"])))),
        (Method::PATCH, Some(json!({ "name": "x" }))),
        (Method::DELETE, None),
    ] {
        admin.send(method, &format!("{STRATEGIES}/{NOBODYS}"), body).await.expect_problem(404, "not-found");
    }
    portal.end().await;
}

#[tokio::test]
async fn other_headers_count_before_the_answer_and_after_a_crash() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Board").await;
    let key = portal.api_key(app).await;
    let api = portal.published_api("Weather").await;
    portal.registration(app, api, Status::Approved).await;
    let path = format!("{STRATEGIES}/{}", portal.strategy);
    let names = |names: &[&str]| json!({ "configs": { "key-auth": { "key_names": names } } });
    let by = |header: &str| ApiCall::to("weather").header(header, &key);
    assert!(portal.call(&by("apikey")).await.is_some());
    admin.patch(&path, names(&["X-Key"])).await.expect(200);
    assert!(portal.call(&by("apikey")).await.is_none());
    assert!(portal.call(&by("x-key")).await.is_some());
    assert!(portal.jobs().await.is_empty());
    portal.take_calls();
    admin.patch(&path, names(&["X-Key", "Other"])).await.expect(200);
    let calls = portal.take_calls().len();
    for at in 0..calls {
        for during in [false, true] {
            let header = format!("k-{at}-{during}");
            let faults = portal.database.faults();
            if during {
                faults.crash_during(at)
            } else {
                faults.crash_before(at)
            };
            let cut_off = admin.patch(&path, names(&[&header])).await;
            assert!(cut_off.status == 200 || cut_off.status == 503, "at {at}");
            faults.heal();
            portal.run_jobs().await;
            admin.patch(&path, names(&[&header])).await.expect(200);
            assert!(portal.call(&by(&header)).await.is_some(), "at {at}");
        }
    }
    portal.run_jobs().await;
    portal.end().await;
}

#[tokio::test]
async fn a_strategy_is_deleted_only_when_nothing_uses_it() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    admin.delete(&format!("{STRATEGIES}/{}", portal.strategy)).await.expect_problem(409, "in-use");
    let id = create(&admin, keys(json!(["apikey"]))).await;
    let path = format!("{STRATEGIES}/{id}");
    let app = ada.post("/api/v3/applications", json!({ "name": "Board", "auth_strategy_id": id })).await.expect(201).id();
    admin.delete(&path).await.expect_problem(409, "in-use");
    ada.delete(&format!("/api/v3/applications/{app}")).await.expect(204);
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    admin.publish_api(api, json!({ "auth_strategy_ids": [id] })).await.expect(200);
    admin.delete(&path).await.expect_problem(409, "in-use");
    admin.delete(&format!("/v3/apis/{api}")).await.expect(204);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect_problem(404, "not-found");
    let other = admin.create_api(json!({ "name": "Tides" })).await;
    admin.publish_api(other, json!({ "auth_strategy_ids": [id] })).await.expect_invalid(&["auth_strategy_ids.0"]);
    assert_eq!(portal.events(&Key::strategy(id)).await, ["strategy.created", "strategy.deleted"]);
    portal.end().await;
}

#[tokio::test]
async fn a_strategy_is_either_deleted_or_used_however_close_the_two_are() {
    for _ in 0..10 {
        let portal = TestPortal::start().await;
        let admin = portal.admin();
        let id = create(&admin, keys(json!(["apikey"]))).await;
        let api = admin.create_api(json!({ "name": "Weather" })).await;
        let (deleting, publishing) = (portal.admin(), portal.admin());
        let deleted = tokio::spawn(async move { deleting.delete(&format!("{STRATEGIES}/{id}")).await });
        let published = tokio::spawn(async move { publishing.publish_api(api, json!({ "auth_strategy_ids": [id] })).await });
        let (deleted, published) = (deleted.await.expect("no panic"), published.await.expect("no panic"));
        let ends = (deleted.status.as_u16(), published.status.as_u16());
        assert!([(204, 400), (409, 200)].contains(&ends), "{ends:?}");
        portal.end().await;
    }
}

#[tokio::test]
async fn only_an_administrator_of_every_portal_changes_strategies() {
    let portal = TestPortal::start().await;
    portal.keep_admin_token("of-one", "one", Some(vec![portal.id()])).await;
    let one = portal.anonymous().with_bearer("of-one");
    let path = format!("{STRATEGIES}/{}", portal.strategy);
    one.get(&path).await.expect(200);
    one.post(STRATEGIES, keys(json!(["apikey"]))).await.expect_problem(403, "forbidden");
    one.patch(&path, json!({ "name": "mine" })).await.expect_problem(403, "forbidden");
    one.delete(&path).await.expect_problem(403, "forbidden");
    portal.approved_developer("ada@example.test").await.get(&path).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn the_default_of_the_last_of_many_portals_is_kept_too() {
    let portal = TestPortal::start().await;
    let mut last = portal.strategy;
    for number in 0..95 {
        portal.clock.advance(Duration::from_secs(1));
        let now = portal.clock.now();
        let (id, strategy): (PortalId, StrategyId) =
            (portal.portal.new_id().expect("an id"), portal.portal.new_id().expect("an id"));
        let event = |name| portal.portal.event(name, Actor::System("test".to_owned()), json!({})).expect("an event");
        let events = [event(Name::PortalCreated), event(Name::StrategyCreated)];
        let settings = Settings::new(id, &format!("Portal {number}"), strategy, now);
        let default = Strategy::key_auth_default(strategy, now);
        portal.portal.store.create_portal(&settings, &default, [&events[0], &events[1]]).await.expect("the portal is made");
        last = strategy;
    }
    portal.admin().delete(&format!("/v2/application-auth-strategies/{last}")).await.expect_problem(409, "in-use");
    portal.end().await;
}
