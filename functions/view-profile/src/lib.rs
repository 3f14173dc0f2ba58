//! A developer's own account: `GET /api/v3/developer/me`, `/teams` and what lies below it, and `GET /api/portico/v1/developer/sessions`.

mod teams;

use portico_domain::session::Session;
use portico_http::listing::Listing;
use portico_http::response::ok;
use portico_http::views::profile::ProfileView;
use portico_http::views::session::{COLUMNS, SessionView};
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

/// Answers the routes of `view-profile`.
///
/// # Errors
/// 401 without a session in force; 400 for wrong parameters of a list; 404 for a team that the developer is no member of.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "get-developer-me" => ok(&ProfileView::of(&portal.signed_in(&request, []).await?.developer)),
        "get-developer-teams" => teams::list(portal, &request).await,
        "get-developer-team" => teams::get(portal, &request).await,
        "get-developer-team-developers" => teams::developers(portal, &request).await,
        "list-sessions" => sessions(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

/// The sessions in force, the oldest first.
async fn sessions(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.signed_in(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let mut sessions = portal.store.children_as::<Session>(Key::developer(who.developer.id).pk(), "SESSION#").await?;
    let now = portal.now();
    sessions.retain(|session| session.is_live(&who.developer, now));
    sessions.sort_by_key(|session| (session.created_at, session.id));
    let seen = sessions.into_iter().map(|session| (session, who.session.id)).collect();
    ok(&listing.apply(seen).map(|seen| SessionView::of(&seen)))
}
