//! `DELETE /api/v3/applications/{applicationId}`: a developer deletes an application, with its registrations and credentials.

use portico_http::response::no_content;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::decide_again;

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
            portal.delete_application(&application, who.actor()).await
        }
    })
    .await?;
    portal.finish_application_removal(&job).await;
    Ok(no_content())
}
