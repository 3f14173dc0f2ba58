//! `get-api-applications`: which of the applications of the developer and of their teams are registered for an API, and which are not.

use portico_domain::application::ApplicationCard;
use portico_domain::id::ApiId;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::listing::{Column, Listing};
use portico_http::named_api::NamedApi;
use portico_http::response::ok;
use portico_http::views::strategy::StrategyView;
use portico_http::who::SignedIn;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;
use serde::Serialize;

use crate::applications::{strategies, strategy};

/// An application, and its registration for the API if there is one.
type Row = (ApplicationCard, Option<Registration>);

const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |(card, _): &Row| Some(card.id.uuid())).sort_only(),
    Column::text("name", |(card, _)| Some(&card.name)),
    Column::id("registration_id", |(_, registration): &Row| registration.as_ref().map(|known| known.id.uuid())).sort_only(),
    Column::text("registration_status", |(_, registration): &Row| registration.as_ref().map(|known| known.status.as_str()))
        .sort_only(),
    Column::time("created_at", |(card, _): &Row| Some(card.created_at)).sort_only(),
    Column::time("updated_at", |(card, _): &Row| Some(card.updated_at)).sort_only(),
];

#[derive(Serialize)]
struct ApiApplicationView {
    id: String,
    name: String,
    registration_id: Option<String>,
    registration_status: Option<Status>,
    auth_strategy: StrategyView,
    created_at: String,
    updated_at: String,
}

/// The developer's applications with their registrations for an API; `unregistered=true` leaves out those that have one,
/// `unregistered=false` those that have none.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, api) = visible_api(portal, request).await?;
    let listing = Listing::parse_with_filter(&request.query, COLUMNS, "applicationfilter")?;
    let unregistered = request.query.boolean("unregistered")?;
    let open = portal.store.applications_open_to(&who.developer).await?;
    let cards: Vec<_> = open.into_iter().map(|(_, card)| card).collect();
    let keys: Vec<_> = cards.iter().map(|card| Key::registration(card.id, api)).collect();
    let registrations = portal.store.load(&keys).await?;
    let mut rows = Vec::with_capacity(cards.len());
    for card in cards {
        let registration = registrations.get::<Registration>(&Key::registration(card.id, api))?;
        if unregistered.is_none_or(|wanted| wanted == registration.is_none()) {
            rows.push((card, registration));
        }
    }
    let page = listing.apply(rows);
    let known = strategies(portal, page.data.iter().map(|(card, _)| card.strategy)).await?;
    let mut views = Vec::with_capacity(page.data.len());
    for (card, registration) in page.data {
        views.push(ApiApplicationView {
            id: card.id.to_string(),
            name: card.name,
            registration_id: registration.as_ref().map(|known| known.id.to_string()),
            registration_status: registration.map(|known| known.status),
            auth_strategy: StrategyView::brief(&strategy(card.strategy, &known)?),
            created_at: card.created_at.rfc3339(),
            updated_at: card.updated_at.rfc3339(),
        });
    }
    ok(&listing.page(views, page.total))
}

/// The signed-in developer and the API that the path names by id or slug, if it is published here and the developer may see it.
async fn visible_api(portal: &Portal, request: &Request) -> Result<(SignedIn, ApiId), Problem> {
    let named = NamedApi::parse(request.parameter("apiIdOrSlug"));
    let who = portal.signed_in(request, named.as_ref().map(|named| named.key(portal.config.portal))).await?;
    let named = named.ok_or_else(|| InvalidParameter::path("apiIdOrSlug", Rule::IsUuid, "must be a UUID or a slug"))?;
    let reader = portal.reader(&who.portal, Some(&who.developer)).await?;
    let publication = portal.visible_card(&named, &reader, &who.items).await?;
    Ok((who, publication.api))
}
