//! The standing of applications: their owner's status as calls see it, copied onto each of them when it changes.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use portico_domain::developer::Developer;
use portico_domain::id::DeveloperId;
use portico_domain::owner::Owner;

use crate::{Condition, Key, Store, StoreError, Update};

/// How many applications are written at the same time.
const AT_ONCE: usize = 32;

impl Store {
    /// Copies a developer's status onto every application of theirs that is behind it. Doing it twice, or twice at the same time,
    /// changes nothing: an older status never replaces a newer one.
    ///
    /// An application that is created meanwhile, or becomes the developer's, needs no copy: its own transaction checks that its owner is
    /// approved. One of a team needs none ever.
    ///
    /// # Errors
    /// As [`StoreError`] says; what was copied by then stays.
    pub async fn settle_standing(&self, developer: DeveloperId) -> Result<(), StoreError> {
        let root = Key::developer(developer);
        let Some(developer) = self.find::<Developer>(&root).await? else { return Ok(()) };
        let owned = self.application_ids_of(Owner::Developer(developer.id)).await?;
        let applications: Vec<Key> = owned.into_iter().map(Key::application).collect();
        let found = self.load(&applications).await?;
        let version = i64::try_from(developer.standing_ver).unwrap_or(i64::MAX);
        let is_behind =
            |key: &Key| found.item(key).and_then(|item| item.number("standing_ver")).is_some_and(|copy| copy < version);
        let behind: Vec<Key> = applications.into_iter().filter(is_behind).collect();
        let copies = behind.into_iter().map(|application| {
            let copy = Update::of(application)
                .set("standing", &developer.status)
                .set("standing_ver", &developer.standing_ver)
                .when(Condition::is("owner", &developer.id))
                .when(Condition::less("standing_ver", &developer.standing_ver));
            // Refused means deleted, moved, or newer already.
            async move { self.edit(copy).await.map(|_| ()) }
        });
        stream::iter(copies).buffer_unordered(AT_ONCE).try_collect().await
    }
}
