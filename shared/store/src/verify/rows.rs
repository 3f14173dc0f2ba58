//! Items as the whole-table check reads them, where no entity of the domain stands for them.

use portico_domain::id::{ApiId, ApplicationId, DeveloperId, PortalId, RegistrationId};
use portico_domain::mail_token::Purpose;
use portico_domain::time::Timestamp;
use serde::Deserialize;

/// A guard, whoever's it is.
#[derive(Deserialize)]
pub(super) struct GuardRow {
    pub(super) owner: String,
}

/// A mail token.
#[derive(Deserialize)]
pub(super) struct MailTokenRow {
    pub(super) portal: PortalId,
    pub(super) developer: DeveloperId,
    pub(super) purpose: Purpose,
    pub(super) generation: u64,
    pub(super) used_at: Option<Timestamp>,
}

/// An application among those registered for an API.
#[derive(Deserialize)]
pub(super) struct RegistrationPointerRow {
    pub(super) registration: RegistrationId,
    pub(super) application: ApplicationId,
    pub(super) api: ApiId,
    pub(super) portal: PortalId,
}

/// A password; its hash is not looked at.
#[derive(Deserialize)]
pub(super) struct PasswordRow {
    #[serde(rename = "phc")]
    _phc: String,
}
