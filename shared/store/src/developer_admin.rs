//! What administrators do to developers: create, decide about, delete.

use portico_domain::approval::Decision;
use portico_domain::arrived::Arrived;
use portico_domain::developer::Developer;
use portico_domain::event::Event;
use portico_domain::id::{DeveloperId, PortalId};
use portico_domain::job::Job;
use portico_domain::mail_token::Purpose;
use portico_domain::status::Status;
use portico_domain::text::DecisionReason;

use crate::applications::guard;
use crate::developers::item;
use crate::mail_tokens::Link;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// How many items of a developer one transaction removes.
const AT_ONCE: usize = 50;

/// Why a developer was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateDeveloperError {
    /// Somebody else has the address.
    #[error("a developer of this portal has the address")]
    AddressTaken,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a developer was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum ChangeDeveloperError {
    /// The developer is not what was read any more.
    #[error("the developer changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a developer was not decided about.
#[derive(Debug, thiserror::Error)]
pub enum DecideDeveloperError {
    /// The developer is not what was read any more.
    #[error("the developer changed meanwhile")]
    Changed,
    /// The decision arrived before.
    #[error("the decision arrived before")]
    Repeated,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Creates a developer, the guard of the address and, for an invitation, the link to a password, or does nothing.
    ///
    /// # Errors
    /// [`CreateDeveloperError::AddressTaken`].
    pub async fn create_developer(
        &self,
        developer: &Developer,
        invitation: Option<&Link>,
        event: &Event,
    ) -> Result<(), CreateDeveloperError> {
        let root = Key::developer(developer.id);
        let address = Key::email_guard(developer.portal, &developer.email);
        let mut transaction = Transaction::new()
            .put_new(guard(&address, developer.id), || CreateDeveloperError::AddressTaken)
            .put_new(item(developer), || StoreError::Corrupt("a developer id was made twice".to_owned()).into());
        if let Some(link) = invitation {
            transaction = transaction.put(link.item());
        }
        transaction.event(&root, event).commit(self).await
    }

    /// The developer of a portal who has an address, by its guard.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn developer_with_address(&self, portal: PortalId, email: &str) -> Result<Option<Developer>, StoreError> {
        let guard = self.get(&Key::email_guard(portal, email)).await?;
        let Some(owner) = guard.as_ref().and_then(|guard| guard.text("owner")) else { return Ok(None) };
        let owner: DeveloperId = owner.parse().map_err(|_| StoreError::Corrupt("a guard names no developer".to_owned()))?;
        let developer = self.find::<Developer>(&Key::developer(owner)).await?;
        Ok(developer.filter(|developer| developer.deleted_at.is_none()))
    }

    /// Gives a developer, as read, the status that was decided, and the reason of this decision, if any. If it takes the approval away, sessions end. The job is to copy
    /// the status onto the developer's applications.
    ///
    /// # Errors
    /// [`DecideDeveloperError::Changed`]: read again and decide again. [`DecideDeveloperError::Repeated`] if it arrived before.
    pub async fn decide_about_developer(
        &self,
        developer: &Developer,
        decision: &Decision,
        reason: Option<&DecisionReason>,
        arrived: Option<&Arrived>,
        event: &Event,
        job: &Job,
    ) -> Result<(), DecideDeveloperError> {
        let root = Key::developer(developer.id);
        let update = Update::of(root.clone())
            .set("status", &decision.to)
            .set_or_remove("reason", reason)
            .set("updated_at", &event.at)
            .add("ver", 1)
            .add("standing_ver", 1)
            .add("epoch", i64::from(decision.withdraws()))
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("status", &decision.from))
            .when(Condition::is("ver", &developer.ver));
        Transaction::new()
            .arrived(developer.portal, arrived, event.at, || DecideDeveloperError::Repeated)
            .update(update, |_| DecideDeveloperError::Changed)
            .job(job)
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Makes a tombstone of a developer as read: without address, name and approval, and with every session over. The address and the identities are
    /// free. The job is to remove what is left.
    ///
    /// # Errors
    /// [`ChangeDeveloperError::Changed`]: read again and decide again.
    pub async fn delete_developer(&self, developer: &Developer, event: &Event, job: &Job) -> Result<(), ChangeDeveloperError> {
        let root = Key::developer(developer.id);
        let tombstone = Update::of(root.clone())
            .set("deleted_at", &event.at)
            .set("updated_at", &event.at)
            .set("status", &Status::Revoked)
            .add("ver", 1)
            .add("standing_ver", 1)
            .add("epoch", 1)
            .remove("email")
            .remove("full_name")
            .remove("reason")
            .remove("mail_failure")
            .remove("mail_arrived")
            .remove("identities")
            .remove("list")
            .remove("list_at")
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("ver", &developer.ver));
        let address = Key::email_guard(developer.portal, &developer.email);
        let foreign = || StoreError::Corrupt("the guard of an address or an identity is somebody else's".to_owned()).into();
        let identities = developer.identities.iter().map(|identity| Key::identity_guard(developer.portal, &identity.digest));
        [address]
            .into_iter()
            .chain(identities)
            .fold(Transaction::new().update(tombstone, |_| ChangeDeveloperError::Changed), |transaction, guard| {
                transaction.delete_if(guard, Condition::is("owner", &developer.id), move |_| foreign())
            })
            .job(job)
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Removes what is left of a deleted developer who owns no application any more: password, sessions, mail tokens, and the
    /// tombstone last. A developer who is not deleted stays as they are.
    ///
    /// # Errors
    /// As [`StoreError`] says; what was removed by then stays removed.
    pub async fn remove_developer_children(&self, tombstone: &Developer, tokens: Vec<Key>) -> Result<(), StoreError> {
        if tombstone.deleted_at.is_none() {
            return Ok(());
        }
        let root = Key::developer(tombstone.id);
        let mut keys = tokens;
        keys.extend(self.children(root.pk(), "SESSION#").await?.iter().map(Item::key));
        keys.extend(self.children(root.pk(), "APP#").await?.iter().map(Item::key));
        keys.push(Key::password(tombstone.id));
        for some in keys.chunks(AT_ONCE) {
            let removal = some.iter().fold(Transaction::<StoreError>::new(), |removal, key| removal.delete(key.clone()));
            removal.commit(self).await?;
        }
        let deleted = Condition::has("deleted_at").or(Condition::Missing);
        Transaction::new()
            .delete_if(root, deleted, |_| StoreError::Corrupt("a deleted developer came back".to_owned()))
            .commit(self)
            .await
    }
}

/// Every generation of a developer's mail tokens, by purpose: as many as can still be remembered.
pub fn generations(developer: &Developer) -> impl Iterator<Item = (Purpose, u64)> {
    /// More than a throttled developer can be sent before the oldest is forgotten by itself.
    const AT_MOST: u64 = 3_000;
    let of = |purpose, last: u64| (last.saturating_sub(AT_MOST).max(1)..=last).map(move |generation| (purpose, generation));
    of(Purpose::Verify, developer.verify_generation).chain(of(Purpose::Password, developer.password_generation))
}
