//! `list-api-registrations`: which applications are registered for an API, in the portals that the token is for.

use std::collections::BTreeMap;

use portico_domain::application::Application;
use portico_domain::id::PortalId;
use portico_domain::portal::Portal as Settings;
use portico_domain::registration::Registration;
use portico_http::approval::STATUS_WORDS;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::admin_registration::ApiRegistrationView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;
use portico_store::registrations::RegistrationPointer;

use crate::{live, named};

/// A registration with what it belongs to.
struct Row {
    registration: Registration,
    application: Application,
    portal: Settings,
}

const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |row: &Row| Some(row.registration.id.uuid())).sort_only(),
    Column::choice("status", STATUS_WORDS, |row: &Row| Some(row.registration.status.as_str())),
    Column::id("portal_id", |row: &Row| Some(row.portal.id.uuid())).filter_only(),
    Column::text("portal_name", |row: &Row| Some(&row.portal.name)).filter_only(),
    Column::id("application_id", |row: &Row| Some(row.application.card.id.uuid())).filter_only(),
    Column::text("application_name", |row: &Row| Some(&row.application.card.name)).filter_only(),
    Column::text("application_owner_type", |row: &Row| Some(row.application.owner.kind())).filter_only(),
    Column::id("application_owner_id", |row: &Row| Some(row.application.owner.uuid())).filter_only(),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    live(portal, id).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let pointers: Vec<RegistrationPointer> = portal.store.children_as(Key::api(id).pk(), "REG#").await?;
    let mine: Vec<_> = pointers.into_iter().filter(|one| who.require(one.portal).is_ok()).collect();
    let of = |one: &RegistrationPointer| [Key::registration(one.application, id), Key::application(one.application)];
    let portals: BTreeMap<PortalId, Key> = mine.iter().map(|one| (one.portal, Key::portal(one.portal))).collect();
    let keys: Vec<Key> = mine.iter().flat_map(of).chain(portals.values().cloned()).collect();
    let items = portal.store.load(&keys).await?;
    let mut rows = Vec::with_capacity(mine.len());
    for one in &mine {
        let registration = items.get::<Registration>(&Key::registration(one.application, id))?;
        let application = items.get::<Application>(&Key::application(one.application))?.filter(Application::is_live);
        let of = items.get::<Settings>(&Key::portal(one.portal))?;
        if let (Some(registration), Some(application), Some(portal)) = (registration, application, of) {
            rows.push(Row { registration, application, portal });
        }
    }
    ok(&listing.apply(rows).map(|row| ApiRegistrationView::of(&row.registration, &row.application, &row.portal)))
}
