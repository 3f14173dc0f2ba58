//! `/v3/portals/{portalId}/developers`: developers of a portal, for administrators. And `/portico/v1/portals/{portalId}/developers`,
//! what more there is to know of them.

mod create;
mod decide;
mod delete;
mod details;

use portico_domain::developer::Developer;
use portico_domain::id::DeveloperId;
use portico_http::approval::STATUS_WORDS;
use portico_http::listing::Column;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::response::ok;
use portico_http::views::admin_developer::AdminDeveloperView;
use portico_http::who::PortalAdministrator;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;
use portico_store::developers::developers_list;

/// Answers the routes of `admin-developers`.
///
/// # Errors
/// 400 for wrong fields, 401 and 403 for whoever may not, 404 for an unknown portal or developer, 409 for an address that is taken
/// and for a status that cannot follow.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "create-developer" => create::create(portal, &request).await,
        "list-portal-developers" => list(portal, &request).await,
        "get-developer" => {
            let (_, developer) = named(portal, &request).await?;
            ok(&AdminDeveloperView::of(alive(developer)?))
        }
        "update-developer" => decide::decide(portal, &request).await,
        "decide-developer" => decide::decide_with_reason(portal, &request).await,
        "delete-developer" => delete::delete(portal, &request).await,
        "list-developer-details" => details::list(portal, &request).await,
        "get-developer-details" => details::get(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

/// The administrator, and the developer of the portal that the path names: deleted ones too, as long as something is left of them.
async fn named(portal: &Portal, request: &Request) -> Result<(PortalAdministrator, Developer), Problem> {
    let id = request.id::<DeveloperId>("developerId");
    let key = id.as_ref().ok().map(|id| Key::developer(*id));
    let who = portal.portal_administrator(request, key).await?;
    let developer = who.administrator.items.get::<Developer>(&Key::developer(id?))?;
    let developer = developer.filter(|developer| developer.portal == who.portal.id).ok_or_else(Problem::not_found)?;
    Ok((who, developer))
}

fn alive(developer: Developer) -> Result<Developer, Problem> {
    if developer.deleted_at.is_none() { Ok(developer) } else { Err(Problem::not_found()) }
}

const COLUMNS: &[Column<Developer>] = &[
    Column::id("id", |developer| Some(developer.id.uuid())),
    Column::text("email", |developer| Some(&developer.email)),
    Column::text("name", |developer: &Developer| Some(&developer.full_name)).filter_only(),
    Column::text("full_name", |developer: &Developer| Some(&developer.full_name)).sort_only(),
    Column::choice("status", STATUS_WORDS, |developer| Some(developer.status.as_str())),
    Column::time("created_at", |developer: &Developer| Some(developer.created_at)).sort_only(),
    Column::time("updated_at", |developer: &Developer| Some(developer.updated_at)).sort_only(),
];

/// The developers of a portal. Who has an address is asked of its guard, in whatever spelling, and not of the index.
async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let browsing = Browsing::parse(request, COLUMNS)?;
    let listing = &browsing.listing;
    let page = match listing.equals("email") {
        None => browsing.browse(&portal.store, &developers_list(who.portal.id), CAP).await?,
        Some(address) => {
            let found = match portico_domain::email::EmailAddress::parse(address) {
                Ok(address) => portal.store.developer_with_address(who.portal.id, address.canonical()).await?,
                Err(_) => None,
            };
            let kept: Vec<_> = found.into_iter().filter(|developer| listing.keeps_found_by("email", developer)).collect();
            let total = kept.len();
            listing.page(kept.into_iter().skip(listing.offset()).take(listing.size()).collect(), total)
        }
    };
    ok(&page.map(AdminDeveloperView::of))
}
