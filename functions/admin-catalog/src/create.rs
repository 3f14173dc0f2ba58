//! `create-api`: an API, with its first version if a specification comes with it.

use std::collections::BTreeMap;

use portico_domain::api::{Api, NewApi, Version};
use portico_domain::event::Name;
use portico_domain::id::ApiId;
use portico_domain::slug::Slug;
use portico_domain::text::{ApiDescription, DisplayName, VersionLabel};
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::fields::maps::{attributes, labels};
use portico_http::response::created;
use portico_http::views::api::ApiView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::apis::CreateApiError;
use serde_json::json;

use crate::specification::{self, Kept};
use crate::{slug_taken, too_many};

/// What only the server sets.
pub(crate) const READ_ONLY: &[&str] =
    &["id", "current_version_summary", "api_spec_ids", "portals", "implementation_mode", "created_at", "updated_at"];

/// What is to be created, whether its slug was chosen, and its specification.
struct Asked {
    new: NewApi,
    chosen: bool,
    content: Option<String>,
}

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.administrator(request, []).await?;
    let Asked { new, chosen, content } = parse(request)?;
    let id = portal.new_id::<ApiId>()?;
    let first = match content {
        Some(content) => {
            let kept = Kept::of(portal, content).await?;
            Some(specification::version(portal, id, Some(&kept), None, new.version.clone())?)
        }
        None => None,
    };
    let api = Api::create(id, new, first.as_ref(), portal.now()).map_err(too_many)?;
    let data = json!({ "api": id, "version": first.as_ref().map(|version| version.id) });
    let event = portal.event(Name::ApiCreated, who.actor(), data)?;
    let api = store(portal, api, first.as_ref(), chosen, &event).await?;
    created(&ApiView::of(&api, &[]))
}

/// A slug that somebody chose is free or taken; one that was made of the name gives way to the next number.
async fn store(
    portal: &Portal,
    mut api: Api,
    first: Option<&Version>,
    chosen: bool,
    event: &portico_domain::event::Event,
) -> Result<Api, Problem> {
    let made = Slug::from_name(&api.slug, None);
    // The end of an id is random: nobody runs for the same slug.
    let of_its_own = Slug::from_name(made.as_str(), api.id.to_string().rsplit('-').next());
    for tried in 0..3 {
        match tried {
            0 => {}
            1 => api.slug = portal.store.free_slug(&made).await?.unwrap_or_else(|| of_its_own.clone()).into(),
            _ => api.slug = of_its_own.clone().into(),
        }
        match portal.store.create_api(&api, first, event).await {
            Ok(()) => return Ok(api),
            Err(CreateApiError::SlugTaken) if chosen => break,
            Err(CreateApiError::SlugTaken) => {}
            Err(CreateApiError::Store(error)) => return Err(error.into()),
        }
    }
    Err(slug_taken())
}

fn parse(request: &Request) -> Result<Asked, Problem> {
    let mut body = Fields::of(&request.body);
    body.read_only(READ_ONLY);
    let name = body.required("name", text().chars(1..=DisplayName::MAX_CHARS).parse_with(DisplayName::parse));
    let description = body.nullable("description", text().parse_with(ApiDescription::parse)).null_is_absent();
    let label = text().chars(1..=VersionLabel::MAX_CHARS).parse_with(VersionLabel::parse);
    let version = body.nullable("version", label).null_is_absent();
    let slug = body.nullable("slug", text().parse_with(Slug::parse)).null_is_absent();
    let labels = body.optional("labels", labels()).or(BTreeMap::new());
    let attributes = body.optional("attributes", attributes()).or(BTreeMap::new());
    let content = body.optional("spec_content", text());
    let (name, description, version, slug, labels, attributes, content) =
        body.finish((name, description, version, slug, labels, attributes, content))?;
    let chosen = slug.is_some();
    let slug = slug.unwrap_or_else(|| Slug::from_name(name.as_str(), version.as_ref().map(VersionLabel::as_str)));
    let attributes = attributes.into_iter().filter_map(|(key, values)| Some((key, values?))).collect();
    Ok(Asked { new: NewApi { name, description, version, slug, labels, attributes }, chosen, content })
}
