//! `DELETE /api/v3/applications/{applicationId}`: a developer deletes an application, with its registrations and credentials.

use portico_domain::application::Application;
use portico_domain::event::Name;
use portico_domain::job::{Job, Work};
use portico_http::response::no_content;
use portico_http::who::SignedIn;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::application_removal::DeleteApplicationError;
use portico_store::decide_again;
use serde_json::json;

/// Deletes an application of whoever is signed in. Its calls stop and its reference ID is free before the answer.
///
/// # Errors
/// 404 for an application that is not there, or somebody else's.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let (who, application) = portal.own_application(&request, []).await?;
    let id = application.card.id;
    let mut known = Some(application);
    let job = decide_again(|| {
        let (known, who) = (known.take(), &who);
        async move {
            let application = match known {
                Some(application) => application,
                None => portal.own_application_again(who, id).await?,
            };
            delete(portal, who, &application).await
        }
    })
    .await?;
    // The answer does not wait for luck: what fails here is done by `run-jobs`.
    if let Err(error) = portal.store.finish_application_removal(&job).await {
        tracing::warn!(application.id = %id, job.id = %job.id, %error, "what is left of the application is removed later");
    }
    Ok(no_content())
}

/// Deletes the application as it was read; nothing, if it changed meanwhile.
async fn delete(portal: &Portal, who: &SignedIn, application: &Application) -> Result<Option<Job>, Problem> {
    let id = application.card.id;
    let registrations: Vec<_> =
        application.grants.iter().map(|(api, grant)| json!({ "api": api, "registration": grant.registration })).collect();
    let data = json!({ "application": id, "registrations": registrations });
    let event = portal.event(Name::ApplicationDeleted, who.actor(), data)?;
    let job = Job::begun(portal.new_id()?, Work::RemoveApplication { application: id }, portal.now());
    match portal.store.delete_application(application, &event, &job).await {
        Ok(()) => Ok(Some(job)),
        Err(DeleteApplicationError::Changed) => Ok(None),
        Err(DeleteApplicationError::Store(error)) => Err(error.into()),
    }
}
