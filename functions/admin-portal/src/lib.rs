//! `/v3/portals`: portals, their settings and their look, for administrators.

mod customization;
mod images;
mod parse;
mod try_it_servers;
mod update;

use portico_domain::image::Which;
use portico_domain::portal::Portal as Settings;
use portico_http::listing::browse::CAP;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::admin_portal::AdminPortalView;
use portico_http::{Kind, Portal, Problem, Request, Response};

use update::update;

/// Answers the routes of `admin-portal`.
///
/// # Errors
/// 400 for wrong fields, 401 and 403 for whoever may not, 404 for an unknown portal, 422 for what Portico does not do.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "list-portals" => list(portal, &request).await,
        "get-portal" => {
            let who = portal.portal_administrator(&request, []).await?;
            ok(&view(portal, &who.portal))
        }
        "update-portal" => {
            let who = portal.portal_administrator(&request, []).await?;
            let edit = parse::portal_edit(&request)?;
            ok(&view(portal, &update(portal, who, &edit).await?))
        }
        "get-portal-customization" => customization::get(portal, &request).await,
        "replace-portal-customization" | "update-portal-customization" => customization::edit(portal, &request).await,
        "get-portal-asset-logo" => images::get(portal, &request, Which::Logo).await,
        "get-portal-asset-favicon" => images::get(portal, &request, Which::Favicon).await,
        "get-portal-asset-logo-raw" => images::raw(portal, &request, Which::Logo).await,
        "get-portal-asset-favicon-raw" => images::raw(portal, &request, Which::Favicon).await,
        "replace-portal-asset-logo" => images::replace(portal, &request, Which::Logo).await,
        "replace-portal-asset-favicon" => images::replace(portal, &request, Which::Favicon).await,
        "get-try-it-servers" => try_it_servers::get(portal, &request).await,
        "replace-try-it-servers" => try_it_servers::replace(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

fn view(portal: &Portal, settings: &Settings) -> AdminPortalView {
    AdminPortalView::of(settings, portal.config.public_url.host())
}

/// A portal and the host that it is reached at.
type Hosted = (Settings, String);

const VISIBILITIES: &[&str] = &["public", "private"];
const COLUMNS: &[Column<Hosted>] = &[
    Column::id("id", |(portal, _)| Some(portal.id.uuid())),
    Column::text("name", |(portal, _)| Some(&portal.name)),
    Column::text("display_name", |(portal, _): &Hosted| Some(&portal.display_name)).sort_only(),
    Column::text("description", |(portal, _)| portal.description.as_deref()),
    Column::flag("authentication_enabled", |(portal, _)| Some(portal.authentication_enabled)),
    Column::flag("rbac_enabled", |(portal, _)| Some(portal.rbac_enabled)),
    Column::flag("sipr_enabled", |_: &Hosted| Some(false)).sort_only(),
    Column::choice("default_api_visibility", VISIBILITIES, |(portal, _)| Some(portal.default_api_visibility.as_str())),
    Column::choice("default_page_visibility", VISIBILITIES, |(portal, _)| Some(portal.default_page_visibility.as_str())),
    Column::id("default_application_auth_strategy_id", |(portal, _)| portal.default_strategy.map(|id| id.uuid())),
    Column::flag("auto_approve_developers", |(portal, _)| Some(portal.auto_approve_developers)),
    Column::flag("auto_approve_applications", |(portal, _)| Some(portal.auto_approve_applications)),
    Column::text("default_domain", |(_, host)| Some(host)),
    Column::text("canonical_domain", |(_, host)| Some(host)),
    Column::flag("notifications_developer_pii_visibility_enabled", |(portal, _): &Hosted| Some(portal.pii_in_notifications))
        .sort_only(),
    Column::time("created_at", |(portal, _): &Hosted| Some(portal.created_at)).sort_only(),
    Column::time("updated_at", |(portal, _): &Hosted| Some(portal.updated_at)).sort_only(),
];

/// The portals that the token is for.
async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.administrator(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let host = portal.config.public_url.host();
    let all = portal.store.portals(CAP).await?;
    let managed = all.into_iter().filter(|settings| who.token.may_manage(settings.id));
    let page = listing.apply(managed.map(|settings| (settings, host.to_owned())).collect());
    ok(&page.map(|(settings, host)| AdminPortalView::of(&settings, &host)))
}

/// What Portico does not do (yet) is said, not stored.
fn not_supported(switches: &[&str]) -> Problem {
    let detail = format!("Portico does not support {} yet. Leave it out, or set it to false.", switches.join(", "));
    Problem::new(Kind::NotSupported, detail)
}
