//! An application: what it may call, its credentials, what happened.

use askama::Template;
use portico_domain::api::Api;
use portico_domain::api_key::PublicPart;
use portico_domain::application::Application;
use portico_domain::event::Event;
use portico_domain::id::ApplicationId;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_domain::strategy::Strategy;
use portico_domain::text::DecisionReason;
use portico_domain::time::Timestamp;
use portico_http::{Portal, Problem, Request};
use portico_store::Key;

use crate::frame::Frame;
use crate::parts::{Confirm, Pill, When};
use crate::shown::{Page, Stop};

use super::developer::Decision;
use super::owners::{OwnerLink, Owners};
use super::words::Happened;
use super::{Admin, Place, Side};

struct RegistrationRow {
    api: String,
    api_name: String,
    status: Pill,
    reason: Option<DecisionReason>,
    asked: When,
    place: String,
    decisions: Vec<Decision>,
}

struct KeyRow {
    name: String,
    status: Pill,
    created: When,
    expires: Option<When>,
}

#[derive(Template)]
#[template(path = "admin/application.html")]
struct ApplicationPage {
    frame: Frame,
    side: Side,
    id: String,
    reference_id: String,
    strategy: String,
    key_prefix: String,
    owner: Option<OwnerLink>,
    created: When,
    registrations: Vec<RegistrationRow>,
    keys: Vec<KeyRow>,
    delete: Confirm,
    history: Vec<Happened>,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let id = request.parameter("applicationId").parse::<ApplicationId>().ok();
    let admin = Admin::of(portal, request, id.map(Key::application)).await?;
    let id = id.ok_or_else(Problem::not_found)?;
    let application = admin.items.get::<Application>(&Key::application(id))?;
    let application =
        application.filter(|one| one.portal == admin.settings.id && one.is_live()).ok_or_else(Problem::not_found)?;
    let now = portal.now();
    let mut registrations = portal.store.registrations_of(id).await?;
    registrations.sort_by_key(|one| (one.created_at, one.id));
    let apis = registrations.iter().map(|one| Key::api(one.api));
    let items = portal.store.load(&apis.chain([Key::strategy(application.card.strategy)]).collect::<Vec<_>>()).await?;
    let decide = format!("{}/applications/{id}", admin.own_root());
    let mut rows = Vec::with_capacity(registrations.len());
    for one in &registrations {
        let api = items.get::<Api>(&Key::api(one.api))?.filter(|api| api.deleted_at.is_none());
        rows.extend(api.map(|api| row(&application, one, &api, &decide, now)));
    }
    let mut credentials = portal.store.credentials_of(id).await?;
    credentials.sort_by_key(|credential| (credential.created_at, credential.id));
    let events: Vec<Event> = portal.store.children_as(Key::application(id).pk(), "EVENT#").await?;
    let owner = Owners::of(portal, std::iter::once(application.owner)).await?.get(application.owner)?;
    let strategy = items.get::<Strategy>(&Key::strategy(application.card.strategy))?;
    let page = ApplicationPage {
        frame: admin.frame(request, application.card.name.clone()),
        side: Side::at(Place::Applications),
        reference_id: application.card.reference_id.clone().unwrap_or_default(),
        strategy: strategy.map(|strategy| strategy.display_name).unwrap_or_default(),
        key_prefix: PublicPart::of(id).to_string(),
        owner,
        created: When::of(application.card.created_at, now),
        delete: Confirm::deletion_of_application(
            &application.card.name,
            (credentials.len(), rows.len()),
            format!("{}/applications/{id}", admin.root()),
            "/admin/applications",
        ),
        keys: credentials
            .into_iter()
            .map(|credential| KeyRow {
                status: Pill::of_credential(&credential, now),
                created: When::of(credential.created_at, now),
                expires: credential.expires_at.map(|at| When::of(at, now)),
                name: credential.display_name,
            })
            .collect(),
        registrations: rows,
        history: Happened::newest(events, now),
        id: id.to_string(),
    };
    Page::own(&page)
}

fn row(application: &Application, one: &Registration, api: &Api, place: &str, now: Timestamp) -> RegistrationRow {
    let place = format!("{place}/registrations/{}", one.id);
    let (app, name) = (&application.card.name, &api.name);
    let approve = Decision::approve(format!("Approved. {app} can call {name} now."));
    let withdraw = |status, button, text: &str, done| {
        let question = Confirm {
            id: format!("decide-{}-{status}", one.id),
            title: format!("{button} {app} for {name}?"),
            text: text.to_owned(),
            ..Decision::question(button, &place)
        };
        Decision::withdraw(status, question, done)
    };
    let decisions = match one.status {
        Status::Pending => vec![
            approve,
            withdraw(
                Status::Rejected,
                "Reject",
                "The developer is told by mail. You can approve it later.",
                "Rejected.".to_owned(),
            ),
        ],
        Status::Approved => vec![withdraw(
            Status::Revoked,
            "Revoke",
            "Its calls to this API stop at once, and the developer is told by mail. You can approve it again later.",
            format!("Revoked. Calls of {app} to {name} are refused."),
        )],
        Status::Rejected | Status::Revoked => vec![approve],
    };
    RegistrationRow {
        api: api.id.to_string(),
        api_name: name.clone(),
        status: Pill::of(one.status),
        reason: one.reason.clone(),
        asked: When::of(one.created_at, now),
        place,
        decisions,
    }
}
