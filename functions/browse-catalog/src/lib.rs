//! The catalog as developers and visitors see it: APIs that are published in the portal, their specifications, and what the
//! portal says of itself.

mod apis;
mod attributes;
mod context;
mod document_nodes;
mod documents;
mod look;
mod strategies;
mod versions;
mod visible;

use portico_domain::image::Which;
use portico_http::{Portal, Problem, Request, Response};

/// Answers the routes of `browse-catalog`.
///
/// # Errors
/// 400 for wrong fields, 401 for a session that is not in force, 404 for what is not there or not visible to the caller.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "get-portal-context" => context::context(portal).await,
        "get-portal-customization" => look::customization(portal).await,
        "get-portal-logo" => look::portal_image(portal, &request, Which::Logo).await,
        "get-portal-favicon" => look::portal_image(portal, &request, Which::Favicon).await,
        "list-apis" => apis::list(portal, &request).await,
        "fetch-api" => apis::fetch(portal, &request).await,
        "get-api-actions" => apis::actions(portal, &request).await,
        "list-api-version-specs" => versions::list(portal, &request).await,
        "fetch-api-version-spec" => versions::fetch(portal, &request).await,
        "fetch-api-version-spec-raw" => versions::raw(portal, &request, "versionId").await,
        "list-api-specs" => versions::list_specifications(portal, &request).await,
        "fetch-api-spec" => versions::fetch_specification(portal, &request).await,
        "fetch-api-spec-raw" => versions::raw(portal, &request, "specId").await,
        "list-api-documents" => documents::list(portal, &request).await,
        "fetch-api-document" => documents::fetch(portal, &request).await,
        "get-paginated-api-attributes" => attributes::list(portal, &request).await,
        "list-application-auth-strategies" => strategies::list(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}
