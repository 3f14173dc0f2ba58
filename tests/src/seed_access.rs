//! Applications that can call: registrations in any status and API keys, beside the routes that other tests are about. Written as
//! the functions write them.

use portico_domain::api_key::ApiKey;
use portico_domain::credential::Credential;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{ApiId, ApplicationId, CredentialId, RegistrationId};
use portico_domain::publication::Publication;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_domain::time::Timestamp;
use portico_http::clock::Clock as _;
use portico_store::owners::Acting;
use portico_store::{Item, Key, StoreError, Transaction, Update};
use serde_json::json;

use crate::client::Client;
use crate::portal::TestPortal;

impl TestPortal {
    /// A new application of a developer, with the portal's default strategy.
    pub async fn application_of(&self, owner: &Client, name: &str) -> ApplicationId {
        let reply = owner.post("/api/v3/applications", json!({ "name": name })).await.expect(201);
        self.database.faults().take_calls();
        reply.id().parse().expect("an id")
    }

    /// Registers an application for a published API.
    pub async fn registration(&self, application: ApplicationId, api: ApiId, status: Status) -> RegistrationId {
        let now = self.clock.now();
        let id = self.portal.new_id::<RegistrationId>().expect("an id");
        let registration =
            Registration { id, application, api, portal: self.id(), status, reason: None, created_at: now, updated_at: now };
        let card = self.portal.store.find::<Publication>(&Key::publication(self.id(), api)).await.expect("the store answers");
        let mut data = self.facts_of(application).await;
        data["api"] = json!(api);
        data["registration"] = json!(id);
        data["after"] = json!({ "status": status });
        let event = self.portal.event(Name::RegistrationRequested, Actor::System("test".to_owned()), data).expect("an event");
        let card = card.expect("the API is published");
        let acting = Acting::on_behalf(self.application(application).await.expect("the application is there").owner);
        self.portal
            .store
            .create_registration(&registration, &card, acting, None, None, &event)
            .await
            .expect("the registration is written");
        self.database.faults().take_calls();
        id
    }

    /// A new API key of an application.
    pub async fn api_key(&self, application: ApplicationId) -> String {
        self.api_key_until(application, None).await
    }

    /// A new API key of an application that expires.
    pub async fn api_key_until(&self, application: ApplicationId, expires_at: Option<Timestamp>) -> String {
        let key = ApiKey::generate(application, self.portal.random().expect("randomness"));
        let id = self.portal.new_id::<CredentialId>().expect("an id");
        let credential = Credential { id, application, display_name: "Key".to_owned(), created_at: self.clock.now(), expires_at };
        let mut data = self.facts_of(application).await;
        data["credential"] = json!(id);
        let event = self.portal.event(Name::CredentialCreated, Actor::System("test".to_owned()), data).expect("an event");
        let root = Key::application(application);
        let place = Key::credential(application, &key.digest().to_string());
        Transaction::<StoreError>::new()
            .put_new(Item::new(&place, "credential", &credential), || StoreError::Corrupt("there already".to_owned()))
            .update(Update::of(root.clone()).add("key_count", 1).add("ver", 1), |_| {
                StoreError::Corrupt("no such application".to_owned())
            })
            .event(&root, &event)
            .commit(&self.portal.store)
            .await
            .expect("the key is written");
        self.database.faults().take_calls();
        key.expose().to_owned()
    }
}
