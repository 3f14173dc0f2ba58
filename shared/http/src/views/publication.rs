//! A publication as administrators see it.

use portico_domain::id::{ApiId, PortalId, StrategyId};
use portico_domain::portal::Visibility;
use portico_domain::publication::Publication;
use serde::Serialize;

/// A publication.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicationView {
    auto_approve_registrations: bool,
    auth_strategy_ids: Option<[StrategyId; 1]>,
    visibility: Visibility,
    created_at: String,
    updated_at: String,
}

impl PublicationView {
    /// The view of a publication's card.
    pub fn of(card: &Publication) -> Self {
        Self {
            auto_approve_registrations: card.auto_approve_registrations,
            auth_strategy_ids: card.strategy.map(|strategy| [strategy]),
            visibility: card.visibility,
            created_at: card.created_at.rfc3339(),
            updated_at: card.updated_at.rfc3339(),
        }
    }
}

/// A publication in a list, with what it is of and where.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicationRowView {
    api_id: ApiId,
    portal_id: PortalId,
    entity_type: &'static str,
    #[serde(flatten)]
    terms: PublicationView,
}

impl PublicationRowView {
    /// The view of a publication's card.
    pub fn of(card: &Publication) -> Self {
        Self { api_id: card.api, portal_id: card.portal, entity_type: "api", terms: PublicationView::of(card) }
    }
}

/// A publication in the list of one portal.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortalPublicationRowView {
    api_id: ApiId,
    portal_ids: [PortalId; 1],
    entity_type: &'static str,
    #[serde(flatten)]
    terms: PublicationView,
}

impl PortalPublicationRowView {
    /// The view of a publication's card.
    pub fn of(card: &Publication) -> Self {
        Self { api_id: card.api, portal_ids: [card.portal], entity_type: "api", terms: PublicationView::of(card) }
    }
}
