//! What a crash left of a deletion, a revocation or a change of headers: a timer starts this, and every job that nobody is at is
//! done. Doing a job twice changes nothing. And what an older Portico told search is told anew.

mod search;

use portico_domain::event::Actor;
use portico_domain::job::{Job, Work};
use portico_http::{Portal, Problem};
use serde::Serialize;
use serde_json::Value;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Jobs that are done now.
    pub done: usize,
    /// Jobs that somebody else took first.
    pub taken: usize,
    /// APIs that search was told of anew.
    pub renewed: usize,
}

/// Does every job that nobody is at, whatever the event says.
///
/// # Errors
/// What the first job that could not be done met, after the others were done: it is tried again when its lease has run out.
pub async fn handle(portal: &Portal, _event: Value) -> Result<Run, Problem> {
    let mut run = Run::default();
    let mut failed = None;
    for job in portal.store.free_jobs(portal.now()).await? {
        let Some(job) = portal.store.take_job(&job, portal.now()).await? else {
            run.taken += 1;
            continue;
        };
        match work(portal, &job).await {
            Ok(()) => run.done += 1,
            Err(problem) => {
                tracing::error!(job.id = %job.id, job.tries = job.tries, cause = problem.cause(), "the job could not be done");
                failed.get_or_insert(problem);
            }
        }
    }
    match search::renew(portal).await {
        Ok(renewed) => run.renewed = renewed,
        Err(problem) => {
            tracing::error!(cause = problem.cause(), "what search knows could not be written anew");
            failed.get_or_insert(problem);
        }
    }
    failed.map_or(Ok(run), Err)
}

/// Does a job that was taken and removes it.
async fn work(portal: &Portal, job: &Job) -> Result<(), Problem> {
    let store = &portal.store;
    match job.job {
        Work::Standing { developer } => store.settle_standing(developer).await?,
        Work::RemoveApplication { application } => store.remove_application_children(application).await?,
        Work::RemoveDeveloper { developer } => {
            // The gates first: until the last of many applications is gone, none of them may be open.
            store.settle_standing(developer).await?;
            portal.remove_developer(developer, &Actor::System("run-jobs".to_owned())).await?;
        }
        Work::RemoveTeam { team } => store.remove_team_children(team).await?,
        Work::RemoveApi { api } => store.remove_api_children(api).await?,
        Work::KeyNames { strategy } => store.copy_key_names(strategy).await?,
    }
    Ok(store.finish_job(job.id).await?)
}
