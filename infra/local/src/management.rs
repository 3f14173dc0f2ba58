//! The management contract for commands: its functions, called in this process with a token of their own.

use std::net::{IpAddr, Ipv4Addr};

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use portico_http::{Portal, edge};
use serde_json::Value;
use time::OffsetDateTime;

use crate::functions;
use crate::gateway::routes::{Routes, TEMPLATE};
use crate::gateway::{event, reply};
use crate::start::CannotStart;

/// An administrator's token at a portal.
#[derive(Debug)]
pub struct Management<'a> {
    portal: &'a Portal,
    routes: Routes,
    token: String,
}

impl<'a> Management<'a> {
    /// The token's bearer.
    ///
    /// # Errors
    /// [`CannotStart::Template`] if the routes cannot be read.
    pub fn new(portal: &'a Portal, token: &str) -> Result<Self, CannotStart> {
        Ok(Self { portal, routes: Routes::read(TEMPLATE)?, token: token.trim().to_owned() })
    }

    /// The portal.
    #[must_use]
    pub fn portal(&self) -> &Portal {
        self.portal
    }

    /// Calls an operation: through the gateway's events and the function behind its route.
    ///
    /// # Errors
    /// A sentence fragment, for a request or a reply that is none.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<(StatusCode, Value), String> {
        let body: Bytes = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.portal.config.public_url.host())
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .body(())
            .map_err(|error| error.to_string())?;
        let (parts, ()) = request.into_parts();
        let request_id = event::request_id().map_err(|error| error.to_string())?;
        let at = OffsetDateTime::from_unix_timestamp(self.portal.now().seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let incoming = event::Incoming { parts: &parts, body: &body, source, stage: "$default", request_id: &request_id, at };
        let matched = self.routes.find(parts.method.as_str(), parts.uri.path());
        let event = event::for_route(&incoming, &matched).map_err(|refused| refused.to_string())?;
        let event: ApiGatewayV2httpRequest = serde_json::from_str(&event).map_err(|error| error.to_string())?;
        let handler = functions::handler(&matched.route.function).ok_or_else(|| format!("no function serves {path}"))?;
        let answer: ApiGatewayV2httpResponse = edge::serve(self.portal, event, |request| handler(self.portal, request)).await;
        let answer = serde_json::to_string(&answer).map_err(|error| error.to_string())?;
        let answer = reply::response(&answer).map_err(|error| error.to_string())?;
        Ok((answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default()))
    }
}
