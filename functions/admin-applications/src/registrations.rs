//! Registrations: lists, one of them, the decision about it, its deletion.

use std::collections::BTreeMap;

use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::event::Name;
use portico_domain::id::{ApiId, ApplicationId, DeveloperId, PortalId, RegistrationId};
use portico_domain::owner::Owner;
use portico_domain::registration::Registration;
use portico_http::approval::{STATUS_CHOICES, STATUS_WORDS, decision};
use portico_http::decisions::{By, Registered};
use portico_http::fields::Fields;
use portico_http::fields::kinds::one_of;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::listing::{Column, Listing, Page};
use portico_http::response::{no_content, ok};
use portico_http::views::admin_registration::AdminRegistrationView;
use portico_http::views::admin_registration_details::AdminRegistrationDetailsView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::owners::Acting;
use portico_store::registrations::{DeleteRegistrationError, registrations_list};
use portico_store::{Item, Key, decide_again};

use crate::{live, named};

/// A registration and, where a filter asks about it, its application.
struct Row {
    registration: Registration,
    application: Option<Application>,
}

impl From<Registration> for Row {
    fn from(registration: Registration) -> Self {
        Self { registration, application: None }
    }
}

const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |row| Some(row.registration.id.uuid())),
    Column::choice("status", STATUS_WORDS, |row| Some(row.registration.status.as_str())),
    Column::id("developer_id", |row: &Row| row.application.as_ref().and_then(|one| one.owner.developer()).map(|id| id.uuid()))
        .filter_only(),
    Column::text("application_name", |row: &Row| row.application.as_ref().map(|one| one.card.name.as_str())).filter_only(),
    Column::time("created_at", |row: &Row| Some(row.registration.created_at)).sort_only(),
    Column::time("updated_at", |row: &Row| Some(row.registration.updated_at)).sort_only(),
];

const OF_APPLICATION: &[Column<Registration>] = &[
    Column::id("id", |registration| Some(registration.id.uuid())),
    Column::choice("status", STATUS_WORDS, |registration| Some(registration.status.as_str())),
    Column::time("created_at", |registration: &Registration| Some(registration.created_at)).sort_only(),
    Column::time("updated_at", |registration: &Registration| Some(registration.updated_at)).sort_only(),
];

/// The registrations of a portal; those of one developer are read from the developer's own applications.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let browsing = Browsing::parse(request, COLUMNS)?;
    let listing = &browsing.listing;
    let page = if let Some(owner) = listing.equals_id("developer_id") {
        listing.apply(of_developer(portal, who.portal.id, DeveloperId::new(owner)).await?)
    } else {
        let walked = browsing.walk(&portal.store, &registrations_list(who.portal.id), CAP).await?;
        let registrations: Result<Vec<Registration>, _> = walked.items.into_iter().map(Item::into_entity).collect();
        let rows = if ["developer_id", "application_name"].iter().any(|column| listing.filters_by(column)) {
            with_applications(portal, registrations?).await?
        } else {
            registrations?.into_iter().map(Row::from).collect()
        };
        browsing.page(rows, walked.next.as_deref())
    };
    ok(&shown(portal, listing, page).await?)
}

async fn of_developer(portal: &Portal, of: PortalId, owner: DeveloperId) -> Result<Vec<Row>, Problem> {
    let applications = portal.store.applications_in_full(Owner::Developer(owner)).await?;
    let granted = |application: &Application| {
        let id = application.card.id;
        application.grants.keys().map(move |api| Key::registration(id, *api)).collect::<Vec<_>>()
    };
    let keys: Vec<Key> = applications.iter().filter(|application| application.portal == of).flat_map(granted).collect();
    let items = portal.store.load(&keys).await?;
    let mut by_id: BTreeMap<ApplicationId, Application> = BTreeMap::new();
    by_id.extend(applications.into_iter().map(|application| (application.card.id, application)));
    let mut rows = Vec::with_capacity(keys.len());
    for key in &keys {
        let registration = items.get::<Registration>(key)?;
        rows.extend(registration.map(|one| Row { application: by_id.get(&one.application).cloned(), registration: one }));
    }
    rows.sort_by_key(|row| (row.registration.created_at, row.registration.id));
    Ok(rows)
}

async fn with_applications(portal: &Portal, registrations: Vec<Registration>) -> Result<Vec<Row>, Problem> {
    let keys: Vec<Key> = registrations.iter().map(|one| Key::application(one.application)).collect();
    let items = portal.store.load(&keys).await?;
    let mut rows = Vec::with_capacity(registrations.len());
    for registration in registrations {
        let application = live(items.get(&Key::application(registration.application))?);
        rows.extend(application.map(|application| Row { registration, application: Some(application) }));
    }
    Ok(rows)
}

