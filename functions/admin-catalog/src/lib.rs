//! `/v3/apis`: APIs, their versions, publications and implementations, for administrators.

mod apis;
mod attributes;
mod create;
mod delete;
mod implementations;
mod operations;
mod publication_lists;
mod publications;
mod registrations;
mod specification;
mod specifications;
mod versions;

use portico_domain::api::TooMany;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::managed_api::{editable, live, named, written};
use portico_http::{Kind, Portal, Problem, Request, Response};

/// Answers the routes of `admin-catalog`.
///
/// # Errors
/// 400 for wrong fields, 401 and 403 for whoever may not and for a set that is full, 404 for what is not there, 409 for a slug, a
/// version or a stage that is taken, 413 for a specification that is too large, 422 for gateways of another make.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "create-api" => create::create(portal, &request).await,
        "list-apis" => apis::list(portal, &request).await,
        "fetch-api" => apis::fetch(portal, &request).await,
        "update-api" => apis::update(portal, &request).await,
        "delete-api" => delete::delete(portal, &request).await,
        "create-api-version" => versions::create(portal, &request).await,
        "list-api-versions" => versions::list(portal, &request).await,
        "fetch-api-version" => versions::fetch(portal, &request).await,
        "update-api-version" => versions::update(portal, &request).await,
        "delete-api-version" => versions::delete(portal, &request).await,
        "validate-specification" => specifications::validate(portal, &request).await,
        "create-api-spec" => specifications::create(portal, &request).await,
        "list-api-specs" => specifications::list(portal, &request).await,
        "fetch-api-spec" => specifications::fetch(portal, &request).await,
        "update-api-spec" => specifications::update(portal, &request).await,
        "delete-api-spec" => specifications::delete(portal, &request).await,
        "publish-api-to-portal" => publications::publish(portal, &request).await,
        "fetch-publication" => publications::fetch(portal, &request).await,
        "delete-publication" => publications::delete(portal, &request).await,
        "create-api-implementation" => implementations::create(portal, &request).await,
        "fetch-api-implementation" => implementations::fetch(portal, &request).await,
        "delete-api-implementation" => implementations::delete(portal, &request).await,
        "list-api-publications" => publication_lists::list(portal, &request).await,
        "list-portal-api-publications" => publication_lists::of_portal(portal, &request).await,
        "list-api-operations" => operations::list(portal, &request).await,
        "fetch-api-operation" => operations::fetch(portal, &request).await,
        "list-api-implementations" => implementations::list(portal, &request).await,
        "list-api-attributes" => attributes::list(portal, &request).await,
        "list-api-registrations" => registrations::list(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

/// `force` of an edit, which has to be one of its words; nothing here is kept back that it would have to force.
fn force(request: &Request) -> Result<(), Problem> {
    request.query.boolean("force")?;
    Ok(())
}

fn too_many(error: TooMany) -> Problem {
    match error {
        TooMany::Attributes => InvalidParameter::body("attributes", Rule::Invalid, error.to_string()).into(),
        TooMany::Versions | TooMany::Publications | TooMany::Implementations => {
            Problem::new(Kind::QuotaReached, error.to_string())
        }
    }
}

fn slug_taken() -> Problem {
    Problem::new(Kind::AlreadyExists, "Another API has this slug. Choose another one.")
}
