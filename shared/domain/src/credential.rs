//! A credential: an API key as the portal remembers it, which is never the key itself.

use serde::{Deserialize, Serialize};

use crate::application::Application;
use crate::id::{ApplicationId, CredentialId};
use crate::strategy::{Method, Strategy};
use crate::text::DisplayName;
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

/// The application's strategy does not know API keys: its clients are made at the identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "names an application with an OpenID Connect strategy: its client and secret are made at the identity provider, not here"
)]
pub struct NotKeyAuth;

impl Credential {
    /// A new API key of an application, which expires as its strategy says now (contract, points 20 and 23).
    ///
    /// # Errors
    /// [`NotKeyAuth`] for a strategy without keys.
    pub fn create(
        id: CredentialId,
        application: &Application,
        display_name: Option<DisplayName>,
        strategy: &Strategy,
        now: Timestamp,
    ) -> Result<Self, NotKeyAuth> {
        let Method::KeyAuth { ttl, .. } = &strategy.method else { return Err(NotKeyAuth) };
        let display_name = display_name
            .map_or_else(|| format!("Key {}", application.key_count.saturating_add(1)), |name| name.as_str().to_owned());
        Ok(Self {
            id,
            application: application.card.id,
            display_name,
            created_at: now,
            expires_at: ttl.map(|ttl| now.plus(ttl.duration())),
        })
    }

    /// Whether it has expired: at the very millisecond of its expiry it has.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }
}
