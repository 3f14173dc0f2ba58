//! `$default`: a path that no route has is a 404, a method that a path does not have is a 405 that names those it has.

use http::{HeaderValue, header};
use portico_http::{Kind, Portal, Problem, Request, Response, routes};

/// Answers what no route does.
///
/// # Errors
/// Always a 404 or a 405.
pub async fn handle(_portal: &Portal, request: Request) -> Result<Response, Problem> {
    let methods = routes::methods_of(&request.raw_path).join(", ");
    if methods.is_empty() {
        return Err(Problem::not_found());
    }
    let allow = HeaderValue::from_str(&methods).map_err(|error| Problem::internal(error.to_string()))?;
    Err(Problem::new(Kind::MethodNotAllowed, format!("This path answers {methods}.")).with_header(header::ALLOW, allow))
}
