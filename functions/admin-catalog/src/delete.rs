//! `delete-api`: its calls stop and its slug is free before the answer; what is left is removed at once, or by `run-jobs` if it is
//! much.

use portico_domain::api::Api;
use portico_domain::event::Name;
use portico_domain::id::ApiId;
use portico_domain::job::{Job, Work};
use portico_http::response::no_content;
use portico_http::who::Administrator;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::api_removal::DeleteApiError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::named;

/// An API with more registrations than this is removed after the answer: each is a transaction.
const AT_ONCE: usize = 200;

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let who = &who;
    // What is left of a deleted API means that an earlier try was cut off: the rest is done, and the answer is the same.
    let job = decide_again::<_, Problem, _>(|| async move {
        let api = portal.store.find::<Api>(&Key::api(id)).await?.ok_or_else(Problem::not_found)?;
        if !api.is_live() {
            return Ok(Some(None));
        }
        bury(portal, who, &api).await.map(|job| job.map(Some))
    })
    .await?;
    if let Err(error) = remove(portal, id, job).await {
        tracing::warn!(api.id = %id, cause = error.cause(), "what is left of the API is removed later");
    }
    Ok(no_content())
}

/// Makes the tombstone. Nothing, if the API changed meanwhile.
async fn bury(portal: &Portal, who: &Administrator, api: &Api) -> Result<Option<Job>, Problem> {
    api.publications.keys().try_for_each(|portal| who.require(*portal))?;
    let portals: Vec<_> = api.publications.keys().collect();
    let event = portal.event(Name::ApiDeleted, who.actor(), json!({ "api": api.id, "portals": portals }))?;
    let job = portal.job(Work::RemoveApi { api: api.id })?;
    match portal.store.delete_api(api, &event, &job).await {
        Ok(()) => Ok(Some(job)),
        Err(DeleteApiError::Changed) => Ok(None),
        Err(DeleteApiError::Store(error)) => Err(error.into()),
    }
}

async fn remove(portal: &Portal, id: ApiId, job: Option<Job>) -> Result<(), Problem> {
    if portal.store.children(Key::api(id).pk(), "REG#").await?.len() > AT_ONCE {
        return Ok(());
    }
    portal.store.remove_api_children(id).await?;
    if let Some(job) = job {
        portal.store.finish_job(job.id).await?;
    }
    Ok(())
}
