//! What a laptop has beside the portal (`/_local/mail`, the gateway of the published APIs), under `cargo lambda watch`: a function
//! that passes it on to `portico table`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, StatusCode};
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use portico_http::reply_body;

use crate::gateway::reply;
use crate::gateway::upstream::Upstream;

/// The function's name in the router of `cargo lambda watch`.
pub const FUNCTION: &str = "laptop-routes";
/// The paths that it answers, as that router writes them.
pub const PATHS: &[&str] = &["/_local/mail", "/_local/mail/{id}", "/gateway/{api}", "/gateway/{api}/", "/gateway/{api}/{*path}"];
/// The variable that says where `portico table` listens.
pub const VARIABLE: &str = "PORTICO_LAPTOP";

/// The function.
#[derive(Debug)]
pub struct LaptopRoutes {
    upstream: Upstream,
    base: String,
}

/// It is not said where `portico table` listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{VARIABLE} is not set: start `cargo lambda watch` with the variables that `portico table` writes")]
pub struct NoLaptop;

impl LaptopRoutes {
    /// The function, as its environment says.
    ///
    /// # Errors
    /// [`NoLaptop`] if it says nothing.
    pub fn from_environment() -> Result<Self, NoLaptop> {
        let base = std::env::var(VARIABLE).map_err(|_| NoLaptop)?;
        Ok(Self { upstream: Upstream::default(), base })
    }

    /// Passes a request on and its answer back.
    pub async fn answer(&self, event: ApiGatewayV2httpRequest) -> ApiGatewayV2httpResponse {
        let passed = match request(event) {
            Ok((parts, body)) => self.upstream.call(&self.base, &parts, parts.headers.clone(), &body).await,
            Err(error) => Err(error),
        };
        let response = passed.unwrap_or_else(|error| {
            tracing::error!(error, "`portico table` does not answer");
            reply::message(StatusCode::BAD_GATEWAY, "Bad Gateway")
        });
        let (parts, body) = response.into_parts();
        let (body, is_base64_encoded) = reply_body::encode(body);
        let mut answer = ApiGatewayV2httpResponse::default();
        answer.status_code = i64::from(parts.status.as_u16());
        answer.headers = parts.headers;
        answer.body = body;
        answer.is_base64_encoded = is_base64_encoded;
        answer
    }
}

/// The request that became the event. The caller's `Host` stays: `/_local` answers loopback names alone.
fn request(event: ApiGatewayV2httpRequest) -> Result<(http::request::Parts, Vec<u8>), String> {
    let query = event.raw_query_string.filter(|query| !query.is_empty()).map(|query| format!("?{query}")).unwrap_or_default();
    let body = match event.body {
        None => Vec::new(),
        Some(body) if event.is_base64_encoded => STANDARD.decode(body).map_err(|error| error.to_string())?,
        Some(body) => body.into_bytes(),
    };
    let request = Request::builder()
        .method(event.request_context.http.method)
        .uri(format!("{}{query}", event.raw_path.unwrap_or_default()))
        .body(())
        .map_err(|error| error.to_string())?;
    let (mut parts, ()) = request.into_parts();
    parts.headers = event.headers;
    // The client says how long the body is, and it may be another length than the caller's.
    for header in [http::header::CONTENT_LENGTH, http::header::TRANSFER_ENCODING, http::header::CONNECTION] {
        parts.headers.remove(header);
    }
    Ok((parts, body))
}
