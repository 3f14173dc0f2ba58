//! `list-developer-details`, `get-developer-details`: what Portico knows of a developer beside the contract's closed object, for now
//! the newest mail that never arrived.

use portico_domain::developer::Developer;
use portico_http::listing::Column;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::response::ok;
use portico_http::views::admin_developer_details::AdminDeveloperDetailsView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::developers::developers_list;

use crate::{alive, named};

const COLUMNS: &[Column<Developer>] = &[
    Column::id("id", |developer| Some(developer.id.uuid())),
    Column::text("email", |developer| Some(&developer.email)),
    Column::flag("mail_failed", |developer: &Developer| Some(developer.mail_failure.is_some())).filter_only(),
    Column::time("created_at", |developer: &Developer| Some(developer.created_at)).sort_only(),
];

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, developer) = named(portal, request).await?;
    ok(&AdminDeveloperDetailsView::of(alive(developer)?))
}

/// The developers of a portal: with `filter[mail_failed]=true` those whom mails do not reach.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let browsing = Browsing::parse(request, COLUMNS)?;
    let page = browsing.browse(&portal.store, &developers_list(who.portal.id), CAP).await?;
    ok(&page.map(AdminDeveloperDetailsView::of))
}
