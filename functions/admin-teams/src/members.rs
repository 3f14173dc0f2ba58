//! `list-portal-team-developers`, `add-developer-to-portal-team`, `remove-developer-from-portal-team`.

use http::{HeaderName, HeaderValue, StatusCode};
use portico_domain::developer::{Developer, Joining};
use portico_domain::event::Name;
use portico_domain::id::{DeveloperId, TeamId};
use portico_domain::limits::TEAMS_PER_DEVELOPER;
use portico_domain::team::{Member, Team};
use portico_http::fields::Fields;
use portico_http::fields::kinds::uuid;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::listing::{Column, Listing};
use portico_http::response::{empty, no_content, ok};
use portico_http::views::admin_team::AdminMemberView;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::teams::MembershipError;
use portico_store::{Key, decide_again};
use serde_json::{Value, json};

use crate::{alive, named};

const COLUMNS: &[Column<Developer>] = &[
    Column::id("id", |developer: &Developer| Some(developer.id.uuid())).sort_only(),
    Column::text("email", |developer| Some(&developer.email)),
    Column::text("full_name", |developer| Some(&developer.full_name)),
    // The contract filters by attributes that no developer has here.
    Column::text("attributes", |_: &Developer| None).filter_only(),
    Column::flag("active", |developer| Some(developer.is_approved())),
    Column::time("created_at", |developer: &Developer| Some(developer.created_at)).sort_only(),
    Column::time("updated_at", |developer: &Developer| Some(developer.updated_at)).sort_only(),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, team) = named(portal, request, []).await?;
    let team = alive(team)?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    ok(&listing.apply(portal.store.developers_in(team.id).await?).map(AdminMemberView::of))
}

pub(crate) async fn add(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, team) = named(portal, request, []).await?;
    let mut body = Fields::of(&request.body);
    body.open();
    let id = body.required("id", uuid());
    let id = DeveloperId::new(body.finish(id)?);
    let team = alive(team)?;
    let (who, team) = (&who, &team);
    decide_again::<_, Problem, _>(|| async move {
        let developer = portal.store.find::<Developer>(&Key::developer(id)).await?;
        let developer = developer.filter(|developer| developer.portal == team.portal && developer.deleted_at.is_none());
        let developer = developer.ok_or_else(unknown)?;
        if developer.teams.contains(&team.id) {
            return Err(refused(&MembershipError::AlreadyMember));
        }
        if developer.teams.len() >= TEAMS_PER_DEVELOPER {
            let detail = format!("A developer is a member of at most {TEAMS_PER_DEVELOPER} teams.");
            return Err(Problem::new(Kind::QuotaReached, detail));
        }
        let member = Member { team: team.id, developer: id, portal: team.portal, created_at: portal.now() };
        let event = portal.event(Name::TeamMemberAdded, who.administrator.actor(), audited(team, id))?;
        match portal.store.add_member(&member, &developer, Joining::Hand, &event).await {
            Ok(()) => Ok(Some(())),
            Err(MembershipError::Changed) => Ok(None),
            Err(MembershipError::Store(error)) => Err(error.into()),
            Err(error) => Err(refused(&error)),
        }
    })
    .await?;
    Ok(empty(StatusCode::CREATED))
}

/// What the role of a member allowed is over with the answer, and so is what their team owns. Where nobody is left to see what it owns,
/// the answer says how much that is.
pub(crate) async fn remove(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let id = request.id::<DeveloperId>("developerId");
    let (who, team) = named(portal, request, []).await?;
    let (id, team) = (id?, alive(team)?);
    let (who, team) = (&who, &team);
    decide_again::<_, Problem, _>(|| async move {
        let developer = portal.store.find::<Developer>(&Key::developer(id)).await?;
        let developer = developer.filter(|developer| is_member(developer, team.id)).ok_or_else(Problem::not_found)?;
        let event = portal.event(Name::TeamMemberRemoved, who.administrator.actor(), audited(team, id))?;
        match portal.store.remove_member(team.id, &developer, &event).await {
            Ok(()) => Ok(Some(())),
            Err(MembershipError::Changed) => Ok(None),
            Err(MembershipError::Store(error)) => Err(error.into()),
            Err(error) => Err(refused(&error)),
        }
    })
    .await?;
    let mut response = no_content();
    let now = portal.store.find::<Team>(&Key::team(team.id)).await?;
    if let Some(left) = now.filter(|team| team.member_count == 0 && team.app_count > 0) {
        response.headers_mut().insert(HeaderName::from_static("portico-applications"), HeaderValue::from(left.app_count));
    }
    Ok(response)
}

fn is_member(developer: &Developer, team: TeamId) -> bool {
    developer.deleted_at.is_none() && developer.teams.contains(&team)
}

fn audited(team: &Team, developer: DeveloperId) -> Value {
    json!({ "portal": team.portal, "team": team.id, "developer": developer })
}

fn unknown() -> Problem {
    InvalidParameter::body("id", Rule::MissingReference, "must be the id of a developer of this portal").into()
}

fn refused(error: &MembershipError) -> Problem {
    match error {
        MembershipError::AlreadyMember => Problem::new(Kind::AlreadyExists, format!("{error}.")),
        MembershipError::TooManyMembers => Problem::new(Kind::QuotaReached, format!("{error}.")),
        MembershipError::TeamGone | MembershipError::NoMember | MembershipError::Changed | MembershipError::Store(_) => {
            Problem::not_found()
        }
    }
}
