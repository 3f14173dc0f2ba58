//! `list-apis`, `fetch-api`, `update-api`.

use std::collections::BTreeMap;

use portico_domain::api::{Api, ApiChanges};
use portico_domain::event::Name;
use portico_domain::portal::Portal as Settings;
use portico_domain::slug::Slug;
use portico_domain::text::{ApiDescription, DisplayName, VersionLabel};
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::fields::maps::{attributes, label_changes};
use portico_http::listing::Column;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::response::ok;
use portico_http::views::api::{ApiView, IMPLEMENTED};
use portico_http::{Portal, Problem, Request, Response};
use portico_store::apis::{APIS_LIST, UpdateApiError};
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::create::READ_ONLY;
use crate::{editable, force, live, named, slug_taken, too_many};

const COLUMNS: &[Column<Api>] = &[
    Column::id("id", |api| Some(api.id.uuid())),
    Column::text("name", |api| Some(&api.name)),
    Column::text("description", |api: &Api| api.description.as_deref()).sort_only(),
    Column::label("version", |api| api.version.as_deref()),
    Column::text("slug", |api: &Api| Some(&api.slug)).sort_only(),
    Column::values("labels", |api, key| api.labels.get(key).map(String::as_str).into_iter().collect()),
    Column::values("attributes", |api, key| api.attributes.get(key).into_iter().flatten().map(String::as_str).collect()),
    Column::text("implementation_mode", |api| (!api.implementations.is_empty()).then_some(IMPLEMENTED)),
    Column::time("created_at", |api| Some(api.created_at)),
    Column::time("updated_at", |api| Some(api.updated_at)),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    portal.administrator(request, []).await?;
    let page = Browsing::parse(request, COLUMNS)?.browse(&portal.store, APIS_LIST, CAP).await?;
    let portals = portals_of(portal, &page.data).await?;
    ok(&page.map(|api| ApiView::of(&api, &portals)))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    let api = live(portal, id).await?;
    render(portal, &api).await
}

pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    editable(portal, &who, id).await?;
    force(request)?;
    let changes = parse(request)?;
    let (who, changes) = (&who, &changes);
    let api = decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let after = before.changed(changes.clone(), portal.now()).map_err(too_many)?;
        if after == before {
            return Ok(Some(before));
        }
        let data = json!({ "api": id, "changed": changed(&before, &after) });
        let event = portal.event(Name::ApiUpdated, who.actor(), data)?;
        match portal.store.update_api(&before, &after, &event).await {
            Ok(()) => Ok(Some(after)),
            Err(UpdateApiError::Changed) => Ok(None),
            Err(UpdateApiError::SlugTaken) => Err(slug_taken()),
            Err(UpdateApiError::Store(error)) => Err(error.into()),
        }
    })
    .await?;
    render(portal, &api).await
}

async fn render(portal: &Portal, api: &Api) -> Result<Response, Problem> {
    let portals = portals_of(portal, std::slice::from_ref(api)).await?;
    ok(&ApiView::of(api, &portals))
}

/// The portals that APIs are published in.
pub(crate) async fn portals_of(portal: &Portal, apis: &[Api]) -> Result<Vec<Settings>, Problem> {
    let keys: BTreeMap<_, _> = apis.iter().flat_map(|api| api.publications.keys()).map(|id| (*id, Key::portal(*id))).collect();
    let keys: Vec<Key> = keys.into_values().collect();
    let items = portal.store.load(&keys).await?;
    let mut portals = Vec::with_capacity(keys.len());
    for key in &keys {
        portals.extend(items.get::<Settings>(key)?);
    }
    Ok(portals)
}

/// The members that differ, for the event: which, not what, since names and texts have no place there.
fn changed(before: &Api, after: &Api) -> Vec<&'static str> {
    let members = [
        ("name", before.name != after.name),
        ("description", before.description != after.description),
        ("version", before.version != after.version),
        ("slug", before.slug != after.slug),
        ("labels", before.labels != after.labels),
        ("attributes", before.attributes != after.attributes),
    ];
    members.into_iter().filter(|(_, differs)| *differs).map(|(member, _)| member).collect()
}

fn parse(request: &Request) -> Result<ApiChanges, Problem> {
    let mut body = Fields::of(&request.body);
    body.read_only(READ_ONLY);
    let name = body.optional("name", text().chars(1..=DisplayName::MAX_CHARS).parse_with(DisplayName::parse));
    let description = body.nullable("description", text().parse_with(ApiDescription::parse));
    let version = body.nullable("version", text().chars(1..=VersionLabel::MAX_CHARS).parse_with(VersionLabel::parse));
    // An API always has a slug: to have none is to keep the one that it has.
    let slug = body.nullable("slug", text().parse_with(Slug::parse)).null_is_absent();
    let labels = body.nullable("labels", label_changes());
    let attributes = body.optional("attributes", attributes()).or(BTreeMap::new());
    let (name, description, version, slug, labels, attributes) =
        body.finish((name, description, version, slug, labels, attributes))?;
    Ok(ApiChanges { name, description, version, slug, labels, attributes })
}
