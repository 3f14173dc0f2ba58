//! `DELETE …/credentials/{credentialId}`: a developer deletes a credential.

use portico_domain::event::Name;
use portico_http::response::no_content;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::credentials::ChangeCredentialError;
use serde_json::json;

/// Deletes a credential of an application of whoever is signed in. Calls with its key are refused before the answer.
///
/// # Errors
/// 404 for an application or a credential that is not there, or somebody else's.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let (who, application) = portal.own_application(&request, []).await?;
    let stored = portal.own_credential(&request, &application).await?;
    let data = json!({
        "portal": application.portal,
        "developer": application.owner,
        "application": application.card.id,
        "credential": stored.credential.id,
    });
    let event = portal.event(Name::CredentialDeleted, who.actor(), data)?;
    portal.store.delete_credential(&stored, &event).await.map_err(problem)?;
    Ok(no_content())
}

fn problem(error: ChangeCredentialError) -> Problem {
    match error {
        ChangeCredentialError::Gone => Problem::not_found(),
        ChangeCredentialError::Store(error) => error.into(),
    }
}
