//! Auth strategies, and the copies of their headers that lie on gateway links.

use portico_domain::api::Api;
use portico_domain::event::Event;
use portico_domain::gateway::{Link, LinkedPublication};
use portico_domain::id::StrategyId;
use portico_domain::job::{Job, Work};
use portico_domain::publication::Publication;
use portico_domain::strategy::{Method, Strategy};

use crate::portals::STRATEGIES_LIST;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update, decide_again};

/// More portals than one table ever has.
const MAX_PORTALS: usize = 1_000;
/// One transaction checks at most so many portals.
const CHECKED_PORTALS: usize = 90;

/// Why a strategy was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateStrategyError {
    /// It is not what was read any more: read again and decide again.
    #[error("the strategy changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a strategy was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteStrategyError {
    /// It, or a portal, is not what was read any more: read again and decide again.
    #[error("the strategy or a portal changed meanwhile")]
    Changed,
    /// A publication or an application uses it.
    #[error("a publication or an application uses the auth strategy")]
    InUse,
    /// A portal gives it to applications and publications that name none.
    #[error("the auth strategy is a portal's default")]
    IsDefault,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the headers on one link were not renewed.
enum CopyError {
    /// The strategy is not what was read any more.
    Changed,
    /// The link has nothing of this strategy in this portal any more.
    Elsewhere,
    Store(StoreError),
}

impl From<StoreError> for CopyError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Creates a strategy.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn create_strategy(&self, strategy: &Strategy, event: &Event) -> Result<(), StoreError> {
        let root = Key::strategy(strategy.id);
        let item =
            Item::new(&root, "strategy", strategy).map(|item| item.listed(STRATEGIES_LIST, strategy.created_at, strategy.id));
        Transaction::new()
            .put_new(item, || StoreError::Corrupt("a strategy id was made twice".to_owned()))
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Makes `after` out of the strategy that was read as `before`. `job` is to renew the headers on links ([`Work::KeyNames`]),
    /// if they change.
    ///
    /// # Errors
    /// [`UpdateStrategyError::Changed`]: read again and decide again.
    pub async fn update_strategy(
        &self,
        before: &Strategy,
        after: &Strategy,
        event: &Event,
        job: Option<&Job>,
    ) -> Result<(), UpdateStrategyError> {
        let root = Key::strategy(before.id);
        let mut edit = Update::of(root.clone())
            .set("name", &after.name)
            .set("display_name", &after.display_name)
            .set("labels", &after.labels)
            .set_or_remove("principals", after.principals.as_ref())
            .set("updated_at", &after.updated_at)
            .add("ver", 1)
            .when(Condition::is("ver", &before.ver));
        edit = match &after.method {
            Method::KeyAuth { key_names, ttl } => edit.set("key_names", key_names).set_or_remove("ttl", ttl.as_ref()),
            Method::OpenidConnect { oidc } => edit.set("oidc", oidc),
        };
        let mut transaction = Transaction::new().update(edit, |_| UpdateStrategyError::Changed);
        if let Some(job) = job {
            transaction = transaction.job(job);
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Deletes a strategy that nothing uses.
    ///
    /// # Errors
    /// [`DeleteStrategyError`] names what uses it.
    pub async fn delete_strategy(&self, strategy: &Strategy, event: &Event) -> Result<(), DeleteStrategyError> {
        use DeleteStrategyError as Error;
        let root = Key::strategy(strategy.id);
        let unused = Condition::is("use_count", &0_u64).and(Condition::is("ver", &strategy.ver));
        let mut transaction = Transaction::new().delete_if(root.clone(), unused, |before| match before {
            Some(item) if item.number("use_count") != Some(0) => Error::InUse,
            _ => Error::Changed,
        });
        let portals = self.portals(MAX_PORTALS).await?;
        if portals.iter().any(|portal| portal.default_strategy == Some(strategy.id)) {
            return Err(Error::IsDefault);
        }
        for portal in portals.iter().take(CHECKED_PORTALS) {
            let as_read = portal
                .default_strategy
                .map_or(Condition::has_not("default_strategy"), |default| Condition::is("default_strategy", &default));
            transaction = transaction.check(Key::portal(portal.id), as_read, |_| Error::Changed);
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Does a job of [`Work::KeyNames`] and removes the job.
    ///
    /// # Errors
    /// As [`StoreError`] says; then the job is still there.
    pub async fn finish_key_names(&self, job: &Job) -> Result<(), StoreError> {
        if let Work::KeyNames { strategy } = &job.job {
            self.copy_key_names(*strategy).await?;
        }
        self.finish_job(job.id).await
    }

    /// Copies a strategy's headers, or whose tokens it takes, onto the links of the APIs that are published with it. Doing it twice changes nothing.
    ///
    /// # Errors
    /// As [`StoreError`] says; what was copied by then stays.
    pub async fn copy_key_names(&self, strategy: StrategyId) -> Result<(), StoreError> {
        decide_again(|| async move {
            let Some(known) = self.find::<Strategy>(&Key::strategy(strategy)).await? else { return Ok(Some(())) };
            for portal in self.portals(MAX_PORTALS).await? {
                for card in self.cards_of(portal.id).await?.iter().filter(|card| card.strategy == Some(strategy)) {
                    match self.copy_onto_links(&known, card).await {
                        Ok(()) => {}
                        Err(CopyError::Changed | CopyError::Elsewhere) => return Ok(None),
                        Err(CopyError::Store(error)) => return Err(error),
                    }
                }
            }
            Ok::<_, StoreError>(Some(()))
        })
        .await
    }

    async fn copy_onto_links(&self, strategy: &Strategy, card: &Publication) -> Result<(), CopyError> {
        let Some(api) = self.find::<Api>(&Key::api(card.api)).await? else { return Ok(()) };
        let keys: Vec<Key> = api.implementations.iter().map(|one| Key::link(&one.gateway, &one.stage)).collect();
        let links = self.load(&keys).await?;
        for key in keys {
            let Some(link) = links.get::<Link>(&key)? else { continue };
            let stale =
                |linked: &&LinkedPublication| linked.strategy == strategy.id && **linked != LinkedPublication::of(strategy);
            if link.portals.get(&card.portal).filter(stale).is_none() {
                continue;
            }
            let portal = card.portal.to_string();
            let renewed = Update::of(key)
                .set(["portals", portal.as_str(), "key_names"], &strategy.key_names())
                .set_or_remove(["portals", portal.as_str(), "oidc"], strategy.oidc())
                .when(Condition::is(["portals", portal.as_str(), "strategy"], &strategy.id));
            // A walk that began earlier must not undo what a later one has written.
            let as_read = Condition::Exists.and(Condition::is("ver", &strategy.ver));
            Transaction::new()
                .check(Key::strategy(strategy.id), as_read, |_| CopyError::Changed)
                .update(renewed, |_| CopyError::Elsewhere)
                .commit(self)
                .await?;
        }
        Ok(())
    }
}
