//! `list-credentials-by-application`: which keys there are, never the keys.

use portico_domain::credential::Credential;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::credential::CredentialView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

use crate::named;

const COLUMNS: &[Column<Credential>] = &[
    Column::id("id", |credential: &Credential| Some(credential.id.uuid())).sort_only(),
    Column::text("display_name", |credential: &Credential| Some(&credential.display_name)).sort_only(),
    Column::time("created_at", |credential: &Credential| Some(credential.created_at)).sort_only(),
    Column::time("expires_at", |credential: &Credential| credential.expires_at).sort_only(),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = named(portal, request).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let mut credentials: Vec<Credential> = portal.store.children_as(Key::application(application.card.id).pk(), "KEY#").await?;
    // By their digests they would stand in no order at all.
    credentials.sort_by_key(|credential| (credential.created_at, credential.id));
    let now = portal.now();
    ok(&listing.apply(credentials).map(|credential| CredentialView::of(&credential, now)))
}
