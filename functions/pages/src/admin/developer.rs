//! A developer: what is known of them, their applications, what happened, and the decisions about them.

use askama::Template;
use portico_domain::application::Application;
use portico_domain::developer::Developer;
use portico_domain::event::Event;
use portico_domain::id::DeveloperId;
use portico_domain::owner::Owner;
use portico_domain::status::Status;
use portico_domain::team::Team;
use portico_domain::text::DecisionReason;
use portico_domain::time::Timestamp;
use portico_http::{Portal, Problem, Request};
use portico_store::{Items, Key};

use crate::frame::Frame;
use crate::parts::{Confirm, Field, Notice, Pill, When, counted, reason};
use crate::shown::{Page, Stop};

use super::words::Happened;
use super::{Admin, Place, Side};

struct App {
    id: String,
    name: String,
    approved: usize,
    keys: u32,
    created: When,
}

/// A team that the developer is in.
struct Membership {
    id: String,
    name: String,
    /// Whether a group of the identity provider gave it.
    by_group: bool,
}

/// A decision that the status allows.
pub(super) struct Decision {
    pub(super) status: Status,
    pub(super) button: &'static str,
    pub(super) confirm: Option<Confirm>,
    /// Room for the reason, where access is refused or taken away.
    pub(super) reason: Option<Field>,
    pub(super) done: String,
}

impl Decision {
    /// Gives access, at once.
    pub(super) const fn approve(done: String) -> Self {
        Self { status: Status::Approved, button: "Approve", confirm: None, reason: None, done }
    }

    /// Takes access away, after a question.
    pub(super) fn withdraw(status: Status, question: Confirm, done: String) -> Self {
        let button = question.button;
        let reason = Some(reason(&question.id));
        Self { status, button, confirm: Some(Confirm { done: done.clone(), ..question }), reason, done }
    }

