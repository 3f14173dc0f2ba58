//! `DELETE …/credentials/{credentialId}`: a developer deletes a credential.

use portico_domain::event::Name;
use portico_http::response::no_content;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::credentials::ChangeCredentialError;
use portico_store::decide_again;
use serde_json::json;

/// Deletes a credential of an application of whoever is signed in, or of a team of theirs. Calls with its key are refused before the answer.
///
/// # Errors
/// 404 for an application or a credential that is not there, or somebody else's.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let request = &request;
    decide_again::<_, Problem, _>(|| async move {
        let (who, application) = portal.own_application(request, []).await?;
        let stored = portal.own_credential(request, &application).await?;
        let data = application.told(json!({ "credential": stored.credential.id }));
        let event = portal.event(Name::CredentialDeleted, who.actor(), data)?;
        match portal.store.delete_credential(&stored, who.acting(&application), &event).await {
            Ok(()) => Ok(Some(no_content())),
            Err(ChangeCredentialError::Changed) => Ok(None),
            Err(ChangeCredentialError::Gone) => Err(Problem::not_found()),
            Err(ChangeCredentialError::Store(error)) => Err(error.into()),
        }
    })
    .await
}
