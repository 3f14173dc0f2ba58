//! An HTTP request as API Gateway's HTTP APIs hand it to a function: payload format 2.0.

use std::collections::BTreeMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use http::header::{CONNECTION, CONTENT_TYPE, COOKIE, HOST, TRANSFER_ENCODING, UPGRADE, USER_AGENT};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::gateway::routes::{Matched, decoded};
use crate::gateway::{BODY_BYTES, EVENT_BYTES, HEADER_BYTES};

/// A request that has arrived at the gateway.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// Method, address and headers.
    pub parts: &'a http::request::Parts,
    /// The whole body.
    pub body: &'a [u8],
    /// Who sent it.
    pub source: IpAddr,
    /// The API's stage; `$default` is not part of the path, a named one is.
    pub stage: &'a str,
    /// The gateway's id for the request.
    pub request_id: &'a str,
    /// When it arrived.
    pub at: OffsetDateTime,
}

/// Why the gateway itself turns a request away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More than [`HEADER_BYTES`] of request line and headers.
    #[error("Request Header Fields Too Large")]
    Headers,
    /// More than [`BODY_BYTES`] of body, or more than [`EVENT_BYTES`] of event.
    #[error("Request Entity Too Large")]
    TooLarge,
}

impl Refused {
    /// The status that the caller sees.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Headers => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}

/// A new request id in the form of API Gateway's.
///
/// # Errors
/// If the operating system gives no randomness.
pub fn request_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 11];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE.encode(bytes))
}

/// The event for a function behind a route, as JSON text.
///
/// # Errors
/// [`Refused`] if the request is larger than API Gateway or Lambda takes.
pub fn for_route(request: &Incoming<'_>, matched: &Matched) -> Result<String, Refused> {
    let mut event = common(request, matched)?;
    if !request.body.is_empty() {
        let (body, is_base64_encoded) = body(request);
        event.insert("body".into(), body.into());
        event.insert("isBase64Encoded".into(), is_base64_encoded.into());
    }
    finished(event)
}

/// The event for a REQUEST authorizer in front of a route, as JSON text: as [`for_route`], without a body.
///
/// # Errors
/// [`Refused`] if the request is larger than API Gateway or Lambda takes.
pub fn for_authorizer(request: &Incoming<'_>, matched: &Matched, identity: &[String], api: &str) -> Result<String, Refused> {
    let mut event = common(request, matched)?;
    let (method, path) = (&request.parts.method, request.parts.uri.path());
    let arn = format!("arn:aws:execute-api:local:000000000000:{api}/{}/{method}{path}", request.stage);
    event.insert("type".into(), "REQUEST".into());
    event.insert("routeArn".into(), arn.into());
    event.insert("identitySource".into(), if identity.is_empty() { Value::Null } else { identity.into() });
    if let Some(context) = event.get_mut("requestContext").and_then(Value::as_object_mut) {
        context.insert("apiId".into(), api.into());
    }
    finished(event)
}

fn finished(event: Map<String, Value>) -> Result<String, Refused> {
    let event = Value::Object(event).to_string();
    if event.len() > EVENT_BYTES { Err(Refused::TooLarge) } else { Ok(event) }
}

