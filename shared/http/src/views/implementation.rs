//! An implementation of an API in our own form: a stage of an API Gateway (contract README, "Our own routes").

use portico_domain::api::Implementation;
use portico_domain::id::{ApiId, ImplementationId};
use serde::Serialize;

/// An implementation.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImplementationView {
    id: ImplementationId,
    api_gateway: ApiGatewayView,
    created_at: String,
    updated_at: String,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct ApiGatewayView {
    gateway_id: String,
    stage: String,
}

impl ImplementationView {
    /// The view of an implementation, which never changes.
    pub fn of(implementation: &Implementation) -> Self {
        Self {
            id: implementation.id,
            api_gateway: ApiGatewayView { gateway_id: implementation.gateway.clone(), stage: implementation.stage.clone() },
            created_at: implementation.created_at.rfc3339(),
            updated_at: implementation.created_at.rfc3339(),
        }
    }
}

/// An implementation in the list of all.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImplementationRowView {
    api_id: ApiId,
    #[serde(flatten)]
    implementation: ImplementationView,
}

impl ImplementationRowView {
    /// The view of an implementation of an API.
    pub fn of(api: ApiId, implementation: &Implementation) -> Self {
        Self { api_id: api, implementation: ImplementationView::of(implementation) }
    }
}
