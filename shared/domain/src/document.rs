//! Documents of an API: a tree of Markdown texts. What happens to it is decided here, over the tree as it was read.

mod reading;

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, DocumentId};
use crate::limits::{DOCUMENT_BYTES, DOCUMENT_DEPTH, DOCUMENTS_PER_API};
use crate::slug::Slug;
use crate::text::DisplayName;
use crate::time::Timestamp;

/// Whether readers of the catalog may see a document. One that they may not hides everything below it, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DocumentStatus {
    /// They may.
    Published,
    /// They may not.
    #[default]
    Unpublished,
}

impl DocumentStatus {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Unpublished => "unpublished",
        }
    }
}

/// Why a text is not the content of a document. Reads on after the name of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// More than [`DOCUMENT_BYTES`].
    #[error("must have at most {DOCUMENT_BYTES} bytes")]
    TooLong,
    /// A control character other than a line break or a tab.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// The Markdown of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content(String);

impl Content {
    /// Reads a text as somebody wrote it.
    ///
    /// # Errors
    /// [`ContentError`] names the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, ContentError> {
        if text.len() > DOCUMENT_BYTES {
            return Err(ContentError::TooLong);
        }
        let allowed = |char: char| !char.is_control() || matches!(char, '\n' | '\r' | '\t');
        if text.chars().all(allowed) { Ok(Self(text.to_owned())) } else { Err(ContentError::ControlCharacter) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a document without a title of its own is called: its first heading, else its first line.
    pub fn title(&self) -> Option<DisplayName> {
        let lines = || self.0.lines().map(str::trim).filter(|line| !line.is_empty());
        let heading = lines().find_map(|line| line.strip_prefix('#')).map(|line| line.trim_matches(['#', ' ']));
        let line = heading.or_else(|| lines().next())?;
        let short: String = line.chars().take(DisplayName::MAX_CHARS).collect();
        DisplayName::parse(&short).ok()
    }
}

/// A document. Its text lies in object storage under its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Id.
    pub id: DocumentId,
    /// Whose.
    pub api: ApiId,
    /// Title.
    pub title: String,
    /// Its name in addresses, unique among those with the same parent.
    pub slug: String,
    /// Whether readers may see it.
    pub status: DocumentStatus,
    /// The document that it lies below; absent at the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<DocumentId>,
    /// Its place among those with the same parent.
    pub position: u32,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
    /// Size of the text in bytes.
    pub bytes: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed; moving it is no change of it.
    pub updated_at: Timestamp,
}

/// A document that is to be created.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// Id.
    pub id: DocumentId,
    /// Whose.
    pub api: ApiId,
    /// Title.
    pub title: DisplayName,
    /// The slug that was chosen; else one is made of the title.
    pub slug: Option<Slug>,
    /// Whether readers may see it.
    pub status: DocumentStatus,
    /// The document that it is to lie below.
    pub parent: Option<DocumentId>,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
    /// Size of the text in bytes.
    pub bytes: u64,
}

/// What is to be changed of a document; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct DocumentChanges {
    /// Title.
    pub title: Option<DisplayName>,
    /// Slug.
    pub slug: Option<Slug>,
    /// Status.
    pub status: Option<DocumentStatus>,
    /// The document that it is to lie below, as the last one, or none.
    pub parent: Option<Option<DocumentId>>,
    /// Digest and size of another text.
    pub text: Option<(String, u64)>,
}

/// Why the tree cannot be what it was asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// There is no such document.
    #[error("there is no such document")]
    Missing,
    /// There is no such document to lie below.
    #[error("must be the id of a document of this API")]
    ParentMissing,
    /// A document cannot lie below itself.
    #[error("a document cannot lie below itself or what lies below it")]
    Cycle,
    /// Another document with the same parent has the slug.
    #[error("another document with the same parent has this slug")]
    SlugTaken,
    /// The set is full.
    #[error("an API has at most {DOCUMENTS_PER_API} documents")]
    TooMany,
    /// The tree would be too deep.
    #[error("documents lie at most {DOCUMENT_DEPTH} levels deep")]
    TooDeep,
}

/// The documents of one API, in the order of the tree's levels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree(Vec<Document>);

impl Tree {
    /// The tree of documents.
    pub fn of(mut documents: Vec<Document>) -> Self {
        documents.sort_by_key(|one| (one.position, one.id));
        Self(documents)
    }

