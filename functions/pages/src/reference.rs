//! The reference of an API: its specification, rendered by Swagger UI. The page has a policy of its own: calls to the servers that an
//! administrator confirmed, and never a script or a style that is not the portal's own.

use askama::Template;
use portico_domain::api::{Version, newest_first};
use portico_domain::id::VersionId;
use portico_domain::portal::Portal as Settings;
use portico_domain::specification::SpecType;
use portico_http::{Portal, Problem, Request};

use crate::api::visible;
use crate::assets;
use crate::frame::{Frame, Part};
use crate::shown::{Page, Stop};
use crate::swagger_ui;

/// A version that can be chosen.
struct Choice {
    id: String,
    label: String,
    shown: bool,
}

#[derive(Template)]
#[template(path = "api/reference.html")]
struct ReferencePage {
    frame: Frame,
    name: String,
    slug: String,
    versions: Vec<Choice>,
    label: String,
    /// The bytes as they were uploaded.
    raw: String,
    /// Whether Swagger UI renders this kind of specification.
    rendered: bool,
    /// Whether calls can be tried on the page.
    tries: bool,
    show_schemas: bool,
    hide_internal: bool,
    hide_deprecated: bool,
    /// The servers that calls may go to, with blanks between them.
    servers: String,
    renderer: &'static str,
    script: &'static str,
    css: &'static str,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let (reader, _, card) = visible(portal, request).await?;
    let mut versions = portal.store.versions_of(card.api).await?;
    versions.retain(|version| version.spec_type.is_some());
    newest_first(&mut versions);
    let asked = request.query.get("version").ok().flatten().and_then(|id| id.parse::<VersionId>().ok());
    let current = card.current_version.as_ref().map(|current| current.id);
    let shown = chosen(&versions, asked, current).ok_or_else(Problem::not_found)?;
    let choice =
        |version: &Version| Choice { id: version.id.to_string(), label: version.version.clone(), shown: version.id == shown.id };
    let look = reader.settings.customization.spec_renderer;
    let page = ReferencePage {
        name: card.name.clone(),
        slug: card.slug.clone(),
        versions: versions.iter().map(choice).collect(),
        label: shown.version.clone(),
        raw: format!("/api/v3/apis/{}/versions/{}/raw", card.slug, shown.id),
        rendered: matches!(shown.spec_type, Some(SpecType::Oas2 | SpecType::Oas3)),
        tries: look.try_it_ui.unwrap_or(true),
        show_schemas: look.show_schemas.unwrap_or(true),
        hide_internal: look.hide_internal.unwrap_or(false),
        hide_deprecated: look.hide_deprecated.unwrap_or(false),
        servers: servers(&reader.settings),
        renderer: swagger_ui::script(),
        script: &assets::named().reference_script,
        css: &assets::named().reference_css,
        frame: Frame::of(&reader, request, Part::Catalog, format!("{} reference", card.name)),
    };
    let policy = policy(&page.servers);
    Ok(Page::open(&page, reader.is_signed_in())?.with_policy(policy))
}

/// The version that was asked for, or the current one, or the newest.
fn chosen(versions: &[Version], asked: Option<VersionId>, current: Option<VersionId>) -> Option<&Version> {
    let with = |id: VersionId| versions.iter().find(|version| version.id == id);
    match asked {
        Some(asked) => with(asked),
        None => current.and_then(with).or(versions.first()),
    }
}

fn servers(settings: &Settings) -> String {
    settings.try_it_servers.iter().map(|server| server.as_str()).collect::<Vec<_>>().join(" ")
}

/// `servers` are origins that were read as such: none of them can end the directive.
fn policy(servers: &str) -> String {
    let calls = if servers.is_empty() { "'self'".to_owned() } else { format!("'self' {servers}") };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src {calls}; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
