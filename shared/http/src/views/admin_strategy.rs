//! An auth strategy as administrators see it.

use portico_domain::id::StrategyId;
use portico_domain::portal::Labels;
use portico_domain::strategy::{KeyTtl, Method, OpenIdConnect, Strategy};
use serde::Serialize;

/// An auth strategy.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminStrategyView {
    id: StrategyId,
    name: String,
    display_name: String,
    strategy_type: &'static str,
    configs: ConfigsView,
    active: bool,
    dcr_provider: Option<()>,
    labels: Labels,
    created_at: String,
    updated_at: String,
    supports_multiple_credentials: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    principals: Option<PrincipalsView>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
enum ConfigsView {
    KeyAuth {
        #[serde(rename = "key_names")]
        key_names: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        ttl: Option<KeyTtl>,
    },
    OpenidConnect(OpenIdConnect),
}

#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct PrincipalsView {
    enabled: bool,
}

impl AdminStrategyView {
    /// The view of a strategy.
    pub fn of(strategy: &Strategy) -> Self {
        Self {
            id: strategy.id,
            name: strategy.name.clone(),
            display_name: strategy.display_name.clone(),
            strategy_type: strategy.method.type_name(),
            configs: match &strategy.method {
                Method::KeyAuth { key_names, ttl } => ConfigsView::KeyAuth { key_names: key_names.clone(), ttl: *ttl },
                Method::OpenidConnect { oidc } => ConfigsView::OpenidConnect(oidc.clone()),
            },
            active: true,
            dcr_provider: None,
            labels: strategy.labels.clone(),
            created_at: strategy.created_at.rfc3339(),
            updated_at: strategy.updated_at.rfc3339(),
            supports_multiple_credentials: strategy.is_key_auth(),
            principals: strategy.principals.map(|enabled| PrincipalsView { enabled }),
        }
    }
}
