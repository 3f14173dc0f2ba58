//! Calls with a client's id and secret: exchanged at the provider, kept for the token's life, and let through by the gates of tokens.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_domain::gateway::{Link, LinkedPublication};
use portico_domain::id::{PortalId, StrategyId};
use portico_domain::status::Status;
use portico_domain::strategy::OpenIdConnect;
use portico_store::{Key, Update};
use portico_tests::ApiCall;
use portico_tests::logs::Logs;
use portico_tests::lying_provider::{Fault as Lie, LyingProvider};
use portico_tests::management::STRATEGIES;
use serde_json::{Value, json};

use super::open::{Open, terms, texts};

const SECRET: &str = "s3cret:of the client";

/// The terms of a strategy with these methods.
fn by(methods: &'static [&'static str]) -> impl FnOnce(&str) -> OpenIdConnect {
    move |issuer| OpenIdConnect { auth_methods: texts(methods), ..terms(issuer) }
}

/// A portal whose API takes clients, and a provider that knows one.
async fn open() -> Open {
    let open = Open::with(by(&["client_credentials"])).await;
    open.give("weather", json!({}), Some(60));
    open
}

impl Open {
    /// Has the provider give the client a token with other claims.
    fn give(&self, client: &str, changes: Value, expires_in: Option<u64>) {
        self.lying.give(client, SECRET, &self.token(changes), expires_in);
    }

    async fn call_as(&self, id: &str, secret: &str) -> Option<Value> {
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        self.portal.call(&ApiCall::to("tides").header("authorization", &basic)).await
    }

    async fn client_passes(&self) -> bool {
        self.call_as("weather", SECRET).await.is_some()
    }

    /// The gate that the log names, which has neither the secret nor its encoding.
    async fn client_refused(&self, id: &str, secret: &str) -> Vec<String> {
        let logs = Logs::capture();
        assert_eq!(self.call_as(id, secret).await, None);
        let text = logs.text();
        assert!(!text.contains(secret) && !text.contains(&STANDARD.encode(format!("{id}:{secret}"))), "{text}");
        logs.take_gates()
    }

    fn operations(&self) -> Vec<String> {
        self.portal.take_calls().into_iter().map(|call| call.operation).collect()
    }
}

#[tokio::test]
async fn an_id_and_a_secret_pass_as_their_token_would_and_are_exchanged_once_in_its_life() {
    let open = open().await;
    let passed = open.call_as("weather", SECRET).await.expect("it passes");
    assert_eq!((&passed["application_id"], &passed["reference_id"]), (&json!(open.application), &json!("weather")));
    assert_eq!(open.lying.take_exchanges(), ["grant_type=client_credentials&scope=tides"]);
    open.operations();
    open.lying.take_requests();
    assert!(open.client_passes().await);
    assert_eq!(open.operations(), ["BatchGetItem", "GetItem"]);
    assert_eq!(open.lying.take_requests(), Vec::<String>::new(), "a warm function asks nobody");
    open.portal.clock.advance(Duration::from_millis(59_999));
    assert!(open.client_passes().await);
    assert_eq!(open.lying.take_exchanges(), Vec::<String>::new());
    open.portal.clock.advance(Duration::from_millis(1));
    open.give("weather", json!({}), None);
    assert!(open.client_passes().await);
    assert_eq!(open.lying.take_exchanges().len(), 1, "the provider said 60 seconds");
    open.portal.clock.advance(Duration::from_secs(300));
    open.give("weather", json!({}), Some(u64::MAX));
    assert!(open.client_passes().await);
    assert!(open.client_passes().await);
    assert_eq!(open.lying.take_exchanges().len(), 1, "the token said 300 seconds, and the next one is kept again");
    open.portal.end().await;
}

#[tokio::test]
async fn a_token_is_kept_for_an_hour_at_most_whatever_life_it_has() {
    let open = open().await;
    let year = open.token(json!({ "exp": 4_000_000_000_u64 }));
    open.lying.give("weather", SECRET, &year, Some(31_536_000));
    assert!(open.client_passes().await);
    open.portal.clock.advance(Duration::from_secs(60 * 60));
    open.lying.withdraw("weather");
    assert_eq!(open.client_refused("weather", SECRET).await, ["refused-client"]);
    open.portal.end().await;
}

