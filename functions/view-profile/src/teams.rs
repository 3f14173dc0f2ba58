//! `get-developer-teams`, `get-developer-team`, `get-developer-team-developers`: the teams that the developer is a member of. Of any
//! other team there is nothing to see.

use portico_domain::id::TeamId;
use portico_domain::team::Team;
use portico_http::listing::Listing;
use portico_http::response::ok;
use portico_http::views::team::{COLUMNS, MEMBER_COLUMNS, TeamView, TeammateView};
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

/// The developer's teams, in the order in which they became a member.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.signed_in(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    ok(&listing.apply(portal.store.teams_of(&who.developer).await?).map(TeamView::of))
}

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    ok(&TeamView::of(own(portal, request).await?))
}

/// Everybody in one of the developer's teams who may sign in: of the others teammates learn nothing.
pub(crate) async fn developers(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let team = own(portal, request).await?;
    let listing = Listing::parse(&request.query, MEMBER_COLUMNS)?;
    let mut members = portal.store.developers_in(team.id).await?;
    members.retain(portico_domain::developer::Developer::is_approved);
    ok(&listing.apply(members).map(TeammateView::of))
}

/// The team that the path names, if the developer is a member of it.
async fn own(portal: &Portal, request: &Request) -> Result<Team, Problem> {
    let id = request.id::<TeamId>("teamId");
    let who = portal.signed_in(request, id.as_ref().ok().map(|id| Key::team(*id))).await?;
    let id = id?;
    let team = who.items.get::<Team>(&Key::team(id))?;
    let is_own = |team: &Team| team.is_live() && team.portal == who.portal.id && who.developer.teams.contains(&id);
    team.filter(is_own).ok_or_else(Problem::not_found)
}
