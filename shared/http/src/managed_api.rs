//! An API as administrators name it in a path, read it and change it.

use portico_domain::api::Api;
use portico_domain::id::ApiId;
use portico_store::apis::ContentsError;

use crate::portal::Portal;
use crate::problem::Problem;
use crate::request::Request;
use crate::who::Administrator;

/// The administrator, and the API that the path names, which may not be there.
///
/// # Errors
/// A 401 or 403 for whoever is none, and before a 400 or 404 for an id that is none.
pub async fn named(portal: &Portal, request: &Request) -> Result<(Administrator, ApiId), Problem> {
    let id = request.id::<ApiId>("apiId");
    let who = portal.administrator(request, []).await?;
    Ok((who, id?))
}

/// The API as it is now.
///
/// # Errors
/// A 404 if it is not there, or not any more. What the store says.
pub async fn live(portal: &Portal, id: ApiId) -> Result<Api, Problem> {
    portal.store.api(id).await?.ok_or_else(Problem::not_found)
}

/// The API as it is now, for somebody who changes it: a token for some portals must be for all that it is published in.
///
/// # Errors
/// As [`live`], and a 403.
pub async fn editable(portal: &Portal, who: &Administrator, id: ApiId) -> Result<Api, Problem> {
    let api = live(portal, id).await?;
    api.publications.keys().try_for_each(|portal| who.require(*portal))?;
    Ok(api)
}

/// What a change of an API's contents came to: nothing, if the API changed meanwhile and it has to be decided again.
///
/// # Errors
/// What the store says.
pub fn written(written: Result<(), ContentsError>) -> Result<Option<()>, Problem> {
    match written {
        Ok(()) => Ok(Some(())),
        Err(ContentsError::Changed) => Ok(None),
        Err(ContentsError::Store(error)) => Err(error.into()),
    }
}
