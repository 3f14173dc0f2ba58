//! Access and approvals: who waits for a decision, and how somebody comes to ask.

use std::collections::BTreeMap;

use askama::Template;
use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::developer::Developer;
use portico_domain::email::EmailAddress;
use portico_domain::id::{ApiId, ApplicationId};
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_domain::text::FullName;
use portico_domain::time::Timestamp;
use portico_http::{Portal, Request};
use portico_store::developers::developers_list;
use portico_store::registrations::registrations_list;
use portico_store::{Item, Items, Key};
use serde::de::DeserializeOwned;

use crate::frame::Frame;
use crate::parts::{Empty, Field, When, counted, reason};
use crate::shown::{Page, Stop};

use super::owners::{OwnerLink, Owners};
use super::{Admin, Place, Side};

/// How many of each are shown at a time: deciding about them brings the next ones.
const SHOWN: usize = 50;
/// How many developers, and how many registrations, are looked through for those who wait: more than other lists are, because nobody else
/// finds whoever is missed here.
const LOOKED_THROUGH: usize = 100_000;

/// A developer who waits.
struct Person {
    id: String,
    name: String,
    email: String,
    proven: bool,
    since: When,
    reason: Field,
}

/// A registration that waits.
struct Asking {
    id: String,
    application: String,
    application_name: String,
    owner: OwnerLink,
    api: String,
    api_name: String,
    since: When,
    reason: Field,
    /// What is known of the application: how often it asked before, and what came of it.
    history: String,
}

#[derive(Template)]
#[template(path = "admin/approvals.html")]
struct ApprovalsPage {
    frame: Frame,
    side: Side,
    root: String,
    own_root: String,
    /// Why several are rejected at once, of each kind.
    reasons: [Field; 2],
    developers: Vec<Person>,
    developers_waiting: usize,
    registrations: Vec<Asking>,
    registrations_waiting: usize,
    none: Empty,
    sign_up: String,
    email: Field,
    full_name: Field,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let now = portal.now();
    let (people, developers_waiting) =
        waiting::<Developer>(portal, &developers_list(admin.settings.id), |one| one.status == Status::Pending).await?;
    let (asked, registrations_waiting) =
        waiting::<Registration>(portal, &registrations_list(admin.settings.id), |one| one.status == Status::Pending).await?;
    let page = ApprovalsPage {
        frame: admin.frame(request, "Access and approvals"),
        side: Side::with_waiting(Place::Approvals, developers_waiting + registrations_waiting),
        developers: people.iter().map(|developer| person(developer, now)).collect(),
        developers_waiting,
        registrations: registrations(portal, &asked, now).await?,
        registrations_waiting,
        none: Empty {
            title: "Nobody waits".to_owned(),
            text: "Developers who sign up, and applications that ask for an API, are here until you decide.".to_owned(),
            action: None,
        },
        sign_up: format!("{}/register", portal.config.public_url.origin()),
        email: Field::email("email", "E-mail address").required().most(EmailAddress::MAX_CHARS).autocomplete("off"),
        full_name: Field::text("full_name", "Name").required().most(FullName::MAX_CHARS),
        root: admin.root(),
        own_root: admin.own_root(),
        reasons: [reason("registrations"), reason("developers")],
    };
    Page::own(&page)
}

/// What of a list waits, the longest first, as the table has it now, and how many do by the index.
async fn waiting<T: DeserializeOwned>(portal: &Portal, list: &str, waits: impl Fn(&T) -> bool) -> Result<(Vec<T>, usize), Stop> {
    let by_index = portal.store.walk_with(list, ("status", Status::Pending.as_str()), LOOKED_THROUGH).await?;
    let count = by_index.len();
    let shown = by_index.get(..SHOWN).unwrap_or(&by_index);
    let fresh: Result<Vec<T>, _> = portal.store.fresh(shown).await?.into_iter().map(Item::into_entity).collect();
    let mut rows = fresh?;
    let read = rows.len();
    rows.retain(waits);
    let gone = shown.len() - read + (read - rows.len());
    Ok((rows, count - gone))
}

fn person(developer: &Developer, now: Timestamp) -> Person {
    Person {
        id: developer.id.to_string(),
        name: developer.full_name.clone(),
        email: developer.email.clone(),
        proven: developer.email_verified_at.is_some(),
        since: When::of(developer.created_at, now),
        reason: reason(&developer.id.to_string()),
    }
}

async fn registrations(portal: &Portal, asked: &[Registration], now: Timestamp) -> Result<Vec<Asking>, Stop> {
    let of_rows = asked.iter().flat_map(|one| [Key::application(one.application), Key::api(one.api)]);
    let items = portal.store.load(&of_rows.collect::<Vec<_>>()).await?;
    let mut applications: BTreeMap<ApplicationId, Application> = BTreeMap::new();
    for one in asked {
        let found = items.get::<Application>(&Key::application(one.application))?.filter(Application::is_live);
        applications.extend(found.map(|application| (application.card.id, application)));
    }
    let owners = Owners::of(portal, applications.values().map(|application| application.owner)).await?;
    let mut rows = Vec::with_capacity(asked.len());
    for one in asked {
        let Some(application) = applications.get(&one.application) else { continue };
        let (Some(api), Some(owner)) = (api(&items, one.api)?, owners.get(application.owner)?) else { continue };
        rows.push(Asking {
            id: one.id.to_string(),
            application: application.card.id.to_string(),
            application_name: application.card.name.clone(),
            owner,
            api: api.id.to_string(),
            api_name: api.name,
            since: When::of(one.created_at, now),
            reason: reason(&one.id.to_string()),
            history: history(application),
        });
    }
    Ok(rows)
}

fn api(items: &Items, id: ApiId) -> Result<Option<Api>, Stop> {
    Ok(items.get::<Api>(&Key::api(id))?.filter(|api| api.deleted_at.is_none()))
}

/// What came of the application's other registrations.
fn history(application: &Application) -> String {
    let with = |status| application.grants.values().filter(|grant| grant.status == status).count();
    let (approved, rejected, revoked) = (with(Status::Approved), with(Status::Rejected), with(Status::Revoked));
    let told = [(approved, "approved"), (rejected, "rejected"), (revoked, "revoked")];
    let told: Vec<_> = told.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if told.is_empty() {
        return format!("Its first request. {}.", counted(usize::try_from(application.key_count).unwrap_or(0), "credential"));
    }
    format!("Earlier requests: {}.", told.join(", "))
}
