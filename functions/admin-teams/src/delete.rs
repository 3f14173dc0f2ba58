//! `delete-portal-team`: a team that owns applications stays. Of another one the roles count for nothing before the answer; what is
//! left is removed at once, or by `run-jobs` if it is much.

use portico_domain::event::Name;
use portico_domain::id::TeamId;
use portico_domain::job::{Job, Work};
use portico_domain::team::Team;
use portico_http::response::no_content;
use portico_http::who::PortalAdministrator;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::teams::ChangeTeamError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::named;

/// A team with more members than this is removed after the answer: each is a transaction.
const AT_ONCE: u32 = 50;

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, team) = named(portal, request, []).await?;
    let (id, much) = (team.id, team.member_count > AT_ONCE);
    let mut known = Some(team);
    let who = &who;
    // What is left of a deleted team means that an earlier try was cut off: the rest is done, and the answer is the same.
    let job = decide_again::<_, Problem, _>(|| {
        let known = known.take();
        async move {
            let team = match known {
                Some(team) => team,
                None => portal.store.find::<Team>(&Key::team(id)).await?.ok_or_else(Problem::not_found)?,
            };
            if !team.is_live() {
                return Ok(Some(None));
            }
            if team.app_count > 0 {
                return Err(owns(team.app_count));
            }
            bury(portal, who, &team, much).await.map(|job| job.map(Some))
        }
    })
    .await?;
    if !much && let Err(error) = remove(portal, id, job).await {
        tracing::warn!(team.id = %id, cause = error.cause(), "what is left of the team is removed later");
    }
    Ok(no_content())
}

/// Makes the tombstone. Nothing, if the team changed meanwhile.
async fn bury(portal: &Portal, who: &PortalAdministrator, team: &Team, much: bool) -> Result<Option<Job>, Problem> {
    let data = json!({ "portal": team.portal, "team": team.id });
    let event = portal.event(Name::TeamDeleted, who.administrator.actor(), data)?;
    let mut job = portal.job(Work::RemoveTeam { team: team.id })?;
    if much {
        job.lease_until = portal.now(); // nobody is at it: `run-jobs` need not wait
    }
    match portal.store.delete_team(team, &event, &job).await {
        Ok(()) => Ok(Some(job)),
        Err(ChangeTeamError::Changed) => Ok(None),
        Err(ChangeTeamError::Store(error)) => Err(error.into()),
    }
}

/// Whoever deletes a team says first whose its applications are to be.
fn owns(count: u32) -> Problem {
    let applications = if count == 1 { "application" } else { "applications" };
    let detail =
        format!("The team owns {count} {applications}. Give them to other owners, or delete them, before you delete the team.");
    Problem::new(Kind::Conflict, detail)
}

async fn remove(portal: &Portal, id: TeamId, job: Option<Job>) -> Result<(), Problem> {
    match job {
        Some(job) => portal.store.finish_team_removal(&job).await?,
        None => portal.store.remove_team_children(id).await?,
    }
    Ok(())
}