#[tokio::test]
async fn a_wrong_secret_is_refused_each_time_and_neither_kept_nor_logged() {
    let open = open().await;
    for _ in 0..2 {
        assert_eq!(open.client_refused("weather", "guessed-secret").await, ["refused-client"]);
        assert_eq!(open.lying.take_exchanges().len(), 1);
    }
    open.lying.give("weather", "guessed-secret", &open.token(json!({})), Some(60));
    assert!(open.call_as("weather", "guessed-secret").await.is_some(), "it counts as soon as the provider takes it");
    assert_eq!(open.client_refused("weather", SECRET).await, ["refused-client"], "another secret than the one that is kept");
    assert_eq!(open.client_refused("weather\u{0}", SECRET).await, ["no-key"]);
    assert_eq!(open.client_refused("nobody", SECRET).await, ["refused-client"]);
    open.portal.end().await;
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_refuses_who_has_no_token_and_no_one_else() {
    let open = open().await;
    assert!(open.client_passes().await);
    open.give("other", json!({ "azp": "other" }), Some(60));
    for lie in [Lie::Broken, Lie::Silent, Lie::Html, Lie::Endless, Lie::Redirect] {
        open.lying.fail(Some(lie));
        assert_eq!(open.client_refused("other", SECRET).await, ["provider-unavailable"], "{lie:?}");
        assert!(open.client_passes().await, "{lie:?}");
    }
    open.lying.fail(None);
    assert_eq!(open.client_refused("other", SECRET).await, ["unknown-application"], "it is back, and gives a token of nobody's");
    open.portal.end().await;
}

#[tokio::test]
async fn a_token_that_the_provider_gives_passes_the_gates_of_tokens() {
    for (gate, claims) in [
        ("untrusted-token", json!({ "iss": "https://id.example.test" })),
        ("untrusted-token", json!({ "typ": "ID" })),
        ("missing-scope", json!({ "scope": "winds" })),
        ("no-reference-id", json!({ "azp": null })),
        ("unknown-application", json!({ "azp": "another" })),
        ("expired-token", json!({ "exp": 1_700_000_000 })),
    ] {
        let open = open().await;
        open.give("weather", claims, Some(60));
        assert_eq!(open.client_refused("weather", SECRET).await, [gate]);
        open.portal.end().await;
    }
}

#[tokio::test]
async fn a_revoked_registration_refuses_the_next_call_of_a_client_whose_token_is_kept() {
    let open = open().await;
    assert!(open.client_passes().await);
    open.decide(Status::Revoked).await;
    assert_eq!(open.client_refused("weather", SECRET).await, ["registration-not-approved"]);
    open.decide(Status::Approved).await;
    assert!(open.client_passes().await);
    open.portal.end().await;
}

#[tokio::test]
async fn what_the_strategy_does_not_offer_and_what_portico_does_not_check_are_refused_by_name() {
    let open = Open::start().await;
    assert_eq!(open.client_refused("weather", SECRET).await, ["method-not-offered"], "bearer alone");
    let admin = open.portal.admin();
    let path = format!("{STRATEGIES}/{}", open.strategy);
    let others = ["introspection", "password", "session", "authorization_code", "refresh_token"];
    let change = json!({ "configs": { "openid-connect": { "auth_methods": others } } });
    let stored = admin.patch(&path, change).await.expect(200).body;
    assert_eq!(stored["configs"]["openid-connect"]["auth_methods"], json!(others));
    assert_eq!(open.client_refused("weather", SECRET).await, ["method-not-supported"]);
    let logs = Logs::capture();
    assert_eq!(open.call(&open.token(json!({}))).await, None);
    assert!(logs.text().contains("introspection, password, session, authorization_code, refresh_token"), "{}", logs.text());
    assert_eq!(logs.take_gates(), ["method-not-supported"]);
    drop(logs);
    let access = format!("/portico/v1/portals/{}/access?application={}&api={}", open.portal.id(), open.application, open.api);
    let access = admin.get(&access).await.expect(200).body;
    assert_eq!(access["refused_by"], "method-not-supported");
    assert_eq!(open.lying.take_exchanges(), Vec::<String>::new());
    open.portal.end().await;
}

#[tokio::test]
async fn a_secret_goes_to_the_issuer_that_the_table_names_now_and_to_no_other_portals() {
    let open = open().await;
    assert!(open.client_passes().await);
    let moved = LyingProvider::start().await;
    let path = format!("{STRATEGIES}/{}", open.strategy);
    let change = json!({ "configs": { "openid-connect": { "issuer": moved.issuer() } } });
    open.portal.admin().patch(&path, change).await.expect(200);
    open.lying.take_requests();
    assert_eq!(open.client_refused("weather", SECRET).await, ["refused-client"], "nobody at the new one");
    assert_eq!((open.lying.take_exchanges().len(), moved.take_exchanges().len()), (1, 1), "the first is of the first call");
    open.portal.end().await;

    let open = self::open().await;
    let other = LyingProvider::start().await;
    let elsewhere: PortalId = "01999999-9999-7999-8999-999999999999".parse().expect("an id");
    let strategy: StrategyId = "01999999-9999-7999-8999-999999999998".parse().expect("an id");
    let publication =
        LinkedPublication { strategy, key_names: Vec::new(), oidc: Some(by(&["client_credentials"])(other.issuer())) };
    let at = Key::link("local", "tides");
    let link: Link = open.portal.portal.store.find(&at).await.expect("the store answers").expect("a link");
    assert_eq!(link.portals.len(), 1);
    let both = Update::of(at).set(["portals", elsewhere.to_string().as_str()], &publication);
    open.portal.portal.store.edit(both).await.expect("it is linked to two portals");
    assert!(open.client_passes().await);
    assert_eq!(open.client_refused("unheard-of", SECRET).await, ["unknown-application"]);
    assert_eq!((open.lying.take_exchanges().len(), other.take_exchanges().len()), (1, 0));
}
