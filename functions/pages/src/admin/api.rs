//! An API, as administrators keep it: what it says of itself, its versions, where it is published and where it runs.

use askama::Template;
use portico_domain::api::{Api, Version};
use portico_domain::application::Application;
use portico_domain::gateway::GatewayName;
use portico_domain::id::{ApiId, ApplicationId, PortalId};
use portico_domain::portal::Visibility;
use portico_domain::publication::Publication;
use portico_domain::status::Status;
use portico_domain::strategy::Strategy;
use portico_domain::text::VersionLabel;
use portico_http::{Portal, Problem, Request};
use portico_store::portals::STRATEGIES_LIST;
use portico_store::{Item, Key};

use crate::frame::Frame;
use crate::parts::{Confirm, Field, When, counted};
use crate::shown::{Page, Stop};

use super::{Admin, CAP, Place, Side, apis};

/// How many applications are named where it is said what would stop.
const NAMED: usize = 10;

struct VersionRow {
    label: String,
    kind: &'static str,
    messages: usize,
    added: When,
}

struct LinkRow {
    gateway: String,
    stage: String,
    remove: Confirm,
}

/// A strategy to publish with.
struct Choice {
    /// The member of the request, as JSON.
    value: String,
    name: String,
    chosen: bool,
}

/// How it is published in this portal.
struct Published {
    since: When,
    without_authentication: bool,
    unpublish: Confirm,
}

#[derive(Template)]
#[template(path = "admin/api.html")]
struct ApiPage {
    frame: Frame,
    side: Side,
    id: String,
    slug: String,
    place: String,
    publication: String,
    name: Field,
    description: Field,
    versions: Vec<VersionRow>,
    version: Field,
    published: Option<Published>,
    private: bool,
    strategies: Vec<Choice>,
    auto_approve: bool,
    portal_approves: bool,
    users: usize,
    user_names: Vec<(String, String)>,
    links: Vec<LinkRow>,
    gateway: Field,
    stage: Field,
    delete: Confirm,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let id = request.parameter("apiId").parse::<ApiId>().ok();
    let card = id.map(|id| Key::publication(portal.config.portal, id));
    let admin = Admin::of(portal, request, id.map(Key::api).into_iter().chain(card.clone())).await?;
    let id = id.ok_or_else(Problem::not_found)?;
    let api = admin.items.get::<Api>(&Key::api(id))?.filter(|api| api.deleted_at.is_none()).ok_or_else(Problem::not_found)?;
    let card = card.map(|card| admin.items.get::<Publication>(&card)).transpose()?.flatten();
    let mut versions = portal.store.versions_of(id).await?;
    versions.sort_by_key(|version| std::cmp::Reverse((version.created_at, version.id)));
    let users = users(portal, admin.settings.id, id).await?;
    let strategies = strategies(portal).await?;
    let now = portal.now();
    let place = format!("/v3/apis/{id}");
    let publication = format!("{place}/publications/{}", admin.settings.id);
    let chosen = card.as_ref().map_or(admin.settings.default_strategy, |card| card.strategy);
    let stops = stops(&users);
    let page = ApiPage {
        frame: admin.frame(request, api.name.clone()),
        side: Side::at(Place::Catalog),
        name: apis::name(&api.name),
        description: apis::description(api.description.as_deref().unwrap_or_default()).sent_when_empty(),
        versions: versions.iter().map(|version| row(version, When::of(version.created_at, now))).collect(),
        version: Field::text("version", "Version")
            .most(VersionLabel::MAX_CHARS)
            .hint("Taken from the file, if you leave it out."),
        private: card.as_ref().map_or(admin.settings.default_api_visibility, |card| card.visibility) == Visibility::Private,
        auto_approve: card.as_ref().is_some_and(|card| card.auto_approve_registrations),
        portal_approves: admin.settings.auto_approve_applications,
        published: card.as_ref().map(|card| Published {
            since: When::of(card.created_at, now),
            without_authentication: card.strategy.is_none(),
            unpublish: Confirm {
                id: "unpublish".to_owned(),
                title: format!("Unpublish {}?", api.name),
                text: format!("It leaves the catalog at once. {stops}"),
                action: publication.clone(),
                method: "DELETE",
                button: "Unpublish",
                type_name: None,
                next: None,
                done: format!("{} is not published any more.", api.name),
            },
        }),
        strategies: strategies
            .into_iter()
            .map(|strategy| Choice {
                value: format!("[\"{}\"]", strategy.id),
                chosen: Some(strategy.id) == chosen,
                name: strategy.display_name,
            })
            .collect(),
        links: links(&api, &place),
        gateway: name_of("api_gateway.gateway_id", "Gateway", "The id of an API of API Gateway; on a laptop: local."),
        stage: name_of("api_gateway.stage", "Stage", "The stage of it that serves this API; on a laptop the API's slug."),
        delete: Confirm {
            id: "delete-api".to_owned(),
            title: format!("Delete {}?", api.name),
            text: format!(
                "Its versions, publications, registrations and gateway links go with it. {stops} This cannot be undone."
            ),
            action: place.clone(),
            method: "DELETE",
            button: "Delete API",
            type_name: Some(api.name.clone()),
            next: Some("/admin/apis".to_owned()),
            done: format!("{} is deleted.", api.name),
        },
        users: users.len(),
        user_names: users.into_iter().take(NAMED).map(|one| (one.card.id.to_string(), one.card.name)).collect(),
        slug: api.slug,
        id: id.to_string(),
        place,
        publication,
    };
    Page::own(&page)
}

