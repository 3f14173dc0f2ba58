//! `list-credentials-by-application`: which keys there are, never the keys.

use portico_domain::credential::Credential;
use portico_http::listing::Listing;
use portico_http::response::ok;
use portico_http::views::credential::{COLUMNS, CredentialView};
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

use crate::named;

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = named(portal, request).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let mut credentials: Vec<Credential> = portal.store.children_as(Key::application(application.card.id).pk(), "KEY#").await?;
    // By their digests they would stand in no order at all.
    credentials.sort_by_key(|credential| (credential.created_at, credential.id));
    let now = portal.now();
    let seen = credentials.into_iter().map(|credential| (credential, now)).collect();
    ok(&listing.apply(seen).map(|(credential, now)| CredentialView::of(&credential, now)))
}
