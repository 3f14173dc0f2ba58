//! `list-credentials`.

use portico_http::listing::Listing;
use portico_http::response::ok;
use portico_http::views::credential::{COLUMNS, CredentialView};
use portico_http::{Portal, Problem, Request, Response};

/// The credentials of one of the developer's applications, in the order in which they were made; never a secret.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = portal.own_application(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let now = portal.now();
    let credentials = portal.store.credentials_of(application.card.id).await?;
    let seen = credentials.into_iter().map(|credential| (credential, now)).collect();
    ok(&listing.apply(seen).map(|(credential, now)| CredentialView::of(&credential, now)))
}