    /// What all questions before a decision have in common; what it is about is still to be said.
    pub(super) fn question(button: &'static str, place: &str) -> Confirm {
        Confirm {
            id: String::new(),
            title: String::new(),
            text: String::new(),
            action: place.to_owned(),
            method: "PATCH",
            button,
            type_name: None,
            next: None,
            done: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/developer.html")]
struct DeveloperPage {
    frame: Frame,
    side: Side,
    id: String,
    place: String,
    email: String,
    status: Pill,
    reason: Option<DecisionReason>,
    since: When,
    proven: Option<When>,
    /// What they sign in with: a password, and the issuers of identity providers.
    password: bool,
    issuers: Vec<String>,
    teams: Vec<Membership>,
    mail: Option<Notice>,
    apps: Vec<App>,
    decisions: Vec<Decision>,
    delete: Confirm,
    history: Vec<Happened>,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let id = request.parameter("developerId").parse::<DeveloperId>().ok();
    let admin = Admin::of(portal, request, id.map(Key::developer)).await?;
    let id = id.ok_or_else(Problem::not_found)?;
    let developer = admin.items.get::<Developer>(&Key::developer(id))?;
    let developer = developer.filter(|one| one.portal == admin.settings.id && one.deleted_at.is_none());
    let developer = developer.ok_or_else(Problem::not_found)?;
    let cards = portal.store.applications_owned_by(Owner::Developer(id)).await?;
    let keys: Vec<Key> = cards.iter().map(|card| Key::application(card.id)).collect();
    let teams = developer.teams.iter().copied().map(Key::team);
    let items = portal.store.load(&keys.iter().cloned().chain(teams).collect::<Vec<_>>()).await?;
    let now = portal.now();
    let mut apps = Vec::with_capacity(keys.len());
    for key in &keys {
        apps.extend(items.get::<Application>(key)?.filter(Application::is_live).map(|one| app(&one, now)));
    }
    let events: Vec<Event> = portal.store.children_as(Key::developer(id).pk(), "EVENT#").await?;
    let decide = format!("{}/developers/{id}", admin.own_root());
    let stops = stops(&apps);
    let mail = developer.mail_failure.as_ref().map(|failure| {
        let told = format!(
            "A mail to this address did not arrive ({}). Ask the developer, or invite another address.",
            failure.reason.as_str()
        );
        Notice::bad(told)
    });
    let page = DeveloperPage {
        frame: admin.frame(request, developer.full_name.clone()),
        side: Side::at(Place::Developers),
        status: Pill::of(developer.status),
        reason: developer.reason.clone(),
        since: When::of(developer.created_at, now),
        proven: developer.email_verified_at.map(|at| When::of(at, now)),
        password: developer.has_password,
        issuers: developer.identities.iter().map(|identity| identity.issuer.clone()).collect(),
        teams: memberships(&developer, &items)?,
        mail,
        decisions: decisions(&developer, &decide, &stops),
        delete: Confirm {
            id: "delete-developer".to_owned(),
            title: format!("Delete {}?", developer.full_name),
            text: format!("Their applications, registrations and credentials go with them. {stops} This cannot be undone."),
            action: format!("{}/developers/{id}", admin.root()),
            method: "DELETE",
            button: "Delete developer",
            type_name: Some(developer.email.clone()),
            next: Some("/admin/developers".to_owned()),
            done: format!("{} is deleted.", developer.full_name),
        },
        history: Happened::newest(events, now),
        email: developer.email,
        id: id.to_string(),
        apps,
        place: decide,
    };
    Page::own(&page)
}

/// The developer's teams, by the alphabet.
fn memberships(developer: &Developer, items: &Items) -> Result<Vec<Membership>, Stop> {
    let mut found = Vec::with_capacity(developer.teams.len());
    for id in &developer.teams {
        let team = items.get::<Team>(&Key::team(*id))?.filter(Team::is_live);
        let by_group = developer.teams_by_groups.contains(id);
        found.extend(team.map(|team| Membership { id: id.to_string(), name: team.name, by_group }));
    }
    found.sort_by_cached_key(|one| one.name.to_lowercase());
    Ok(found)
}

fn app(application: &Application, now: Timestamp) -> App {
    App {
        id: application.card.id.to_string(),
        name: application.card.name.clone(),
        approved: application.grants.values().filter(|grant| grant.status == Status::Approved).count(),
        keys: application.key_count,
        created: When::of(application.card.created_at, now),
    }
}

fn stops(apps: &[App]) -> String {
    let used: Vec<_> = apps.iter().filter(|app| app.approved > 0).map(|app| app.name.as_str()).collect();
    match used.as_slice() {
        [] => "No calls stop: none of their applications is approved for an API.".to_owned(),
        some => format!("Calls of {} stop at once: {}.", counted(some.len(), "application"), some.join(", ")),
    }
}

/// What can follow the status (contract, point 8). What takes access away is asked twice.
fn decisions(developer: &Developer, place: &str, stops: &str) -> Vec<Decision> {
    let name = &developer.full_name;
    let approve = Decision::approve(format!("Approved. {name} can sign in now."));
    let withdraw = |status, button, text, done| {
        let question = Confirm {
            id: format!("decide-{status}"),
            title: format!("{button} {name}?"),
            text,
            ..Decision::question(button, place)
        };
        Decision::withdraw(status, question, done)
    };
    match developer.status {
        Status::Pending => vec![
            approve,
            withdraw(
                Status::Rejected,
                "Reject",
                "They are told by mail and cannot sign in. You can approve them later.".to_owned(),
                format!("Rejected. {name} is told by mail."),
            ),
        ],
        Status::Approved => vec![withdraw(
            Status::Revoked,
            "Revoke",
            format!("They are signed out everywhere and told by mail. {stops} You can approve them again later."),
            format!("Revoked. Calls of {name} are refused."),
        )],
        Status::Rejected | Status::Revoked => vec![approve],
    }
}
