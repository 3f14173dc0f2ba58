//! Successful answers.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
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
