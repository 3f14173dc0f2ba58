//! The management contract of a portal elsewhere: its token goes over TLS, or to this machine.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use portico_domain::id::PortalId;
use portico_domain::server_origin::ServerOrigin;
use serde_json::Value;

use super::{Management, Way};
use crate::start::CannotStart;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a portal that is busy is asked again, and the longest that it is waited for each time.
const AGAIN: u32 = 5;
const LONGEST: Duration = Duration::from_secs(30);

impl Management<'static> {
    /// The token's bearer, at a portal elsewhere: the only one that the token is for, unless one is named.
    ///
    /// # Errors
    /// [`CannotStart::Operator`] if the address is none that a token may be sent to, or the portal does not answer as one.
    pub async fn at(url: &str, token: &str, portal: Option<PortalId>) -> Result<Self, CannotStart> {
        let wrong = |reason: String| CannotStart::Operator(reason);
        // What holds of a developer's key holds of an administrator's token.
        let origin = ServerOrigin::parse(url).map_err(|error| wrong(format!("--url {url} {error}")))?;
        let of = |portal| Self { way: Way::OverHttp(origin.as_str().to_owned()), portal, token: token.trim().to_owned() };
        if let Some(portal) = portal {
            return Ok(of(portal));
        }
        // Nothing that is named so is asked for.
        let nobody = of(PortalId::new(uuid::Uuid::nil()));
        let (status, list) =
            nobody.send(Method::GET, "/v3/portals", &Value::Null).await.map_err(|reason| wrong(format!("{url} {reason}")))?;
        let portals = list.get("data").and_then(Value::as_array).filter(|_| status == StatusCode::OK);
        let portals = portals.ok_or_else(|| wrong(format!("{url} answers {}", refusal(status, &list))))?;
        let ids: Vec<&str> = portals.iter().filter_map(|one| one.get("id").and_then(Value::as_str)).collect();
        match ids.as_slice() {
            [id] => id.parse().map(of).map_err(|_| wrong(format!("{url} does not answer as a portal"))),
            [] => Err(wrong("the token is for no portal".to_owned())),
            several => Err(wrong(format!("give --portal-id, one of {}", several.join(", ")))),
        }
    }
}

/// What an operation answered that did not do what it was asked, in words.
pub(crate) fn refusal(status: StatusCode, problem: &Value) -> String {
    let detail = problem.get("detail").and_then(Value::as_str).unwrap_or_default();
    let fields = problem.get("invalid_parameters").and_then(Value::as_array).into_iter().flatten();
    let fields = fields.filter_map(|one| Some(format!("{}: {}", one.get("field")?.as_str()?, one.get("reason")?.as_str()?)));
    let said: Vec<String> = Some(detail.to_owned()).filter(|detail| !detail.is_empty()).into_iter().chain(fields).collect();
    if said.is_empty() { status.to_string() } else { format!("{status}: {}", said.join("; ")) }
}

/// Calls an operation. A portal that is busy (429, 503: it has done nothing) is asked again when it says so.
pub(super) async fn send(
    origin: &str,
    token: &str,
    method: &Method,
    path: &str,
    body: &Bytes,
) -> Result<(StatusCode, Value), String> {
    let mut asked = 0;
    loop {
        let answer = tokio::time::timeout(PATIENCE, ask(origin, token, method, path, body)).await;
        let (status, wait, answer) = answer.map_err(|_| "does not answer in time".to_owned())??;
        let busy = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        if !busy || asked == AGAIN {
            return Ok((status, answer));
        }
        tokio::time::sleep(wait.unwrap_or_else(|| Duration::from_secs(1 << asked)).min(LONGEST)).await;
        asked += 1;
    }
}

async fn ask(
    origin: &str,
    token: &str,
    method: &Method,
    path: &str,
    body: &Bytes,
) -> Result<(StatusCode, Option<Duration>, Value), String> {
    let request = Request::builder()
        .method(method)
        .uri(format!("{origin}{path}"))
        .header("accept", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("user-agent", concat!("portico/", env!("CARGO_PKG_VERSION")))
        .body(SdkBody::from(body.clone()));
    // The error of a header would name the token.
    let request = request.map_err(|_| "cannot be asked: the token or the path is none".to_owned())?;
    let request = HttpRequest::try_from(request).map_err(|error| error.to_string())?;
    let answer = portico_aws::connector(Some(origin)).call(request).await;
    let answer = answer.map_err(|error| format!("cannot be reached: {error}"))?;
    let status = StatusCode::from_u16(answer.status().as_u16()).map_err(|error| error.to_string())?;
    let wait = answer.headers().get("retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    let body = ByteStream::new(answer.into_body()).collect().await.map_err(|error| error.to_string())?.into_bytes();
    Ok((status, wait, serde_json::from_slice(&body).unwrap_or_default()))
}
