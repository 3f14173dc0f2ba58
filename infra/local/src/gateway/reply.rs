//! A function's reply (payload format 2.0) as the HTTP response that API Gateway makes of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE};
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::gateway::EVENT_BYTES;

/// Why a reply cannot be passed on. The caller sees a 502; the reason is for the log.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// Lambda would not have carried it.
    #[error("the reply has {0} bytes, more than {EVENT_BYTES}")]
    TooLarge(usize),
    /// It is not payload 2.0.
    #[error("the reply is not in payload format 2.0: {0}")]
    NotAReply(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    status_code: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The HTTP response of a reply.
///
/// # Errors
/// [`Malformed`] says what API Gateway would choke on.
pub fn response(reply: &str) -> Result<Response<Bytes>, Malformed> {
    let wrong = |reason: &dyn std::fmt::Display| Malformed::NotAReply(reason.to_string());
    if reply.len() > EVENT_BYTES {
        return Err(Malformed::TooLarge(reply.len()));
    }
    let payload: Payload = serde_json::from_str(reply).map_err(|error| wrong(&error))?;
    let body = match payload.body {
        None => Bytes::new(),
        Some(body) if payload.is_base64_encoded => STANDARD.decode(body).map_err(|error| wrong(&error))?.into(),
        Some(body) => body.into(),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(payload.status_code).map_err(|error| wrong(&error))?;
    for (name, value) in payload.headers {
        let value = match value {
            Value::String(value) => value,
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return Err(wrong(&format!("the header {name} has no value"))),
        };
        let name = HeaderName::try_from(name).map_err(|error| wrong(&error))?;
        // The gateway counts the body itself.
        if name != http::header::CONTENT_LENGTH {
            response.headers_mut().append(name, HeaderValue::try_from(value).map_err(|error| wrong(&error))?);
        }
    }
    for cookie in payload.cookies {
        response.headers_mut().append(SET_COOKIE, HeaderValue::try_from(cookie).map_err(|error| wrong(&error))?);
    }
    if !response.body().is_empty() && !response.headers().contains_key(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    }
    Ok(response)
}

/// What API Gateway itself answers: a status and `{"message": …}`.
#[must_use]
pub fn message(status: StatusCode, message: &str) -> Response<Bytes> {
    let body = serde_json::json!({ "message": message }).to_string();
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
