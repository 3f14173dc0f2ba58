//! `admin-identity`: `get-portal-identity-providers`, `create-portal-identity-provider`, `get-portal-identity-provider`,
//! `update-portal-identity-provider`, `delete-portal-identity-provider`, `get-trusted-domains`, `replace-trusted-domains`.

use futures_util::future::join_all;
use portico_domain::id::PortalId;
use portico_domain::identity_provider::IdentityProviders;
use portico_domain::portal::Portal;
use portico_http::routes::all;
use portico_store::Key;
use portico_tests::identity::{CLIENT_SECRET, provider};
use portico_tests::logs::Logs;
use portico_tests::steps::NOBODYS;
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example.com/realms/sea";
const OTHER: &str = "https://other.example.com";

async fn kept(portal: &TestPortal) -> IdentityProviders {
    let items = portal.portal.store.load(&[Key::identity_providers(portal.id())]).await.expect("the store answers");
    items.identity_providers(portal.id()).expect("they can be read")
}

/// What the portal says of itself, and the providers: whether developers can sign in with one.
async fn enabled(portal: &TestPortal) -> (bool, Option<String>) {
    let settings: Portal =
        portal.portal.store.find(&Key::portal(portal.id())).await.expect("the store answers").expect("the portal");
    (settings.sso_enabled, kept(portal).await.enabled.map(|id| id.to_string()))
}

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("it is there")[name] = value;
    body
}

#[tokio::test]
async fn a_provider_has_what_it_was_created_with_and_the_contracts_defaults() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let path = portal.providers_path();
    assert_eq!(admin.get(&path).await.expect(200).body, json!([]));
    let made = admin.post(&path, provider(ISSUER, false)).await.expect(201);
    let defaults = json!({
        "issuer_url": ISSUER, "client_id": "portal", "scopes": ["email", "openid", "profile"],
        "claim_mappings": { "name": "name", "email": "email", "groups": "groups" },
    });
    assert_eq!((&made.body["type"], &made.body["enabled"], &made.body["config"]), (&json!("oidc"), &json!(false), &defaults));
    assert_eq!(admin.get(&format!("{path}/{}", made.id())).await.expect(200).body, made.body);
    assert_eq!(admin.get(&format!("{path}?filter%5Btype%5D=oidc")).await.expect(200).body, json!([made.body]));
    assert_eq!(admin.get(&format!("{path}?filter%5Btype%5D=saml")).await.expect(200).body, json!([]));
    admin.get(&format!("{path}?filter%5Btype%5D=ldap")).await.expect_invalid(&["filter[type]"]);
    let config = json!({
        "issuer_url": OTHER, "client_id": "portal-2", "scopes": ["openid", "groups"], "claim_mappings": { "groups": "cognito:groups" },
    });
    let other = admin.post(&path, json!({ "config": config, "enabled": true, "colour": "red" })).await.expect(201);
    assert_eq!(other.body["config"]["claim_mappings"], json!({ "name": "name", "email": "email", "groups": "cognito:groups" }));
    assert_eq!(enabled(&portal).await, (true, Some(other.id())));
    let events = portal.events(&Key::portal(portal.id())).await;
    assert_eq!(events, ["portal.created", "portal.identity_provider_created", "portal.identity_provider_created"]);
    portal.end().await;
}

#[tokio::test]
async fn every_wrong_field_of_a_provider_is_named_and_saml_is_said_to_be_missing() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let path = portal.providers_path();
    admin.post(&path, json!({})).await.expect_invalid(&["config"]);
    admin.post(&path, json!({ "config": {} })).await.expect_invalid(&["config.client_id", "config.issuer_url"]);
    for issuer in ["http://id.example.com", "https://10.0.0.1", "https://id.example.com/?a=b", "https://ada@id.example.com", "id"]
    {
        let body = with(provider(ISSUER, false), "/config/issuer_url", json!(issuer));
        admin.post(&path, body).await.expect_invalid(&["config.issuer_url"]);
    }
    for (member, wrong, field) in [
        ("scopes", json!(["email"]), "config.scopes"),
        ("scopes", json!(["openid", "a b"]), "config.scopes.1"),
        ("scopes", json!(["openid", "x".repeat(129)]), "config.scopes.1"),
        ("scopes", (0..51).map(|number| json!(format!("s{number}"))).collect(), "config.scopes"),
        ("claim_mappings", json!({ "name": "", "email": 1 }), "config.claim_mappings.name"),
        ("client_secret", json!(""), "config.client_secret"),
        ("client_secret", json!("two\nlines"), "config.client_secret"),
        ("client_id", json!("x".repeat(257)), "config.client_id"),
        ("colour", json!("red"), "config.colour"),
    ] {
        let body = with(provider(ISSUER, false), &format!("/config/{member}"), wrong);
        let reply = admin.post(&path, body).await.expect_problem(400, "invalid-request");
        assert_eq!(reply.body["invalid_parameters"][0]["field"], field, "{}", reply.body);
    }
    for saml in [
        json!({ "type": "saml", "config": { "idp_metadata_url": "https://id.example.com/saml" } }),
        json!({ "config": { "idp_metadata_xml": "<EntityDescriptor/>" } }),
        json!({ "type": "saml" }),
    ] {
        let reply = admin.post(&path, saml).await.expect_problem(422, "not-supported");
        assert!(reply.body["detail"].as_str().expect("a detail").contains("SAML"));
    }
    assert_eq!(admin.get(&path).await.expect(200).body, json!([]));
    portal.end().await;
}