fn common(request: &Incoming<'_>, matched: &Matched) -> Result<Map<String, Value>, Refused> {
    let parts = request.parts;
    if head_bytes(parts) > HEADER_BYTES {
        return Err(Refused::Headers);
    }
    if request.body.len() > BODY_BYTES {
        return Err(Refused::TooLarge);
    }
    // API Gateway shows the path decoded, and a named stage as its first segment.
    let path = match request.stage {
        "$default" => decoded(parts.uri.path()),
        stage => format!("/{stage}{}", decoded(parts.uri.path())),
    };
    let query = parts.uri.query().unwrap_or_default();
    let mut headers = joined(&parts.headers);
    let domain = domain(parts);
    forwarded(&mut headers, request, &domain);
    let mut event = Map::new();
    event.insert("version".into(), "2.0".into());
    event.insert("routeKey".into(), matched.route.key.as_str().into());
    event.insert("rawPath".into(), path.as_str().into());
    event.insert("rawQueryString".into(), query.into());
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event.insert("cookies".into(), cookies.into());
    }
    let context = json!({
        "accountId": "000000000000",
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.split('.').next().unwrap_or_default(),
        "http": {
            "method": parts.method.as_str(),
            "path": path,
            "protocol": format!("{:?}", parts.version),
            "sourceIp": request.source.to_string(),
            "userAgent": text(parts.headers.get(USER_AGENT)),
        },
        "requestId": request.request_id,
        "routeKey": matched.route.key,
        "stage": request.stage,
        "time": log_time(request.at),
        "timeEpoch": request.at.unix_timestamp_nanos() / 1_000_000,
    });
    event.insert("headers".into(), headers.into_iter().map(|(name, value)| (name, Value::from(value))).collect());
    let query = query_parameters(query);
    if !query.is_empty() {
        event.insert("queryStringParameters".into(), query.into());
    }
    if !matched.parameters.is_empty() {
        let parameters: Map<_, _> =
            matched.parameters.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        event.insert("pathParameters".into(), parameters.into());
    }
    event.insert("requestContext".into(), context);
    event.insert("isBase64Encoded".into(), false.into());
    Ok(event)
}

fn head_bytes(parts: &http::request::Parts) -> usize {
    let line = parts.method.as_str().len() + parts.uri.path_and_query().map_or(1, |path| path.as_str().len());
    parts.headers.iter().fold(line, |sum, (name, value)| sum + name.as_str().len() + value.len())
}

/// Duplicate headers in one, joined with commas; cookies travel apart, and what concerns one connection does not travel.
fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        if [COOKIE, CONNECTION, TRANSFER_ENCODING, UPGRADE].contains(name) {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        all.entry(name.as_str().to_owned())
            .and_modify(|joined| {
                joined.push(',');
                joined.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    all
}

/// What API Gateway says about the way to it: a caller's own claims are overwritten, its forwarding list is extended.
fn forwarded(headers: &mut BTreeMap<String, String>, request: &Incoming<'_>, domain: &str) {
    let port = domain_port(request.parts).unwrap_or_else(|| "80".to_owned());
    let trail = match headers.get("x-forwarded-for") {
        Some(trail) => format!("{trail}, {}", request.source),
        None => request.source.to_string(),
    };
    headers.insert("x-forwarded-for".into(), trail);
    headers.insert("x-forwarded-port".into(), port);
    headers.insert("x-forwarded-proto".into(), "http".into());
    headers.entry("host".into()).or_insert_with(|| domain.to_owned());
}

fn domain(parts: &http::request::Parts) -> String {
    let host = parts.uri.host().map(str::to_owned).or_else(|| text(parts.headers.get(HOST)));
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    host.rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(host.clone(), |(host, _)| host.to_owned())
}

fn domain_port(parts: &http::request::Parts) -> Option<String> {
    let host = text(parts.headers.get(HOST))?;
    let (_, port) = host.rsplit_once(':')?;
    port.parse::<u16>().ok().map(|port| port.to_string())
}

fn text(value: Option<&http::HeaderValue>) -> Option<String> {
    value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let all = headers.get_all(COOKIE).iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    all.flat_map(|line| line.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

/// Decoded; the values of a name that comes twice are joined with commas.
fn query_parameters(query: &str) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| decoded(&text.replace('+', " "));
        let value = match all.get(&plain(name)).and_then(Value::as_str) {
            Some(before) => format!("{before},{}", plain(value)),
            None => plain(value),
        };
        all.insert(plain(name), value.into());
    }
    all
}

/// Text travels as it is; everything else (forms too, as on AWS) in base64.
fn body(request: &Incoming<'_>) -> (String, bool) {
    let kind = text(request.parts.headers.get(CONTENT_TYPE)).unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_text = kind.is_empty()
        || kind.starts_with("text/")
        || ["json", "xml", "javascript", "yaml"].iter().any(|suffix| kind.ends_with(suffix));
    match std::str::from_utf8(request.body) {
        Ok(body) if is_text => (body.to_owned(), false),
        _ => (STANDARD.encode(request.body), true),
    }
}

fn log_time(at: OffsetDateTime) -> String {
    let form = format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    at.to_offset(time::UtcOffset::UTC).format(form).unwrap_or_default()
}