    /// Every document; those with the same parent in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Document> {
        self.0.iter()
    }

    /// A document.
    pub fn get(&self, id: DocumentId) -> Option<&Document> {
        self.0.iter().find(|one| one.id == id)
    }

    /// What lies directly below a document, or at the top, in order.
    pub fn below(&self, parent: Option<DocumentId>) -> impl Iterator<Item = &Document> {
        self.0.iter().filter(move |one| one.parent == parent)
    }

    /// A document and those that it lies below, up to the top.
    fn line(&self, id: DocumentId) -> impl Iterator<Item = &Document> {
        std::iter::successors(self.get(id), |one| one.parent.and_then(|parent| self.get(parent))).take(DOCUMENTS_PER_API)
    }

    /// The slugs from the top to a document.
    pub fn path(&self, id: DocumentId) -> String {
        let mut slugs: Vec<&str> = self.line(id).map(|one| one.slug.as_str()).collect();
        slugs.reverse();
        slugs.join("/")
    }

    /// The tree with documents as they are to be, and without some.
    #[must_use]
    pub fn with(&self, changed: &[Document], gone: &[DocumentId]) -> Self {
        let stays = |one: &&Document| !gone.contains(&one.id) && !changed.iter().any(|new| new.id == one.id);
        Self::of(self.0.iter().filter(stays).chain(changed).cloned().collect())
    }

    /// Whether readers may see a document: it and all that it lies below are published.
    pub fn is_visible(&self, id: DocumentId) -> bool {
        self.get(id).is_some() && self.line(id).all(|one| one.status == DocumentStatus::Published)
    }

    /// The tree of what readers may see.
    #[must_use]
    pub fn visible(&self) -> Self {
        Self(self.0.iter().filter(|one| self.is_visible(one.id)).cloned().collect())
    }

    /// Whether a document is another one, or lies below it.
    fn is_within(&self, id: DocumentId, whole: DocumentId) -> bool {
        self.line(id).any(|one| one.id == whole)
    }

    /// A document and all that lies below it.
    pub fn whole(&self, id: DocumentId) -> Vec<DocumentId> {
        self.0.iter().map(|one| one.id).filter(|one| self.is_within(*one, id)).collect()
    }

    /// How many levels a document and what lies below it have.
    fn height(&self, id: DocumentId) -> usize {
        let above = self.line(id).count();
        self.0.iter().filter(|one| self.is_within(one.id, id)).map(|one| self.line(one.id).count() - above + 1).max().unwrap_or(1)
    }

    /// Whether something of some levels fits below a parent.
    fn fits(&self, parent: Option<DocumentId>, height: usize) -> Result<(), TreeError> {
        let Some(parent) = parent else { return Ok(()) };
        if self.get(parent).is_none() {
            return Err(TreeError::ParentMissing);
        }
        if self.line(parent).count() + height > DOCUMENT_DEPTH { Err(TreeError::TooDeep) } else { Ok(()) }
    }

    fn is_taken(&self, parent: Option<DocumentId>, slug: &str, but: DocumentId) -> bool {
        self.below(parent).any(|one| one.id != but && one.slug == slug)
    }

    /// The document that is to be created, as the last one below its parent.
    ///
    /// # Errors
    /// [`TreeError`] names the rule.
    pub fn create(&self, new: NewDocument, now: Timestamp) -> Result<Document, TreeError> {
        if self.0.len() >= DOCUMENTS_PER_API {
            return Err(TreeError::TooMany);
        }
        self.fits(new.parent, 1)?;
        let slug = match new.slug {
            Some(slug) if self.is_taken(new.parent, slug.as_str(), new.id) => return Err(TreeError::SlugTaken),
            Some(slug) => slug,
            None => self.free_slug(new.parent, &new.title),
        };
        Ok(Document {
            id: new.id,
            api: new.api,
            title: new.title.into(),
            slug: slug.into(),
            status: new.status,
            parent: new.parent,
            position: self.end_of(new.parent),
            digest: new.digest,
            bytes: new.bytes,
            created_at: now,
            updated_at: now,
        })
    }

    /// The title as a slug, with the first number behind it that nobody has.
    fn free_slug(&self, parent: Option<DocumentId>, title: &DisplayName) -> Slug {
        let made = Slug::from_name(title.as_str(), None);
        let numbered = (2..=DOCUMENTS_PER_API + 1).map(|number| Slug::from_name(made.as_str(), Some(&number.to_string())));
        let free = |slug: &Slug| !self.below(parent).any(|one| one.slug == slug.as_str());
        std::iter::once(made.clone()).chain(numbered).find(free).unwrap_or(made)
    }

    fn end_of(&self, parent: Option<DocumentId>) -> u32 {
        self.below(parent).map(|one| one.position + 1).max().unwrap_or(0)
    }

    /// The document with changes: equal to it, if nothing changes.
    ///
    /// # Errors
    /// [`TreeError`] names the rule.
    pub fn changed(&self, id: DocumentId, changes: &DocumentChanges, now: Timestamp) -> Result<Document, TreeError> {
        let before = self.get(id).ok_or(TreeError::Missing)?;
        let mut after = before.clone();
        if let Some(title) = &changes.title {
            title.as_str().clone_into(&mut after.title);
        }
        if let Some(slug) = &changes.slug {
            slug.as_str().clone_into(&mut after.slug);
        }
        if let Some((digest, bytes)) = &changes.text {
            after.digest.clone_from(digest);
            after.bytes = *bytes;
        }
        after.status = changes.status.unwrap_or(after.status);
        if let Some(parent) = changes.parent.filter(|parent| *parent != before.parent) {
            self.may_move(id, parent)?;
            after.parent = parent;
            after.position = self.end_of(parent);
        }
        if self.is_taken(after.parent, &after.slug, id) {
            return Err(TreeError::SlugTaken);
        }
        if after != *before {
            after.updated_at = now;
        }
        Ok(after)
    }

    fn may_move(&self, id: DocumentId, parent: Option<DocumentId>) -> Result<(), TreeError> {
        if parent.is_some_and(|parent| self.is_within(parent, id)) {
            return Err(TreeError::Cycle);
        }
        self.fits(parent, self.height(id))
    }

    /// Moves a document below a parent, to a place among what lies there, or behind all of it: those whose place is another one then.
    ///
    /// # Errors
    /// [`TreeError`] names the rule.
    pub fn moved(&self, id: DocumentId, parent: Option<DocumentId>, index: Option<usize>) -> Result<Vec<Document>, TreeError> {
        let before = self.get(id).ok_or(TreeError::Missing)?;
        self.may_move(id, parent)?;
        if self.is_taken(parent, &before.slug, id) {
            return Err(TreeError::SlugTaken);
        }
        let mut row: Vec<Document> = self.below(parent).filter(|one| one.id != id).cloned().collect();
        let place = index.map_or(row.len(), |index| index.min(row.len()));
        row.insert(place, Document { parent, ..before.clone() });
        for (position, one) in (0..).zip(&mut row) {
            one.position = position;
        }
        Ok(row.into_iter().filter(|one| self.get(one.id) != Some(one)).collect())
    }
}

#[cfg(test)]
mod tests;
