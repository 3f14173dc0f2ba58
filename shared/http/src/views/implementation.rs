//! An implementation of an API in our own form: a stage of an API Gateway (contract README, "Our own routes").

use portico_domain::api::Implementation;
use portico_domain::id::ImplementationId;
use serde::Serialize;

/// An implementation.
#[derive(Clone, Debug, Serialize)]
pub struct ImplementationView {
    id: ImplementationId,
    api_gateway: ApiGatewayView,
    created_at: String,
    updated_at: String,
}

#[derive(Clone, Debug, Serialize)]
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
