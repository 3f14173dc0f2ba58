//! `list-application-auth-strategies`: those that an application of this portal can be of use with.

use portico_domain::id::StrategyId;
use portico_domain::strategy::Strategy;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::strategy::StrategyView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

const TYPES: &[&str] = &["client_credentials", "self_managed_client_credentials", "key_auth"];
const COLUMNS: &[Column<Strategy>] = &[
    Column::id("id", |strategy: &Strategy| Some(strategy.id.uuid())).sort_only(),
    Column::text("name", |strategy| Some(&strategy.display_name)),
    Column::choice("credential_type", TYPES, |strategy| {
        Some(if strategy.is_key_auth() { "key_auth" } else { "self_managed_client_credentials" })
    }),
    Column::flag("supports_multiple_credentials", |strategy: &Strategy| Some(strategy.is_key_auth())).sort_only(),
    // No strategy bounds the number of its credentials.
    Column::number("min_allowed_credentials", |_| None),
    Column::number("max_allowed_credentials", |_| None),
];

/// The portal's default and those of the APIs that the developer sees: not those of other portals.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.signed_in(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let reader = portal.reader(&who.portal, Some(&who.developer)).await?;
    let cards = portal.store.cards_of(who.portal.id).await?;
    let seen = cards.iter().filter(|card| card.is_visible_to(&reader)).filter_map(|card| card.strategy);
    let strategies = load(portal, seen.chain(who.portal.default_strategy)).await?;
    ok(&listing.apply(strategies).map(|strategy| StrategyView::full(&strategy)))
}

/// These strategies, each once, in the order in which they were made.
pub(crate) async fn load(portal: &Portal, ids: impl Iterator<Item = StrategyId>) -> Result<Vec<Strategy>, Problem> {
    let mut keys: Vec<Key> = ids.map(Key::strategy).collect();
    keys.sort();
    keys.dedup();
    let items = portal.store.load(&keys).await?;
    let mut strategies = Vec::with_capacity(keys.len());
    for key in &keys {
        strategies.extend(items.get::<Strategy>(key)?);
    }
    Ok(strategies)
}
