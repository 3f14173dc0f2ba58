//! `list-portal-teams`, `create-portal-team`, `get-portal-team`, `update-portal-team`, `list-portal-developer-teams`.

use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::id::DeveloperId;
use portico_domain::team::{NewTeam, Team, TeamEdit};
use portico_domain::text::{TeamDescription, TeamName};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{boolean, text};
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::listing::{Column, Listing};
use portico_http::response::{created, ok};
use portico_http::views::admin_team::AdminTeamView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::teams::{ChangeTeamError, teams_list};
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::{again, alive, named};

const COLUMNS: &[Column<Team>] = &[
    Column::id("id", |team: &Team| Some(team.id.uuid())).sort_only(),
    Column::text("name", |team| Some(&team.name)),
    Column::text("description", |team: &Team| team.description.as_deref()).sort_only(),
    Column::flag("can_own_applications", |team| Some(team.can_own_applications)),
    Column::time("created_at", |team: &Team| Some(team.created_at)).sort_only(),
    Column::time("updated_at", |team: &Team| Some(team.updated_at)).sort_only(),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let browsing = Browsing::parse(request, COLUMNS)?;
    let page = browsing.browse(&portal.store, &teams_list(who.portal.id), CAP).await?;
    ok(&page.map(AdminTeamView::of))
}

/// The teams of one developer, read from the developer and not from the list.
pub(crate) async fn of_developer(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let id = request.id::<DeveloperId>("developerId");
    let key = id.as_ref().ok().map(|id| Key::developer(*id));
    let who = portal.portal_administrator(request, key).await?;
    let developer = who.administrator.items.get::<Developer>(&Key::developer(id?))?;
    let of_portal = |developer: &Developer| developer.portal == who.portal.id && developer.deleted_at.is_none();
    let developer = developer.filter(of_portal).ok_or_else(Problem::not_found)?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    ok(&listing.apply(portal.store.teams_of(&developer).await?).map(AdminTeamView::of))
}

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, team) = named(portal, request, []).await?;
    ok(&AdminTeamView::of(alive(team)?))
}

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let mut body = Fields::of(&request.body);
    let name = body.required("name", text().parse_with(TeamName::parse));
    let description = body.optional("description", text().parse_with(TeamDescription::parse));
    let can_own_applications = body.optional("can_own_applications", boolean()).or(false);
    let (name, description, can_own_applications) = body.finish((name, description, can_own_applications))?;
    let new = NewTeam { name, description, can_own_applications };
    let team = Team::create(portal.new_id()?, who.portal.id, new, portal.now());
    let data = json!({
        "portal": team.portal,
        "team": team.id,
        "after": { "can_own_applications": team.can_own_applications },
    });
    let event = portal.event(Name::TeamCreated, who.administrator.actor(), data)?;
    portal.store.create_team(&team, &event).await?;
    created(&AdminTeamView::of(team))
}

pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, team) = named(portal, request, []).await?;
    let mut body = Fields::of(&request.body);
    let name = body.optional("name", text().parse_with(TeamName::parse));
    let description = body.optional("description", text().parse_with(TeamDescription::parse));
    let can_own_applications = body.optional("can_own_applications", boolean());
    let (name, description, can_own_applications) = body.finish((name, description, can_own_applications))?;
    let edit = TeamEdit { name, description, can_own_applications };
    let id = team.id;
    let mut known = Some(alive(team)?);
    let (who, edit) = (&who, &edit);
    let team = decide_again::<_, Problem, _>(|| {
        let known = known.take();
        async move {
            let before = match known {
                Some(team) => team,
                None => again(portal, id).await?,
            };
            let Some((after, changed)) = before.edited(edit, portal.now()) else { return Ok(Some(before)) };
            // What people wrote is named and not told: an address may stand in it.
            let data = json!({
                "portal": after.portal,
                "team": id,
                "changed": changed,
                "before": { "can_own_applications": before.can_own_applications },
                "after": { "can_own_applications": after.can_own_applications },
            });
            let event = portal.event(Name::TeamUpdated, who.administrator.actor(), data)?;
            match portal.store.edit_team(&before, &after, &event).await {
                Ok(()) => Ok(Some(after)),
                Err(ChangeTeamError::Changed) => Ok(None),
                Err(ChangeTeamError::Store(error)) => Err(error.into()),
            }
        }
    })
    .await?;
    ok(&AdminTeamView::of(team))
}
