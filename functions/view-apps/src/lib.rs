//! What a developer reads of the own applications and those of the own teams, their credentials and their registrations. Nothing here writes.

mod api_applications;
mod applications;
mod credentials;
mod registrations;

use portico_http::{Portal, Problem, Request, Response};

/// Answers the routes of `view-apps`.
///
/// # Errors
/// 400 for a wrong query, 404 for what is not there, or somebody else's.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "list-applications" => applications::list(portal, &request).await,
        "get-application" => applications::get(portal, &request).await,
        "list-credentials" => credentials::list(portal, &request).await,
        "list-application-registrations" => registrations::list(portal, &request).await,
        "get-application-registration" => registrations::get(portal, &request).await,
        "get-api-applications" => api_applications::list(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}
