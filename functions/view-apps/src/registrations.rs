//! `list-application-registrations` and `get-application-registration`.

use portico_domain::api::Api;
use portico_domain::id::RegistrationId;
use portico_domain::registration::Registration;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::registration::RegistrationView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

/// A registration with its API.
type Row = (Registration, Api);

const STATUSES: &[&str] = &["approved", "pending", "rejected", "revoked"];

const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |(registration, _)| Some(registration.id.uuid())),
    Column::choice("status", STATUSES, |(registration, _)| Some(registration.status.as_str())),
    Column::text("api_name", |(_, api)| Some(&api.name)),
    Column::id("api_id", |(registration, _): &Row| Some(registration.api.uuid())).sort_only(),
    Column::text("api_slug", |(_, api): &Row| Some(&api.slug)).sort_only(),
    Column::id("application_id", |(registration, _): &Row| Some(registration.application.uuid())).sort_only(),
    Column::time("created_at", |(registration, _): &Row| Some(registration.created_at)).sort_only(),
    Column::time("updated_at", |(registration, _): &Row| Some(registration.updated_at)).sort_only(),
];

/// The registrations of one of the developer's applications, in the order in which they were asked for.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, application) = portal.own_application(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let mut registrations = portal.store.registrations_of(application.card.id).await?;
    registrations.sort_by_key(|registration| (registration.created_at, registration.id));
    let apis = portal.registered_apis(&who, registrations.iter().map(|registration| registration.api), []).await?;
    let mut rows = Vec::with_capacity(registrations.len());
    for registration in registrations {
        // Those of a deleted API are on their way out, and grant nothing.
        if let Some(api) = apis.get(registration.api)? {
            rows.push((registration, api));
        }
    }
    ok(&listing.apply(rows).map(|(registration, api)| RegistrationView::of(&registration, &api)))
}

/// One registration of one of the developer's applications.
pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, application) = portal.own_application(request, []).await?;
    let id = request.id::<RegistrationId>("registrationId")?;
    let (api, _) = application.grant_of(id).ok_or_else(Problem::not_found)?;
    let registration = Key::registration(application.card.id, api);
    let apis = portal.registered_apis(&who, std::iter::once(api), [registration.clone()]).await?;
    let registration = apis.items().get::<Registration>(&registration)?.filter(|found| found.id == id);
    match (registration, apis.get(api)?) {
        (Some(registration), Some(api)) => ok(&RegistrationView::of(&registration, &api)),
        _ => Err(Problem::not_found()),
    }
}
