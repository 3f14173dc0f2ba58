//! The servers that an administrator confirmed: pages may send calls there, with the key that a developer typed, and nowhere else.

use portico_domain::portal_edit::PortalEdit;
use portico_domain::server_origin::ServerOrigin;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{list, text};
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};
use serde::Serialize;

use crate::update::update;

#[derive(Serialize)]
struct ServersView<'s> {
    servers: &'s [ServerOrigin],
}

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    ok(&ServersView { servers: &who.portal.try_it_servers })
}

pub(crate) async fn replace(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let mut body = Fields::of(&request.body);
    let servers = body.required("servers", list(text().parse_with(ServerOrigin::parse)).items(0..=ServerOrigin::MAX).unique());
    let edit = PortalEdit { try_it_servers: Some(body.finish(servers)?), ..PortalEdit::default() };
    ok(&ServersView { servers: &update(portal, who, &edit).await?.try_it_servers })
}
