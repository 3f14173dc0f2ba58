//! `/v3/portals/{portalId}/teams`: the teams of a portal, their members and their roles, for administrators.

mod delete;
mod members;
mod roles;
mod teams;

use portico_domain::id::TeamId;
use portico_domain::team::Team;
use portico_http::who::PortalAdministrator;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

/// Answers the routes of `admin-teams`.
///
/// # Errors
/// 400 for wrong fields, 401 and 403 for whoever may not, 404 for what is not there, 409 for a member or a role that is there already.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "list-portal-teams" => teams::list(portal, &request).await,
        "create-portal-team" => teams::create(portal, &request).await,
        "get-portal-team" => teams::get(portal, &request).await,
        "update-portal-team" => teams::update(portal, &request).await,
        "delete-portal-team" => delete::delete(portal, &request).await,
        "list-portal-developer-teams" => teams::of_developer(portal, &request).await,
        "list-portal-team-developers" => members::list(portal, &request).await,
        "add-developer-to-portal-team" => members::add(portal, &request).await,
        "remove-developer-from-portal-team" => members::remove(portal, &request).await,
        "list-portal-team-roles" => roles::list(portal, &request).await,
        "assign-role-to-portal-teams" => roles::assign(portal, &request).await,
        "remove-role-from-portal-team" => roles::remove(portal, &request).await,
        "list-portal-roles" => roles::known(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

/// The administrator, and the team of the portal that the path names: deleted ones too, as long as something is left of them.
async fn named(
    portal: &Portal,
    request: &Request,
    also: impl IntoIterator<Item = Key>,
) -> Result<(PortalAdministrator, Team), Problem> {
    let id = request.id::<TeamId>("teamId");
    let key = id.as_ref().ok().map(|id| Key::team(*id));
    let who = portal.portal_administrator(request, key.into_iter().chain(also)).await?;
    let team = who.administrator.items.get::<Team>(&Key::team(id?))?;
    let team = team.filter(|team| team.portal == who.portal.id).ok_or_else(Problem::not_found)?;
    Ok((who, team))
}

fn alive(team: Team) -> Result<Team, Problem> {
    if team.is_live() { Ok(team) } else { Err(Problem::not_found()) }
}

/// The team as it is now: a race was lost.
async fn again(portal: &Portal, id: TeamId) -> Result<Team, Problem> {
    alive(portal.store.find::<Team>(&Key::team(id)).await?.ok_or_else(Problem::not_found)?)
}
