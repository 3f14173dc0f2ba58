//! A developer as that developer sees it.

use portico_domain::developer::Developer;
use serde::Serialize;

/// A developer's own profile.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileView {
    /// Id.
    pub id: String,
    /// The address.
    pub email: String,
    /// The name, as given.
    pub full_name: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
}

impl ProfileView {
    /// The view of a developer.
    pub fn of(developer: &Developer) -> Self {
        Self {
            id: developer.id.to_string(),
            email: developer.email.clone(),
            full_name: developer.full_name.clone(),
            created_at: developer.created_at.rfc3339(),
            updated_at: developer.updated_at.rfc3339(),
        }
    }
}
