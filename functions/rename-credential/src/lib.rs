//! `PUT …/credentials/{credentialId}`: a developer gives a credential another name.

use http::StatusCode;
use portico_domain::event::Name;
use portico_domain::text::DisplayName;
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::response::empty;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::credentials::ChangeCredentialError;
use portico_store::decide_again;
use serde_json::json;

/// Renames a credential of an application of whoever is signed in, or of a team of theirs. The name that it has already changes nothing.
///
/// # Errors
/// 400 for wrong fields, 404 for an application or a credential that is not there, or somebody else's.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let request = &request;
    decide_again::<_, Problem, _>(|| async move {
        let (who, application) = portal.own_application(request, []).await?;
        let display_name = parse(request)?;
        let stored = portal.own_credential(request, &application).await?;
        if stored.credential.display_name == display_name.as_str() {
            return Ok(Some(empty(StatusCode::OK)));
        }
        let event = portal.event(
            Name::CredentialRenamed,
            who.actor(),
            application.told(json!({ "credential": stored.credential.id })),
        )?;
        match portal.store.rename_credential(&stored, display_name.as_str(), who.acting(&application), &event).await {
            Ok(()) => Ok(Some(empty(StatusCode::OK))),
            Err(ChangeCredentialError::Changed) => Ok(None),
            Err(ChangeCredentialError::Gone) => Err(Problem::not_found()),
            Err(ChangeCredentialError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

fn parse(request: &Request) -> Result<DisplayName, Problem> {
    let mut body = Fields::of(&request.body);
    let display_name = body.required("display_name", text().parse_with(DisplayName::parse));
    Ok(body.finish(display_name)?)
}
