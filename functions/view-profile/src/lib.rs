//! `view-profile`.

use portico_http::{Portal, Problem, Request, Response};

/// Answers the routes of `view-profile`.
///
/// # Errors
/// A [`Problem`].
pub async fn handle(_portal: &Portal, _request: Request) -> Result<Response, Problem> {
    Err(Problem::not_found())
}