#[tokio::test]
async fn an_edit_keeps_what_it_does_not_name_and_one_that_changes_nothing_is_not_written() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let id = portal.identity_provider(ISSUER, false).await;
    let path = format!("{}/{id}", portal.providers_path());
    let config = json!({ "issuer_url": ISSUER, "client_id": "portal", "claim_mappings": { "name": "full_name" } });
    let edited = admin.patch(&path, json!({ "enabled": true, "config": config })).await.expect(200);
    assert_eq!(edited.body["config"]["claim_mappings"], json!({ "name": "full_name", "email": "email", "groups": "groups" }));
    assert_eq!((edited.body["enabled"].clone(), enabled(&portal).await), (json!(true), (true, Some(id.clone()))));
    let before = kept(&portal).await;
    portal.take_calls();
    let same = with(json!({ "enabled": true, "config": config }), "/config/client_secret", json!(CLIENT_SECRET));
    for nothing in [same, json!({}), json!({ "enabled": true }), json!({ "config": config })] {
        assert_eq!(admin.patch(&path, nothing).await.expect(200).body, edited.body);
    }
    assert!(portal.take_calls().iter().all(|call| call.operation == "BatchGetItem"), "nothing changed");
    assert_eq!(kept(&portal).await, before);
    let data = portal.event_data(&Key::portal(portal.id()), portico_domain::event::Name::IdentityProviderUpdated).await;
    assert_eq!(data["changed"], json!(["enabled", "claim_mappings"]));
    assert_eq!((&data["before"], &data["after"]), (&json!({ "enabled": false }), &json!({ "enabled": true })));
    admin.patch(&path, json!({ "config": { "client_id": "x" } })).await.expect_invalid(&["config.issuer_url"]);
    admin.patch(&path, json!({ "config": { "idp_metadata_url": OTHER } })).await.expect_problem(422, "not-supported");
    admin.patch(&path, json!({ "enabled": null })).await.expect_invalid(&["enabled"]);
    admin.delete(&path).await.expect(204);
    assert_eq!(enabled(&portal).await, (false, None));
    admin.delete(&path).await.expect_problem(404, "not-found");
    for unknown in [format!("{}/{NOBODYS}", portal.providers_path()), path] {
        admin.get(&unknown).await.expect_problem(404, "not-found");
        admin.patch(&unknown, json!({})).await.expect_problem(404, "not-found");
    }
    admin.get(&format!("{}/7", portal.providers_path())).await.expect_invalid(&["id"]);
    portal.end().await;
}

#[tokio::test]
async fn a_secret_is_in_no_answer_no_log_no_event_and_no_row() {
    let portal = TestPortal::start().await;
    let (admin, logs) = (portal.admin(), Logs::capture());
    let mut answers = Vec::new();
    let path = portal.providers_path();
    let made = admin.post(&path, provider(ISSUER, true)).await.expect(201);
    let one = format!("{path}/{}", made.id());
    answers.push(made.body);
    answers
        .push(admin.patch(&one, with(json!({ "config": {} }), "/config", provider(ISSUER, true)["config"].clone())).await.body);
    let settings = format!("/v3/portals/{}/authentication-settings", portal.id());
    answers.push(admin.patch(&settings, json!({ "oidc_client_secret": CLIENT_SECRET, "oidc_client_id": "renamed" })).await.body);
    let wrong = json!({ "config": { "issuer_url": 7, "client_id": "portal", "client_secret": CLIENT_SECRET } });
    answers.push(admin.post(&path, wrong).await.expect(400).body);
    answers.push(admin.post(&format!("/portico/v1{}/test", one.trim_start_matches("/v3")), json!({})).await.expect(200).body);
    for route in [&path, &one, &settings] {
        answers.push(admin.get(route).await.expect(200).body);
    }
    let rows = portal.dump().await;
    assert!(rows.contains(ISSUER) && rows.contains("identity_providers"), "the scan shows what is kept");
    for (place, text) in [("an answer", json!(answers).to_string()), ("a row", rows), ("the log", logs.text())] {
        assert!(!text.contains(CLIENT_SECRET), "the secret is in {place}: {text}");
    }
    let events = format!("{:?}", portal.children(&Key::portal(portal.id()), "EVENT#").await);
    for private in [CLIENT_SECRET, ISSUER, "renamed"] {
        assert!(!events.contains(private), "{private} is in an event");
    }
    portal.end().await;
}

