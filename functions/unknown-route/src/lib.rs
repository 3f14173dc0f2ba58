//! `$default`: a path that no route has is a 404, a method that a path does not have is a 405 that names those it has.

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use portico_http::{Kind, Portal, Problem, Request, Response, routes};

/// What people see. It names the style sheet of the pages, and reads nothing.
const PAGE: &str = include_str!("not_found.html");
/// Where programs call: they get problems, whatever they say that they accept.
const PROGRAMS: [&str; 4] = ["/api/", "/portico/", "/v2/", "/v3/"];

/// Answers what no route does.
///
/// # Errors
/// A 404 or a 405; for a browser the 404 is a page.
pub async fn handle(_portal: &Portal, request: Request) -> Result<Response, Problem> {
    let methods = routes::methods_of(&request.raw_path).join(", ");
    if methods.is_empty() {
        return if is_for_people(&request) { Ok(page()) } else { Err(Problem::not_found()) };
    }
    let allow = HeaderValue::from_str(&methods).map_err(|error| Problem::internal(error.to_string()))?;
    Err(Problem::new(Kind::MethodNotAllowed, format!("This path answers {methods}.")).with_header(header::ALLOW, allow))
}

/// Whether a browser asks for a page.
fn is_for_people(request: &Request) -> bool {
    let accepts = request.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let program = PROGRAMS.iter().any(|prefix| request.raw_path.starts_with(prefix));
    request.method == Method::GET && accepts.contains("text/html") && !program
}

fn page() -> Response {
    let mut answer = Response::new(Bytes::from_static(PAGE.as_bytes()));
    *answer.status_mut() = StatusCode::NOT_FOUND;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    answer
}
