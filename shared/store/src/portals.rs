//! Portals, the strategy that each starts with, and administrators' tokens.

use portico_domain::admin::AdminToken;
use portico_domain::event::Event;
use portico_domain::portal::Portal;
use portico_domain::strategy::Strategy;

use crate::{Item, Key, Store, StoreError, Transaction};

/// The list of all portals.
pub const PORTALS_LIST: &str = "PORTALS";
/// The list of all auth strategies.
pub const STRATEGIES_LIST: &str = "STRATEGIES";
/// The list of administrators' tokens, for the operator's commands.
pub const ADMIN_TOKENS_LIST: &str = "ADMIN_TOKENS";

/// The portal was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreatePortalError {
    /// It is there already.
    #[error("the portal is there already")]
    AlreadyThere,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Makes a portal together with the auth strategy that it starts with, or nothing.
    ///
    /// # Errors
    /// [`CreatePortalError::AlreadyThere`] if it was made before.
    pub async fn create_portal(
        &self,
        portal: &Portal,
        strategy: &Strategy,
        events: [&Event; 2],
    ) -> Result<(), CreatePortalError> {
        let (portal_key, strategy_key) = (Key::portal(portal.id), Key::strategy(strategy.id));
        let [of_portal, of_strategy] = events;
        let portal_item =
            Item::new(&portal_key, "portal", portal).map(|item| item.listed(PORTALS_LIST, portal.created_at, portal.id));
        let strategy_item = Item::new(&strategy_key, "strategy", strategy)
            .map(|item| item.listed(STRATEGIES_LIST, strategy.created_at, strategy.id));
        Transaction::new()
            .put_new(portal_item, || CreatePortalError::AlreadyThere)
            .put_new(strategy_item, || StoreError::Corrupt("a strategy id was made twice".to_owned()).into())
            .event(&strategy_key, of_strategy)
            .event(&portal_key, of_portal)
            .commit(self)
            .await
    }

    /// Keeps an administrator's token under its digest.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn keep_admin_token(&self, digest: &str, token: &AdminToken) -> Result<(), StoreError> {
        let key = Key::admin_token(digest);
        let item = Item::new(&key, "admin_token", token).map(|item| item.listed(ADMIN_TOKENS_LIST, token.created_at, digest));
        Transaction::<StoreError>::new().put(item).commit(self).await
    }
}
