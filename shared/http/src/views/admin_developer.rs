//! A developer as administrators see one: never a password, nor anything that it could be guessed from.

use portico_domain::developer::Developer;
use portico_domain::status::Status;
use serde::Serialize;

/// A developer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminDeveloperView {
    id: String,
    created_at: String,
    updated_at: String,
    email: String,
    full_name: String,
    status: Status,
}

impl AdminDeveloperView {
    /// The view of a developer.
    pub fn of(developer: Developer) -> Self {
        Self {
            id: developer.id.to_string(),
            created_at: developer.created_at.rfc3339(),
            updated_at: developer.updated_at.rfc3339(),
            email: developer.email,
            full_name: developer.full_name,
            status: developer.status,
        }
    }
}
