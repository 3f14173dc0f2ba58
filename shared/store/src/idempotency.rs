//! Requests that their sender may repeat: what the first one made is kept beside it, in the same transaction, for a day.
//!
//! An item holds ids and digests alone. It outlives what it names, and even the developer: DynamoDB removes it, nothing else does.

use std::time::Duration;

use portico_domain::id::{ApplicationId, CredentialId, DeveloperId, RegistrationId};
use portico_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Condition, Item, Items, Key, StoreError, Transaction, sha256_hex};

/// How long a repetition is recognised.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A request that takes effect once, however often it is sent: under which key, and what it asks.
#[derive(Clone, Debug)]
pub struct Once {
    key: Key,
    request: String,
}

/// What a request made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The application, or the one that got the other.
    pub application: ApplicationId,
    /// The registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationId>,
    /// The credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialId>,
}

/// What was sent before under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing, or it is too long ago.
    Nothing,
    /// This very request.
    Same(Made),
    /// Another request.
    Other,
}

/// What is kept of a request.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    request: String,
    #[serde(flatten)]
    made: Made,
    expires_at: Timestamp,
}

impl Made {
    /// An application.
    pub const fn application(application: ApplicationId) -> Self {
        Self { application, registration: None, credential: None }
    }

    /// A registration of an application.
    pub const fn registration(application: ApplicationId, registration: RegistrationId) -> Self {
        Self { registration: Some(registration), ..Self::application(application) }
    }

    /// A credential of an application.
    pub const fn credential(application: ApplicationId, credential: CredentialId) -> Self {
        Self { credential: Some(credential), ..Self::application(application) }
    }
}

impl Once {
    /// A developer's request under a key of theirs; `request` is all that distinguishes it from another one.
    pub fn new(developer: DeveloperId, key: &str, request: &str) -> Self {
        Self { key: Key::idempotency(developer, key), request: sha256_hex(request) }
    }

    /// Where it is kept.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What was sent before under the key, out of what was read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the item is something else.
    pub fn earlier(&self, items: &Items, now: Timestamp) -> Result<Earlier, StoreError> {
        Ok(match items.get::<Kept>(&self.key)?.filter(|kept| now < kept.expires_at) {
            None => Earlier::Nothing,
            Some(kept) if kept.request == self.request => Earlier::Same(kept.made),
            Some(_) => Earlier::Other,
        })
    }

    fn item(&self, made: Made, now: Timestamp) -> Result<Item, StoreError> {
        let expires_at = now.plus(KEPT);
        let kept = Kept { request: self.request.clone(), made, expires_at };
        Ok(Item::new(&self.key, "idempotency", &kept)?.removed_after(expires_at))
    }
}

impl<E: From<StoreError> + Send + 'static> Transaction<E> {
    /// Keeps what the transaction makes, if its request may be repeated; refused where a request was faster. To be the first write:
    /// of several broken rules this one counts, as the others may be the effect of that faster request.
    #[must_use]
    pub(crate) fn once(
        self,
        once: Option<&Once>,
        made: Made,
        now: Timestamp,
        repeated: impl FnOnce() -> E + Send + 'static,
    ) -> Self {
        let Some(once) = once else { return self };
        let free = Condition::Missing.or(Condition::less("expires_at", &now.plus(Duration::from_millis(1))));
        self.put_if(once.item(made, now), free, |_| repeated())
    }
}