#[tokio::test]
async fn a_secret_is_not_handed_to_another_issuer_or_for_another_client() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let id = portal.identity_provider(ISSUER, true).await;
    let path = format!("{}/{id}", portal.providers_path());
    for (issuer, client) in [(OTHER, "portal"), (ISSUER, "another")] {
        let config = json!({ "issuer_url": issuer, "client_id": client });
        let reply = admin.patch(&path, json!({ "config": config })).await.expect_invalid(&["config.client_secret"]);
        assert_eq!(reply.body["invalid_parameters"][0]["rule"], "required");
        admin
            .patch(&path, json!({ "config": with(json!({ "c": config }), "/c/client_secret", json!("new"))["c"] }))
            .await
            .expect(200);
        let back = with(provider(ISSUER, true), "/config/client_secret", json!("new again"));
        admin.patch(&path, json!({ "config": back["config"] })).await.expect(200);
    }
    portal.end().await;
}

#[tokio::test]
async fn one_provider_is_enabled_however_many_ask_at_the_same_time() {
    let portal = TestPortal::start().await;
    let first = portal.identity_provider(ISSUER, false).await;
    let (admin, path) = (portal.admin(), portal.providers_path());
    let replies = join_all((0..8).map(|number| {
        let (admin, path) = (admin.clone(), path.clone());
        async move { admin.post(&path, provider(&format!("https://id{number}.example.com"), true)).await }
    }))
    .await;
    let with_status = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with_status(201), with_status(409)), (1, 7));
    let winner = replies.iter().find(|reply| reply.status == 201).expect("one").id();
    assert_eq!(enabled(&portal).await, (true, Some(winner.clone())));
    admin.patch(&format!("{path}/{first}"), json!({ "enabled": true })).await.expect_problem(409, "conflict");
    admin.patch(&format!("{path}/{winner}"), json!({ "enabled": false })).await.expect(200);
    admin.patch(&format!("{path}/{first}"), json!({ "enabled": true })).await.expect(200);
    for number in 2..5 {
        portal.identity_provider(&format!("https://more{number}.example.com"), false).await;
    }
    admin.post(&path, provider(OTHER, false)).await.expect_problem(403, "quota-reached");
    portal.end().await;
}

async fn domains(admin: &Client, path: &str) -> Value {
    admin.get(path).await.expect(200).body["domains"].clone()
}

#[tokio::test]
async fn trusted_domains_are_canonical_each_once_and_gone_with_another_issuer() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let id = portal.identity_provider(ISSUER, false).await;
    let path = format!("/portico/v1/portals/{}/identity-providers/{id}/trusted-domains", portal.id());
    assert_eq!(domains(&admin, &path).await, json!([]));
    let given = json!({ "domains": ["Sea.Example", "bücher.example", "sea.example"] });
    assert_eq!(
        admin.put(&path, given.clone()).await.expect(200).body["domains"],
        json!(["sea.example", "xn--bcher-kva.example"])
    );
    portal.take_calls();
    admin.put(&path, given).await.expect(200);
    assert!(portal.take_calls().iter().all(|call| call.operation == "BatchGetItem"), "nothing changed");
    for (wrong, field) in [
        (json!({}), "domains"),
        (json!({ "domains": ["sea.example", "@sea.example"] }), "domains.1"),
        (json!({ "domains": [""] }), "domains.0"),
        (json!({ "domains": (0..51).map(|number| format!("d{number}.example")).collect::<Vec<_>>() }), "domains"),
        (json!({ "domains": [], "colour": "red" }), "colour"),
    ] {
        admin.put(&path, wrong).await.expect_invalid(&[field]);
    }
    let provider_path = format!("{}/{id}", portal.providers_path());
    let renamed = with(provider(ISSUER, false), "/config/client_id", json!("other"));
    admin.patch(&provider_path, renamed).await.expect(200);
    assert_eq!(domains(&admin, &path).await, json!(["sea.example", "xn--bcher-kva.example"]), "the same authority");
    admin.patch(&provider_path, provider(OTHER, false)).await.expect(200);
    assert_eq!(domains(&admin, &path).await, json!([]), "another authority is trusted with nothing yet");
    admin.get(&path.replace(&id, NOBODYS)).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn only_an_administrator_of_the_portal_gets_to_how_developers_sign_in() {
    let portal = TestPortal::start().await;
    let id = portal.identity_provider(ISSUER, true).await;
    let other = portal.portal.new_id::<PortalId>().expect("an id");
    portal.keep_admin_token("of-another", "another", Some(vec![other])).await;
    let stranger = portal.anonymous().with_bearer("of-another");
    let ada = portal.approved_developer("ada@example.test").await;
    let before = kept(&portal).await;
    for route in all().filter(|route| route.function == "admin-identity") {
        let path =
            route.path.replace("{portalId}", &portal.id().to_string()).replace("{id}", &id).replace("{mappingId}", NOBODYS);
        let (method, body) = (route.method.parse::<http::Method>().expect("a method"), Some(json!({ "enabled": false })));
        ada.send(method.clone(), &path, body.clone()).await.expect_problem(401, "unauthorized");
        portal.anonymous().send(method.clone(), &path, body.clone()).await.expect_problem(401, "unauthorized");
        stranger.send(method, &path, body).await.expect_problem(403, "forbidden");
    }
    assert_eq!(kept(&portal).await, before);
    portal.end().await;
}
