//! Applications: an application, its place in its owner's list, its reference-ID guard and its count on the owner are one thing.

use portico_domain::application::{Application, ApplicationCard};
use portico_domain::event::Event;
use portico_domain::id::PortalId;
use portico_domain::limits::APPLICATIONS_PER_OWNER;
use serde::Serialize;

use crate::idempotency::{Made, Once};
use crate::owners::{Acting, Taking, counted, is_full};
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// Why an application was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateApplicationError {
    /// The request was sent before under the same key.
    #[error("the request was made before")]
    Repeated,
    /// Another application of the portal has the reference ID.
    #[error("another application of this portal has the reference ID")]
    ReferenceIdTaken,
    /// The owner has as many as one can have.
    #[error("a developer or a team owns at most {APPLICATIONS_PER_OWNER} applications")]
    TooManyApplications,
    /// A developer who owns it is not approved any more; a team is gone, may own none any more, or has lost the member who asks.
    #[error("the owner changed meanwhile")]
    OwnerChanged,
    /// The strategy was deleted meanwhile.
    #[error("the auth strategy is gone")]
    StrategyGone,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an application was not edited, or did not change hands.
#[derive(Debug, thiserror::Error)]
pub enum EditApplicationError {
    /// Another application of the portal has the reference ID.
    #[error("another application of this portal has the reference ID")]
    ReferenceIdTaken,
    /// Whoever is to own it has as many as one can have.
    #[error("a developer or a team owns at most {APPLICATIONS_PER_OWNER} applications")]
    TooManyApplications,
    /// It, its new owner or the right of whoever edits it is not what was read any more.
    #[error("the application changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The list of a portal's applications.
pub fn applications_list(portal: PortalId) -> String {
    format!("{portal}#APPLICATIONS")
}

/// A guard: who has something that only one can have.
#[derive(Serialize)]
pub(crate) struct Guard<'a> {
    pub(crate) owner: &'a str,
}

/// The item of a guard.
pub(crate) fn guard(key: &Key, owner: impl std::fmt::Display) -> Result<Item, StoreError> {
    Item::new(key, "guard", &Guard { owner: &owner.to_string() })
}

fn item(application: &Application) -> Result<Item, StoreError> {
    let card = &application.card;
    Ok(Item::new(&Key::application(card.id), "application", application)?.listed(
        &applications_list(application.portal),
        card.created_at,
        card.id,
    ))
}

impl Store {
    /// Creates the application, its place in its owner's list and its reference-ID guard, and counts it, or does nothing. For a team
    /// it takes a member, where it is a developer who creates it.
    ///
    /// # Errors
    /// [`CreateApplicationError`] names the rule that was broken.
    pub async fn create_application(
        &self,
        application: &Application,
        acting: Acting,
        once: Option<&Once>,
        event: &Event,
    ) -> Result<(), CreateApplicationError> {
        use CreateApplicationError as Error;
        let card = &application.card;
        let root = Key::application(card.id);
        let reference = Key::reference_guard(application.portal, card.reference_id.as_deref().unwrap_or_default());
        let pointer = Key::app_pointer(application.owner, card.id);
        Transaction::new()
            .once(once, Made::application(card.id), card.created_at, || Error::Repeated)
            .update(counted(application.owner), |before| match is_full(before.as_ref()) {
                true => Error::TooManyApplications,
                false => Error::OwnerChanged,
            })
            .acting(acting, || Error::OwnerChanged)
            .put_new(guard(&reference, card.id), || Error::ReferenceIdTaken)
            .put_new(item(application), || StoreError::Corrupt("an application id was made twice".to_owned()).into())
            .put(Item::new(&pointer, "app_pointer", card))
            .update(Update::of(Key::strategy(card.strategy)).add("use_count", 1), |_| Error::StrategyGone)
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Edits an application, as it was read, together with its place in its owner's list; a reference ID that changes is freed and the
    /// new one taken; and whoever takes it becomes its owner. Or does nothing.
    ///
    /// # Errors
    /// [`EditApplicationError`]; [`EditApplicationError::Changed`]: read again and decide again.
    pub async fn edit_application(
        &self,
        before: &Application,
        after: &ApplicationCard,
        acting: Acting,
        taking: Option<Taking<'_>>,
        event: &Event,
    ) -> Result<(), EditApplicationError> {
        use EditApplicationError as Error;
        let root = Key::application(after.id);
        let application =
            Update::of(root.clone()).add("ver", 1).when(Condition::has_not("deleted_at")).when(Condition::is("ver", &before.ver));
        let application = taking.iter().fold(card(application, after), |application, taking| taking.own(application));
        let mut transaction = Transaction::new().update(application, |_| Error::Changed).acting(acting, || Error::Changed);
        transaction = match taking {
            Some(taking) => {
                taking.change_hands(transaction, (before.owner, after), || Error::TooManyApplications, || Error::Changed)
            }
            None => transaction.update(card(Update::of(Key::app_pointer(before.owner, after.id)), after), |_| {
                StoreError::Corrupt("an application is not in its owner's list".to_owned()).into()
            }),
        };
        if before.card.reference_id != after.reference_id {
            if let Some(new) = &after.reference_id {
                let key = Key::reference_guard(before.portal, new);
                transaction = transaction.put_new(guard(&key, after.id), || Error::ReferenceIdTaken);
            }
            if let Some(old) = &before.card.reference_id {
                let key = Key::reference_guard(before.portal, old);
                transaction = transaction.delete_if(key, Condition::is("owner", &after.id), |_| {
                    StoreError::Corrupt("a reference ID's guard is not there".to_owned()).into()
                });
            }
        }
        transaction.event(&root, event).commit(self).await
    }
}

/// Writes what a developer can change of an application.
fn card(update: Update, card: &ApplicationCard) -> Update {
    update
        .set("name", &card.name)
        .set_or_remove("description", card.description.as_ref())
        .set_or_remove("reference_id", card.reference_id.as_ref())
        .set_or_remove("redirect_uri", card.redirect_uri.as_ref())
        .set_or_remove("scopes", card.scopes.as_ref())
        .set("updated_at", &card.updated_at)
}
