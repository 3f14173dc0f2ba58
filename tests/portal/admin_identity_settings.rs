//! `get-portal-authentication-settings`, `update-portal-authentication-settings`: the older form, which knows one provider.

use portico_domain::event::Name;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::identity::CLIENT_SECRET;
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example.com/realms/sea";

fn path(portal: &TestPortal) -> String {
    format!("/v3/portals/{}/authentication-settings", portal.id())
}

fn described() -> Value {
    json!({ "oidc_issuer": ISSUER, "oidc_client_id": "portal", "oidc_client_secret": CLIENT_SECRET })
}

#[tokio::test]
async fn a_new_portal_takes_passwords_and_has_no_provider() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let settings = json!({
        "basic_auth_enabled": true, "oidc_auth_enabled": false, "saml_auth_enabled": false, "oidc_team_mapping_enabled": true,
        "idp_mapping_enabled": true, "konnect_mapping_enabled": true,
    });
    assert_eq!(admin.get(&path(&portal)).await.expect(200).body, settings);
    portal.take_calls();
    let same = json!({ "basic_auth_enabled": true, "oidc_auth_enabled": false, "oidc_issuer": null, "colour": "red" });
    assert_eq!(admin.patch(&path(&portal), same).await.expect(200).body, settings);
    assert!(portal.take_calls().iter().all(|call| call.operation == "BatchGetItem"), "nothing changed");
    let without = admin.patch(&path(&portal), json!({ "basic_auth_enabled": false, "idp_mapping_enabled": false })).await;
    assert_eq!(without.expect(200).body["oidc_team_mapping_enabled"], false);
    let data = portal.event_data(&Key::portal(portal.id()), Name::PortalUpdated).await;
    assert_eq!(data["changed"], json!(["basic_auth_enabled", "oidc_team_mapping_enabled"]));
    assert_eq!(data["after"], json!({ "basic_auth_enabled": false, "oidc_team_mapping_enabled": false }));
    portal.end().await;
}

#[tokio::test]
async fn what_is_described_is_created_then_edited_enabled_and_disabled() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    admin.patch(&path(&portal), json!({ "oidc_auth_enabled": true })).await.expect_invalid(&["oidc_client_id", "oidc_issuer"]);
    admin
        .patch(&path(&portal), json!({ "oidc_scopes": ["openid"], "oidc_issuer": ISSUER }))
        .await
        .expect_invalid(&["oidc_client_id"]);
    let made = admin.patch(&path(&portal), described()).await.expect(200);
    let defaults = json!({
        "issuer": ISSUER, "client_id": "portal", "scopes": ["email", "openid", "profile"],
        "claim_mappings": { "name": "name", "email": "email", "groups": "groups" },
    });
    assert_eq!((&made.body["oidc_auth_enabled"], &made.body["oidc_config"]), (&json!(false), &defaults));
    let on =
        admin.patch(&path(&portal), json!({ "oidc_auth_enabled": true, "oidc_scopes": ["openid", "roles"] })).await.expect(200);
    assert_eq!((&on.body["oidc_auth_enabled"], &on.body["oidc_config"]["scopes"]), (&json!(true), &json!(["openid", "roles"])));
    let claims = json!({ "oidc_claim_mappings": { "groups": "roles" } });
    let on = admin.patch(&path(&portal), claims).await.expect(200);
    assert_eq!(on.body["oidc_config"]["claim_mappings"], json!({ "name": "name", "email": "email", "groups": "roles" }));
    let other = json!({ "oidc_issuer": "https://other.example.com" });
    let reply = admin.patch(&path(&portal), other).await.expect_invalid(&["oidc_client_secret"]);
    assert_eq!(reply.body["invalid_parameters"][0]["rule"], "required");
    let off = admin.patch(&path(&portal), json!({ "oidc_auth_enabled": false, "basic_auth_enabled": false })).await.expect(200);
    assert_eq!((&off.body["oidc_auth_enabled"], &off.body["basic_auth_enabled"]), (&json!(false), &json!(false)));
    assert_eq!(off.body["oidc_config"]["issuer"], ISSUER);
    let listed = admin.get(&portal.providers_path()).await.expect(200);
    assert_eq!(listed.body.as_array().map(Vec::len), Some(1));
    let events = portal.events(&Key::portal(portal.id())).await;
    let updated = events.iter().filter(|name| *name == "portal.identity_provider_updated").count();
    assert_eq!((updated, events.len()), (3, 5), "one event for each change: {events:?}");
    portal.end().await;
}

#[tokio::test]
async fn where_several_could_be_meant_the_one_that_is_enabled_is() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    portal.identity_provider(ISSUER, false).await;
    let second = portal.identity_provider("https://other.example.com", false).await;
    assert_eq!(admin.get(&path(&portal)).await.expect(200).body.get("oidc_config"), None);
    admin.patch(&path(&portal), json!({ "oidc_auth_enabled": true })).await.expect_problem(409, "conflict");
    admin.patch(&path(&portal), json!({ "oidc_auth_enabled": false })).await.expect(200);
    admin.patch(&format!("{}/{second}", portal.providers_path()), json!({ "enabled": true })).await.expect(200);
    let settings = admin.patch(&path(&portal), json!({ "oidc_scopes": ["openid"] })).await.expect(200);
    assert_eq!(settings.body["oidc_config"]["issuer"], "https://other.example.com");
    portal.end().await;
}

#[tokio::test]
async fn what_portico_does_not_do_is_said_and_not_stored() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    for body in [json!({ "saml_auth_enabled": true }), json!({ "konnect_mapping_enabled": false })] {
        admin.patch(&path(&portal), body).await.expect_problem(422, "not-supported");
    }
    admin.patch(&path(&portal), json!({ "saml_auth_enabled": false, "konnect_mapping_enabled": true })).await.expect(200);
    let contradiction = json!({ "oidc_team_mapping_enabled": true, "idp_mapping_enabled": false });
    admin.patch(&path(&portal), contradiction).await.expect_invalid(&["idp_mapping_enabled"]);
    let wrong = json!({ "basic_auth_enabled": 1, "oidc_issuer": "http://id.example.com", "oidc_scopes": ["email"] });
    admin.patch(&path(&portal), wrong).await.expect_invalid(&["basic_auth_enabled", "oidc_issuer", "oidc_scopes"]);
    portal.end().await;
}
