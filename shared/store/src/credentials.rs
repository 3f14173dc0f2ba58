//! Credentials: an API key, known by its digest, and its count on the application are one thing.

use portico_domain::api_key::KeyDigest;
use portico_domain::credential::Credential;
use portico_domain::event::Event;
use portico_domain::id::{ApplicationId, CredentialId};
use portico_domain::limits::KEYS_PER_APPLICATION;

use crate::idempotency::{Made, Once};
use crate::owners::Acting;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// Why a credential was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateCredentialError {
    /// The request was sent before under the same key.
    #[error("the request was made before")]
    Repeated,
    /// The application was deleted meanwhile, has another owner, or whoever asks is no member of its team any more.
    #[error("the application changed meanwhile")]
    Changed,
    /// It has as many as one can have.
    #[error("an application has at most {KEYS_PER_APPLICATION} API keys")]
    TooMany,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a credential was not changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ChangeCredentialError {
    /// It was deleted meanwhile.
    #[error("there is no such credential")]
    Gone,
    /// Its application was deleted meanwhile, has another owner, or whoever asks is no member of its team any more.
    #[error("the application changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A credential with the place where it lies.
#[derive(Clone, Debug)]
pub struct StoredCredential {
    /// The credential.
    pub credential: Credential,
    key: Key,
}

/// One more event of an application that is there, and whose it was.
fn change(application: ApplicationId, acting: Acting) -> Update {
    Update::of(Key::application(application)).add("ver", 1).when(Condition::has_not("deleted_at")).when(acting.as_read())
}

impl Store {
    /// Creates the credential of the key with this digest, and counts it, or does nothing.
    ///
    /// # Errors
    /// [`CreateCredentialError`] names the rule that was broken.
    pub async fn create_credential(
        &self,
        credential: &Credential,
        digest: KeyDigest,
        acting: Acting,
        once: Option<&Once>,
        event: &Event,
    ) -> Result<(), CreateCredentialError> {
        use CreateCredentialError as Error;
        let key = Key::credential(credential.application, &digest.to_string());
        let counted =
            change(credential.application, acting).add("key_count", 1).when(Condition::less("key_count", &KEYS_PER_APPLICATION));
        let made = Made::credential(credential.application, credential.id);
        Transaction::new()
            .once(once, made, credential.created_at, || Error::Repeated)
            .update(counted, |before| {
                let count = before.filter(|item| !item.has("deleted_at")).and_then(|item| item.number("key_count"));
                match count {
                    Some(count) if count >= i64::from(KEYS_PER_APPLICATION) => Error::TooMany,
                    Some(_) | None => Error::Changed,
                }
            })
            .acting(acting, || Error::Changed)
            .put_new(Item::new(&key, "credential", credential), || StoreError::Corrupt("a key was made twice".to_owned()).into())
            .event(&Key::application(credential.application), event)
            .commit(self)
            .await
    }

    /// Gives a credential another name, or does nothing.
    ///
    /// # Errors
    /// [`ChangeCredentialError`] names the rule that was broken.
    pub async fn rename_credential(
        &self,
        stored: &StoredCredential,
        display_name: &str,
        acting: Acting,
        event: &Event,
    ) -> Result<(), ChangeCredentialError> {
        let application = stored.credential.application;
        Transaction::new()
            .update(change(application, acting), |_| ChangeCredentialError::Changed)
            .acting(acting, || ChangeCredentialError::Changed)
            .update(Update::of(stored.key.clone()).set("display_name", display_name), |_| ChangeCredentialError::Gone)
            .event(&Key::application(application), event)
            .commit(self)
            .await
    }

    /// Deletes a credential: calls with its key are refused from then on.
    ///
    /// # Errors
    /// [`ChangeCredentialError`] names the rule that was broken.
    pub async fn delete_credential(
        &self,
        stored: &StoredCredential,
        acting: Acting,
        event: &Event,
    ) -> Result<(), ChangeCredentialError> {
        let application = stored.credential.application;
        Transaction::new()
            .update(change(application, acting).add("key_count", -1), |_| ChangeCredentialError::Changed)
            .acting(acting, || ChangeCredentialError::Changed)
            .delete_if(stored.key.clone(), Condition::Exists, |_| ChangeCredentialError::Gone)
            .event(&Key::application(application), event)
            .commit(self)
            .await
    }

    /// The credentials of an application, in the order in which they were made.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn credentials_of(&self, application: ApplicationId) -> Result<Vec<Credential>, StoreError> {
        let mut credentials: Vec<Credential> = self.children_as(Key::application(application).pk(), "KEY#").await?;
        credentials.sort_by_key(|credential| (credential.created_at, credential.id));
        Ok(credentials)
    }

    /// The credential of an application that has this id. There are at most [`KEYS_PER_APPLICATION`] to look through.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn find_credential(
        &self,
        application: ApplicationId,
        credential: CredentialId,
    ) -> Result<Option<StoredCredential>, StoreError> {
        for item in self.children(Key::application(application).pk(), "KEY#").await? {
            let found: Credential = item.read()?;
            if found.id == credential {
                return Ok(Some(StoredCredential { credential: found, key: item.key() }));
            }
        }
        Ok(None)
    }
}
