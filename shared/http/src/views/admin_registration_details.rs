//! What administrators see of a registration beside the contract's closed object.

use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_domain::text::DecisionReason;
use serde::Serialize;

/// What was decided about a registration, and what the developer was told of it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminRegistrationDetailsView {
    id: String,
    created_at: String,
    updated_at: String,
    status: Status,
    reason: Option<DecisionReason>,
}

impl AdminRegistrationDetailsView {
    /// The view of a registration.
    pub fn of(registration: Registration) -> Self {
        Self {
            id: registration.id.to_string(),
            created_at: registration.created_at.rfc3339(),
            updated_at: registration.updated_at.rfc3339(),
            status: registration.status,
            reason: registration.reason,
        }
    }
}
