//! A credential as its owner and administrators see it, and the one answer that shows its secret.

use portico_domain::api_key::ApiKey;
use portico_domain::credential::Credential;
use portico_domain::time::Timestamp;
use serde::Serialize;

/// An API key without its secret.
#[derive(Clone, Debug, Serialize)]
pub struct CredentialView {
    /// `api_key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Id.
    pub id: String,
    /// What its owner calls it.
    pub display_name: String,
    /// `active` or `expired`: a deleted one is not there.
    pub status: &'static str,
    /// RFC 3339; null if it never expires.
    pub expires_at: Option<String>,
    /// RFC 3339.
    pub created_at: String,
}

/// A new API key with its secret, which nothing else ever shows (contract, point 20). No `Debug`: logs must not have it.
#[derive(Serialize)]
pub struct CreatedCredentialView<'a> {
    #[serde(flatten)]
    credential: CredentialView,
    #[serde(rename = "credential")]
    secret: &'a str,
}

impl CredentialView {
    /// The view of a credential at a moment.
    pub fn of(credential: &Credential, now: Timestamp) -> Self {
        Self {
            kind: "api_key",
            id: credential.id.to_string(),
            display_name: credential.display_name.clone(),
            status: if credential.is_expired(now) { "expired" } else { "active" },
            expires_at: credential.expires_at.map(Timestamp::rfc3339),
            created_at: credential.created_at.rfc3339(),
        }
    }
}

impl<'a> CreatedCredentialView<'a> {
    /// The view of a credential that was just made.
    pub fn of(credential: &Credential, key: &'a ApiKey, now: Timestamp) -> Self {
        Self { credential: CredentialView::of(credential, now), secret: key.expose() }
    }
}
