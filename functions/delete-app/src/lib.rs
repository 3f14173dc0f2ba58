//! `DELETE /api/v3/applications/{applicationId}`: a developer deletes an application, with its registrations and credentials.

use portico_domain::id::ApplicationId;
use portico_domain::job::Job;
use portico_http::response::no_content;
use portico_http::who::SignedIn;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::decide_again;
use portico_store::throttles::{Counter, Verdict, judge};

/// Deletes an application of whoever is signed in, or of a team of theirs. Its calls stop and its reference ID is free before the answer.
///
/// # Errors
/// 404 for an application that is not there, or somebody else's; 429 for a storm of deletions.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let counter = request.claims.as_ref().map(|claims| Counter::deletions(claims.sub));
    let (who, application) = portal.own_application(&request, counter.map(|counter| counter.key().clone())).await?;
    let (id, mut first) = (application.card.id, true);
    let job = decide_again(|| {
        let (again, who) = (!std::mem::replace(&mut first, false), &who);
        async move {
            if !again {
                return delete(portal, who, id).await;
            }
            let counter = Counter::deletions(who.developer.id);
            let (who, _) = portal.own_application_again(who, id, [counter.key().clone()]).await?;
            delete(portal, &who, id).await
        }
    })
    .await?;
    portal.finish_application_removal(&job).await;
    Ok(no_content())
}

/// Deletes the application as it was read; nothing, if it changed meanwhile.
async fn delete(portal: &Portal, who: &SignedIn, id: ApplicationId) -> Result<Option<Job>, Problem> {
    let application = who.own(id, &who.items)?;
    match judge(&[Counter::deletions(who.developer.id)], &who.items, portal.now())? {
        Verdict::Passes(passes) => portal.delete_application(&application, who.acting(&application), &passes, who.actor()).await,
        Verdict::RetryAfter(seconds) => {
            Err(Problem::too_many_requests(seconds, "You have deleted many applications. Wait a moment before the next one."))
        }
    }
}
