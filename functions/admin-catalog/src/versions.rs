//! `create-api-version`, `list-api-versions`, `fetch-api-version`.

use portico_domain::api::{AddVersionError as Refused, SpecType, Version};
use portico_domain::event::Name;
use portico_domain::id::VersionId;
use portico_domain::text::VersionLabel;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{object, text};
use portico_http::listing::{Column, Listing};
use portico_http::response::{created, ok};
use portico_http::views::version::{VersionRowView, VersionView};
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::apis::AddVersionError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::{editable, live, named, specification, too_many};

const TYPES: &[&str] = &[SpecType::Oas2.as_str(), SpecType::Oas3.as_str(), SpecType::Asyncapi.as_str()];
const COLUMNS: &[Column<Version>] = &[
    Column::id("id", |version: &Version| Some(version.id.uuid())).sort_only(),
    Column::text("version", |version| Some(&version.version)),
    Column::choice("type", TYPES, |version: &Version| version.spec_type.map(SpecType::as_str)).filter_only(),
    Column::time("created_at", |version: &Version| Some(version.created_at)).sort_only(),
    Column::time("updated_at", |version: &Version| Some(version.updated_at)).sort_only(),
];

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    editable(portal, &who, id).await?;
    let (label, content) = parse(request)?;
    let version = specification::version(portal, id, content.as_deref(), label, None).await?;
    let (who, added) = (&who, &version);
    decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let after = before.with_version(added).map_err(refused)?;
        let data = json!({ "api": id, "version": added.id, "current": after.current_version.as_ref().map(|one| one.id) });
        let event = portal.event(Name::ApiVersionCreated, who.actor(), data)?;
        match portal.store.add_version(&before, &after, added, &event).await {
            Ok(()) => Ok(Some(())),
            Err(AddVersionError::Changed) => Ok(None),
            Err(AddVersionError::Store(error)) => Err(error.into()),
        }
    })
    .await?;
    created(&VersionView::of(&version, content))
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    live(portal, id).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let versions = portal.store.versions_of(id).await?;
    ok(&listing.apply(versions).map(|version| VersionRowView::of(&version)))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    let key = Key::version(id, request.id::<VersionId>("versionId")?);
    let items = portal.store.load(&[Key::api(id), key.clone()]).await?;
    let there = items.item(&Key::api(id)).is_some_and(|api| !api.has("deleted_at"));
    let version = items.get::<Version>(&key)?.filter(|_| there).ok_or_else(Problem::not_found)?;
    let content = specification::content(portal, &version).await?;
    ok(&VersionView::of(&version, content))
}

fn refused(error: Refused) -> Problem {
    match error {
        Refused::LabelTaken => Problem::new(Kind::AlreadyExists, "This API has a version with this label. Choose another one."),
        Refused::TooMany(error) => too_many(error),
    }
}

/// The label, and the text of the specification.
fn parse(request: &Request) -> Result<(Option<VersionLabel>, Option<String>), Problem> {
    let mut body = Fields::of(&request.body);
    let label = body.optional("version", text().chars(1..=VersionLabel::MAX_CHARS).parse_with(VersionLabel::parse));
    let content = body.required("spec", object(|spec| spec.optional("content", text())));
    Ok(body.finish((label, content))?)
}
