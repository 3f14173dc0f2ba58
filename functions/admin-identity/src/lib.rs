//! How developers sign in at a portal, for administrators: passwords, identity providers, what those are trusted with, and which of
//! their groups are teams.

mod change;
mod domains;
mod mappings;
mod parse;
mod providers;
mod secrets;
mod settings;
mod team_groups;
mod told;
mod trial;

use portico_http::{Portal, Problem, Request, Response};

/// Answers the routes of `admin-identity`.
///
/// # Errors
/// 400 for wrong fields, 401 and 403 for whoever may not, 403 where there are as many as there can be, 404 for what is not there, 409
/// where another provider is enabled and for a mapping that is there already, 422 for SAML.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "get-portal-authentication-settings" => settings::get(portal, &request).await,
        "update-portal-authentication-settings" => settings::update(portal, &request).await,
        "get-portal-identity-providers" => providers::list(portal, &request).await,
        "create-portal-identity-provider" => providers::create(portal, &request).await,
        "get-portal-identity-provider" => providers::get(portal, &request).await,
        "update-portal-identity-provider" => providers::update(portal, &request).await,
        "delete-portal-identity-provider" => providers::delete(portal, &request).await,
        "list-portal-idp-team-group-mappings" => mappings::list(portal, &request).await,
        "create-portal-idp-team-group-mapping" => mappings::create(portal, &request).await,
        "get-portal-idp-team-group-mapping" => mappings::get(portal, &request).await,
        "delete-portal-idp-team-group-mapping" => mappings::delete(portal, &request).await,
        "list-portal-team-group-mappings" => team_groups::list(portal, &request).await,
        "update-portal-team-group-mappings" => team_groups::update(portal, &request).await,
        "get-trusted-domains" => domains::get(portal, &request).await,
        "replace-trusted-domains" => domains::replace(portal, &request).await,
        "test-identity-provider" => trial::test(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}
