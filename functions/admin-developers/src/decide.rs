//! `update-developer`, and `decide-developer` with a reason: an administrator approves, rejects or revokes a developer. Revoking stops the calls of every application
//! of theirs before the answer.

use portico_http::approval::{STATUS_CHOICES, decision};
use portico_http::decisions::By;
use portico_http::fields::Fields;
use portico_http::fields::kinds::one_of;
use portico_http::response::ok;
use portico_http::views::admin_developer::AdminDeveloperView;
use portico_http::views::admin_developer_details::AdminDeveloperDetailsView;
use portico_http::{Portal, Problem, Request, Response};

use crate::{alive, named};

pub(crate) async fn decide(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, developer) = named(portal, request).await?;
    let mut body = Fields::of(&request.body);
    let status = body.optional("status", one_of(STATUS_CHOICES));
    let status = body.finish(status)?;
    let developer = alive(developer)?;
    let Some(to) = status else { return ok(&AdminDeveloperView::of(developer)) };
    let developer = portal.decide_about_developer(developer, to, &By::request(who.administrator.actor())).await?;
    ok(&AdminDeveloperView::of(developer))
}

pub(crate) async fn decide_with_reason(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, developer) = named(portal, request).await?;
    let (to, reason) = decision(&request.body)?;
    let by = By::request(who.administrator.actor()).because(reason);
    let developer = portal.decide_about_developer(alive(developer)?, to, &by).await?;
    ok(&AdminDeveloperDetailsView::of(developer))
}
