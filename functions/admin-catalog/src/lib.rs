//! `admin-catalog`.

use portico_http::{Portal, Problem, Request, Response};

/// Answers the routes of `admin-catalog`.
///
/// # Errors
/// A [`Problem`].
pub async fn handle(_portal: &Portal, _request: Request) -> Result<Response, Problem> {
    Err(Problem::not_found())
}
