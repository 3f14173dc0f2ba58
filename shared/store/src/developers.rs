//! Developers and their own accounts: sign-up, links in mails, the proof of an address, passwords.

use portico_domain::developer::Developer;
use portico_domain::email::EmailAddress;
use portico_domain::event::Event;
use portico_domain::id::PortalId;
use portico_domain::mail_token::Purpose;
use portico_domain::status::Status;
use portico_domain::text::FullName;
use portico_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::applications::guard;
use crate::developer_admin::ChangeDeveloperError;
use crate::mail_tokens::Link;
use crate::throttles::{Counter, Pass};
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// The list of a portal's developers.
pub fn developers_list(portal: PortalId) -> String {
    format!("{portal}#DEVELOPERS")
}

/// The item of a developer, in the list of the portal.
pub(crate) fn item(developer: &Developer) -> Result<Item, StoreError> {
    Ok(Item::new(&Key::developer(developer.id), "developer", developer)?.listed(
        &developers_list(developer.portal),
        developer.created_at,
        developer.id,
    ))
}

/// A stored password: its hash in the PHC string format, and since when.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoredPassword {
    /// Algorithm, parameters, salt and hash.
    pub phc: String,
    /// Since when.
    pub changed_at: Timestamp,
}

/// A request that sends a mail was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum MailRequestError {
    /// Somebody was faster (with the address, with a link, at a counter): read and decide again.
    #[error("the account moved")]
    Moved,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A link was not used.
#[derive(Debug, thiserror::Error)]
pub enum UseLinkError {
    /// It was used, or replaced, or its developer may not use it any more.
    #[error("the link is over")]
    Spent,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The attribute that holds the generation in force.
const fn generation_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Verify => "verify_generation",
        Purpose::Password => "password_generation",
    }
}

fn counted(transaction: Transaction<MailRequestError>, passes: &[Pass]) -> Transaction<MailRequestError> {
    passes.iter().fold(transaction, |transaction, pass| transaction.update(pass.count(), |_| MailRequestError::Moved))
}

impl Store {
    /// Makes the account of somebody who signs up: the developer, the guard of the address and, if one is mailed, the link.
    ///
    /// # Errors
    /// [`MailRequestError::Moved`] if the address was taken meanwhile or a counter moved.
    pub async fn sign_up(
        &self,
        developer: &Developer,
        link: Option<&Link>,
        passes: &[Pass],
        event: &Event,
    ) -> Result<(), MailRequestError> {
        let root = Key::developer(developer.id);
        let address = Key::email_guard(developer.portal, &developer.email);
        let mut transaction = Transaction::new()
            .put_new(guard(&address, developer.id), || MailRequestError::Moved)
            .put_new(item(developer), || StoreError::Corrupt("a developer id was made twice".to_owned()).into());
        if let Some(link) = link {
            transaction = transaction.put(link.item());
        }
        counted(transaction, passes).event(&root, event).commit(self).await
    }

