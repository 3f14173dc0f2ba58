//! `test-identity-provider` against a provider that lies: what is wrong is said in words, and the provider's own are not repeated.

use axum::http::StatusCode;
use portico_identity::fetch::Fetcher;
use portico_identity::{Providers, Reach};
use portico_tests::TestPortal;
use portico_tests::identity::CLIENT_SECRET;
use portico_tests::lying_provider::{Fault, LyingProvider};
use portico_tests::portal::PUBLIC_URL;
use serde_json::{Value, json};

/// A portal that may ask this machine, and its enabled provider there.
struct World {
    portal: TestPortal,
    lying: LyingProvider,
    id: String,
}

impl World {
    async fn start() -> Self {
        let (mut portal, lying) = (TestPortal::start().await, LyingProvider::start().await);
        portal.portal.providers = Providers::new(Fetcher::new(Reach::Private));
        let id = portal.identity_provider(lying.issuer(), true).await;
        lying.register("portal", Some(CLIENT_SECRET), &format!("{PUBLIC_URL}/login/sso/callback"));
        Self { portal, lying, id }
    }

    async fn tested(&self) -> Value {
        let path = format!("/portico/v1/portals/{}/identity-providers/{}/test", self.portal.id(), self.id);
        self.portal.admin().post(&path, json!({})).await.expect(200).body
    }

    /// The checks in order, each with whether it passed.
    async fn checks(&self) -> Vec<(String, bool)> {
        let tested = self.tested().await;
        let checks = tested["checks"].as_array().expect("checks").iter();
        let checks: Vec<_> =
            checks.map(|check| (check["name"].as_str().expect("a name").to_owned(), check["passed"] == true)).collect();
        assert_eq!(tested["passed"] == true, checks.iter().all(|(_, passed)| *passed));
        checks
    }

    /// What is said of the one check that fails.
    async fn fault(&self) -> (String, String) {
        let tested = self.tested().await;
        assert_eq!(tested["passed"], false);
        let failed: Vec<_> =
            tested["checks"].as_array().expect("checks").iter().filter(|check| check["passed"] == false).collect();
        assert_eq!(failed.len(), 1, "{tested}");
        let text = |member: &str| failed[0][member].as_str().expect("a text").to_owned();
        (text("name"), text("detail"))
    }
}

fn all(passed: [bool; 4]) -> Vec<(String, bool)> {
    ["discovery", "endpoints", "redirect_uri", "client"].map(str::to_owned).into_iter().zip(passed).collect()
}

#[tokio::test]
async fn test_identity_provider_passes_where_a_sign_in_would() {
    let world = World::start().await;
    assert_eq!(world.checks().await, all([true; 4]));
    let asked = world.lying.take_requests();
    assert_eq!(asked, ["/.well-known/openid-configuration", "/keys", "/authorize", "/token"]);
    world.portal.end().await;
}

#[tokio::test]
async fn a_provider_that_cannot_be_used_is_named_with_its_fault_and_asked_no_further() {
    let world = World::start().await;
    for (fault, said) in [
        (Fault::Broken, "answered with status 500"),
        (Fault::Silent, "did not answer within 1500 ms"),
        (Fault::Html, "something else than the JSON"),
        (Fault::Redirect, "answered with status 307"),
    ] {
        world.lying.fail(Some(fault));
        let (name, detail) = world.fault().await;
        assert!(name == "discovery" && detail.contains(said), "{fault:?}: {detail}");
    }
    world.lying.fail(None);
    world.lying.call_itself("https://id.example.com/realms/land");
    let (name, detail) = world.fault().await;
    assert!(name == "discovery" && detail.contains("https://id.example.com/realms/land"), "{detail}");
    assert!(detail.contains(world.lying.issuer()), "{detail}");
    world.lying.call_itself("<b>call us</b>");
    let (_, detail) = world.fault().await;
    assert!(!detail.contains("call us") && detail.contains("another issuer"), "{detail}");
    world.lying.call_itself(world.lying.issuer());
    world.lying.list_algorithms(&["HS256", "none"]);
    assert!(world.fault().await.1.contains("none of the algorithms"));
    assert!(!world.lying.take_requests().contains(&"/authorize".to_owned()));
    world.portal.end().await;
}

