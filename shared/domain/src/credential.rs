//! A credential: an API key as the portal remembers it, which is never the key itself.

use serde::{Deserialize, Serialize};

use crate::id::{ApplicationId, CredentialId};
use crate::time::Timestamp;

/// An API key without its secret. Its digest is its sort key in the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    /// Id.
    pub id: CredentialId,
    /// The application that it belongs to.
    pub application: ApplicationId,
    /// What its owner calls it.
    pub display_name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; never, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl Credential {
    /// Whether it has expired: at the very millisecond of its expiry it has.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }
}
