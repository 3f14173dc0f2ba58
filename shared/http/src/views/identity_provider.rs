//! An identity provider as administrators see it: everything but the secret, which nobody sees.

use portico_domain::id::IdentityProviderId;
use portico_domain::identity_provider::{ClaimMappings, IdentityProvider, IdentityProviders};
use serde::Serialize;

/// An identity provider.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdentityProviderView {
    id: IdentityProviderId,
    #[serde(rename = "type")]
    kind: &'static str,
    enabled: bool,
    config: ProviderConfigView,
    created_at: String,
    updated_at: String,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct ProviderConfigView {
    issuer_url: String,
    client_id: String,
    scopes: Vec<String>,
    claim_mappings: ClaimMappings,
}

impl IdentityProviderView {
    /// The view of one of a portal's providers.
    pub fn of(provider: &IdentityProvider, all: &IdentityProviders) -> Self {
        let settings = &provider.settings;
        Self {
            id: provider.id,
            kind: "oidc",
            enabled: all.is_enabled(provider.id),
            config: ProviderConfigView {
                issuer_url: settings.issuer.clone(),
                client_id: settings.client_id.clone(),
                scopes: settings.scopes.clone(),
                claim_mappings: settings.claims.clone(),
            },
            created_at: provider.created_at.rfc3339(),
            updated_at: provider.updated_at.rfc3339(),
        }
    }
}
