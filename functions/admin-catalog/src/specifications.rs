//! `create-api-spec`, `list-api-specs`, `fetch-api-spec`, `update-api-spec`, `delete-api-spec`, `validate-specification`: the older
//! form of the contract. A specification is that of a version, and goes by the version's id.

use portico_domain::api::{SpecType, Version};
use portico_domain::id::VersionId;
use portico_domain::text::VersionLabel;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{one_of, text};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::listing::{Column, Listing};
use portico_http::response::{created, no_content, ok};
use portico_http::views::specification::{MessagesView, SpecificationRowView, SpecificationView};
use portico_http::{Portal, Problem, Request, Response};

use crate::specification::{self, Kept};
use crate::versions::{self, TYPES};
use crate::{editable, live, named};

const COLUMNS: &[Column<Version>] = &[
    Column::id("id", |version: &Version| Some(version.id.uuid())).sort_only(),
    Column::choice("type", TYPES, |version: &Version| version.spec_type.map(SpecType::as_str)),
    Column::time("created_at", |version: &Version| Some(version.created_at)).sort_only(),
    Column::time("updated_at", |version: &Version| Some(version.updated_at)).sort_only(),
];
const KINDS: &[(&str, SpecType)] = &[
    (SpecType::Oas2.as_str(), SpecType::Oas2),
    (SpecType::Oas3.as_str(), SpecType::Oas3),
    (SpecType::Asyncapi.as_str(), SpecType::Asyncapi),
];
/// What only the server sets.
const READ_ONLY: &[&str] = &["id", "validation_messages", "created_at", "updated_at"];

pub(crate) async fn validate(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    portal.administrator(request, []).await?;
    let mut body = Fields::of(&request.body);
    let content = body.required("content", text());
    let content = body.finish(content)?;
    created(&MessagesView::of(&specification::read(&content)?.messages))
}

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let api = editable(portal, &who, id).await?;
    let mut body = Fields::of(&request.body);
    body.read_only(READ_ONLY);
    let (content, kind) = (body.required("content", text()), body.optional("type", one_of(KINDS)));
    let (content, kind) = body.finish((content, kind))?;
    let kept = Kept::of(portal, content).await?;
    of_kind(&kept, kind)?;
    let or_else = api.version.as_deref().and_then(|label| VersionLabel::parse(label).ok());
    let version = specification::version(portal, id, Some(&kept), None, or_else)?;
    versions::add(portal, &who, id, &version).await?;
    created(&SpecificationView::of(&version, kept.into_content()).ok_or_else(Problem::not_found)?)
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    live(portal, id).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let mut specified = portal.store.versions_of(id).await?;
    specified.retain(|version| version.spec_type.is_some());
    ok(&listing.apply(specified).filter_map(|version| SpecificationRowView::of(&version)))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    let version = versions::one(portal, id, request.id::<VersionId>("specId")?).await?;
    render(portal, &version).await
}

pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let spec = request.id::<VersionId>("specId")?;
    editable(portal, &who, id).await?;
    let mut body = Fields::of(&request.body);
    body.read_only(READ_ONLY);
    let (content, kind) = (body.optional("content", text()), body.optional("type", one_of(KINDS)));
    let (content, kind) = body.finish((content, kind))?;
    let known = versions::one(portal, id, spec).await?;
    let Some(has) = known.spec_type else { return Err(Problem::not_found()) };
    let Some(content) = content else {
        is_kind(has, kind)?;
        return render(portal, &known).await;
    };
    let kept = Kept::of(portal, content).await?;
    of_kind(&kept, kind)?;
    let version = versions::change(portal, &who, (id, spec), Some(&kept), None).await?;
    ok(&SpecificationView::of(&version, kept.into_content()).ok_or_else(Problem::not_found)?)
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let spec = request.id::<VersionId>("specId")?;
    versions::remove(portal, &who, (id, spec), |version| version.spec_type.is_some()).await?;
    Ok(no_content())
}

async fn render(portal: &Portal, version: &Version) -> Result<Response, Problem> {
    let content = specification::content(portal, version).await?.ok_or_else(Problem::not_found)?;
    ok(&SpecificationView::of(version, content).ok_or_else(Problem::not_found)?)
}

fn of_kind(kept: &Kept, asked: Option<SpecType>) -> Result<(), Problem> {
    is_kind(kept.spec_type(), asked)
}

/// What a document is, it says itself; whoever names its kind must not contradict it.
fn is_kind(is: SpecType, asked: Option<SpecType>) -> Result<(), Problem> {
    match asked {
        Some(asked) if asked != is => {
            let reason = format!("must be what the content is: {}", is.as_str());
            Err(InvalidParameter::body("type", Rule::Invalid, reason).into())
        }
        _ => Ok(()),
    }
}
