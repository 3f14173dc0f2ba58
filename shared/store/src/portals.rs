//! Portals, the strategy that each starts with, and administrators' tokens.

use portico_domain::admin::AdminToken;
use portico_domain::event::Event;
use portico_domain::portal::Portal;
use portico_domain::strategy::Strategy;

use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

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

/// The portal was not edited.
#[derive(Debug, thiserror::Error)]
pub enum UpdatePortalError {
    /// It is not what was read any more.
    #[error("the portal changed meanwhile")]
    Changed,
    /// The strategy that is to be the default is not there.
    #[error("the auth strategy is gone")]
    StrategyGone,
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

    /// Every portal, the oldest first.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn portals(&self, at_most: usize) -> Result<Vec<Portal>, StoreError> {
        let walked = self.walk(PORTALS_LIST, None, at_most).await?;
        self.fresh(&walked.items).await?.into_iter().map(Item::into_entity).collect()
    }

    /// Writes what an edit made of a portal as it was read, or does nothing.
    ///
    /// # Errors
    /// [`UpdatePortalError::Changed`]: read and decide again; [`UpdatePortalError::StrategyGone`].
    pub async fn update_portal(&self, before: &Portal, after: &Portal, event: &Event) -> Result<(), UpdatePortalError> {
        let root = Key::portal(after.id);
        let update = Update::of(root.clone())
            .set("name", &after.name)
            .set("display_name", &after.display_name)
            .set_or_remove("description", after.description.as_ref())
            .set("authentication_enabled", &after.authentication_enabled)
            .set("basic_auth_enabled", &after.basic_auth_enabled)
            .set("rbac_enabled", &after.rbac_enabled)
            .set("auto_approve_developers", &after.auto_approve_developers)
            .set("auto_approve_applications", &after.auto_approve_applications)
            .set("default_api_visibility", &after.default_api_visibility)
            .set("default_page_visibility", &after.default_page_visibility)
            .set_or_remove("default_strategy", after.default_strategy.as_ref())
            .set("labels", &after.labels)
            .set("pii_in_notifications", &after.pii_in_notifications)
            .set_or_remove("customization", Some(&after.customization).filter(|look| !look.is_plain()))
            .set_or_remove("logo", after.logo.as_ref())
            .set_or_remove("favicon", after.favicon.as_ref())
            .set_or_remove("try_it_servers", Some(&after.try_it_servers).filter(|servers| !servers.is_empty()))
            .set("updated_at", &after.updated_at)
            .add("ver", 1)
            .when(Condition::is("ver", &before.ver));
        let mut transaction = Transaction::new().update(update, |_| UpdatePortalError::Changed);
        if let Some(strategy) = after.default_strategy.filter(|strategy| before.default_strategy != Some(*strategy)) {
            transaction = transaction.check(Key::strategy(strategy), Condition::Exists, |_| UpdatePortalError::StrategyGone);
        }
        transaction.event(&root, event).commit(self).await
    }
}
