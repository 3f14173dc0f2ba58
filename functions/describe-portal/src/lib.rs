//! `GET /api/portico/v1/openapi.json`: the OpenAPI document of everything that the portal serves to programs. A test keeps it true.

use bytes::Bytes;
use http::{HeaderValue, header};
use portico_http::{Portal, Problem, Request, Response, cached};

/// `docs/openapi.json`, as `build.rs` writes it.
const DOCUMENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// Answers with the document, to anyone.
///
/// # Errors
/// None; the signature is that of every function.
pub async fn handle(_portal: &Portal, _request: Request) -> Result<Response, Problem> {
    let mut response = Response::new(Bytes::from_static(DOCUMENT));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cached::PUBLIC));
    Ok(response)
}