#[tokio::test]
async fn an_address_where_nobody_answers_is_told_and_one_out_of_reach_is_not_asked() {
    let mut world = World::start().await;
    let known = std::mem::replace(&mut world.id, world.portal.identity_provider("http://127.0.0.1:1", false).await);
    let (name, detail) = world.fault().await;
    assert!(name == "discovery" && detail.contains("cannot be reached"), "{detail}");
    world.id = known;
    world.portal.portal.providers = Providers::default();
    let (name, detail) = world.fault().await;
    assert!(name == "discovery" && detail.contains("must begin with https://"), "{detail}");
    assert!(world.lying.take_requests().is_empty());
    world.portal.end().await;
}

#[tokio::test]
async fn a_redirect_uri_that_is_not_registered_is_told_to_the_letter() {
    let world = World::start().await;
    let callback = format!("{PUBLIC_URL}/login/sso/callback");
    for (client, registered) in [("portal", format!("{callback}/")), ("portal", "https://evil.example".to_owned())] {
        world.lying.register(client, Some(CLIENT_SECRET), &registered);
        let (name, detail) = world.fault().await;
        assert!(name == "redirect_uri" && detail.contains(&format!("{callback}:")), "{detail}");
    }
    world.portal.end().await;
}

#[tokio::test]
async fn a_secret_that_is_wrong_or_lost_is_told_and_never_shown() {
    let world = World::start().await;
    let callback = format!("{PUBLIC_URL}/login/sso/callback");
    world.lying.register("portal", Some("another secret"), &callback);
    let (name, detail) = world.fault().await;
    assert!(name == "client" && detail.contains("does not accept"), "{detail}");
    for (status, body, said) in [
        (StatusCode::BAD_REQUEST, r#"{"error":"invalid_client","error_description":"see our page"}"#, "does not accept"),
        // As Keycloak says it of a client that it knows.
        (StatusCode::UNAUTHORIZED, r#"{"error":"unauthorized_client"}"#, "does not accept"),
        (StatusCode::BAD_REQUEST, r#"{"error":"unauthorized_client"}"#, "may not exchange codes"),
        (StatusCode::FORBIDDEN, "see our page", "status 403"),
        (StatusCode::OK, r#"{"access_token":"see our page"}"#, "takes a code that nobody was given"),
    ] {
        world.lying.refuse_codes(Some((status, body)));
        let (name, detail) = world.fault().await;
        assert!(name == "client" && detail.contains(said) && !detail.contains("see our page"), "{detail}");
    }
    world.lying.refuse_codes(None);
    world.lying.register("portal", Some(CLIENT_SECRET), &callback);
    assert_eq!(world.checks().await, all([true; 4]));
    let lost = portico_store::Update::of(portico_store::Key::identity_providers(world.portal.id()));
    let lost = lost.set(["providers", &world.id, "secret"], "c2VhbGVkIHdpdGggYW5vdGhlciBrZXk=");
    world.portal.portal.store.edit(lost).await.expect("edited");
    let (name, detail) = world.fault().await;
    assert!(name == "client" && detail.contains("Give the secret again"), "{detail}");
    world.portal.end().await;
}

#[tokio::test]
async fn a_client_without_a_secret_shows_its_id_in_the_form_and_missing_endpoints_are_named() {
    let world = World::start().await;
    let config = json!({ "issuer_url": world.lying.issuer(), "client_id": "public" });
    let path = world.portal.providers_path();
    world.portal.admin().delete(&format!("{path}/{}", world.id)).await.expect(204);
    let id = world.portal.admin().post(&path, json!({ "config": config })).await.expect(201).id();
    world.lying.register("public", None, &format!("{PUBLIC_URL}/login/sso/callback"));
    let world = World { id, ..world };
    assert_eq!(world.checks().await, all([true; 4]));
    world.lying.hide(&["authorization_endpoint"]);
    let (name, detail) = world.fault().await;
    assert!(name == "endpoints" && detail.contains("authorization_endpoint"), "{detail}");
    world.lying.hide(&["authorization_endpoint", "token_endpoint"]);
    assert_eq!(world.checks().await, [("discovery".to_owned(), true), ("endpoints".to_owned(), false)]);
    world.portal.end().await;
}
