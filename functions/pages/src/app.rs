//! An application: what it may call, its credentials, and what can be done with it.

use askama::Template;
use portico_domain::application::{Application, ApplicationCard};
use portico_domain::credential::Credential;
use portico_domain::id::ApplicationId;
use portico_domain::publication::Publication;
use portico_domain::reader::Reader;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_domain::strategy::Strategy;
use portico_domain::team::Team;
use portico_domain::text::{DecisionReason, DisplayName};
use portico_domain::time::Timestamp;
use portico_http::registered_apis::WITHHELD;
use portico_http::who::SignedIn;
use portico_http::{Portal, Problem, Request};
use portico_store::{Items, Key};

use crate::apps::{self, ReferenceIds};
use crate::examples::{self, Shown};
use crate::frame::{Frame, Part};
use crate::parts::{Code, Confirm, Empty, Field, Pill, When};
use crate::reader;
use crate::shown::{Page, Stop};
use crate::tokens::Tokens;

/// An API that it is registered for.
struct ApiRow {
    name: String,
    /// Absent if it is not published any more.
    slug: Option<String>,
    status: Pill,
    /// Why calls are refused although the registration is approved.
    refused: Option<&'static str>,
    /// What was said of the decision.
    reason: Option<DecisionReason>,
    asked: When,
    cancel: Confirm,
}

/// A credential.
struct KeyRow {
    id: String,
    name: String,
    status: Pill,
    created: When,
    expires: Option<When>,
    rename: Field,
    delete: Confirm,
}

#[derive(Template)]
#[template(path = "apps/app.html")]
struct AppPage {
    frame: Frame,
    id: String,
    paragraphs: Vec<String>,
    reference_id: String,
    strategy: String,
    /// The team that owns it.
    team: Option<String>,
    key_auth: bool,
    /// Whose tokens count, where the portal makes no keys.
    tokens: Option<Tokens>,
    created: When,
    apis: Vec<ApiRow>,
    no_apis: Empty,
    keys: Vec<KeyRow>,
    /// Whether a credential would be of use now.
    any_approved: bool,
    display_name: Field,
    /// The header that a key is sent in.
    header: String,
    example: Option<Code>,
    delete: Confirm,
}

/// The application that the path names, of whoever is signed in.
async fn own(portal: &Portal, request: &Request) -> Result<(SignedIn, Application), Stop> {
    let id = request.parameter("applicationId").parse::<ApplicationId>().ok();
    let who = reader::developer(portal, request, id.map(Key::application)).await?;
    let application = who.own(id.ok_or_else(Problem::not_found)?, &who.items)?;
    Ok((who, application))
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let (who, application) = own(portal, request).await?;
    let now = portal.now();
    let id = application.card.id;
    let registrations = portal.store.registrations_of(id).await?;
    let credentials = portal.store.credentials_of(id).await?;
    let cards = registrations.iter().map(|registration| Key::publication(who.portal.id, registration.api));
    let reads = portal.reader(&who.portal, Some(&who.developer)).await?;
    let team = application.owner.team().map(Key::team);
    let beside = [Key::strategy(application.card.strategy)].into_iter().chain(team.clone());
    let items = portal.store.load(&cards.chain(beside).collect::<Vec<_>>()).await?;
    let team = team.map(|team| items.get::<Team>(&team)).transpose()?.flatten();
    let strategy = strategy_of(&items, &application.card)?;

    let mut apis = Vec::with_capacity(registrations.len());
    let (mut callable, mut call, mut waiting) = (false, None, None);
    for registration in &registrations {
        let card = items.get::<Publication>(&Key::publication(who.portal.id, registration.api))?;
        let fits = card.as_ref().is_some_and(|card| card.strategy == Some(strategy.id));
        let example = card.as_ref().and_then(|card| card.current_version.as_ref()).and_then(|current| current.example.clone());
        match registration.status {
            Status::Approved if fits => {
                callable = true;
                call = call.or(example);
            }
            Status::Pending if fits => waiting = waiting.or(example),
            _ => {}
        }
        apis.push(api_row(&application, registration, (card, &reads), &strategy, now));
    }
    let header = strategy.key_names().first().cloned().unwrap_or_default();
    let call = call.or(waiting.filter(|_| !callable));
    let reference_id = application.card.reference_id.clone().unwrap_or_default();
    let page = AppPage {
        tokens: strategy.oidc().map(|oidc| Tokens::of(oidc, &reference_id, call.as_ref(), callable)),
        team: team.map(|team| team.name),
        paragraphs: crate::api::paragraphs(application.card.description.as_deref().unwrap_or_default()),
        reference_id,
        key_auth: strategy.is_key_auth(),
        created: When::of(application.card.created_at, now),
        any_approved: callable,
        apis,
        no_apis: Empty {
            title: "Not registered for any API".to_owned(),
            text: "Open an API in the catalog and choose Register.".to_owned(),
            action: Some(("Browse the catalog", "/apis".to_owned())),
        },
        keys: credentials.iter().map(|credential| key_row(&application, credential, now)).collect(),
        display_name: Field::text("display_name", "Name of the credential")
            .within("new")
            .most(DisplayName::MAX_CHARS)
            .hint("Where it is used, for example: laptop, build server."),
        example: call.as_ref().map(|call| examples::code("call", call, Shown::Key(&header))),
        header,
        delete: Confirm::deletion_of_application(
            &application.card.name,
            (credentials.len(), registrations.len()),
            format!("/api/v3/applications/{id}"),
            "/apps",
        ),
        strategy: strategy.display_name,
        id: id.to_string(),
        frame: Frame::own(&who.portal, &who.developer.full_name, request, Part::Apps, application.card.name),
    };
    Page::own(&page)
}

