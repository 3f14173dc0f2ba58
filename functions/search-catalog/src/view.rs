//! Results as the contract writes them. What they say of their API is what its card says now.

use portico_domain::publication::Publication;
use portico_domain::search::{Found, FoundDocument, OfVersion};
use portico_domain::specification::Operation;
use portico_http::catalog_search;
use serde::Serialize;
use serde_json::{Value, json};

/// What is searched: the APIs of the portal.
const SCOPE: &str = "api";

#[derive(Serialize)]
pub(crate) struct Results {
    meta: Value,
    data: Vec<Value>,
}

pub(crate) fn results(found: catalog_search::Results) -> Results {
    let data = found.page.iter().filter_map(of).collect();
    let (first, next, previous, size) = (found.first, found.next, found.previous, found.size);
    Results { meta: json!({ "page": { "first": first, "next": next, "previous": previous, "size": size } }), data }
}

/// A result; nothing of an operation whose version is not there.
fn of(one: &catalog_search::Found) -> Option<Value> {
    let (hit, card) = (&one.hit, &one.card);
    match &hit.found {
        Found::Operation(found) => Some(operation(found, one.version?, &hit.matched, card)),
        Found::Document(found) => Some(document(found, &hit.matched, card)),
    }
}

fn operation(one: &Operation, version: OfVersion, matched: &str, card: &Publication) -> Value {
    let (key, name) = (one.key(), one.name());
    let (operation_id, summary) = (one.operation_id.as_deref().unwrap_or_default(), one.summary.as_deref().unwrap_or_default());
    let (api_version, api_description) = said(card);
    let id = portico_domain::id::OperationId::of(card.api, &one.method, &one.path);
    json!({
        "id": id, "type": "operation", "name": name, "match": matched, "description": summary,
        "attributes": {
            "created_at": version.created_at.rfc3339(), "updated_at": version.updated_at.rfc3339(),
            "operation_id": operation_id, "operation_key": key, "path": one.path, "method": one.method, "scope": SCOPE,
            "summary": summary, "api_description": api_description, "api_name": card.name, "api_slug": card.slug,
            "api_version": api_version,
        },
        "relations": {
            "api_id": card.api, "spec_id": version.id, "portal_id": card.portal, "org_id": card.portal, "api_name": card.name,
            "api_slug": card.slug, "api_version": api_version, "api_description": api_description,
        },
    })
}

fn document(one: &FoundDocument, matched: &str, card: &Publication) -> Value {
    let parent = one.parent.map(|id| id.to_string()).unwrap_or_default();
    let slug = one.path.rsplit('/').next().unwrap_or_default();
    let spec = card.current_version.as_ref().map(|version| version.id.to_string()).unwrap_or_default();
    let (api_version, api_description) = said(card);
    json!({
        "id": one.id, "type": "document", "name": one.title, "match": matched, "description": "",
        "attributes": {
            "created_at": one.created_at.rfc3339(), "updated_at": one.updated_at.rfc3339(), "path": one.path, "scope": SCOPE,
            "api_slug": card.slug, "parent_document_id": parent, "slug": slug,
        },
        "relations": {
            "api_id": card.api, "spec_id": spec, "portal_id": card.portal, "org_id": card.portal, "api_slug": card.slug,
            "api_version": api_version, "api_description": api_description, "parent_document_id": parent, "path": one.path,
            "slug": slug,
        },
    })
}

/// Version and description of an API, which it need not have.
fn said(card: &Publication) -> (&str, &str) {
    (card.version.as_deref().unwrap_or_default(), card.description.as_deref().unwrap_or_default())
}
