//! Gateway links: an implementation of an API and the link that the authorizer reads are one thing.

use portico_domain::api::{Api, Implementation};
use portico_domain::event::Event;
use portico_domain::gateway::Link;
use portico_domain::strategy::Strategy;

use crate::apis::edit_of;
use crate::{Condition, Item, Key, Store, StoreError, Transaction};

/// Why an API was not linked or unlinked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The API or a strategy is not what was read any more: read again and decide again.
    #[error("the API or a strategy changed meanwhile")]
    Changed,
    /// The stage of the gateway is linked already.
    #[error("the stage of the gateway is linked already")]
    Taken,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Links an API to a stage of a gateway. `strategies` are those that the link names, as they were read.
    ///
    /// # Errors
    /// [`LinkError`] names the rule that was broken.
    pub async fn link(
        &self,
        before: &Api,
        after: &Api,
        link: &Link,
        strategies: &[Strategy],
        event: &Event,
    ) -> Result<(), LinkError> {
        let root = Key::api(before.id);
        let item = Item::new(&Key::link(&link.gateway, &link.stage), "link", link);
        let mut transaction =
            Transaction::new().put_new(item, || LinkError::Taken).update(edit_of(before, after), |_| LinkError::Changed);
        for strategy in strategies {
            // The link copies its headers: they must be those that it has now.
            let as_read = Condition::Exists.and(Condition::is("ver", &strategy.ver));
            transaction = transaction.check(Key::strategy(strategy.id), as_read, |_| LinkError::Changed);
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Removes a link: calls that arrive there are refused from then on.
    ///
    /// # Errors
    /// [`LinkError::Changed`]: read again and decide again.
    pub async fn unlink(&self, before: &Api, after: &Api, gone: &Implementation, event: &Event) -> Result<(), LinkError> {
        let root = Key::api(before.id);
        Transaction::new()
            .update(edit_of(before, after), |_| LinkError::Changed)
            .delete(Key::link(&gone.gateway, &gone.stage))
            .event(&root, event)
            .commit(self)
            .await
    }
}
