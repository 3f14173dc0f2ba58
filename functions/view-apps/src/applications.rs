//! `list-applications` and `get-application`.

use portico_domain::application::ApplicationCard;
use portico_domain::id::StrategyId;
use portico_domain::strategy::Strategy;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::application::ApplicationView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::{Items, Key};

const COLUMNS: &[Column<ApplicationCard>] = &[
    Column::id("id", |card: &ApplicationCard| Some(card.id.uuid())).sort_only(),
    Column::text("name", |card| Some(&card.name)),
    Column::id("auth_strategy_id", |card: &ApplicationCard| Some(card.strategy.uuid())).filter_only(),
    // No application is a team's yet: all of them lack the id.
    Column::id("team_id", |_| None),
    Column::text("client_id", |card: &ApplicationCard| card.reference_id.as_deref()).sort_only(),
    Column::text("description", |card: &ApplicationCard| card.description.as_deref()).sort_only(),
    Column::text("redirect_uri", |card: &ApplicationCard| card.redirect_uri.as_deref()).sort_only(),
    Column::time("created_at", |card: &ApplicationCard| Some(card.created_at)).sort_only(),
    Column::time("updated_at", |card: &ApplicationCard| Some(card.updated_at)).sort_only(),
];

/// The developer's applications, in the order in which they were made.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.signed_in(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let page = listing.apply(portal.store.applications_of(who.developer.id).await?);
    let strategies = strategies(portal, page.data.iter().map(|card| card.strategy)).await?;
    let views: Result<Vec<_>, Problem> = page.data.iter().map(|card| view(card, &strategies)).collect();
    ok(&listing.page(views?, page.total))
}

/// One of the developer's applications.
pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = portal.own_application(request, []).await?;
    let strategies = strategies(portal, [application.card.strategy]).await?;
    ok(&view(&application.card, &strategies)?)
}

/// The strategies of some applications, in one read.
pub(crate) async fn strategies(portal: &Portal, ids: impl IntoIterator<Item = StrategyId>) -> Result<Items, Problem> {
    let keys: Vec<_> = ids.into_iter().map(Key::strategy).collect();
    Ok(portal.store.load(&keys).await?)
}

/// A strategy out of them. One that an application uses cannot be deleted.
pub(crate) fn strategy(id: StrategyId, strategies: &Items) -> Result<Strategy, Problem> {
    strategies.get(&Key::strategy(id))?.ok_or_else(|| Problem::internal("an application's strategy is not there"))
}

fn view(card: &ApplicationCard, strategies: &Items) -> Result<ApplicationView, Problem> {
    Ok(ApplicationView::of(card, &strategy(card.strategy, strategies)?))
}