/// The applications of a portal whose calls pass now, as far as their registrations say.
async fn users(portal: &Portal, of: PortalId, api: ApiId) -> Result<Vec<Application>, Stop> {
    let pointers = portal.store.children(Key::api(api).pk(), "REG#").await?;
    let ids = pointers.iter().filter_map(|item| item.text("application")).filter_map(|id| id.parse::<ApplicationId>().ok());
    let keys: Vec<Key> = ids.map(Key::application).collect();
    let items = portal.store.load(&keys).await?;
    let mut users = Vec::with_capacity(keys.len());
    for key in &keys {
        let application = items.get::<Application>(key)?.filter(Application::is_live);
        let granted =
            |one: &Application| one.portal == of && one.grants.get(&api).is_some_and(|grant| grant.status == Status::Approved);
        users.extend(application.filter(granted));
    }
    users.sort_by_cached_key(|application| application.card.name.to_lowercase());
    Ok(users)
}

fn stops(users: &[Application]) -> String {
    match users {
        [] => "No application is approved for it, so that no calls stop.".to_owned(),
        [one] => format!("Calls of one application stop: {}.", one.card.name),
        many => {
            let named: Vec<_> = many.iter().take(NAMED).map(|one| one.card.name.as_str()).collect();
            let more = many.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {}", counted(more, "other")) } else { String::new() };
            format!("Calls of {} applications stop: {}{more}.", many.len(), named.join(", "))
        }
    }
}

/// Every strategy, by name.
pub(super) async fn strategies(portal: &Portal) -> Result<Vec<Strategy>, Stop> {
    let walked = portal.store.walk(STRATEGIES_LIST, None, CAP).await?;
    let strategies: Result<Vec<Strategy>, _> =
        portal.store.fresh(&walked.items).await?.into_iter().map(Item::into_entity).collect();
    let mut strategies = strategies?;
    strategies.sort_by_cached_key(|strategy| strategy.display_name.to_lowercase());
    Ok(strategies)
}

fn row(version: &Version, added: When) -> VersionRow {
    VersionRow {
        label: version.version.clone(),
        kind: version.spec_type.map_or("No specification", |kind| match kind.as_str() {
            "oas2" => "OpenAPI 2",
            "oas3" => "OpenAPI 3",
            _ => "AsyncAPI",
        }),
        messages: version.messages.len(),
        added,
    }
}

fn links(api: &Api, place: &str) -> Vec<LinkRow> {
    let row = |one: &portico_domain::api::Implementation| LinkRow {
        gateway: one.gateway.clone(),
        stage: one.stage.clone(),
        remove: Confirm {
            id: format!("unlink-{}", one.id),
            title: format!("Remove the link to stage {} of gateway {}?", one.stage, one.gateway),
            text: "Calls that arrive there are refused at once.".to_owned(),
            action: format!("{place}/implementations/{}", one.id),
            method: "DELETE",
            button: "Remove link",
            type_name: None,
            next: None,
            done: "The link is removed.".to_owned(),
        },
    };
    api.implementations.iter().map(row).collect()
}

fn name_of(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field::text(name, label).required().most(GatewayName::MAX_CHARS).hint(hint)
}
