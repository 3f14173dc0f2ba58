//! `list-applications` and `get-application`.

use portico_domain::application::ApplicationCard;
use portico_domain::id::StrategyId;
use portico_domain::owner::Owner;
use portico_domain::strategy::Strategy;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::application::ApplicationView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::{Items, Key};

/// An application and whose it is.
type Row = (Owner, ApplicationCard);

const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |(_, card): &Row| Some(card.id.uuid())).sort_only(),
    Column::text("name", |(_, card)| Some(&card.name)),
    Column::id("auth_strategy_id", |(_, card): &Row| Some(card.strategy.uuid())).filter_only(),
    // Those of the developer lack the id.
    Column::id("team_id", |(owner, _)| owner.team().map(|team| team.uuid())),
    Column::text("client_id", |(_, card): &Row| card.reference_id.as_deref()).sort_only(),
    Column::text("description", |(_, card): &Row| card.description.as_deref()).sort_only(),
    Column::text("redirect_uri", |(_, card): &Row| card.redirect_uri.as_deref()).sort_only(),
    Column::time("created_at", |(_, card): &Row| Some(card.created_at)).sort_only(),
    Column::time("updated_at", |(_, card): &Row| Some(card.updated_at)).sort_only(),
];

/// The applications of the developer and of their teams, in the order in which they were made.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.signed_in(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let page = listing.apply(portal.store.applications_open_to(&who.developer).await?);
    let strategies = strategies(portal, page.data.iter().map(|(_, card)| card.strategy)).await?;
    let views: Result<Vec<_>, Problem> = page.data.iter().map(|(owner, card)| view(*owner, card, &strategies)).collect();
    ok(&listing.page(views?, page.total))
}

/// One of the applications of the developer or of their teams.
pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = portal.own_application(request, []).await?;
    let strategies = strategies(portal, [application.card.strategy]).await?;
    ok(&view(application.owner, &application.card, &strategies)?)
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

fn view(owner: Owner, card: &ApplicationCard, strategies: &Items) -> Result<ApplicationView, Problem> {
    Ok(ApplicationView::of(owner, card, &strategy(card.strategy, strategies)?))
}
