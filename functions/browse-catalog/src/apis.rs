//! `list-apis`, `fetch-api`, `get-api-actions`.

use portico_domain::id::StrategyId;
use portico_domain::portal::Visibility;
use portico_domain::publication::Publication;
use portico_domain::strategy::Strategy;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::api::CatalogApiView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;
use serde::Serialize;

use crate::strategies;
use crate::visible::{Visible, visible};

const VISIBILITIES: &[&str] = &[Visibility::Public.as_str(), Visibility::Private.as_str()];
const COLUMNS: &[Column<Publication>] = &[
    Column::id("id", |card| Some(card.api.uuid())),
    Column::text("name", |card| Some(&card.name)),
    Column::label("version", |card| card.version.as_deref()),
    Column::text("description", |card| card.description.as_deref()),
    Column::text("slug", |card: &Publication| Some(&card.slug)).sort_only(),
    Column::choice("visibility", VISIBILITIES, |card: &Publication| Some(card.visibility.as_str())).sort_only(),
    Column::values("attributes", |card, key| card.attributes.get(key).into_iter().flatten().map(String::as_str).collect()),
    Column::time("created_at", |card| Some(card.api_created_at)),
    Column::time("updated_at", |card| Some(card.api_updated_at)),
];

#[derive(Serialize)]
struct ActionsView {
    actions: Actions,
}

#[derive(Serialize)]
struct Actions {
    view: bool,
    register: bool,
    view_documentation: bool,
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.visitor(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let reader = portal.reader(&who.portal, who.developer.as_ref()).await?;
    let mut cards = portal.store.cards_of(who.portal.id).await?;
    cards.retain(|card| card.is_visible_to(&reader));
    let page = listing.apply(cards);
    let strategies = strategies::load(portal, page.data.iter().filter_map(|card| card.strategy)).await?;
    let of = |id: Option<StrategyId>| strategies.iter().find(|strategy| Some(strategy.id) == id);
    ok(&page.map(|card| CatalogApiView::of(&card, of(card.strategy))))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let Visible { card, .. } = visible(portal, request, |_| None).await?;
    let strategy = match card.strategy {
        Some(strategy) => portal.store.find::<Strategy>(&Key::strategy(strategy)).await?,
        None => None,
    };
    ok(&CatalogApiView::of(&card, strategy.as_ref()))
}

pub(crate) async fn actions(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let Visible { reader, card, .. } = visible(portal, request, |_| None).await?;
    let register = card.may_register(&reader);
    ok(&ActionsView { actions: Actions { view: true, register, view_documentation: true } })
}
