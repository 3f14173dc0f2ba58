//! `list-api-documents`, `fetch-api-document`: what is published of an API's documents, and lies below nothing that is not.

use http::{HeaderMap, HeaderValue, header};
use portico_domain::id::DocumentId;
use portico_domain::slug::Slug;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::response::{markdown, ok};
use portico_http::views::document::{CatalogDocumentNodeView, CatalogDocumentView, DocumentTreeView};
use portico_http::{Portal, Problem, Request, Response};

use crate::document_nodes;
use crate::visible::{Visible, visible};

const MARKDOWN: &str = "text/markdown";
const NODES: &str = "application/vnd.konnect.document-nodes+json";

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let Visible { card, .. } = visible(portal, request, |_| None).await?;
    let tree = portal.store.documents_of(card.api).await?.visible();
    ok(&DocumentTreeView { data: CatalogDocumentNodeView::below(&tree, None) })
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let Visible { card, .. } = visible(portal, request, |_| None).await?;
    let tree = portal.store.documents_of(card.api).await?.visible();
    let named = request.parameter("documentIdOrSlug");
    if named.parse::<DocumentId>().is_err() && Slug::parse(named).is_err() {
        return Err(InvalidParameter::path("documentIdOrSlug", Rule::IsUuid, "must be a UUID or a slug").into());
    }
    let document = tree.named(named).ok_or_else(Problem::not_found)?;
    let text = portal.text_of(&document.digest).await?;
    match asked(&request.headers) {
        MARKDOWN => Ok(markdown(text)),
        NODES => {
            let mut reply = ok(&CatalogDocumentView::of(document, document_nodes::of(&text)))?;
            reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(NODES));
            Ok(reply)
        }
        _ => ok(&CatalogDocumentView::of(document, text)),
    }
}

/// The first content type of the contract that the caller names.
fn asked(headers: &HeaderMap) -> &'static str {
    let sent = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut named = sent.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next()?;
        let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        [MARKDOWN, NODES, "application/json"].into_iter().find(|known| !refused && known.eq_ignore_ascii_case(media))
    });
    named.next().unwrap_or("application/json")
}
