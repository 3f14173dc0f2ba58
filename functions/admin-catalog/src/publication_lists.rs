//! `list-api-publications`, `list-portal-api-publications`.

use std::collections::BTreeMap;

use portico_domain::api::Api;
use portico_domain::id::PortalId;
use portico_domain::portal::{Portal as Settings, Visibility};
use portico_domain::publication::Publication;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::publication::{PortalPublicationRowView, PublicationRowView};
use portico_http::{Portal, Problem, Request, Response};
use portico_store::apis::APIS_LIST;
use portico_store::{Item, Key};

use crate::apis::portals_of;

/// A publication and the name of its portal.
struct Row {
    card: Publication,
    portal: Option<String>,
}

/// What is published: the contract knows packages of APIs, too, which are not there.
const ENTITY: &str = "api";
const ENTITIES: &[&str] = &[ENTITY, "api_package"];
const VISIBILITIES: &[&str] = &[Visibility::Public.as_str(), Visibility::Private.as_str()];
const COLUMNS: &[Column<Row>] = &[
    Column::id("portal_id", |row| Some(row.card.portal.uuid())),
    Column::text("portal_name", |row: &Row| row.portal.as_deref()).filter_only(),
    Column::id("api_id", |row| Some(row.card.api.uuid())),
    Column::text("api_name", |row: &Row| Some(&row.card.name)).filter_only(),
    Column::id("auth_strategy_id", |row: &Row| row.card.strategy.map(|id| id.uuid())).filter_only(),
    Column::choice("entity_type", ENTITIES, |_| Some(ENTITY)),
    Column::flag("auto_approve_registrations", |row: &Row| Some(row.card.auto_approve_registrations)).sort_only(),
    Column::choice("visibility", VISIBILITIES, |row: &Row| Some(row.card.visibility.as_str())).sort_only(),
    Column::time("created_at", |row: &Row| Some(row.card.created_at)).sort_only(),
    Column::time("updated_at", |row: &Row| Some(row.card.updated_at)).sort_only(),
];
const OF_PORTAL: &[Column<Publication>] = &[
    Column::id("api_id", |card| Some(card.api.uuid())),
    Column::text("api_name", |card: &Publication| Some(&card.name)).filter_only(),
    Column::id("auth_strategy_id", |card: &Publication| card.strategy.map(|id| id.uuid())).filter_only(),
    Column::choice("entity_type", ENTITIES, |_| Some(ENTITY)),
    Column::flag("auto_approve_registrations", |card: &Publication| Some(card.auto_approve_registrations)).sort_only(),
    Column::choice("visibility", VISIBILITIES, |card: &Publication| Some(card.visibility.as_str())).sort_only(),
    Column::time("created_at", |card: &Publication| Some(card.created_at)).sort_only(),
    Column::time("updated_at", |card: &Publication| Some(card.updated_at)).sort_only(),
];

/// Those of the portals that the token is for.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.administrator(request, []).await?;
    let browsing = Browsing::parse(request, COLUMNS)?;
    let walked = browsing.walk(&portal.store, APIS_LIST, CAP).await?;
    let apis: Result<Vec<Api>, _> = walked.items.into_iter().map(Item::into_entity).collect();
    let apis = apis?;
    let portals = portals_of(portal, &apis).await?;
    let names: BTreeMap<PortalId, &Settings> = portals.iter().map(|settings| (settings.id, settings)).collect();
    let published = apis.iter().flat_map(|api| api.publications.keys().map(|portal| (*portal, api.id)));
    let keys: Vec<Key> =
        published.filter(|(of, _)| who.require(*of).is_ok()).map(|(of, api)| Key::publication(of, api)).collect();
    let items = portal.store.load(&keys).await?;
    let mut rows = Vec::with_capacity(keys.len());
    for key in &keys {
        let card = items.get::<Publication>(key)?;
        rows.extend(card.map(|card| Row { portal: names.get(&card.portal).map(|known| known.name.clone()), card }));
    }
    ok(&browsing.page(rows, walked.next.as_deref()).map(|row| PublicationRowView::of(&row.card)))
}

pub(crate) async fn of_portal(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let listing = Listing::parse(&request.query, OF_PORTAL)?;
    let cards = portal.store.cards_of(who.portal.id).await?;
    ok(&listing.apply(cards).map(|card| PortalPublicationRowView::of(&card)))
}
