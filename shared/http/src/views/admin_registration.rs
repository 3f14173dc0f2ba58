//! A registration as administrators see it.

use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::portal::Portal;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use serde::Serialize;

use crate::views::admin_application::OwnerView;

/// A registration.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminRegistrationView {
    id: String,
    created_at: String,
    updated_at: String,
    status: Status,
    api: ApiReference,
    application: NamedReference,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct ApiReference {
    id: String,
    name: String,
    version: Option<String>,
    entity_type: &'static str,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct NamedReference {
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
            application: NamedReference { id: application.card.id.to_string(), name: application.card.name.clone() },
        }
    }
}

/// A registration in the list of an API.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiRegistrationView {
    id: String,
    status: Status,
    portal: NamedReference,
    application: OwnedApplicationView,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct OwnedApplicationView {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    owner: OwnerView,
}

impl ApiRegistrationView {
    /// The view of a registration with its application and its portal.
    pub fn of(registration: &Registration, application: &Application, portal: &Portal) -> Self {
        Self {
            id: registration.id.to_string(),
            status: registration.status,
            portal: NamedReference { id: portal.id.to_string(), name: portal.name.clone() },
            application: OwnedApplicationView {
                id: application.card.id.to_string(),
                name: application.card.name.clone(),
                description: application.card.description.clone(),
                owner: OwnerView::of(application.owner),
            },
        }
    }
}
