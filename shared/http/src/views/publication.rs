//! A publication as administrators see it.

use portico_domain::id::StrategyId;
use portico_domain::portal::Visibility;
use portico_domain::publication::Publication;
use serde::Serialize;

/// A publication.
#[derive(Clone, Debug, Serialize)]
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
