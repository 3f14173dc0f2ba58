//! `delete-developer`: sessions end, the address is free and every gate is shut before the answer; what is left is removed at once,
//! or by `run-jobs` if it is much.

use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::job::{Job, Work};
use portico_domain::owner::Owner;
use portico_http::response::no_content;
use portico_http::who::PortalAdministrator;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::developer_admin::ChangeDeveloperError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::named;

/// Whoever owns more applications than this is removed after the answer: each is a handful of writes.
const AT_ONCE: u32 = 20;

fn is_much(applications: impl TryInto<u32>) -> bool {
    applications.try_into().map_or(true, |applications| applications > AT_ONCE)
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, developer) = named(portal, request).await?;
    let id = developer.id;
    // What is left of a deleted developer means that an earlier try was cut off: the rest is done, and the answer is the same.
    let job = bury(portal, &who, developer).await?;
    portal.store.settle_standing(id).await?;
    if let Err(error) = remove(portal, &who, id, job).await {
        tracing::warn!(developer.id = %id, cause = error.cause(), "what is left of the developer is removed later");
    }
    Ok(no_content())
}

/// Makes the tombstone. Nothing, if it is there already.
async fn bury(portal: &Portal, who: &PortalAdministrator, developer: Developer) -> Result<Option<Job>, Problem> {
    let id = developer.id;
    let mut known = Some(developer);
    decide_again(|| {
        let known = known.take();
        async move {
            let developer = match known {
                Some(developer) => developer,
                None => portal.store.find::<Developer>(&Key::developer(id)).await?.ok_or_else(Problem::not_found)?,
            };
            if developer.deleted_at.is_some() {
                return Ok(Some(None));
            }
            let data = json!({ "portal": developer.portal, "developer": id, "before": { "status": developer.status } });
            let event = portal.event(Name::DeveloperDeleted, who.administrator.actor(), data)?;
            let mut job = portal.job(Work::RemoveDeveloper { developer: id })?;
            if is_much(developer.app_count) {
                job.lease_until = portal.now(); // nobody is at it: `run-jobs` need not wait
            }
            match portal.store.delete_developer(&developer, &event, &job).await {
                Ok(()) => Ok(Some(Some(job))),
                Err(ChangeDeveloperError::Changed) => Ok(None),
                Err(ChangeDeveloperError::Store(error)) => Err(error.into()),
            }
        }
    })
    .await
}

async fn remove(
    portal: &Portal,
    who: &PortalAdministrator,
    id: portico_domain::id::DeveloperId,
    job: Option<Job>,
) -> Result<(), Problem> {
    if is_much(portal.store.application_ids_of(Owner::Developer(id)).await?.len()) {
        return Ok(());
    }
    portal.remove_developer(id, &who.administrator.actor()).await?;
    if let Some(job) = job {
        portal.store.finish_job(job.id).await?;
    }
    Ok(())
}
