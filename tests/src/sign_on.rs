//! Signing in with the lying provider, step by step.

use http::header;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{GroupMappingId, IdentityProviderId, TeamId};
use portico_domain::identity_provider::{
    ClaimMappings, GroupMapping, GroupName, IdentityProviders, NewProvider, ProviderSettings, TrustedDomain, place_of_secret,
};
use portico_domain::sealed::ClientSecret;
use portico_http::clock::Clock as _;
use portico_identity::fetch::Fetcher;
use portico_identity::{Providers, Reach};
use portico_store::Key;
use serde_json::{Value, json};
use url::Url;

use crate::lying_provider::LyingProvider;
use crate::{Client, Reply, TestPortal};

/// Where a browser begins.
pub const BEGIN: &str = "/login/sso";
/// Where it comes back to.
pub const CALLBACK: &str = "/login/sso/callback";
/// The secret of the portal's client at the provider.
pub const CLIENT_SECRET: &str = "a secret of the portal's client";
/// The cookie that an attempt is kept in.
pub const ATTEMPT: &str = "__Host-portalsso";

/// A portal whose developers sign in with the lying provider.
pub struct SignOn {
    /// The portal.
    pub portal: TestPortal,
    /// The provider.
    pub lying: LyingProvider,
    /// Its id in the portal.
    pub provider: IdentityProviderId,
}

impl SignOn {
    /// A portal with one provider, which is enabled and trusted with no domain.
    pub async fn start() -> Self {
        let mut portal = TestPortal::start().await;
        portal.portal.providers = Providers::new(Fetcher::new(Reach::Private));
        let lying = LyingProvider::start().await;
        lying.expect_secret(CLIENT_SECRET);
        let provider: IdentityProviderId = portal.portal.new_id().expect("an id");
        let sign_on = Self { portal, lying, provider };
        let settings = ProviderSettings {
            issuer: sign_on.lying.issuer().to_owned(),
            client_id: "portal".to_owned(),
            scopes: ProviderSettings::SCOPES.map(str::to_owned).to_vec(),
            claims: ClaimMappings::default(),
        };
        let place = place_of_secret(sign_on.portal.id(), provider);
        let key = sign_on.portal.portal.sealing_keys().expect("a key").current();
        let secret = ClientSecret::parse(CLIENT_SECRET).expect("a secret").seal(key, [5; 24], &place).ok();
        let new = NewProvider { id: provider, enabled: true, settings, secret };
        sign_on.edit(|all| all.with(new, sign_on.portal.clock.now()).expect("a provider")).await;
        sign_on
    }

    /// Changes the portal's providers.
    pub async fn edit(&self, edit: impl FnOnce(&IdentityProviders) -> IdentityProviders) {
        let portal = &self.portal.portal;
        let keys = [Key::portal(self.portal.id()), Key::identity_providers(self.portal.id())];
        let items = portal.store.load(&keys).await.expect("the store answers");
        let settings: portico_domain::portal::Portal = items.get(&keys[0]).expect("a portal").expect("the portal is there");
        let before = items.identity_providers(self.portal.id()).expect("providers");
        let after = edit(&before);
        let by = Actor::System("test".to_owned());
        let event = portal.event(Name::IdentityProviderUpdated, by, json!({ "portal": self.portal.id() })).expect("an event");
        let written = (&settings, settings.basic_auth_enabled);
        portal.store.update_identity_providers(written, &before, &after, &event).await.expect("it is written");
        self.portal.take_calls();
    }

    /// Trusts the provider with a domain.
    pub async fn trust(&self, domain: &str) {
        let domain = TrustedDomain::parse(domain).expect("a domain");
        self.edit(|all| all.trusting(self.provider, &[domain], self.portal.clock.now()).expect("a provider")).await;
    }

    /// Makes a group a team.
    pub async fn map(&self, group: &str, team: TeamId) -> GroupMappingId {
        let id: GroupMappingId = self.portal.portal.new_id().expect("an id");
        let now = self.portal.clock.now();
        let mapping = GroupMapping { team, group: GroupName::parse(group).expect("a group"), created_at: now };
        self.edit(|all| all.mapping(self.provider, id, &mapping, now).expect("a mapping")).await;
        id
    }

    /// Now, in seconds.
    pub fn now(&self) -> i64 {
        self.portal.clock.now().seconds()
    }

    /// Somebody in a new browser whom the provider signs in and describes so, and what the portal answers.
    pub async fn sign_in(&self, claims: Value) -> (Client, Reply) {
        let browser = self.portal.anonymous();
        let reply = self.sign_in_as(&browser, claims).await;
        (browser, reply)
    }

    /// The same in a browser that is there.
    pub async fn sign_in_as(&self, browser: &Client, claims: Value) -> Reply {
        let asked = browser.begin_sso(BEGIN).await;
        let code = self.lying.sign_in(&asked, self.now(), claims);
        browser.come_back(&asked, &code).await
    }
}

impl Client {
    /// Begins to sign in: what the browser asks the provider.
    pub async fn begin_sso(&self, path: &str) -> Url {
        let reply = self.get(path).await.expect(302);
        Url::parse(reply.location()).expect("a place")
    }

    /// Comes back from the provider with a code.
    pub async fn come_back(&self, asked: &Url, code: &str) -> Reply {
        let state = asked.query_pairs().find(|(name, _)| name == "state").map(|(_, state)| state.into_owned());
        self.come_back_with(&[("code", code), ("state", &state.expect("a state"))]).await
    }

    /// Comes back from the provider with anything.
    pub async fn come_back_with(&self, said: &[(&str, &str)]) -> Reply {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(said).finish();
        self.get(&format!("{CALLBACK}?{query}")).await
    }
}

impl Reply {
    /// Where the answer leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default()
    }

    /// The answer as the text of a page.
    pub fn page(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}