fn api_row(
    application: &Application,
    registration: &Registration,
    (card, reads): (Option<Publication>, &Reader),
    strategy: &Strategy,
    now: Timestamp,
) -> ApiRow {
    let refused = match &card {
        _ if registration.status != Status::Approved => None,
        None => Some("It is not published any more: calls are refused."),
        Some(card) if card.strategy != Some(strategy.id) => Some("It now needs another auth strategy: calls are refused."),
        Some(_) => None,
    };
    let published = card.is_some();
    let card = card.filter(|card| card.is_visible_to(reads));
    let name = match &card {
        Some(card) => card.name.clone(),
        None if published => WITHHELD.to_owned(),
        None => "An API that is not published any more".to_owned(),
    };
    ApiRow {
        status: Pill::of(registration.status),
        refused,
        reason: registration.reason.clone(),
        asked: When::of(registration.created_at, now),
        cancel: Confirm {
            id: format!("cancel-{}", registration.id),
            title: format!("Cancel the registration for {name}?"),
            text: "Calls of this application to the API are refused at once. To get access again, it has to be asked for again."
                .to_owned(),
            action: format!("/api/v3/applications/{}/registrations/{}", application.card.id, registration.id),
            method: "DELETE",
            button: "Cancel registration",
            type_name: None,
            next: None,
            done: format!("The registration for {name} is cancelled."),
        },
        slug: card.map(|card| card.slug),
        name,
    }
}

fn key_row(application: &Application, credential: &Credential, now: Timestamp) -> KeyRow {
    let place = format!("/api/v3/applications/{}/credentials/{}", application.card.id, credential.id);
    let name = &credential.display_name;
    KeyRow {
        id: credential.id.to_string(),
        name: name.clone(),
        status: Pill::of_credential(credential, now),
        created: When::of(credential.created_at, now),
        expires: credential.expires_at.map(|at| When::of(at, now)),
        rename: Field::text("display_name", "Name of the credential")
            .within(&credential.id.to_string())
            .required()
            .most(DisplayName::MAX_CHARS)
            .value(name.clone()),
        delete: Confirm {
            id: format!("delete-{}", credential.id),
            title: format!("Delete the credential {name}?"),
            text: "Calls with it are refused at once. This cannot be undone.".to_owned(),
            action: place,
            method: "DELETE",
            button: "Delete credential",
            type_name: None,
            next: None,
            done: format!("The credential {name} is deleted."),
        },
    }
}

#[derive(Template)]
#[template(path = "apps/edit.html")]
struct EditAppPage {
    frame: Frame,
    id: String,
    app: String,
    fields: [Field; 3],
    strategy: String,
    key_auth: bool,
    /// Who owns it now: a team's name, or the reader.
    owner: Option<String>,
    /// The teams of the reader that it can be given to: id and name.
    teams: Vec<(String, String)>,
}

pub(crate) async fn edit(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let (who, application) = own(portal, request).await?;
    let own = match application.owner.team() {
        Some(id) => portal.store.find::<Team>(&Key::team(id)).await?.map(|team| (id.to_string(), team.name)),
        None => None,
    };
    let mut teams = apps::owning_teams(portal, &who.developer).await?;
    teams.retain(|team| own.as_ref().is_none_or(|own| own.0 != team.0));
    let card = application.card;
    let strategy = strategy_of(&portal.store.load(&[Key::strategy(card.strategy)]).await?, &card)?;
    let (about, known_as) = (card.description.as_deref().unwrap_or_default(), card.reference_id.as_deref().unwrap_or_default());
    let ids = if strategy.is_key_auth() { ReferenceIds::Chosen } else { ReferenceIds::ClientIds };
    let [name, description, reference_id] = apps::fields(&card.name, about, (known_as, ids));
    let page = EditAppPage {
        frame: Frame::own(&who.portal, &who.developer.full_name, request, Part::Apps, format!("Edit {}", card.name)),
        id: card.id.to_string(),
        fields: [name, description.sent_when_empty(), reference_id],
        app: card.name,
        key_auth: strategy.is_key_auth(),
        strategy: strategy.display_name,
        owner: own.map(|(_, name)| name),
        teams,
    };
    Page::own(&page)
}

fn strategy_of(items: &Items, card: &ApplicationCard) -> Result<Strategy, Stop> {
    let strategy = items.get::<Strategy>(&Key::strategy(card.strategy))?;
    Ok(strategy.ok_or_else(|| Problem::internal("an application's strategy is not there"))?)
}
