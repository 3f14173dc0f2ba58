//! A registration as the application's owner sees it.

use portico_domain::api::Api;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use serde::Serialize;

/// A registration as the application's owner sees it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegistrationView {
    /// Id.
    pub id: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// Approval.
    pub status: Status,
    /// What people call the API.
    pub api_name: String,
    /// The API.
    pub api_id: String,
    /// The API's name in addresses.
    pub api_slug: String,
    /// Who asks.
    pub application_id: String,
}

impl RegistrationView {
    /// The view of a registration with its API.
    pub fn of(registration: &Registration, api: &Api) -> Self {
        Self {
            id: registration.id.to_string(),
            created_at: registration.created_at.rfc3339(),
            updated_at: registration.updated_at.rfc3339(),
            status: registration.status,
            api_name: api.name.clone(),
            api_id: api.id.to_string(),
            api_slug: api.slug.clone(),
            application_id: registration.application.to_string(),
        }
    }
}
