//! `/v3/apis/{apiId}/documents`: the tree of an API's documents, for administrators.

mod change;
mod read;

use portico_domain::document::TreeError;
use portico_domain::id::DocumentId;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::managed_api::{editable, live, named, written};
use portico_http::{Kind, Portal, Problem, Request, Response};

/// Answers the routes of `admin-documents`.
///
/// # Errors
/// 400 for wrong fields, 401 and 403 for whoever may not and for a tree that is full, 404 for what is not there, 409 for a slug that is
/// taken and for a document that would lie below itself.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "create-api-document" => change::create(portal, &request).await,
        "list-api-documents" => read::list(portal, &request).await,
        "fetch-api-document" => read::fetch(portal, &request).await,
        "update-api-document" => change::update(portal, &request).await,
        "delete-api-document" => change::delete(portal, &request).await,
        "move-api-document" => change::relocate(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

fn document_of(request: &Request) -> Result<DocumentId, Problem> {
    request.id("documentId")
}

fn refused(error: TreeError) -> Problem {
    match error {
        TreeError::Missing => Problem::not_found(),
        TreeError::ParentMissing => {
            InvalidParameter::body("parent_document_id", Rule::MissingReference, error.to_string()).into()
        }
        TreeError::SlugTaken => {
            Problem::new(Kind::AlreadyExists, "Another document with the same parent has this slug. Choose another one.")
        }
        TreeError::Cycle => Problem::new(Kind::Conflict, "A document cannot lie below itself, or below what lies below it."),
        TreeError::TooMany | TreeError::TooDeep => Problem::new(Kind::QuotaReached, error.to_string()),
    }
}
