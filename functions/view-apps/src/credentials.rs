//! `list-credentials`.

use portico_domain::credential::Credential;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::credential::CredentialView;
use portico_http::{Portal, Problem, Request, Response};

const COLUMNS: &[Column<Credential>] = &[
    Column::id("id", |credential: &Credential| Some(credential.id.uuid())).sort_only(),
    Column::text("display_name", |credential: &Credential| Some(&credential.display_name)).sort_only(),
    Column::time("expires_at", |credential: &Credential| credential.expires_at).sort_only(),
    Column::time("created_at", |credential: &Credential| Some(credential.created_at)).sort_only(),
];

/// The credentials of one of the developer's applications, in the order in which they were made; never a secret.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = portal.own_application(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let now = portal.now();
    let credentials = portal.store.credentials_of(application.card.id).await?;
    ok(&listing.apply(credentials).map(|credential| CredentialView::of(&credential, now)))
}
