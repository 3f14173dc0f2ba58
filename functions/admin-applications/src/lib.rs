//! `/v3/portals/{portalId}/applications` and `…/application-registrations`: what developers registered, for administrators; and
//! under `/portico/v1`: decisions with
//! a reason, and why calls pass, or do not.

mod access;
mod applications;
mod credentials;
mod developers;
mod on_behalf;
mod owner;
mod registrations;

use portico_domain::application::Application;
use portico_domain::id::ApplicationId;
use portico_http::who::PortalAdministrator;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

/// Answers the routes of `admin-applications`.
///
/// # Errors
/// 400 for wrong fields, 401 and 403 for whoever may not, 404 for what is not in the portal, 409 for a status that cannot follow.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "list-applications" => applications::list(portal, &request).await,
        "get-application" => applications::get(portal, &request).await,
        "create-application" => on_behalf::create(portal, &request).await,
        "update-application" => owner::update(portal, &request).await,
        "get-application-unscoped" => applications::get_unscoped(portal, &request).await,
        "list-developers-by-application" => developers::list(portal, &request).await,
        "delete-application" => applications::delete(portal, &request).await,
        "list-credentials-by-application" => credentials::list(portal, &request).await,
        "list-registrations" => registrations::list(portal, &request).await,
        "list-registrations-by-application" => registrations::list_of_application(portal, &request).await,
        "get-application-registration" => registrations::get(portal, &request).await,
        "update-application-registration" => registrations::decide(portal, &request).await,
        "get-registration-details" => registrations::details(portal, &request).await,
        "decide-registration" => registrations::decide_with_reason(portal, &request).await,
        "create-application-registration" => on_behalf::register(portal, &request).await,
        "delete-application-registration" => registrations::delete(portal, &request).await,
        "explain-access" => access::explain(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

/// The administrator, and the application of the portal that the path names.
async fn named(portal: &Portal, request: &Request) -> Result<(PortalAdministrator, Application), Problem> {
    let id = request.id::<ApplicationId>("applicationId");
    let key = id.as_ref().ok().map(|id| Key::application(*id));
    let who = portal.portal_administrator(request, key).await?;
    let application = who.administrator.items.get::<Application>(&Key::application(id?))?;
    let application = live(application).filter(|application| application.portal == who.portal.id);
    Ok((who, application.ok_or_else(Problem::not_found)?))
}

fn live(application: Option<Application>) -> Option<Application> {
    application.filter(Application::is_live)
}
