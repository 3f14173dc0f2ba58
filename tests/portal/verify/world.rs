//! One of everything that the table can hold.

use portico_domain::api::{SpecType, SpecificationSummary, Version};
use portico_domain::id::{ApiId, ApplicationId, DeveloperId, SessionId, TeamId, VersionId};
use portico_domain::identity::Identity;
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_store::verify::Report;
use portico_store::{Item, Key, StoreError, Transaction, Update};
use portico_tests::TestPortal;
use portico_tests::teams::VIEWER;
use serde::Serialize;
use serde_json::json;

/// The portal's identity provider.
const ISSUER: &str = "https://id.example.com/realms/sea";

/// One of everything.
pub(super) struct World {
    pub(super) portal: TestPortal,
    /// With a session, a password, a mail token and an application.
    pub(super) ada: DeveloperId,
    pub(super) session: SessionId,
    pub(super) token: Key,
    /// Registered for the API, with a key.
    pub(super) application: ApplicationId,
    /// Published, linked, with a version.
    pub(super) api: ApiId,
    pub(super) version: VersionId,
    /// With an application.
    pub(super) eve: DeveloperId,
    pub(super) eves_application: ApplicationId,
    /// Ada's, with a role for the API.
    pub(super) team: TeamId,
}

impl World {
    pub(super) async fn start() -> Self {
        let portal = TestPortal::start().await;
        let ada = portal.approved_developer("ada@example.test").await;
        let eve = portal.approved_developer("eve@example.test").await;
        let api = portal.published_api("Tides").await;
        let application = portal.application_of(&ada, "Weather board").await;
        let eves_application = portal.application_of(&eve, "Eavesdropper").await;
        portal.registration(application, api, Status::Approved).await;
        portal.api_key(application).await;
        let ada = ada.developer.expect("ada");
        let sessions = portal.portal.store.children(Key::developer(ada).pk(), "SESSION#").await.expect("the store answers");
        let session = sessions[0].text("id").expect("an id").parse().expect("a session's id");
        let version = portal.portal.new_id().expect("an id");
        let token = Key::mail_token("verify", &"1".repeat(64));
        let eve = eve.developer.expect("eve");
        let team = portal.team("Partners").await;
        portal.join(team, ada).await;
        portal.give(team, Some(api), VIEWER).await;
        let provider = portal.identity_provider(ISSUER, true).await;
        portal.group_mapping(&provider, team, "partners").await;
        let world = Self { portal, ada, session, token, application, api, version, eve, eves_application, team };
        world.add_password_and_token().await;
        world.add_version().await;
        world.add_identity().await;
        world
    }

    async fn add_password_and_token(&self) {
        self.put(&Key::password(self.ada), "password", &json!({ "phc": "$argon2id$v=19$x$y", "changed_at": 1 })).await;
        self.edit(Update::of(Key::developer(self.ada)).set("has_password", &true)).await;
        self.put(&self.token, "mail_token", &self.token_of_generation(1)).await;
    }

    async fn add_identity(&self) {
        let identity = self.identity();
        let guard = Key::identity_guard(self.portal.id(), &identity.digest);
        self.put(&guard, "guard", &json!({ "owner": self.ada })).await;
        self.edit(Update::of(Key::developer(self.ada)).set("identities", &[identity])).await;
    }

    /// Who ada is at the portal's identity provider.
    pub(super) fn identity(&self) -> Identity {
        Identity::of(ISSUER, "a-subject")
    }

    pub(super) fn token_of_generation(&self, generation: u64) -> serde_json::Value {
        let (portal, developer) = (self.portal.id(), self.ada);
        json!({ "portal": portal, "developer": developer, "purpose": "verify", "generation": generation, "expires_at": 1 })
    }

    async fn add_version(&self) {
        let now = self.portal.clock.now();
        let version = Version {
            id: self.version,
            api: self.api,
            version: "1.0.0".to_owned(),
            spec_type: Some(SpecType::Oas3),
            digest: None,
            bytes: 0,
            media: String::new(),
            example: None,
            messages: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        self.put(&Key::version(self.api, self.version), "version", &version).await;
        let current = version.summary();
        let specifications = [SpecificationSummary { id: self.version, spec_type: SpecType::Oas3 }];
        let api = Update::of(Key::api(self.api)).set(["versions", "1.0.0"], &self.version).set("current_version", &current);
        self.edit(api.set("specifications", &specifications)).await;
        let card = Update::of(Key::publication(self.portal.id(), self.api));
        self.edit(card.set("current_version", &current).set("specifications", &specifications)).await;
    }

    /// Puts an item beside every rule.
    pub(super) async fn put(&self, key: &Key, kind: &str, entity: &impl Serialize) {
        let put = Transaction::<StoreError>::new().put(Item::new(key, kind, entity));
        put.commit(&self.portal.portal.store).await.expect("the item is put");
    }

    /// Edits an item beside every rule.
    pub(super) async fn edit(&self, update: Update) {
        self.portal.portal.store.edit(update).await.expect("the item is edited");
    }

    /// Removes an item beside every rule.
    pub(super) async fn remove(&self, key: &Key) {
        self.portal.portal.store.remove(key).await.expect("the item is removed");
    }

    pub(super) async fn verify(&self) -> Report {
        self.portal.portal.store.verify().await.expect("the table can be read")
    }
}
