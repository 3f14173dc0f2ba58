//! The API gateway of the published APIs: `/gateway/SLUG/…` goes through the authorizer to the API's upstream.
//!
//! A set of links as in the cloud: the stage is the slug, the gateway is `local`, and whether a call passes is for the deployed
//! `authorize` to say. No API has a branch in this code.

use bytes::Bytes;
use http::header::{HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use portico_domain::api::{Api, Version};
use portico_domain::gateway::Link;
use portico_store::Key;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::gateway::event::{self, Incoming};
use crate::gateway::routes::{Matched, Route};
use crate::gateway::upstream::Upstream;
use crate::gateway::{hops, reply};
use crate::runtime::Runtime;

/// The gateway's id in links.
pub const GATEWAY: &str = "local";
/// The function that decides.
const AUTHORIZE: &str = "authorize";
/// What the authorizer passes on travels in headers of this name; a caller's own are dropped.
const CONTEXT: &str = "x-portico-";

/// The gateway.
#[derive(Debug, Default)]
pub struct Published {
    upstream: Upstream,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decision {
    is_authorized: bool,
    #[serde(default)]
    context: Option<Map<String, Value>>,
}

/// The part of an OpenAPI document that the gateway reads.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "x-portico-upstream")]
    upstream: Option<String>,
}

impl Published {
    /// Answers a call of a published API.
    pub async fn answer(&self, runtime: &Runtime, incoming: &Incoming<'_>) -> Response<Bytes> {
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "a call of a published API failed");
            reply::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        };
        let path = incoming.parts.uri.path().strip_prefix("/gateway/").unwrap_or_default();
        let (slug, rest) = path.split_once('/').unwrap_or((path, ""));
        let Some(parts) = within_stage(incoming.parts, rest) else {
            return reply::message(StatusCode::BAD_REQUEST, "Bad Request");
        };
        let call = Incoming { parts: &parts, stage: slug, ..*incoming };
        let route = Route { key: "$default".into(), logical_id: String::new(), function: AUTHORIZE.into() };
        let matched = Matched { route, parameters: Default::default() };
        let event = match event::for_authorizer(&call, &matched, &[], GATEWAY) {
            Ok(event) => event,
            Err(refused) => return reply::message(refused.status(), &refused.to_string()),
        };
        let decision = match runtime.authorize(&event).await {
            Ok(decision) => serde_json::from_str::<Decision>(&decision),
            Err(error) => return failed(&error),
        };
        let context = match decision {
            Ok(Decision { is_authorized: true, context }) => context.unwrap_or_default(),
            Ok(Decision { is_authorized: false, .. }) => return reply::message(StatusCode::FORBIDDEN, "Forbidden"),
            Err(error) => return failed(&error),
        };
        let headers = forwarded(&parts.headers, &context);
        match upstream_of(runtime, slug).await {
            Ok(Some(base)) => self.upstream.call(&base, &parts, headers, incoming.body).await.unwrap_or_else(|error| {
                tracing::warn!(error, api = slug, "the upstream did not answer");
                reply::message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }),
            Ok(None) => echo(slug, &parts, &headers, incoming.body, context),
            Err(error) => failed(&error),
        }
    }
}

/// The request as the stage sees it: its path without the stage.
fn within_stage(parts: &http::request::Parts, rest: &str) -> Option<http::request::Parts> {
    let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = parts.clone();
    parts.uri = format!("/{rest}{query}").parse().ok()?;
    Some(parts)
}

/// What the upstream is sent: what passes of the caller's headers, without any that pass for the authorizer's, and then the
/// authorizer's.
fn forwarded(sent: &HeaderMap, context: &Map<String, Value>) -> HeaderMap {
    let mut headers = hops::passed_on(sent);
    // Some servers read `_` as `-`.
    let claims = |name: &HeaderName| name.as_str().replace('_', "-").starts_with(CONTEXT);
    let dropped: Vec<_> = headers.keys().filter(|name| **name == HOST || claims(name)).cloned().collect();
    for name in dropped {
        headers.remove(name);
    }
    for (name, value) in context {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = HeaderName::try_from(format!("{CONTEXT}{}", kebab(name)));
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers
}

fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(if letter == '_' { '-' } else { letter.to_ascii_lowercase() });
    }
    kebab
}

/// The base URL that the API's current specification names.
async fn upstream_of(runtime: &Runtime, slug: &str) -> Result<Option<String>, portico_store::StoreError> {
    let portal = runtime.portal();
    let Some(link) = portal.store.find::<Link>(&Key::link(GATEWAY, slug)).await? else { return Ok(None) };
    let Some(api) = portal.store.find::<Api>(&Key::api(link.api)).await? else { return Ok(None) };
    let Some(current) = api.current_version else { return Ok(None) };
    let Some(version) = portal.store.find::<Version>(&Key::version(api.id, current.id)).await? else { return Ok(None) };
    let Some(digest) = version.digest else { return Ok(None) };
    let body = portal.specifications.body(&digest).await?;
    let text = String::from_utf8_lossy(&body);
    // JSON is YAML. A document that cannot be read names no upstream: the echo answers.
    Ok(serde_saphyr::from_str::<Document>(&text).ok().and_then(|document| document.upstream))
}

/// Shows the call as an upstream would see it, and what the authorizer passed on.
fn echo(
    slug: &str,
    parts: &http::request::Parts,
    headers: &HeaderMap,
    body: &[u8],
    context: Map<String, Value>,
) -> Response<Bytes> {
    let mut shown: Map<String, Value> = Map::new();
    for (name, value) in headers {
        shown.insert(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into());
    }
    let echoed = json!({
        "api": slug,
        "method": parts.method.as_str(),
        "path": parts.uri.path(),
        "query": parts.uri.query(),
        "headers": shown,
        "body": String::from_utf8_lossy(body),
        "authorizer": context,
    });
    let mut response = Response::new(Bytes::from(format!("{echoed:#}\n")));
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_cannot_speak_for_the_authorizer() {
        let mut sent = HeaderMap::new();
        for (name, value) in [
            ("apikey", "k"),
            ("host", "evil.test"),
            ("connection", "close"),
            ("x-portico-application-id", "forged"),
            ("x_portico_owner", "forged"),
            ("x-portico-unknown", "forged"),
        ] {
            sent.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let context = json!({ "applicationId": "a", "reference_id": "r", "count": 1 });
        let headers = forwarded(&sent, context.as_object().unwrap());
        let mut seen: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        seen.sort();
        assert_eq!(
            seen,
            [("apikey", "k"), ("x-portico-application-id", "a"), ("x-portico-count", "1"), ("x-portico-reference-id", "r")]
        );
    }
}
