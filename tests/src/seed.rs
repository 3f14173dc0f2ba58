//! Developers who are there when a test begins, beside the sign-up that other tests are about: written as the functions write
//! them, with a session of their own.

use portico_domain::developer::{Developer, SignUp};
use portico_domain::event::{Actor, Event, Name};
use portico_domain::id::{DeveloperId, PortalId, SessionId};
use portico_domain::session::Session;
use portico_domain::status::Status;
use portico_domain::time::Timestamp;
use portico_http::clock::Clock as _;
use portico_http::config::{SESSION_ABSOLUTE, SESSION_IDLE};
use portico_http::cookies::ACCESS;
use portico_store::{Item, Key, StoreError, Transaction};
use serde_json::json;

use crate::client::Client;
use crate::portal::{PUBLIC_URL, TestPortal};

/// Developers in a transaction of [`TestPortal::crowd`]: three writes each, of the hundred that a transaction may have.
const CROWD: usize = 33;

/// A developer whose address is proved, without a password.
pub fn developer(id: DeveloperId, portal: PortalId, email: &str, status: Status, now: Timestamp) -> Developer {
    let full_name = email.split('@').next().unwrap_or_default().to_owned();
    let new = SignUp { id, portal, email: email.to_owned(), full_name };
    let (verify_generation, password_generation, email_verified_at) = (1, 1, Some(now));
    Developer { verify_generation, password_generation, email_verified_at, ..Developer::sign_up(new, status, now) }
}

/// A developer's items, added to a transaction.
pub fn put_developer(transaction: Transaction<StoreError>, developer: &Developer, event: &Event) -> Transaction<StoreError> {
    let (id, portal, root) = (developer.id, developer.portal, Key::developer(developer.id));
    let item = Item::new(&root, "developer", developer)
        .map(|item| item.listed(&format!("{portal}#DEVELOPERS"), developer.created_at, id));
    let guard = Item::new(&Key::email_guard(portal, &developer.email), "guard", &json!({ "owner": id }));
    transaction
        .put_new(item, || StoreError::Corrupt("there already".to_owned()))
        .put_new(guard, || StoreError::Corrupt("the address is taken".to_owned()))
        .event(&root, event)
}

/// The item of a developer's password, which is known by its PHC string.
pub fn password(id: DeveloperId, phc: &str, now: Timestamp) -> Result<Item, StoreError> {
    Item::new(&Key::password(id), "password", &json!({ "phc": phc, "changed_at": now }))
}

impl TestPortal {
    /// A developer with a status and a verified address, without a session.
    pub async fn developer_with_status(&self, email: &str, status: Status) -> DeveloperId {
        let id = self.portal.new_id::<DeveloperId>().expect("an id");
        self.with_developer(Transaction::new(), id, email, status)
            .commit(&self.portal.store)
            .await
            .expect("the developer is written");
        id
    }

    /// So many approved developers, `developer0@example.test` and on, as many in a transaction as it takes: for tables that are
    /// large, not for who they are.
    pub async fn crowd(&self, developers: usize) {
        for first in (0..developers).step_by(CROWD) {
            let mut transaction = Transaction::new();
            for number in first..developers.min(first + CROWD) {
                let id = self.portal.new_id::<DeveloperId>().expect("an id");
                transaction = self.with_developer(transaction, id, &format!("developer{number}@example.test"), Status::Approved);
            }
            transaction.commit(&self.portal.store).await.expect("the crowd is written");
            self.database.faults().take_calls();
        }
    }

    /// The items of one developer, added to a transaction.
    fn with_developer(
        &self,
        transaction: Transaction<StoreError>,
        id: DeveloperId,
        email: &str,
        status: Status,
    ) -> Transaction<StoreError> {
        let developer = developer(id, self.id(), email, status, self.clock.now());
        let event = self
            .portal
            .event(
                Name::DeveloperCreated,
                Actor::System("test".to_owned()),
                json!({ "portal": self.id(), "developer": id, "after": { "status": status } }),
            )
            .expect("an event");
        put_developer(transaction, &developer, &event)
    }

    /// An approved developer who is signed in.
    pub async fn approved_developer(&self, email: &str) -> Client {
        let id = self.developer_with_status(email, Status::Approved).await;
        self.sign_in(id).await
    }

    /// A new session of a developer, beside the password.
    pub async fn sign_in(&self, developer: DeveloperId) -> Client {
        let now = self.clock.now();
        let known: Developer =
            self.portal.store.find(&Key::developer(developer)).await.expect("the store answers").expect("the developer is there");
        let session = Session {
            id: self.portal.new_id::<SessionId>().expect("an id"),
            developer,
            epoch: known.epoch,
            generation: 1,
            rotated_at: now,
            created_at: now,
            idle_until: now.plus(SESSION_IDLE),
            absolute_until: now.plus(SESSION_ABSOLUTE),
        };
        let key = Key::session(developer, session.id);
        Transaction::<StoreError>::new()
            .put(Item::new(&key, "session", &session).map(|item| item.removed_after(session.absolute_until)))
            .commit(&self.portal.store)
            .await
            .expect("the session is written");
        let signer = self.portal.signer().expect("a signer");
        let token = signer.sign(&session, self.id(), PUBLIC_URL, now).expect("a JWT");
        self.database.faults().take_calls();
        let mut client = self.anonymous();
        client.set_cookie(ACCESS, &token);
        client.developer = Some(developer);
        client
    }
}
