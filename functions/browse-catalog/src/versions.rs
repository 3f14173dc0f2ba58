//! `list-api-version-specs`, `fetch-api-version-spec` and the bytes as they were uploaded; `list-api-specs`, `fetch-api-spec` and
//! its bytes, the older form of the same. A version without a specification has nothing to show here.

use portico_domain::api::{SpecificationSummary, Version, newest_first};
use portico_domain::id::VersionId;
use portico_domain::specification::Media;
use portico_http::listing::{Column, Listing};
use portico_http::response::{download, ok};
use portico_http::views::specification::{CatalogSpecificationRowView, CatalogSpecificationView};
use portico_http::views::version::CatalogVersionView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

use crate::visible::{Visible, visible};

const COLUMNS: &[Column<Version>] = &[
    Column::id("id", |version: &Version| Some(version.id.uuid())).sort_only(),
    Column::label("version", |version: &Version| Some(&version.version)).sort_only(),
];

const SPECIFICATIONS: &[Column<SpecificationSummary>] = &[
    Column::id("id", |one: &SpecificationSummary| Some(one.id.uuid())).sort_only(),
    Column::text("api_type", |one: &SpecificationSummary| Some(one.spec_type.as_str())).sort_only(),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let Visible { card, .. } = visible(portal, request, |_| None).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let mut versions = portal.store.versions_of(card.api).await?;
    versions.retain(|version| version.spec_type.is_some());
    newest_first(&mut versions);
    let page = listing.apply(versions);
    let views = page.data.iter().filter_map(|version| CatalogVersionView::of(version, None)).collect();
    ok(&listing.page(views, page.total))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, version, digest) = specified(portal, request, "versionId").await?;
    let content = portal.text_of(&digest).await?;
    ok(&CatalogVersionView::of(&version, Some(content)).ok_or_else(Problem::not_found)?)
}

pub(crate) async fn raw(portal: &Portal, request: &Request, parameter: &str) -> Result<Response, Problem> {
    let (slug, version, digest) = specified(portal, request, parameter).await?;
    let body = portal.specifications.body(&digest).await?;
    let (media, extension) = match Media::Json.content_type() == version.media {
        true => (Media::Json, "json"),
        false => (Media::Yaml, "yaml"),
    };
    Ok(download(body, media.content_type(), &format!("{slug}-{}.{extension}", version.version)))
}

pub(crate) async fn list_specifications(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let Visible { card, .. } = visible(portal, request, |_| None).await?;
    let listing = Listing::parse(&request.query, SPECIFICATIONS)?;
    ok(&listing.apply(card.specifications).map(|one| CatalogSpecificationRowView::of(&one)))
}

pub(crate) async fn fetch_specification(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, version, digest) = specified(portal, request, "specId").await?;
    let content = portal.text_of(&digest).await?;
    ok(&CatalogSpecificationView::of(&version, content).ok_or_else(Problem::not_found)?)
}

/// The slug of the API that the path names, the version that a parameter of it names, and the digest of its specification.
async fn specified(portal: &Portal, request: &Request, parameter: &str) -> Result<(String, Version, String), Problem> {
    let id = request.id::<VersionId>(parameter);
    let named = id.as_ref().ok().copied();
    let Visible { card, items, .. } = visible(portal, request, |api| named.map(|id| Key::version(api, id))).await?;
    let version = items.get::<Version>(&Key::version(card.api, id?))?.ok_or_else(Problem::not_found)?;
    let digest = version.digest.clone().ok_or_else(Problem::not_found)?;
    Ok((card.slug, version, digest))
}
