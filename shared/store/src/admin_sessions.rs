//! Administrators' sessions: children of the token that they were exchanged for, so that one read brings both and they end with it.

use portico_domain::admin::AdminSession;

use crate::{Condition, Item, Key, Store, StoreError, Transaction};

/// How many sessions go in the transaction that removes their token.
const AT_ONCE: usize = 99;

/// The session was not begun.
#[derive(Debug, thiserror::Error)]
pub enum BeginAdminSessionError {
    /// Its token was revoked meanwhile.
    #[error("the token is not there any more")]
    TokenGone,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Begins a session of a token, and ends the one that the browser came with.
    ///
    /// # Errors
    /// [`BeginAdminSessionError::TokenGone`].
    pub async fn begin_admin_session(
        &self,
        (token, digest): (&str, &str),
        session: &AdminSession,
        old: Option<Key>,
    ) -> Result<(), BeginAdminSessionError> {
        let key = Key::admin_session(token, digest);
        let item = Item::new(&key, "admin_session", session).map(|item| item.removed_after(session.expires_at));
        let mut transaction =
            Transaction::new().check(Key::admin_token(token), Condition::Exists, |_| BeginAdminSessionError::TokenGone).put(item);
        if let Some(old) = old {
            transaction = transaction.delete(old);
        }
        transaction.commit(self).await
    }

    /// Removes an administrator's token and every session of it: from then on none is good for anything.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn remove_admin_token(&self, token: &Key) -> Result<(), StoreError> {
        let sessions = async || Ok::<_, StoreError>(self.children(token.pk(), "SESSION#").await?.iter().map(Item::key).collect());
        let known: Vec<Key> = sessions().await?;
        let removal = Transaction::<StoreError>::new().delete(token.clone());
        let removal = known.into_iter().take(AT_ONCE).fold(removal, Transaction::delete);
        removal.commit(self).await?;
        // What began while the first ones were read. Without the token no more can follow.
        let late: Vec<Key> = sessions().await?;
        for session in late {
            self.remove(&session).await?;
        }
        Ok(())
    }
}
