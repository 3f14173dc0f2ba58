//! A credential as its owner and administrators see it, and the one answer that shows its secret.

use portico_domain::api_key::ApiKey;
use portico_domain::credential::Credential;
use portico_domain::time::Timestamp;
use serde::Serialize;

use crate::listing::Column;

/// An API key without its secret.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

const API_KEY: &str = "api_key";

fn status(credential: &Credential, now: Timestamp) -> &'static str {
    if credential.is_expired(now) { "expired" } else { "active" }
}

/// A credential in a list, and the moment at which it is looked at.
pub type Seen = (Credential, Timestamp);

/// What lists of credentials can be sorted by: their owner's and the administrator's.
pub const COLUMNS: &[Column<Seen>] = &[
    Column::id("id", |(credential, _): &Seen| Some(credential.id.uuid())).sort_only(),
    Column::text("display_name", |(credential, _): &Seen| Some(&credential.display_name)).sort_only(),
    Column::text("status", |(credential, now): &Seen| Some(status(credential, *now))).sort_only(),
    Column::text("type", |_: &Seen| Some(API_KEY)).sort_only(),
    // Only credentials of other strategies have one, which are not made here.
    Column::text("client_id", |_: &Seen| None).sort_only(),
    Column::time("expires_at", |(credential, _): &Seen| credential.expires_at).sort_only(),
    Column::time("created_at", |(credential, _): &Seen| Some(credential.created_at)).sort_only(),
];

/// A new API key with its secret, which nothing else ever shows (contract, point 20). No `Debug`: logs must not have it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
            kind: API_KEY,
            id: credential.id.to_string(),
            display_name: credential.display_name.clone(),
            status: status(credential, now),
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
