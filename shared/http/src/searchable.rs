//! What search is to know of an API, gathered when its versions or documents change and when it is published.

use portico_domain::api::{Api, Version};
use portico_domain::document::{Document, Tree};
use portico_domain::search::{Lines, OfVersion};
use portico_domain::specification::Specification;
use portico_store::Key;
use portico_store::search::Packed;

use crate::portal::Portal;
use crate::problem::Problem;

impl Portal {
    /// What search is to know of an API as it is to be; `versions` and `tree` are what is known of it already, as it is to be, too.
    /// Of an API that is published nowhere it knows nothing.
    ///
    /// # Errors
    /// What the store and the place for bodies say.
    pub async fn searchable(&self, api: &Api, versions: &[Version], tree: Option<Tree>) -> Result<Packed, Problem> {
        if api.publications.is_empty() {
            return Ok(Packed::of(&Lines::default())?);
        }
        let version = match api.current_version.as_ref().map(|current| current.id) {
            None => None,
            Some(id) => match versions.iter().find(|version| version.id == id) {
                Some(version) => Some(version.clone()),
                None => self.store.find::<Version>(&Key::version(api.id, id)).await?,
            },
        };
        let read = match version.as_ref().and_then(|version| version.digest.as_deref()) {
            Some(digest) => Specification::read(&self.specifications.body(digest).await?).ok(),
            None => None,
        };
        let tree = match tree {
            Some(tree) => tree.visible(),
            None => self.store.documents_of(api.id).await?.visible(),
        };
        let mut texts: Vec<(&Document, String)> = Vec::new();
        for document in tree.iter() {
            texts.push((document, self.text_of(&document.digest).await?));
        }
        let of = version.as_ref().map(|version| OfVersion {
            id: version.id,
            created_at: version.created_at,
            updated_at: version.updated_at,
        });
        let operations = read.as_ref().map_or(&[][..], Specification::operations);
        let documents = texts.iter().map(|(document, text)| (*document, text.as_str()));
        Ok(Packed::of(&Lines::of(of, operations, &tree, documents))?)
    }
}
