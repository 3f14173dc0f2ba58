//! An application as administrators see it: one shape for API keys, another for an identity provider. The contract
//! requires its labels, and has them write-only: null does justice to both.

use portico_domain::application::Application;
use portico_domain::owner::Owner;
use portico_domain::strategy::Strategy;
use serde::Serialize;

use crate::views::strategy::StrategyView;

/// An application.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminApplicationView {
    id: String,
    created_at: String,
    updated_at: String,
    name: String,
    description: Option<String>,
    labels: Option<()>,
    registration_count: usize,
    portal: Reference,
    auth_strategy: StrategyView,
    owner: OwnerView,
    #[serde(flatten)]
    provider: Option<OfProvider>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct Reference {
    id: String,
}

/// The owner of an application.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(super) struct OwnerView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
}

impl OwnerView {
    pub(super) fn of(owner: Owner) -> Self {
        Self { kind: owner.kind(), id: owner.to_string() }
    }
}

/// What only an application of an identity provider has.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct OfProvider {
    #[cfg_attr(feature = "openapi", schema(required = false))]
    client_id: String,
    dcr_provider: Option<Reference>,
    granted_scopes: Option<Vec<String>>,
}

impl AdminApplicationView {
    /// The view of an application with its strategy.
    pub fn of(application: &Application, strategy: &Strategy) -> Self {
        let card = &application.card;
        let provider = (!strategy.is_key_auth()).then(|| OfProvider {
            client_id: card.reference_id.clone().unwrap_or_default(),
            dcr_provider: None,
            granted_scopes: card.scopes.clone(),
        });
        Self {
            id: card.id.to_string(),
            created_at: card.created_at.rfc3339(),
            updated_at: card.updated_at.rfc3339(),
            name: card.name.clone(),
            description: card.description.clone(),
            labels: None,
            registration_count: application.grants.len(),
            portal: Reference { id: application.portal.to_string() },
            auth_strategy: StrategyView::brief(strategy),
            owner: OwnerView::of(application.owner),
            provider,
        }
    }
}
