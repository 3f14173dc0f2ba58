//! An auth strategy as developers see it: within applications, APIs and the list of strategies.

use portico_domain::id::StrategyId;
use portico_domain::strategy::{KeyTtl, Method, Strategy};
use serde::Serialize;

/// An auth strategy as developers see it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StrategyView {
    /// Id.
    pub id: StrategyId,
    /// What developers read.
    pub name: String,
    /// What it asks for.
    #[serde(flatten)]
    pub method: MethodView,
    /// Whether applications may have several credentials; only where the contract has the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supports_multiple_credentials: Option<bool>,
}

/// What a strategy asks for, as developers see it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "credential_type", rename_all = "snake_case")]
pub enum MethodView {
    /// API keys.
    KeyAuth {
        /// Headers that may carry one.
        key_names: Vec<String>,
        /// Lifetime of new keys.
        #[serde(skip_serializing_if = "Option::is_none")]
        ttl: Option<KeyTtl>,
    },
    /// A client that the developer made at the identity provider.
    SelfManagedClientCredentials {
        /// How tokens may be presented.
        auth_methods: Vec<String>,
        /// Scopes that can be asked for.
        available_scopes: Vec<String>,
    },
}

impl StrategyView {
    /// As it stands within an API of the catalog, where the shape is closed.
    pub fn brief(strategy: &Strategy) -> Self {
        let method = match &strategy.method {
            Method::KeyAuth { key_names, ttl } => MethodView::KeyAuth { key_names: key_names.clone(), ttl: *ttl },
            Method::OpenidConnect { oidc } => MethodView::SelfManagedClientCredentials {
                auth_methods: oidc.auth_methods.clone(),
                available_scopes: oidc.scopes.clone(),
            },
        };
        Self { id: strategy.id, name: strategy.display_name.clone(), method, supports_multiple_credentials: None }
    }

    /// As it stands within an application and in the list of strategies.
    pub fn full(strategy: &Strategy) -> Self {
        Self { supports_multiple_credentials: Some(strategy.is_key_auth()), ..Self::brief(strategy) }
    }
}