/// The rows of a page as the table has them now; what is gone, or would not pass the filters any more, is left out.
async fn shown(portal: &Portal, listing: &Listing<Row>, page: Page<Row>) -> Result<Page<AdminRegistrationView>, Problem> {
    let keys = |row: &Row| {
        let Registration { application, api, .. } = row.registration;
        [Key::registration(application, api), Key::application(application), Key::api(api)]
    };
    let items = portal.store.load(&page.data.iter().flat_map(keys).collect::<Vec<_>>()).await?;
    let mut views = Vec::with_capacity(page.data.len());
    for row in &page.data {
        let [registration, application, api] = keys(row);
        let registration = items.get::<Registration>(&registration)?.filter(|one| one.id == row.registration.id);
        let (application, api) = (live(items.get(&application)?), known(items.get(&api)?));
        let (Some(registration), Some(application), Some(api)) = (registration, application, api) else {
            views.push(None);
            continue;
        };
        let view = AdminRegistrationView::of(&registration, &application, &api);
        views.push(listing.keeps(&Row { registration, application: Some(application) }).then_some(view));
    }
    let mut views = views.into_iter();
    Ok(page.filter_map(|_| views.next().flatten()))
}

fn known(api: Option<Api>) -> Option<Api> {
    api.filter(|api| api.deleted_at.is_none())
}

/// The registrations of one application, as many as one can have, with an exact total.
pub(crate) async fn list_of_application(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = named(portal, request).await?;
    let listing = Listing::parse(&request.query, OF_APPLICATION)?;
    let mut registrations = portal.store.registrations_of(application.card.id).await?;
    registrations.sort_by_key(|registration| (registration.created_at, registration.id));
    let page = listing.apply(registrations);
    let keys: Vec<Key> = page.data.iter().map(|registration| Key::api(registration.api)).collect();
    let items = portal.store.load(&keys).await?;
    let mut apis = BTreeMap::new();
    for registration in &page.data {
        apis.extend(known(items.get(&Key::api(registration.api))?).map(|api| (api.id, api)));
    }
    let view = |one: Registration| Some(AdminRegistrationView::of(&one, &application, apis.get(&one.api)?));
    ok(&page.filter_map(view))
}

/// The registration of an application that the path names: its API is in the application's grants.
fn named_api(request: &Request, application: &Application) -> Result<(RegistrationId, ApiId), Problem> {
    let id = request.id::<RegistrationId>("registrationId")?;
    let (api, _) = application.grant_of(id).ok_or_else(Problem::not_found)?;
    Ok((id, api))
}

/// The registration that the path names, and what it is between.
async fn found(portal: &Portal, request: &Request) -> Result<Registered, Problem> {
    let (_, application) = named(portal, request).await?;
    let (_, api) = named_api(request, &application)?;
    portal.registered(application.card.id, api).await?.ok_or_else(Problem::not_found)
}

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let found = found(portal, request).await?;
    ok(&AdminRegistrationView::of(&found.registration, &found.application, &found.api))
}

/// What the contract's object has no room for.
pub(crate) async fn details(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    ok(&AdminRegistrationDetailsView::of(found(portal, request).await?.registration))
}

/// Approves, rejects or revokes: calls pass, or stop, before the answer.
pub(crate) async fn decide(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, application) = named(portal, request).await?;
    let named = named_api(request, &application);
    let mut body = Fields::of(&request.body);
    let status = body.optional("status", one_of(STATUS_CHOICES));
    let status = body.finish(status)?;
    let (id, api) = named?;
    let (place, by) = ((application.card.id, api), By::request(who.administrator.actor()));
    let (registration, api) = portal.decide_about_registration(place, id, status, &by).await?;
    ok(&AdminRegistrationView::of(&registration, &application, &api))
}

/// The same, with a reason that the developer is told.
pub(crate) async fn decide_with_reason(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, application) = named(portal, request).await?;
    let named = named_api(request, &application);
    let (to, reason) = decision(&request.body)?;
    let (id, api) = named?;
    let by = By::request(who.administrator.actor()).because(reason);
    let (registration, _) = portal.decide_about_registration((application.card.id, api), id, Some(to), &by).await?;
    ok(&AdminRegistrationDetailsView::of(registration))
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let registration = request.id::<RegistrationId>("registrationId")?;
    decide_again::<_, Problem, _>(|| async move {
        let (who, application) = named(portal, request).await?;
        let (api, grant) = application.grant_of(registration).ok_or_else(Problem::not_found)?;
        let data = application.registration_ended(api, &grant);
        let event = portal.event(Name::RegistrationDeleted, who.administrator.actor(), data)?;
        match portal
            .store
            .delete_registration(application.card.id, api, &grant, Acting::on_behalf(application.owner), &event)
            .await
        {
            Ok(()) => Ok(Some(no_content())),
            Err(DeleteRegistrationError::Changed) => Ok(None),
            Err(DeleteRegistrationError::Store(error)) => Err(error.into()),
        }
    })
    .await
}