    /// Notes that a mail is due to a developer, with a link that replaces the one before it, or without one.
    ///
    /// # Errors
    /// [`MailRequestError::Moved`] if the developer changed meanwhile or a counter moved.
    pub async fn request_mail(
        &self,
        developer: &Developer,
        link: Option<&Link>,
        passes: &[Pass],
        event: &Event,
    ) -> Result<(), MailRequestError> {
        let root = Key::developer(developer.id);
        let mut update = Update::of(root.clone())
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("ver", &developer.ver));
        if let Some(link) = link {
            update = update.set(generation_of(link.issued.purpose), &link.issued.generation);
        }
        let mut transaction = Transaction::new().update(update, |_| MailRequestError::Moved);
        if let Some(link) = link {
            transaction = transaction.put(link.item());
        }
        counted(transaction, passes).event(&root, event).commit(self).await
    }

    /// Counts a request that sends no mail, so that it costs and limits what one that does would.
    ///
    /// # Errors
    /// [`MailRequestError::Moved`] if a counter moved.
    pub async fn count_mail_request(&self, passes: &[Pass]) -> Result<(), MailRequestError> {
        counted(Transaction::new(), passes).commit(self).await
    }

    /// Makes sure that a developer is still there, in the number of calls in which [`Self::sign_up`] makes one.
    ///
    /// # Errors
    /// [`MailRequestError::Moved`] if the developer was deleted meanwhile.
    pub async fn confirm_developer(&self, developer: &Developer) -> Result<(), MailRequestError> {
        Transaction::new()
            .check(Key::developer(developer.id), Condition::Exists.and(Condition::has_not("deleted_at")), |_| {
                MailRequestError::Moved
            })
            .commit(self)
            .await
    }

    /// Uses a verification link: the address is proven, and a link to set a password takes its place.
    ///
    /// # Errors
    /// [`UseLinkError::Spent`] if somebody was faster or the link is not in force any more.
    pub async fn verify_email(&self, used: &Link, next: &Link, event: &Event, now: Timestamp) -> Result<(), UseLinkError> {
        let root = Key::developer(used.issued.developer);
        let developer = in_force(used, &root, 1)
            .when(Condition::has_not("email_verified_at"))
            .when(Condition::is("password_generation", &next.issued.generation.saturating_sub(1)))
            .set("email_verified_at", &now)
            .set("updated_at", &now)
            .set("password_generation", &next.issued.generation);
        Transaction::new()
            .update(used.used(now), |_| UseLinkError::Spent)
            .update(developer, |_| UseLinkError::Spent)
            .put(next.item())
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Uses a link to set a password: the address is proven too (an event of its own, where that is news), every session and every other link is over, and failed attempts
    /// to sign in are forgotten.
    ///
    /// # Errors
    /// [`UseLinkError::Spent`] if somebody was faster or the link is not in force any more.
    pub async fn set_password(
        &self,
        developer: &Developer,
        used: &Link,
        password: &StoredPassword,
        attempts: &Counter,
        (changed, verified): (&Event, Option<&Event>),
    ) -> Result<(), UseLinkError> {
        let now = password.changed_at;
        let root = Key::developer(developer.id);
        let update = in_force(used, &root, 1 + i64::from(verified.is_some()))
            .set("has_password", &true)
            .set("updated_at", &now)
            .set("email_verified_at", &developer.email_verified_at.unwrap_or(now))
            .add("epoch", 1)
            .add("password_generation", 1);
        let mut transaction = Transaction::new()
            .update(used.used(now), |_| UseLinkError::Spent)
            .update(update, |_| UseLinkError::Spent)
            .put(Item::new(&Key::password(developer.id), "password", password))
            .delete(attempts.key().clone());
        if let Some(verified) = verified {
            transaction = transaction.event(&root, verified);
        }
        transaction.event(&root, changed).commit(self).await
    }
}

impl Store {
    /// Gives a developer as read another name, or does nothing.
    ///
    /// # Errors
    /// [`ChangeDeveloperError::Changed`]: read and decide again.
    pub async fn rename_developer(
        &self,
        developer: &Developer,
        name: &FullName,
        event: &Event,
    ) -> Result<(), ChangeDeveloperError> {
        let root = Key::developer(developer.id);
        let update = Update::of(root.clone())
            .set("full_name", name.as_str())
            .set("updated_at", &event.at)
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("ver", &developer.ver));
        Transaction::new().update(update, |_| ChangeDeveloperError::Changed).event(&root, event).commit(self).await
    }
}

/// An edit of the developer who uses a link that is in force, as the domain decided when it was read. It counts the events.
fn in_force(used: &Link, root: &Key, events: i64) -> Update {
    let status = Condition::is("status", &Status::Pending).or(Condition::is("status", &Status::Approved));
    Update::of(root.clone())
        .add("ver", events)
        .when(Condition::has_not("deleted_at"))
        .when(Condition::is(generation_of(used.issued.purpose), &used.issued.generation))
        .when(status)
}

/// A developer's address, as it was parsed when it came in.
///
/// # Errors
/// [`StoreError::Corrupt`] if what is stored is no address.
pub fn address_of(developer: &Developer) -> Result<EmailAddress, StoreError> {
    EmailAddress::try_from(developer.email.clone())
        .map_err(|error| StoreError::Corrupt(format!("the address of developer {}: {error}", developer.id)))
}
