//! Publications: the card in the portal's catalog, what the API remembers of it, the use of its strategy, and what the API's
//! links let in are one thing.

use portico_domain::api::Api;
use portico_domain::event::Event;
use portico_domain::gateway::LinkedPublication;
use portico_domain::id::PortalId;
use portico_domain::publication::Publication;
use portico_domain::strategy::Strategy;

use crate::apis::{edit_of, without_card};
use crate::search::Packed;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// Why a publication was not written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The API or the strategy is not what was read any more: read again and decide again.
    #[error("the API or its strategy changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A publication that is to be written.
#[derive(Debug)]
pub struct Publishing<'a> {
    /// The API as it was read.
    pub before: &'a Api,
    /// The API as it is to be.
    pub after: &'a Api,
    /// The card as it was read; absent, if it was not published.
    pub old: Option<&'a Publication>,
    /// The card as it is to be.
    pub new: &'a Publication,
    /// The card's strategy as it was read.
    pub strategy: Option<&'a Strategy>,
    /// What search is to know of the API, where it was not published.
    pub packed: Option<&'a Packed>,
}

impl Store {
    /// Publishes an API in a portal, or changes how it is published there. Calls obey the new terms from then on.
    ///
    /// # Errors
    /// [`PublishError::Changed`]: read again and decide again.
    pub async fn publish(&self, publishing: Publishing<'_>, event: &Event) -> Result<(), PublishError> {
        let Publishing { before, after, old, new, strategy, packed } = publishing;
        let root = Key::api(before.id);
        let mut transaction = Transaction::new().update(edit_of(before, after), |_| PublishError::Changed);
        transaction = match old {
            None => {
                let item = Item::new(&Key::publication(new.portal, new.api), "publication", new);
                transaction.put_new(item, || StoreError::Corrupt("a card has no publication".to_owned()).into())
            }
            Some(_) => transaction.update(
                Update::of(Key::publication(new.portal, new.api))
                    .set("visibility", &new.visibility)
                    .set_or_remove("strategy", new.strategy.as_ref())
                    .set("auto_approve_registrations", &new.auto_approve_registrations)
                    .set("updated_at", &new.updated_at),
                |_| without_card(),
            ),
        };
        if let Some(packed) = packed {
            transaction = transaction.put(packed.item(new.portal, new.api, new.edition));
        }
        let used = old.and_then(|card| card.strategy);
        if used != new.strategy {
            if let Some(used) = used {
                transaction = transaction.update(Update::of(Key::strategy(used)).add("use_count", -1), |_| lost_strategy());
            }
            if let Some(strategy) = strategy {
                // The links copy its headers: they must be those that it has now.
                let use_of = Update::of(Key::strategy(strategy.id)).add("use_count", 1).when(Condition::is("ver", &strategy.ver));
                transaction = transaction.update(use_of, |_| PublishError::Changed);
            }
            for link in links_of(after, new.portal, strategy) {
                transaction = transaction.update(link, |_| PublishError::Changed);
            }
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Takes an API out of a portal. Its calls stop; registrations stay as they are.
    ///
    /// # Errors
    /// [`PublishError::Changed`]: read again and decide again.
    pub async fn unpublish(&self, before: &Api, after: &Api, card: &Publication, event: &Event) -> Result<(), PublishError> {
        let root = Key::api(before.id);
        let mut transaction = Transaction::new()
            .update(edit_of(before, after), |_| PublishError::Changed)
            .delete(Key::publication(card.portal, card.api))
            .delete(Key::search(card.portal, card.api));
        if let Some(used) = card.strategy {
            transaction = transaction.update(Update::of(Key::strategy(used)).add("use_count", -1), |_| lost_strategy());
        }
        for link in links_of(after, card.portal, None) {
            transaction = transaction.update(link, |_| PublishError::Changed);
        }
        transaction.event(&root, event).commit(self).await
    }

    /// The cards of a portal's catalog, strongly consistent.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn cards_of(&self, portal: PortalId) -> Result<Vec<Publication>, StoreError> {
        self.children_as(Key::portal(portal).pk(), "PUB#").await
    }
}

/// What the API's links let in through one portal: applications with the strategy, or nobody.
fn links_of(api: &Api, portal: PortalId, strategy: Option<&Strategy>) -> Vec<Update> {
    let linked = strategy.map(LinkedPublication::of);
    let portal = portal.to_string();
    let links = api.implementations.iter().map(|one| Update::of(Key::link(&one.gateway, &one.stage)));
    links.map(|link| link.set_or_remove(["portals", portal.as_str()], linked.as_ref())).collect()
}

fn lost_strategy<E: From<StoreError>>() -> E {
    StoreError::Corrupt("a publication's strategy is not there".to_owned()).into()
}
