//! `GET /api/v3/developer/me`: a developer's own profile.

use portico_http::response::ok;
use portico_http::views::profile::ProfileView;
use portico_http::{Portal, Problem, Request, Response};

/// Shows whoever is signed in.
///
/// # Errors
/// 401 without a session in force.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let who = portal.signed_in(&request, []).await?;
    ok(&ProfileView::of(&who.developer))
}
