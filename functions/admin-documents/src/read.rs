//! `list-api-documents`, `fetch-api-document`.

use portico_domain::document::{Document, DocumentStatus, Tree};
use portico_domain::id::DocumentId;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::document::{DocumentNodeView, DocumentTreeView, DocumentView};
use portico_http::{Portal, Problem, Request, Response};

use crate::{document_of, live, named};

const STATUSES: &[&str] = &[DocumentStatus::Published.as_str(), DocumentStatus::Unpublished.as_str()];
const COLUMNS: &[Column<Document>] =
    &[Column::choice("status", STATUSES, |one: &Document| Some(one.status.as_str())).filter_only()];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    live(portal, id).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let tree = portal.store.documents_of(id).await?;
    ok(&DocumentTreeView { data: below(&tree, None, &|one| listing.keeps(one)) })
}

/// What is kept of the tree below a document. What lies below one that is not kept takes its place.
fn below(tree: &Tree, parent: Option<DocumentId>, keeps: &dyn Fn(&Document) -> bool) -> Vec<DocumentNodeView> {
    let mut nodes = Vec::new();
    for document in tree.below(parent) {
        let children = below(tree, Some(document.id), keeps);
        if keeps(document) {
            nodes.push(DocumentNodeView::of(document, children));
        } else {
            nodes.extend(children);
        }
    }
    nodes
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    let document = document_of(request)?;
    live(portal, id).await?;
    let tree = portal.store.documents_of(id).await?;
    let document = tree.get(document).ok_or_else(Problem::not_found)?;
    ok(&DocumentView::of(document, content(portal, document).await?))
}

/// The text of a document.
pub(crate) async fn content(portal: &Portal, document: &Document) -> Result<String, Problem> {
    portal.text_of(&document.digest).await
}
