//! Sessions: begun at sign-in together with the check that the sign-in still holds, rotated, ended.

use portico_domain::developer::Developer;
use portico_domain::event::Event;
use portico_domain::id::{DeveloperId, PortalId, SessionId};
use portico_domain::session::Session;
use portico_domain::status::Status;
use portico_domain::time::Timestamp;

use crate::developers::StoredPassword;
use crate::throttles::{Counter, Pass};
use crate::{Condition, Edited, Item, Key, Store, StoreError, Transaction, Update};

/// Why a sign-in with the right password is refused after all.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// So many others failed meanwhile that this one is not to be answered.
    #[error("too many attempts at the same time")]
    TooManyAttempts,
    /// The developer lost the approval meanwhile.
    #[error("the developer is not approved any more")]
    NotApproved,
    /// The password was changed, or the developer deleted, meanwhile.
    #[error("the password is not in force any more")]
    PasswordReplaced,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A failed sign-in could not be counted.
#[derive(Debug, thiserror::Error)]
pub enum CountFailureError {
    /// Others were counted meanwhile: decide again.
    #[error("the counter moved")]
    CounterMoved,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a password is not changed by whoever is signed in.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// So many attempts failed meanwhile that this one is not to be answered.
    #[error("too many attempts at the same time")]
    TooManyAttempts,
    /// The session ended meanwhile, whether alone or with all others.
    #[error("the session is over")]
    SessionOver,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) fn item(session: &Session) -> Result<Item, StoreError> {
    let key = Key::session(session.developer, session.id);
    Ok(Item::new(&key, "session", session)?.removed_after(session.absolute_until))
}

impl Store {
    /// Accepts the right password: begins the session (an approved developer's), ends the one that the browser came with, and
    /// forgets the failed attempts of the account. Refuses if the counters, the approval or the password moved meanwhile.
    ///
    /// # Errors
    /// [`SignInError`] names what moved.
    pub async fn accept_sign_in(
        &self,
        developer: &Developer,
        session: Option<&Session>,
        old: Option<(DeveloperId, SessionId)>,
        [of_account, of_source]: &[Counter; 2],
        now: Timestamp,
    ) -> Result<(), SignInError> {
        use SignInError as Error;
        let mut unchanged = Condition::is("epoch", &developer.epoch).and(Condition::has_not("deleted_at"));
        if session.is_some() {
            unchanged = unchanged.and(Condition::is("status", &Status::Approved));
        }
        let approved = Status::Approved.as_str();
        let mut transaction = Transaction::new()
            .delete_if(of_account.key().clone(), of_account.lets_pass(now), |_| Error::TooManyAttempts)
            .check(of_source.key().clone(), of_source.lets_pass(now), |_| Error::TooManyAttempts)
            .check(Key::developer(developer.id), unchanged, move |before| match before {
                Some(item) if !item.has("deleted_at") && item.text("status") != Some(approved) => Error::NotApproved,
                _ => Error::PasswordReplaced,
            });
        if let Some(session) = session {
            transaction = transaction.put(item(session));
        }
        if let Some((developer, session)) = old {
            transaction = transaction.delete(Key::session(developer, session));
        }
        transaction.commit(self).await
    }

    /// Gives whoever is signed in another password, after the right current one: every other session and every link to set a
    /// password is over, this session goes on, and failed attempts are forgotten.
    ///
    /// # Errors
    /// [`ChangePasswordError`] names what moved.
    pub async fn change_password(
        &self,
        (developer, session): (&Developer, &Session),
        password: &StoredPassword,
        [of_account, of_source]: &[Counter; 2],
        event: &Event,
    ) -> Result<(), ChangePasswordError> {
        use ChangePasswordError as Error;
        let (root, now) = (Key::developer(developer.id), password.changed_at);
        let update = Update::of(root.clone())
            .set("updated_at", &now)
            .add("epoch", 1)
            .add("password_generation", 1)
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("status", &Status::Approved))
            .when(Condition::is("epoch", &developer.epoch));
        let carried_on = Update::of(Key::session(developer.id, session.id)).set("epoch", &developer.epoch.saturating_add(1));
        Transaction::new()
            .delete_if(of_account.key().clone(), of_account.lets_pass(now), |_| Error::TooManyAttempts)
            .check(of_source.key().clone(), of_source.lets_pass(now), |_| Error::TooManyAttempts)
            .update(update, |_| Error::SessionOver)
            .update(carried_on, |_| Error::SessionOver)
            .put(Item::new(&Key::password(developer.id), "password", password))
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Counts a failed sign-in, before it is answered. `told` are events of the portal: of the limits that it reaches.
    ///
    /// # Errors
    /// [`CountFailureError::CounterMoved`] if the decision that it passes is not true any more.
    pub async fn count_failed_sign_in(&self, portal: PortalId, passes: &[Pass], told: &[Event]) -> Result<(), CountFailureError> {
        let mut transaction = passes
            .iter()
            .fold(Transaction::new(), |transaction, pass| transaction.update(pass.count(), |_| CountFailureError::CounterMoved));
        if !told.is_empty() {
            let root = Key::portal(portal);
            let counted = Update::of(root.clone()).add("ver", i64::try_from(told.len()).unwrap_or(1));
            transaction = transaction.update(counted, |_| StoreError::Corrupt("the portal is not there".to_owned()).into());
            transaction = told.iter().fold(transaction, |transaction, event| transaction.event(&root, event));
        }
        transaction.commit(self).await
    }

    /// Writes the next generation of a session if the one before it is still in force; else hands back the session as it is.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn rotate_session(&self, next: &Session) -> Result<Result<(), Option<Session>>, StoreError> {
        let update = Update::of(Key::session(next.developer, next.id))
            .set("generation", &next.generation)
            .set("rotated_at", &next.rotated_at)
            .set("idle_until", &next.idle_until)
            .when(Condition::is("generation", &next.generation.saturating_sub(1)));
        match self.edit(update).await? {
            Edited::Done(_) => Ok(Ok(())),
            Edited::Refused(before) => Ok(Err(before.map(Item::into_entity).transpose()?)),
        }
    }

    /// Ends a session, whether it is there or not.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn end_session(&self, developer: DeveloperId, session: SessionId) -> Result<(), StoreError> {
        self.remove(&Key::session(developer, session)).await
    }
}
