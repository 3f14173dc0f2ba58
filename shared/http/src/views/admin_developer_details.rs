//! What administrators see of a developer beside the contract's closed object.

use portico_domain::developer::Developer;
use portico_domain::mail_failure::{MailFailure, Reason};
use portico_domain::status::Status;
use portico_domain::text::DecisionReason;
use serde::Serialize;

/// What more there is to know of a developer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminDeveloperDetailsView {
    id: String,
    created_at: String,
    email: String,
    status: Status,
    reason: Option<DecisionReason>,
    mail_failure: Option<MailFailureView>,
}

/// The newest mail that never arrived.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct MailFailureView {
    event_id: String,
    reason: Reason,
    noted_at: String,
}

impl AdminDeveloperDetailsView {
    /// The view of a developer.
    pub fn of(developer: Developer) -> Self {
        let view = |failure: MailFailure| MailFailureView {
            event_id: failure.mail.to_string(),
            reason: failure.reason,
            noted_at: failure.at.rfc3339(),
        };
        Self {
            id: developer.id.to_string(),
            created_at: developer.created_at.rfc3339(),
            mail_failure: developer.mail_failure.map(view),
            email: developer.email,
            status: developer.status,
            reason: developer.reason,
        }
    }
}
