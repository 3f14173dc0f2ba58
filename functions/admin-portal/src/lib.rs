//! `/v3/portals`: portals and their settings, for administrators.

mod parse;

use portico_domain::event::Name;
use portico_domain::portal::Portal as Settings;
use portico_domain::portal_edit::{PortalEdit, PortalEditError, difference};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::listing::browse::CAP;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::admin_portal::{AdminPortalView, AuthenticationSettingsView};
use portico_http::who::PortalAdministrator;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::portals::UpdatePortalError;
use portico_store::{Key, decide_again};
use serde_json::json;

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
        "get-portal-authentication-settings" => {
            let who = portal.portal_administrator(&request, []).await?;
            ok(&AuthenticationSettingsView::of(&who.portal))
        }
        "update-portal-authentication-settings" => {
            let who = portal.portal_administrator(&request, []).await?;
            let edit = parse::authentication_settings(&request)?;
            ok(&AuthenticationSettingsView::of(&update(portal, who, &edit).await?))
        }
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
    Column::flag("rbac_enabled", |_| Some(false)),
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

/// The portal as an edit leaves it. Who loses a race decides again on what the winner made.
async fn update(portal: &Portal, who: PortalAdministrator, edit: &PortalEdit) -> Result<Settings, Problem> {
    let PortalAdministrator { administrator, portal: settings } = who;
    let id = settings.id;
    let mut known = Some(settings);
    decide_again(|| {
        let (known, administrator) = (known.take(), &administrator);
        async move {
            let before = match known {
                Some(settings) => settings,
                None => portal.store.find(&Key::portal(id)).await?.ok_or_else(Problem::not_found)?,
            };
            let Some(after) = edit.apply(&before, portal.now()).map_err(refused)? else { return Ok(Some(before)) };
            let told = difference(&before, &after);
            let data = json!({ "portal": id, "changed": told.changed, "before": told.before, "after": told.after });
            let event = portal.event(Name::PortalUpdated, administrator.actor(), data)?;
            match portal.store.update_portal(&before, &after, &event).await {
                Ok(()) => Ok(Some(after)),
                Err(UpdatePortalError::Changed) => Ok(None),
                Err(UpdatePortalError::StrategyGone) => Err(unknown_strategy()),
                Err(UpdatePortalError::Store(error)) => Err(error.into()),
            }
        }
    })
    .await
}

fn refused(error: PortalEditError) -> Problem {
    match error {
        PortalEditError::TooManyLabels => {
            let maximum = i64::try_from(portico_domain::limits::LABELS).unwrap_or(i64::MAX);
            InvalidParameter::body("labels", Rule::MaxItems { maximum }, error.to_string()).into()
        }
    }
}

fn unknown_strategy() -> Problem {
    let field = "default_application_auth_strategy_id";
    InvalidParameter::body(field, Rule::MissingReference, "must be the id of an auth strategy").into()
}

/// What Portico does not do (yet) is said, not stored.
fn not_supported(switches: &[&str]) -> Problem {
    let detail = format!("Portico does not support {} yet. Leave it out, or set it to false.", switches.join(", "));
    Problem::new(Kind::NotSupported, detail)
}
