//! A registration as administrators see it.

use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use serde::Serialize;

/// A registration.
#[derive(Clone, Debug, Serialize)]
pub struct AdminRegistrationView {
    id: String,
    created_at: String,
    updated_at: String,
    status: Status,
    api: ApiReference,
    application: ApplicationReference,
}

#[derive(Clone, Debug, Serialize)]
struct ApiReference {
    id: String,
    name: String,
    version: Option<String>,
    entity_type: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct ApplicationReference {
    id: String,
    name: String,
}

impl AdminRegistrationView {
    /// The view of a registration with its application and its API.
    pub fn of(registration: &Registration, application: &Application, api: &Api) -> Self {
        Self {
            id: registration.id.to_string(),
            created_at: registration.created_at.rfc3339(),
            updated_at: registration.updated_at.rfc3339(),
            status: registration.status,
            api: ApiReference {
                id: api.id.to_string(),
                name: api.name.clone(),
                version: api.version.clone(),
                entity_type: "api",
            },
            application: ApplicationReference { id: application.card.id.to_string(), name: application.card.name.clone() },
        }
    }
}
