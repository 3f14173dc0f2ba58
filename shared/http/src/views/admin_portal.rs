//! A portal as administrators see it.

use portico_domain::identity_provider::{ClaimMappings, IdentityProviders, ProviderSettings};
use portico_domain::portal::{Labels, Portal, Visibility};
use serde::Serialize;

/// A portal and its settings.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminPortalView {
    id: String,
    created_at: String,
    updated_at: String,
    name: String,
    display_name: String,
    description: Option<String>,
    authentication_enabled: bool,
    rbac_enabled: bool,
    sipr_enabled: bool,
    default_api_visibility: Visibility,
    default_page_visibility: Visibility,
    default_application_auth_strategy_id: Option<String>,
    auto_approve_developers: bool,
    auto_approve_applications: bool,
    default_domain: String,
    canonical_domain: String,
    labels: Labels,
    notifications_developer_pii_visibility_enabled: bool,
}

/// How developers can sign in.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthenticationSettingsView {
    basic_auth_enabled: bool,
    oidc_auth_enabled: bool,
    saml_auth_enabled: bool,
    oidc_team_mapping_enabled: bool,
    idp_mapping_enabled: bool,
    konnect_mapping_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    oidc_config: Option<OidcConfigView>,
}

/// The identity provider that developers sign in with, or would.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct OidcConfigView {
    issuer: String,
    client_id: String,
    scopes: Vec<String>,
    claim_mappings: ClaimMappings,
}

impl AdminPortalView {
    /// The view of a portal that is reached at a host.
    pub fn of(portal: &Portal, host: &str) -> Self {
        Self {
            id: portal.id.to_string(),
            created_at: portal.created_at.rfc3339(),
            updated_at: portal.updated_at.rfc3339(),
            name: portal.name.clone(),
            display_name: portal.display_name.clone(),
            description: portal.description.clone(),
            authentication_enabled: portal.authentication_enabled,
            rbac_enabled: portal.rbac_enabled,
            sipr_enabled: false,
            default_api_visibility: portal.default_api_visibility,
            default_page_visibility: portal.default_page_visibility,
            default_application_auth_strategy_id: portal.default_strategy.map(|id| id.to_string()),
            auto_approve_developers: portal.auto_approve_developers,
            auto_approve_applications: portal.auto_approve_applications,
            default_domain: host.to_owned(),
            canonical_domain: host.to_owned(),
            labels: portal.labels.clone(),
            notifications_developer_pii_visibility_enabled: portal.pii_in_notifications,
        }
    }
}

impl AuthenticationSettingsView {
    /// The view of a portal and its identity providers. Administrators put people into teams by hand whatever groups do.
    pub fn of(portal: &Portal, providers: &IdentityProviders) -> Self {
        Self {
            basic_auth_enabled: portal.basic_auth_enabled,
            oidc_auth_enabled: portal.sso_enabled,
            saml_auth_enabled: false,
            oidc_team_mapping_enabled: providers.maps_groups,
            idp_mapping_enabled: providers.maps_groups,
            konnect_mapping_enabled: true,
            oidc_config: providers.enabled_or_only().map(|provider| OidcConfigView::of(&provider.settings)),
        }
    }
}

impl OidcConfigView {
    fn of(settings: &ProviderSettings) -> Self {
        let ProviderSettings { issuer, client_id, scopes, claims } = settings.clone();
        Self { issuer, client_id, scopes, claim_mappings: claims }
    }
}
