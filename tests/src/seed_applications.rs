//! Keys and registrations in numbers, beside the routes that other tests are about: written as the functions write them, but many in
//! one transaction.

use portico_domain::api_key::ApiKey;
use portico_domain::application::Application;
use portico_domain::credential::Credential;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{ApiId, ApplicationId, CredentialId, RegistrationId};
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_store::registrations::{RegistrationPointer, registrations_list};
use portico_store::{Item, Key, StoreError, Transaction, Update};
use serde_json::json;

use crate::portal::TestPortal;

impl TestPortal {
    /// Gives an application that many more keys, at most 45.
    pub async fn seed_keys(&self, application: ApplicationId, many: u32) {
        let (now, root) = (self.clock.now(), Key::application(application));
        let facts = self.facts_of(application).await;
        let counted = Update::of(root.clone()).add("key_count", i64::from(many)).add("ver", i64::from(many));
        let mut transaction = Transaction::<StoreError>::new().update(counted, |_| lost("the application"));
        for number in 1..=many {
            let key = ApiKey::generate(application, self.portal.random().expect("randomness"));
            let id = self.portal.new_id::<CredentialId>().expect("an id");
            let display_name = format!("Key {number}");
            let credential = Credential { id, application, display_name, created_at: now, expires_at: None };
            let at = Key::credential(application, &key.digest().to_string());
            let mut data = facts.clone();
            data["credential"] = json!(id);
            transaction = transaction
                .put_new(Item::new(&at, "credential", &credential), || lost("the key"))
                .event(&root, &self.seeded(Name::CredentialCreated, data));
        }
        transaction.commit(&self.portal.store).await.expect("the keys are written");
        self.database.faults().take_calls();
    }

    /// Registers an application for some APIs more.
    pub async fn seed_registrations(&self, application: ApplicationId, apis: &[ApiId], status: Status) {
        let (now, root) = (self.clock.now(), Key::application(application));
        let facts = self.facts_of(application).await;
        for some in apis.chunks(30) {
            let mut granted = Update::of(root.clone()).add("ver", i64::try_from(some.len()).expect("few"));
            let mut transaction = Transaction::<StoreError>::new();
            for api in some.iter().copied() {
                let id = self.portal.new_id::<RegistrationId>().expect("an id");
                let registration = Registration {
                    id,
                    application,
                    api,
                    portal: self.id(),
                    status,
                    reason: None,
                    created_at: now,
                    updated_at: now,
                };
                granted = granted.set(["grants", &api.to_string()], &registration.grant());
                let item = Item::new(&Key::registration(application, api), "registration", &registration)
                    .map(|item| item.listed(&registrations_list(self.id()), now, id));
                let pointer = RegistrationPointer { registration: id, application, api, portal: self.id() };
                let mut data = facts.clone();
                data["api"] = json!(api);
                data["registration"] = json!(id);
                data["after"] = json!({ "status": status });
                transaction = transaction
                    .put_new(item, || lost("the registration"))
                    .put(Item::new(&Key::registration_pointer(api, application), "registration_pointer", &pointer))
                    .event(&root, &self.seeded(Name::RegistrationRequested, data));
            }
            transaction
                .update(granted, |_| lost("the application"))
                .commit(&self.portal.store)
                .await
                .expect("the registrations are written");
        }
        self.database.faults().take_calls();
    }

    /// What every event of an application says.
    pub(crate) async fn facts_of(&self, application: ApplicationId) -> serde_json::Value {
        let known = self.portal.store.find::<Application>(&Key::application(application)).await.expect("the store answers");
        known.expect("the application is there").told(json!({}))
    }

    pub(crate) fn seeded(&self, name: Name, data: serde_json::Value) -> portico_domain::event::Event {
        self.portal.event(name, Actor::System("test".to_owned()), data).expect("an event")
    }
}

fn lost(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is there already, or gone"))
}
