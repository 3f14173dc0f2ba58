//! An application as its owner, or a member of the team that owns it, sees it.

use portico_domain::application::ApplicationCard;
use portico_domain::owner::Owner;
use portico_domain::strategy::Strategy;
use serde::Serialize;

use crate::views::strategy::StrategyView;

/// An application as its owner sees it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationView {
    /// Id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The reference ID.
    pub client_id: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// For OpenID Connect clients.
    pub redirect_uri: Option<String>,
    /// The auth strategy.
    pub auth_strategy: StrategyView,
    /// For OpenID Connect clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// The team that owns it; null for an application of the developer.
    pub team_id: Option<String>,
}

impl ApplicationView {
    /// The view of an application with its owner and its strategy.
    pub fn of(owner: Owner, card: &ApplicationCard, strategy: &Strategy) -> Self {
        Self {
            id: card.id.to_string(),
            name: card.name.clone(),
            client_id: card.reference_id.clone(),
            description: card.description.clone(),
            redirect_uri: card.redirect_uri.clone(),
            auth_strategy: StrategyView::full(strategy),
            scopes: card.scopes.clone(),
            created_at: card.created_at.rfc3339(),
            updated_at: card.updated_at.rfc3339(),
            team_id: owner.team().map(|team| team.to_string()),
        }
    }
}
