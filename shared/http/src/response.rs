//! Successful answers.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::Response;
use crate::problem::Problem;

fn json(status: StatusCode, body: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(body).map_err(|error| Problem::internal(error.to_string()))?;
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// 200 with a JSON body.
///
/// # Errors
/// A 500 if it cannot be written.
pub fn ok(body: &impl Serialize) -> Result<Response, Problem> {
    json(StatusCode::OK, body)
}

/// 201 with a JSON body.
///
/// # Errors
/// A 500 if it cannot be written.
pub fn created(body: &impl Serialize) -> Result<Response, Problem> {
    json(StatusCode::CREATED, body)
}

/// 202 with a JSON body.
///
/// # Errors
/// A 500 if it cannot be written.
pub fn accepted(body: &impl Serialize) -> Result<Response, Problem> {
    json(StatusCode::ACCEPTED, body)
}

/// 200 with the very bytes of a document, to be saved and not shown: whatever it holds, no browser runs it (B51).
pub fn download(body: Bytes, media: &'static str, file_name: &str) -> Response {
    let quoted: String = file_name.chars().filter(|char| char.is_ascii_alphanumeric() || "._-".contains(*char)).collect();
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{quoted}\""));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment")));
    headers
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"));
    response
}

/// 200 with Markdown as it was written: to be read, and never taken for a page.
pub fn markdown(text: String) -> Response {
    let mut response = Response::new(Bytes::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/markdown; charset=utf-8"));
    headers
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"));
    response
}

/// 200 with an image, to be shown. An SVG is a document: opened by itself it runs nothing and loads nothing (B51).
pub fn image(body: Bytes, media: &'static str) -> Response {
    let policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

/// A status without a body.
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// 204.
pub fn no_content() -> Response {
    empty(StatusCode::NO_CONTENT)
}

/// An answer after which the browser has nothing left of the portal's earlier ones, so that *Back* shows nothing.
pub fn past_is_gone(mut response: Response) -> Response {
    // Not "cookies": that would take those of every neighbouring host, too.
    let what = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), what);
    response
}
