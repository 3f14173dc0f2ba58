//! `DELETE …/registrations/{registrationId}`: a developer takes back a registration, whatever its status.

use portico_domain::event::Name;
use portico_domain::id::RegistrationId;
use portico_http::response::no_content;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::decide_again;
use portico_store::registrations::DeleteRegistrationError;

/// Deletes a registration of an application of whoever is signed in, or of a team of theirs. Calls that rest on it stop before the answer.
///
/// # Errors
/// 404 for an application or a registration that is not there, or somebody else's.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let request = &request;
    decide_again::<_, Problem, _>(|| async move {
        let (who, application) = portal.own_application(request, []).await?;
        let registration = request.id::<RegistrationId>("registrationId")?;
        let (api, grant) = application.grant_of(registration).ok_or_else(Problem::not_found)?;
        let event = portal.event(Name::RegistrationDeleted, who.actor(), application.registration_ended(api, &grant))?;
        match portal.store.delete_registration(application.card.id, api, &grant, who.acting(&application), &event).await {
            Ok(()) => Ok(Some(no_content())),
            Err(DeleteRegistrationError::Changed) => Ok(None),
            Err(DeleteRegistrationError::Store(error)) => Err(error.into()),
        }
    })
    .await
}
