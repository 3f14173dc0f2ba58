//! `DELETE …/registrations/{registrationId}`: a developer takes back a registration, whatever its status.

use portico_domain::event::Name;
use portico_domain::id::RegistrationId;
use portico_http::response::no_content;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::registrations::DeleteRegistrationError;
use serde_json::json;

/// Deletes a registration of an application of whoever is signed in. Calls that rest on it stop before the answer.
///
/// # Errors
/// 404 for an application or a registration that is not there, or somebody else's.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let (who, application) = portal.own_application(&request, []).await?;
    let registration = request.id::<RegistrationId>("registrationId")?;
    let (api, _) = application.grant_of(registration).ok_or_else(Problem::not_found)?;
    let data = json!({ "application": application.card.id, "api": api, "registration": registration });
    let event = portal.event(Name::RegistrationDeleted, who.actor(), data)?;
    portal.store.delete_registration(application.card.id, api, registration, &event).await.map_err(problem)?;
    Ok(no_content())
}

fn problem(error: DeleteRegistrationError) -> Problem {
    match error {
        DeleteRegistrationError::Gone => Problem::not_found(),
        DeleteRegistrationError::Store(error) => error.into(),
    }
}
