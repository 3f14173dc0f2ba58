//! The management contract for commands: its functions called in this process, or a portal elsewhere asked over HTTP.

mod over_http;

pub(crate) use over_http::refusal;

use std::net::{IpAddr, Ipv4Addr};

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use portico_domain::id::PortalId;
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
    way: Way<'a>,
    portal: PortalId,
    token: String,
}

#[derive(Debug)]
enum Way<'a> {
    InProcess {
        portal: &'a Portal,
        routes: Box<Routes>,
    },
    /// The origin of a portal elsewhere.
    OverHttp(String),
}

impl<'a> Management<'a> {
    /// The token's bearer, at a portal in this process.
    ///
    /// # Errors
    /// [`CannotStart::Template`] if the routes cannot be read.
    pub fn new(portal: &'a Portal, token: &str) -> Result<Self, CannotStart> {
        let way = Way::InProcess { portal, routes: Box::new(Routes::read(TEMPLATE)?) };
        Ok(Self { way, portal: portal.config.portal, token: token.trim().to_owned() })
    }

    /// The portal that things are published in.
    #[must_use]
    pub const fn portal(&self) -> PortalId {
        self.portal
    }

    /// Calls an operation.
    ///
    /// # Errors
    /// A sentence fragment, for a request or a reply that is none.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<(StatusCode, Value), String> {
        let body: Bytes = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        match &self.way {
            Way::InProcess { portal, routes } => self.in_process(portal, routes, method, path, &body).await,
            Way::OverHttp(origin) => over_http::send(origin, &self.token, &method, path, &body).await,
        }
    }

    /// Through the gateway's events and the function behind the route.
    async fn in_process(
        &self,
        portal: &Portal,
        routes: &Routes,
        method: Method,
        path: &str,
        body: &Bytes,
    ) -> Result<(StatusCode, Value), String> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", portal.config.public_url.host())
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .body(())
            .map_err(|error| error.to_string())?;
        let (parts, ()) = request.into_parts();
        let request_id = event::request_id().map_err(|error| error.to_string())?;
        let at = OffsetDateTime::from_unix_timestamp(portal.now().seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let incoming = event::Incoming { parts: &parts, body, source, stage: "$default", request_id: &request_id, at };
        let matched = routes.find(parts.method.as_str(), parts.uri.path());
        let event = event::for_route(&incoming, &matched).map_err(|refused| refused.to_string())?;
        let event: ApiGatewayV2httpRequest = serde_json::from_str(&event).map_err(|error| error.to_string())?;
        let handler = functions::handler(&matched.route.function).ok_or_else(|| format!("no function serves {path}"))?;
        let answer: ApiGatewayV2httpResponse = edge::serve(portal, event, |request| handler(portal, request)).await;
        let answer = serde_json::to_string(&answer).map_err(|error| error.to_string())?;
        let answer = reply::response(&answer).map_err(|error| error.to_string())?;
        Ok((answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default()))
    }
}
