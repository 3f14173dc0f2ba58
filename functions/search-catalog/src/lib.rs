//! `GET /api/v3/search`: operations and documents of the APIs that the caller may see, the closest first.

mod view;

use portico_http::catalog_search::Search;
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};

/// Answers the route of `search-catalog`.
///
/// # Errors
/// 400 for wrong parameters, 401 for a session that is not in force.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let who = portal.visitor(&request, []).await?;
    let search = Search::parse(&request.query)?;
    let reader = portal.reader(&who.portal, who.developer.as_ref()).await?;
    ok(&view::results(portal.search(&reader, &search, &request.raw_path).await?))
}
