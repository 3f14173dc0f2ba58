//! Documents of an API: as administrators see them, and as the catalog shows them.

use portico_domain::document::{Document, DocumentStatus, Tree};
use portico_domain::id::DocumentId;
use serde::Serialize;

/// What administrators see of a document wherever they see it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct Head {
    id: DocumentId,
    title: String,
    slug: String,
    status: DocumentStatus,
    parent_document_id: Option<DocumentId>,
    created_at: String,
    updated_at: String,
}

impl Head {
    fn of(document: &Document) -> Self {
        Self {
            id: document.id,
            title: document.title.clone(),
            slug: document.slug.clone(),
            status: document.status,
            parent_document_id: document.parent,
            created_at: document.created_at.rfc3339(),
            updated_at: document.updated_at.rfc3339(),
        }
    }
}

/// A document as administrators see it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentView {
    #[serde(flatten)]
    head: Head,
    content: String,
}

impl DocumentView {
    /// The view of a document with its text.
    pub fn of(document: &Document, content: String) -> Self {
        Self { head: Head::of(document), content }
    }
}

/// A tree of documents.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentTreeView<T> {
    /// Those at the top.
    pub data: Vec<T>,
}

/// A document in the administrator's tree.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentNodeView {
    #[serde(flatten)]
    head: Head,
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    children: Vec<Self>,
}

impl DocumentNodeView {
    /// The view of a document with what lies below it.
    pub fn of(document: &Document, children: Vec<Self>) -> Self {
        Self { head: Head::of(document), children }
    }
}

/// A document in the catalog's tree.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogDocumentNodeView {
    id: DocumentId,
    parent_document_id: Option<DocumentId>,
    title: String,
    slug: String,
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    children: Vec<Self>,
    created_at: String,
    updated_at: String,
}

impl CatalogDocumentNodeView {
    /// The views of what lies directly below a document, or at the top.
    pub fn below(tree: &Tree, parent: Option<DocumentId>) -> Vec<Self> {
        let views = tree.below(parent).map(|document| Self {
            id: document.id,
            parent_document_id: document.parent,
            title: document.title.clone(),
            slug: document.slug.clone(),
            children: Self::below(tree, Some(document.id)),
            created_at: document.created_at.rfc3339(),
            updated_at: document.updated_at.rfc3339(),
        });
        views.collect()
    }
}

/// A document in the catalog, with its text: Markdown, or the nodes that it consists of.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogDocumentView<T> {
    id: DocumentId,
    parent_document_id: Option<DocumentId>,
    slug: String,
    title: String,
    content: T,
}

impl<T> CatalogDocumentView<T> {
    /// The view of a document.
    pub fn of(document: &Document, content: T) -> Self {
        Self {
            id: document.id,
            parent_document_id: document.parent,
            slug: document.slug.clone(),
            title: document.title.clone(),
            content,
        }
    }
}
