//! Developers who come from an identity provider: found by who they are there, brought in, linked, kept up to date, and given a
//! session once for each answer of the provider.

use std::time::Duration;

use portico_domain::developer::Developer;
use portico_domain::event::Event;
use portico_domain::id::{DeveloperId, PortalId, SessionId};
use portico_domain::identity::Identity;
use portico_domain::session::Session;
use portico_domain::single_sign_on::Changes;
use portico_domain::status::Status;
use portico_domain::time::Timestamp;
use serde::Serialize;

use crate::applications::guard;
use crate::developers::item;
use crate::sessions::item as session_item;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// For how long an answer of a provider is remembered to have been used: longer than any is good for.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// A developer was not brought in, or not changed.
#[derive(Debug, thiserror::Error)]
pub enum MeetError {
    /// The developer, the identity or the address is not what was read any more: read and decide again.
    #[error("the developer changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why there is no session after all.
#[derive(Debug, thiserror::Error)]
pub enum BeginSessionError {
    /// The provider's answer was used before.
    #[error("the answer was used before")]
    Used,
    /// The developer is not approved any more, or gone.
    #[error("the developer is not approved any more")]
    NotApproved,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is kept of an answer that was used: nothing but that it was.
#[derive(Serialize)]
struct Used {}

/// The developers whom an identity and an address lead to.
#[derive(Debug, Default)]
pub struct Found {
    /// Who has the identity.
    pub by_identity: Option<Developer>,
    /// Who has the address.
    pub by_address: Option<Developer>,
}

impl Store {
    /// The developers of a portal whom an identity and an address lead to, in two calls.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn developers_of(&self, portal: PortalId, identity: &Identity, email: Option<&str>) -> Result<Found, StoreError> {
        let by_identity = Key::identity_guard(portal, &identity.digest);
        let by_address = email.map(|email| Key::email_guard(portal, email));
        let guards: Vec<_> = [Some(by_identity.clone()), by_address.clone()].into_iter().flatten().collect();
        let guards = self.load(&guards).await?;
        let owner = |key: &Key| match guards.item(key).and_then(|guard| guard.text("owner")) {
            None => Ok(None),
            Some(owner) => owner.parse::<DeveloperId>().map(Some),
        };
        let corrupt = |_| StoreError::Corrupt("a guard names no developer".to_owned());
        let by_identity = owner(&by_identity).map_err(corrupt)?;
        let by_address = by_address.as_ref().map_or(Ok(None), owner).map_err(corrupt)?;
        let mut keys: Vec<_> = [by_identity, by_address].into_iter().flatten().map(Key::developer).collect();
        keys.dedup();
        let developers = self.load(&keys).await?;
        let alive = |id: Option<DeveloperId>| -> Result<Option<Developer>, StoreError> {
            let Some(id) = id else { return Ok(None) };
            Ok(developers.get::<Developer>(&Key::developer(id))?.filter(|developer| developer.deleted_at.is_none()))
        };
        // What the guards said may have changed by now.
        let is_theirs = |developer: &Developer| developer.identities.contains(identity);
        let has_address = |developer: &Developer| email == Some(developer.email.as_str());
        Ok(Found { by_identity: alive(by_identity)?.filter(is_theirs), by_address: alive(by_address)?.filter(has_address) })
    }

    /// Makes the account of somebody whom a provider brought: the developer, and the guards of address and identity.
    ///
    /// # Errors
    /// [`MeetError::Changed`] if somebody has either by now.
    pub async fn bring_developer(&self, developer: &Developer, event: &Event) -> Result<(), MeetError> {
        let root = Key::developer(developer.id);
        let address = Key::email_guard(developer.portal, &developer.email);
        let transaction = Transaction::new()
            .put_new(guard(&address, developer.id), || MeetError::Changed)
            .put_new(item(developer), || StoreError::Corrupt("a developer id was made twice".to_owned()).into());
        let identities = developer.identities.iter().map(|identity| Key::identity_guard(developer.portal, &identity.digest));
        identities
            .fold(transaction, |transaction, key| transaction.put_new(guard(&key, developer.id), || MeetError::Changed))
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Writes what signing in changes about a developer, as read. Each event is one of the changes.
    ///
    /// # Errors
    /// [`MeetError::Changed`] if the developer changed meanwhile, or somebody else has the address or the identity by now.
    pub async fn change_by_provider(
        &self,
        developer: &Developer,
        changes: &Changes,
        events: &[Event],
        now: Timestamp,
    ) -> Result<(), MeetError> {
        let root = Key::developer(developer.id);
        let portal = developer.portal;
        let mut update = Update::of(root.clone())
            .set("updated_at", &now)
            .add("ver", i64::try_from(events.len()).unwrap_or(1))
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("ver", &developer.ver));
        if let Some(name) = &changes.name {
            update = update.set("full_name", name.as_str());
        }
        if let Some(email) = &changes.email {
            // Links that went to the old address are over.
            update = update
                .set("email", email.canonical())
                .remove("mail_failure")
                .remove("mail_arrived")
                .add("verify_generation", 1)
                .add("password_generation", 1);
        }
        if changes.proves || changes.email.is_some() {
            update = update.set("email_verified_at", &now);
        }
        if changes.ends_sessions {
            update = update.add("epoch", 1);
        }
        if let Some(identity) = &changes.identity {
            let identities: Vec<_> = developer.identities.iter().chain([identity]).collect();
            update = update.set("identities", &identities);
        }
        let mut transaction = Transaction::new().update(update, |_| MeetError::Changed);
        if let Some(identity) = &changes.identity {
            let key = Key::identity_guard(portal, &identity.digest);
            transaction = transaction.put_new(guard(&key, developer.id), || MeetError::Changed);
        }
        if let Some(email) = &changes.email {
            let (old, new) = (Key::email_guard(portal, &developer.email), Key::email_guard(portal, email.canonical()));
            transaction = transaction
                .delete_if(old, Condition::is("owner", &developer.id), |_| MeetError::Changed)
                .put_new(guard(&new, developer.id), || MeetError::Changed);
        }
        events.iter().fold(transaction, |transaction, event| transaction.event(&root, event)).commit(self).await
    }

    /// Begins the session of a developer, as read, by an answer of a provider that is used up by it, and ends the one that the browser
    /// came with.
    ///
    /// # Errors
    /// [`BeginSessionError`] names what moved.
    pub async fn begin_session(
        &self,
        developer: &Developer,
        session: &Session,
        answer: &str,
        old: Option<(DeveloperId, SessionId)>,
        now: Timestamp,
    ) -> Result<(), BeginSessionError> {
        let key = Key::used_answer(answer);
        let used = Item::new(&key, "used_answer", &Used {}).map(|item| item.removed_after(now.plus(REMEMBERED)));
        let approved = Condition::is("epoch", &developer.epoch)
            .and(Condition::is("status", &Status::Approved))
            .and(Condition::has_not("deleted_at"));
        let mut transaction = Transaction::new()
            .put_new(used, || BeginSessionError::Used)
            .check(Key::developer(developer.id), approved, |_| BeginSessionError::NotApproved)
            .put(session_item(session));
        if let Some((developer, session)) = old {
            transaction = transaction.delete(Key::session(developer, session));
        }
        transaction.commit(self).await
    }
}
