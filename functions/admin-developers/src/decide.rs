//! `update-developer`: an administrator approves, rejects or revokes a developer. Revoking stops the calls of every application
//! of theirs before the answer.

use portico_domain::approval::Decision;
use portico_domain::developer::Developer;
use portico_domain::job::{Job, Work};
use portico_domain::status::Status;
use portico_http::approval::{STATUS_CHOICES, illegal_step};
use portico_http::fields::Fields;
use portico_http::fields::kinds::one_of;
use portico_http::response::ok;
use portico_http::views::admin_developer::AdminDeveloperView;
use portico_http::who::PortalAdministrator;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::developer_admin::ChangeDeveloperError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::{alive, named};

pub(crate) async fn decide(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, developer) = named(portal, request).await?;
    let mut body = Fields::of(&request.body);
    let status = body.optional("status", one_of(STATUS_CHOICES));
    let status = body.finish(status)?;
    let developer = alive(developer)?;
    let Some(to) = status else { return ok(&AdminDeveloperView::of(developer)) };
    let (developer, job) = change(portal, &who, developer, to).await?;
    // Also where nothing changed: an earlier try may have been cut off here, and a success must mean that it is done.
    portal.store.settle_standing(developer.id).await?;
    if let Some(job) = job
        && let Err(error) = portal.store.finish_job(job.id).await
    {
        tracing::warn!(job.id = %job.id, %error, "the job is done once more");
    }
    ok(&AdminDeveloperView::of(developer))
}

/// The developer as the decision leaves them, and the job, if anything changes. Who loses a race decides again on what the winner
/// made of it.
async fn change(
    portal: &Portal,
    who: &PortalAdministrator,
    developer: Developer,
    to: Status,
) -> Result<(Developer, Option<Job>), Problem> {
    let id = developer.id;
    let mut known = Some(developer);
    decide_again(|| {
        let known = known.take();
        async move {
            let developer = match known {
                Some(developer) => developer,
                None => portal.store.find(&Key::developer(id)).await?.ok_or_else(Problem::not_found).and_then(alive)?,
            };
            let Some(decision) = Decision::about_developer(developer.status, to).map_err(illegal_step)? else {
                return Ok(Some((developer, None)));
            };
            let (before, after) = decision.before_and_after();
            let data = json!({ "portal": developer.portal, "developer": id, "before": before, "after": after });
            let event = portal.event(decision.event, who.administrator.actor(), data)?;
            let job = portal.job(Work::Standing { developer: id })?;
            match portal.store.decide_about_developer(&developer, &decision, &event, &job).await {
                Ok(()) => Ok(Some((Developer { status: to, updated_at: event.at, ..developer }, Some(job)))),
                Err(ChangeDeveloperError::Changed) => Ok(None),
                Err(ChangeDeveloperError::Store(error)) => Err(error.into()),
            }
        }
    })
    .await
}
