//! A portal where calls with tokens pass, and the calls.

use portico_domain::id::{ApiId, ApplicationId, RegistrationId, StrategyId};
use portico_domain::status::Status;
use portico_domain::strategy::{Method, OpenIdConnect};
use portico_http::clock::Clock as _;
use portico_http::links_seen::LinksSeen;
use portico_identity::fetch::Fetcher;
use portico_identity::{Providers, Reach};
use portico_tests::logs::Logs;
use portico_tests::lying_provider::{FIRST, LyingProvider, Signing};
use portico_tests::steps::APPLICATIONS;
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::{Value, json};

/// A portal where a token of one client of a provider passes.
pub(super) struct Open {
    pub(super) portal: TestPortal,
    pub(super) lying: LyingProvider,
    pub(super) ada: Client,
    pub(super) api: ApiId,
    pub(super) strategy: StrategyId,
    pub(super) application: ApplicationId,
    pub(super) registration: RegistrationId,
}

pub(super) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// What the API of such a portal asks for.
pub(super) fn terms(issuer: &str) -> OpenIdConnect {
    OpenIdConnect {
        issuer: issuer.to_owned(),
        credential_claim: texts(&["azp", "client_id"]),
        scopes: texts(&["tides"]),
        auth_methods: texts(&["bearer"]),
    }
}

impl Open {
    pub(super) async fn start() -> Self {
        Self::with(terms).await
    }

    /// With other terms, which are made for the provider's issuer.
    pub(super) async fn with(terms: impl FnOnce(&str) -> OpenIdConnect) -> Self {
        let mut portal = TestPortal::start().await;
        portal.portal.providers = Providers::new(Fetcher::new(Reach::Private));
        let lying = LyingProvider::start().await;
        let strategy = portal.strategy_with("provider", Method::OpenidConnect { oidc: terms(lying.issuer()) }).await;
        let mut seed = portal.seed_api("Tides");
        seed.strategy = Some(strategy);
        let api = portal.publish(seed).await;
        let ada = portal.approved_developer("ada@example.test").await;
        let body = json!({ "name": "Weather board", "auth_strategy_id": strategy, "client_id": "weather" });
        let application = ada.post(APPLICATIONS, body).await.expect(201).id().parse().expect("an id");
        let registration = portal.registration(application, api, Status::Approved).await;
        portal.take_calls();
        Self { portal, lying, ada, api, strategy, application, registration }
    }

    pub(super) fn now(&self) -> i64 {
        self.portal.clock.now().seconds()
    }

    /// What a good token says.
    pub(super) fn claims(&self) -> Value {
        let now = self.now();
        json!({ "iss": self.lying.issuer(), "sub": "service", "azp": "weather", "scope": "tides", "exp": now + 300, "nbf": now })
    }

    /// A good token with other claims; null takes one away.
    pub(super) fn token(&self, changes: Value) -> String {
        self.signed_by(FIRST, changes)
    }

    pub(super) fn signed_by(&self, key: Signing, changes: Value) -> String {
        let mut claims = self.claims();
        let members = claims.as_object_mut().expect("an object");
        for (name, value) in changes.as_object().expect("an object") {
            match value {
                Value::Null => members.remove(name),
                value => members.insert(name.clone(), value.clone()),
            };
        }
        key.sign(&claims)
    }

    pub(super) async fn call(&self, token: &str) -> Option<Value> {
        let call = ApiCall::to("tides").header("authorization", &format!("Bearer {token}"));
        self.portal.call(&call).await
    }

    pub(super) async fn passes(&self) -> bool {
        self.call(&self.token(json!({}))).await.is_some()
    }

    /// The gate that the log names for a call with a token.
    pub(super) async fn refused(&self, token: &str) -> Vec<String> {
        let logs = Logs::capture();
        assert_eq!(self.call(token).await, None);
        assert!(!logs.text().contains(token) || token.len() < 20, "a token is in the log");
        logs.take_gates()
    }

    /// Decides about the registration, as an administrator.
    pub(super) async fn decide(&self, status: Status) {
        let (portal, application, registration) = (self.portal.id(), self.application, self.registration);
        let path = format!("/v3/portals/{portal}/applications/{application}/registrations/{registration}");
        self.portal.admin().patch(&path, json!({ "status": status })).await.expect(200);
    }

    /// As a function that starts cold.
    pub(super) fn forget(&mut self) {
        self.portal.portal.links_seen = LinksSeen::default();
    }
}
