//! `create-api-version`, `list-api-versions`, `fetch-api-version`, `update-api-version`, `delete-api-version`; and what the
//! specifications of versions change of them.

use portico_domain::api::{AddVersionError as Refused, Api, SpecType, Version, newest_first};
use portico_domain::event::Name;
use portico_domain::id::{ApiId, VersionId};
use portico_domain::text::VersionLabel;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{object, text};
use portico_http::listing::{Column, Listing};
use portico_http::response::{created, no_content, ok};
use portico_http::views::version::{VersionRowView, VersionView};
use portico_http::who::Administrator;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::specification::{self, Kept};
use crate::{editable, force, live, named, too_many, written};

pub(crate) const TYPES: &[&str] = &[SpecType::Oas2.as_str(), SpecType::Oas3.as_str(), SpecType::Asyncapi.as_str()];
const COLUMNS: &[Column<Version>] = &[
    Column::id("id", |version: &Version| Some(version.id.uuid())).sort_only(),
    Column::label("version", |version| Some(&version.version)),
    Column::choice("type", TYPES, |version: &Version| version.spec_type.map(SpecType::as_str)).filter_only(),
    Column::time("created_at", |version: &Version| Some(version.created_at)).sort_only(),
    Column::time("updated_at", |version: &Version| Some(version.updated_at)).sort_only(),
];

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    editable(portal, &who, id).await?;
    let mut body = Fields::of(&request.body);
    let label = body.optional("version", text().chars(1..=VersionLabel::MAX_CHARS).parse_with(VersionLabel::parse));
    let content = body.required("spec", object(|spec| spec.optional("content", text())));
    let (label, content) = body.finish((label, content))?;
    let kept = keep(portal, content).await?;
    let version = specification::version(portal, id, kept.as_ref(), label, None)?;
    add(portal, &who, id, &version).await?;
    created(&VersionView::of(&version, kept.map(Kept::into_content)))
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    live(portal, id).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let mut versions = portal.store.versions_of(id).await?;
    newest_first(&mut versions);
    ok(&listing.apply(versions).map(|version| VersionRowView::of(&version)))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    let version = one(portal, id, request.id::<VersionId>("versionId")?).await?;
    let content = specification::content(portal, &version).await?;
    ok(&VersionView::of(&version, content))
}

pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let version = request.id::<VersionId>("versionId")?;
    editable(portal, &who, id).await?;
    force(request)?;
    let mut body = Fields::of(&request.body);
    let label = body.optional("version", text().chars(1..=VersionLabel::MAX_CHARS).parse_with(VersionLabel::parse));
    let content = body.optional("spec", object(|spec| spec.optional("content", text())));
    let (label, content) = body.finish((label, content))?;
    let kept = keep(portal, content.flatten()).await?;
    let version = change(portal, &who, (id, version), kept.as_ref(), label.as_ref()).await?;
    let content = match kept {
        Some(kept) => Some(kept.into_content()),
        None => specification::content(portal, &version).await?,
    };
    ok(&VersionView::of(&version, content))
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    remove(portal, &who, (id, request.id::<VersionId>("versionId")?), |_| true).await?;
    Ok(no_content())
}

async fn keep(portal: &Portal, content: Option<String>) -> Result<Option<Kept>, Problem> {
    match content {
        Some(content) => Kept::of(portal, content).await.map(Some),
        None => Ok(None),
    }
}

/// A version of an API that is there.
pub(crate) async fn one(portal: &Portal, api: ApiId, version: VersionId) -> Result<Version, Problem> {
    let key = Key::version(api, version);
    let items = portal.store.load(&[Key::api(api), key.clone()]).await?;
    let there = items.item(&Key::api(api)).is_some_and(|api| !api.has("deleted_at"));
    items.get::<Version>(&key)?.filter(|_| there).ok_or_else(Problem::not_found)
}

/// Adds a version to its API.
pub(crate) async fn add(portal: &Portal, who: &Administrator, id: ApiId, version: &Version) -> Result<(), Problem> {
    decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let after = before.with_version(version).map_err(refused)?;
        let data = json!({ "api": id, "version": version.id, "current": current(&after) });
        let event = portal.event(Name::ApiVersionCreated, who.actor(), data)?;
        let packed = portal.searchable(&after, std::slice::from_ref(version), None).await?;
        written(portal.store.add_version((&before, &after, &packed), version, &event).await)
    })
    .await
}

/// Gives a version another specification, another label, or neither: then nothing is written.
pub(crate) async fn change(
    portal: &Portal,
    who: &Administrator,
    (id, version): (ApiId, VersionId),
    kept: Option<&Kept>,
    label: Option<&VersionLabel>,
) -> Result<Version, Problem> {
    decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        // Read after the API: where the two differ, the API has changed, and the transaction finds out.
        let mut all = portal.store.versions_of(id).await?;
        let known = all.iter_mut().find(|known| known.id == version).ok_or_else(Problem::not_found)?;
        let was = known.clone();
        if let Some(kept) = kept {
            kept.put_into(known);
        }
        if let Some(label) = label {
            label.as_str().clone_into(&mut known.version);
        }
        if *known == was {
            return Ok(Some(was));
        }
        known.updated_at = portal.now();
        let now = known.clone();
        let after = before.with_changed_version(&was, &now, &all).map_err(refused)?;
        let changed = [("label", was.version != now.version), ("specification", was.digest != now.digest)];
        let changed: Vec<_> = changed.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect();
        let data = json!({ "api": id, "version": version, "changed": changed, "current": current(&after) });
        let event = portal.event(Name::ApiVersionUpdated, who.actor(), data)?;
        let packed = portal.searchable(&after, &all, None).await?;
        Ok(written(portal.store.update_version((&before, &after, &packed), &now, &event).await)?.map(|()| now))
    })
    .await
}

/// Removes a version, if it is one of those that are meant.
pub(crate) async fn remove(
    portal: &Portal,
    who: &Administrator,
    (id, version): (ApiId, VersionId),
    meant: fn(&Version) -> bool,
) -> Result<(), Problem> {
    decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let (gone, rest): (Vec<_>, Vec<_>) =
            portal.store.versions_of(id).await?.into_iter().partition(|known| known.id == version);
        let gone = gone.into_iter().find(meant).ok_or_else(Problem::not_found)?;
        let after = before.without_version(&gone, &rest, portal.now());
        let data = json!({ "api": id, "version": version, "current": current(&after) });
        let event = portal.event(Name::ApiVersionDeleted, who.actor(), data)?;
        let packed = portal.searchable(&after, &rest, None).await?;
        written(portal.store.delete_version((&before, &after, &packed), &gone, &event).await)
    })
    .await
}

fn current(api: &Api) -> Option<VersionId> {
    api.current_version.as_ref().map(|one| one.id)
}

fn refused(error: Refused) -> Problem {
    match error {
        Refused::LabelTaken => Problem::new(Kind::AlreadyExists, "This API has a version with this label. Choose another one."),
        Refused::TooMany(error) => too_many(error),
    }
}
