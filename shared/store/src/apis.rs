//! APIs and their versions: an API, its slug's guard and the cards of its publications are one thing.
//!
//! Every edit depends on the `ver` that was read, so that what it copies (onto cards and links) is what the API says.

use portico_domain::api::{Api, Version};
use portico_domain::event::Event;
use portico_domain::id::{ApiId, PortalId};
use portico_domain::slug::Slug;

use crate::applications::guard;
use crate::search::Packed;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// The list of all APIs.
pub const APIS_LIST: &str = "APIS";

/// How many numbers behind a slug are looked at for a free one.
const NUMBERS: usize = 99;

/// Why an API was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateApiError {
    /// Another API has the slug.
    #[error("another API has the slug")]
    SlugTaken,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an API was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateApiError {
    /// It is not what was read any more: read again and decide again.
    #[error("the API changed meanwhile")]
    Changed,
    /// Another API has the slug.
    #[error("another API has the slug")]
    SlugTaken,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the versions or documents of an API were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    /// The API is not what was read any more: read again and decide again.
    #[error("the API changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What it takes to make `after` out of the API that was read as `before`; counts one event. The set of attributes that differ is
/// named, so that attributes of a newer version of Portico survive.
pub(crate) fn edit_of(before: &Api, after: &Api) -> Update {
    let mut edit = Update::of(Key::api(before.id))
        .add("ver", 1)
        .set("updated_at", &after.updated_at)
        .when(Condition::has_not("deleted_at"))
        .when(Condition::is("ver", &before.ver));
    if before.name != after.name {
        edit = edit.set("name", &after.name);
    }
    if before.description != after.description {
        edit = edit.set_or_remove("description", after.description.as_ref());
    }
    if before.version != after.version {
        edit = edit.set_or_remove("version", after.version.as_ref());
    }
    if before.slug != after.slug {
        edit = edit.set("slug", &after.slug);
    }
    if before.labels != after.labels {
        edit = edit.set("labels", &after.labels);
    }
    if before.attributes != after.attributes {
        edit = edit.set("attributes", &after.attributes);
    }
    if before.current_version != after.current_version {
        edit = edit.set_or_remove("current_version", after.current_version.as_ref());
    }
    if before.versions != after.versions {
        edit = edit.set("versions", &after.versions);
    }
    if before.specifications != after.specifications {
        edit = edit.set("specifications", &after.specifications);
    }
    if before.edition != after.edition {
        edit = edit.set("edition", &after.edition);
    }
    if before.implementations != after.implementations {
        edit = edit.set("implementations", &after.implementations);
    }
    if before.publications != after.publications {
        edit = edit.set("publications", &after.publications);
    }
    edit
}

/// Copies onto the card of a portal what the API says of itself, as `Publication::copy_from` does.
fn card_edit(portal: PortalId, api: &Api) -> Update {
    Update::of(Key::publication(portal, api.id))
        .set("slug", &api.slug)
        .set("name", &api.name)
        .set_or_remove("version", api.version.as_ref())
        .set_or_remove("description", api.description.as_ref())
        .set("attributes", &api.attributes)
        .set_or_remove("current_version", api.current_version.as_ref())
        .set("specifications", &api.specifications)
        .set("edition", &api.edition)
        .set("api_updated_at", &api.updated_at)
}

fn version_item(version: &Version) -> Result<Item, StoreError> {
    Item::new(&Key::version(version.api, version.id), "version", version)
}

fn made_twice<E: From<StoreError>>(what: &str) -> E {
    StoreError::Corrupt(format!("the id of {what} was made twice")).into()
}

pub(crate) fn without_card<E: From<StoreError>>() -> E {
    StoreError::Corrupt("a publication has no card".to_owned()).into()
}

impl Store {
    /// The API, unless there is none or it was deleted.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn api(&self, id: ApiId) -> Result<Option<Api>, StoreError> {
        Ok(self.find::<Api>(&Key::api(id)).await?.filter(Api::is_live))
    }

    /// The first of a slug and the same slug with numbers behind it that nobody has; nothing, if there is none. Somebody else may
    /// take it before it is used.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn free_slug(&self, slug: &Slug) -> Result<Option<Slug>, StoreError> {
        let with_number = |number: usize| Slug::from_name(slug.as_str(), Some(&number.to_string()));
        let candidates: Vec<Slug> = std::iter::once(slug.clone()).chain((2..=NUMBERS).map(with_number)).collect();
        let keys: Vec<Key> = candidates.iter().map(|slug| Key::slug_guard(slug.as_str())).collect();
        let taken = self.load(&keys).await?;
        Ok(candidates.into_iter().zip(&keys).find(|(_, key)| taken.item(key).is_none()).map(|(slug, _)| slug))
    }

    /// Creates the API, its slug's guard and its first version, if it has one, or nothing.
    ///
    /// # Errors
    /// [`CreateApiError::SlugTaken`].
    pub async fn create_api(&self, api: &Api, first: Option<&Version>, event: &Event) -> Result<(), CreateApiError> {
        let root = Key::api(api.id);
        let item = Item::new(&root, "api", api).map(|item| item.listed(APIS_LIST, api.created_at, api.id));
        let mut transaction = Transaction::new()
            .put_new(guard(&Key::slug_guard(&api.slug), api.id), || CreateApiError::SlugTaken)
            .put_new(item, || made_twice("an API"));
        if let Some(version) = first {
            transaction = transaction.put_new(version_item(version), || made_twice("a version"));
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Makes `after` out of the API that was read as `before`, moves its slug's guard and rewrites its cards.
    ///
    /// # Errors
    /// [`UpdateApiError`] names the rule that was broken.
    pub async fn update_api(&self, before: &Api, after: &Api, event: &Event) -> Result<(), UpdateApiError> {
        let root = Key::api(before.id);
        let mut transaction = Transaction::new().update(edit_of(before, after), |_| UpdateApiError::Changed);
        if before.slug != after.slug {
            let old = Key::slug_guard(&before.slug);
            transaction = transaction
                .put_new(guard(&Key::slug_guard(&after.slug), after.id), || UpdateApiError::SlugTaken)
                .delete_if(old, Condition::is("owner", &before.id), |_| {
                    StoreError::Corrupt("the guard of a slug is not its API's".to_owned()).into()
                });
        }
        for portal in after.publications.keys() {
            transaction = transaction.update(card_edit(*portal, after), |_| without_card());
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Adds a version, which makes `after` out of the API that was read as `before`, and rewrites the API's cards and
    /// what search knows of it.
    ///
    /// # Errors
    /// [`ContentsError::Changed`]: read again and decide again.
    pub async fn add_version(
        &self,
        (before, after, packed): (&Api, &Api, &Packed),
        version: &Version,
        event: &Event,
    ) -> Result<(), ContentsError> {
        self.change_contents((before, after, packed), event, |edit| {
            edit.put_new(version_item(version), || made_twice("a version"))
        })
        .await
    }

    /// Makes a version what `now` says, which makes `after` out of the API that was read as `before`, and rewrites the API's cards and
    /// what search knows of it.
    ///
    /// # Errors
    /// [`ContentsError::Changed`]: read again and decide again.
    pub async fn update_version(
        &self,
        (before, after, packed): (&Api, &Api, &Packed),
        now: &Version,
        event: &Event,
    ) -> Result<(), ContentsError> {
        let edit = Update::of(Key::version(now.api, now.id))
            .set("version", &now.version)
            .set_or_remove("spec_type", now.spec_type.as_ref())
            .set_or_remove("digest", now.digest.as_ref())
            .set("bytes", &now.bytes)
            .set("media", &now.media)
            .set_or_remove("example", now.example.as_ref())
            .set("messages", &now.messages)
            .set("updated_at", &now.updated_at);
        self.change_contents((before, after, packed), event, |all| all.update(edit, |_| ContentsError::Changed)).await
    }

    /// Deletes a version, which makes `after` out of the API that was read as `before`, and rewrites the API's cards and
    /// what search knows of it.
    ///
    /// # Errors
    /// [`ContentsError::Changed`]: read again and decide again.
    pub async fn delete_version(
        &self,
        (before, after, packed): (&Api, &Api, &Packed),
        gone: &Version,
        event: &Event,
    ) -> Result<(), ContentsError> {
        let key = Key::version(gone.api, gone.id);
        self.change_contents((before, after, packed), event, |edit| edit.delete(key)).await
    }

    pub(crate) async fn change_contents(
        &self,
        (before, after, packed): (&Api, &Api, &Packed),
        event: &Event,
        change: impl FnOnce(Transaction<ContentsError>) -> Transaction<ContentsError>,
    ) -> Result<(), ContentsError> {
        let mut transaction = change(Transaction::new().update(edit_of(before, after), |_| ContentsError::Changed));
        for portal in after.publications.keys() {
            transaction = transaction.update(card_edit(*portal, after), |_| without_card()).put(packed.item(
                *portal,
                after.id,
                after.edition,
            ));
        }
        transaction.event(&Key::api(before.id), event).commit(self).await
    }

    /// The versions of an API in the order in which they were added.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn versions_of(&self, api: ApiId) -> Result<Vec<Version>, StoreError> {
        self.children_as(Key::api(api).pk(), "VERSION#").await
    }
}
