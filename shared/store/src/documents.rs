//! Documents of an API. Whatever changes one of them depends on the `ver` of the API that was read before the tree: so nobody decides
//! over a tree that is not there any more, and what it asks of the whole of it holds.

use portico_domain::api::Api;
use portico_domain::document::{Document, Tree};
use portico_domain::event::Event;
use portico_domain::id::{ApiId, DocumentId};

use crate::apis::ContentsError;
use crate::search::Packed;
use crate::{Item, Key, Store, StoreError, Update};

/// What happens to the documents of an API.
#[derive(Clone, Copy, Debug)]
pub enum DocumentEdit<'a> {
    /// One is added.
    Add(&'a Document),
    /// Some become what is said here.
    Change(&'a [Document]),
    /// Some go.
    Remove(&'a [DocumentId]),
}

impl Store {
    /// The documents of an API.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn documents_of(&self, api: ApiId) -> Result<Tree, StoreError> {
        Ok(Tree::of(self.children_as(Key::api(api).pk(), "DOC#").await?))
    }

    /// Changes documents of an API that was read as `before`, and is then `after`, and rewrites its cards and what search
    /// knows of it.
    ///
    /// # Errors
    /// [`ContentsError::Changed`]: read again and decide again.
    pub async fn change_documents(
        &self,
        (before, after, packed): (&Api, &Api, &Packed),
        edit: DocumentEdit<'_>,
        event: &Event,
    ) -> Result<(), ContentsError> {
        self.change_contents((before, after, packed), event, |transaction| match edit {
            DocumentEdit::Add(new) => {
                let twice = || StoreError::Corrupt("the id of a document was made twice".to_owned()).into();
                transaction.put_new(Item::new(&Key::document(new.api, new.id), "document", new), twice)
            }
            DocumentEdit::Change(some) => {
                some.iter().fold(transaction, |transaction, one| transaction.update(edit_of(one), |_| ContentsError::Changed))
            }
            DocumentEdit::Remove(some) => {
                some.iter().fold(transaction, |transaction, one| transaction.delete(Key::document(before.id, *one)))
            }
        })
        .await
    }
}

fn edit_of(document: &Document) -> Update {
    Update::of(Key::document(document.api, document.id))
        .set("title", &document.title)
        .set("slug", &document.slug)
        .set("status", &document.status)
        .set_or_remove("parent", document.parent.as_ref())
        .set("position", &document.position)
        .set("digest", &document.digest)
        .set("bytes", &document.bytes)
        .set("updated_at", &document.updated_at)
}
