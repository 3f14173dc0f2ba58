//! Every gate between a call and an API: shut in turn, it refuses the call, and the log names it.

use std::time::Duration;

use portico::faults::{Fault, Matching};
use portico_domain::api_key::ApiKey;
use portico_domain::authorization::Gate;
use portico_domain::id::{ApiId, ApplicationId, RegistrationId};
use portico_domain::status::Status;
use portico_domain::strategy::Method;
use portico_http::clock::Clock as _;
use portico_store::{Key, Update, sha256_hex};
use portico_tests::logs::Logs;
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::json;

/// A portal where one call passes.
struct Open {
    portal: TestPortal,
    ada: Client,
    api: ApiId,
    application: ApplicationId,
    registration: RegistrationId,
    key: String,
    call: ApiCall,
}

impl Open {
    async fn start() -> Self {
        let portal = TestPortal::start().await;
        let ada = portal.approved_developer("ada@example.test").await;
        let api = portal.published_api("Tides").await;
        let application = portal.application_of(&ada, "Weather board").await;
        let registration = portal.registration(application, api, Status::Approved).await;
        let key = portal.api_key(application).await;
        let call = ApiCall::to("tides").key(&key);
        Self { portal, ada, api, application, registration, key, call }
    }

    async fn edit(&self, update: Update) {
        self.portal.portal.store.edit(update).await.expect("the edit is made");
    }

    /// Shuts one gate and no other.
    async fn shut(&mut self, gate: Gate) {
        let (key, api, application) = (self.key.clone(), self.api.to_string(), Key::application(self.application));
        match gate {
            Gate::UnknownGateway => self.call.stage = "elsewhere".to_owned(),
            Gate::NoKey => self.call = ApiCall::to("tides").header("accept-language", "en"),
            Gate::TwoKeys => {
                let other = self.portal.api_key(self.application).await;
                self.call = self.call.clone().header("x-other", &other);
            }
            Gate::MalformedKey => {
                let wrong = if key.ends_with('a') { 'b' } else { 'a' };
                self.call = ApiCall::to("tides").key(&format!("{}{wrong}", &key[..key.len() - 1]));
            }
            Gate::WrongHeader => self.call = ApiCall::to("tides").header("x-api-key", &key),
            Gate::UnknownApplication => {
                let other = ApiKey::generate(self.portal.portal.new_id().expect("an id"), [1; 24]);
                self.call = ApiCall::to("tides").key(other.expose());
            }
            Gate::UnknownKey => self.call = ApiCall::to("tides").key(ApiKey::generate(self.application, [1; 24]).expose()),
            Gate::ExpiredKey => {
                let key = self.portal.api_key_until(self.application, Some(self.portal.clock.now())).await;
                self.call = ApiCall::to("tides").key(&key);
            }
            Gate::OwnerNotApproved => self.edit(Update::of(application).set("standing", &Status::Revoked)).await,
            Gate::NotPublished => {
                let portal = self.portal.id().to_string();
                self.edit(Update::of(Key::link("local", "tides")).remove(["portals", portal.as_str()])).await;
            }
            Gate::OtherStrategy => {
                let method = Method::KeyAuth { key_names: vec!["apikey".to_owned()], ttl: None };
                let strategy = self.portal.strategy_with("other", method).await;
                let mut seed = self.portal.seed_api("Other tides");
                seed.strategy = Some(strategy);
                self.portal.publish(seed).await;
                self.call.stage = "other-tides".to_owned();
            }
            Gate::NotRegistered => self.edit(Update::of(application).remove(["grants", api.as_str()])).await,
            Gate::RegistrationNotApproved => {
                self.edit(Update::of(application).set(["grants", api.as_str(), "status"], &Status::Pending)).await;
            }
            Gate::NoToken => {
                let strategy = self.portal.openid_strategy("provider").await;
                let mut seed = self.portal.seed_api("Provided tides");
                seed.strategy = Some(strategy);
                self.portal.publish(seed).await;
                self.call.stage = "provided-tides".to_owned();
            }
            Gate::StoreUnavailable => self.portal.database.faults().always(Matching::any(), Fault::ServerError),
            Gate::UntrustedToken
            | Gate::ProviderUnavailable
            | Gate::ExpiredToken
            | Gate::MethodNotOffered
            | Gate::MethodNotSupported
            | Gate::RefusedClient
            | Gate::MissingScope
            | Gate::NoReferenceId => unreachable!("{gate} is no gate of keys"),
        }
    }
}

#[tokio::test]
async fn each_gate_refuses_the_call_and_is_named_in_the_log_beside_ids_and_never_the_key() {
    for gate in Gate::OF_KEYS {
        let mut open = Open::start().await;
        assert!(open.portal.call(&open.call).await.is_some(), "{gate}: the call passes while every gate is open");
        open.shut(gate).await;
        let logs = Logs::capture();
        assert_eq!(open.portal.call(&open.call).await, None, "{gate}");
        let text = logs.text();
        assert_eq!(logs.take_gates(), [gate.name()], "{text}");
        assert!(text.contains(&format!("\"gateway.stage\":\"{}\"", open.call.stage)), "{text}");
        for secret in [open.key.as_str(), &open.key[..40], &sha256_hex(&open.key), "apikey", "ada@example.test"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[tokio::test]
async fn a_call_that_passes_tells_the_backend_ids_and_nothing_else() {
    let open = Open::start().await;
    let forged = open.call.clone().header("x-application-id", "forged").header("application_id", "forged");
    let expected = json!({
        "application_id": open.application,
        "reference_id": open.application,
        "owner_type": "developer",
        "owner_id": open.ada.developer,
        "api_id": open.api,
        "registration_id": open.registration,
    });
    assert_eq!(open.portal.call(&forged).await, Some(expected));
    open.portal.end().await;
}

#[tokio::test]
async fn a_key_is_refused_from_the_millisecond_of_its_expiry() {
    let open = Open::start().await;
    let expiry = open.portal.clock.now().plus(Duration::from_secs(60));
    let call = ApiCall::to("tides").key(&open.portal.api_key_until(open.application, Some(expiry)).await);
    open.portal.clock.advance(Duration::from_millis(59_999));
    assert!(open.portal.call(&call).await.is_some());
    open.portal.clock.advance(Duration::from_millis(1));
    assert_eq!(open.portal.call(&call).await, None);
    open.portal.end().await;
}
