//! `list-developers-by-application`: whose an application is; of a team, its members.

use portico_domain::developer::Developer;
use portico_domain::owner::Owner;
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;
use serde::Serialize;

use crate::named;

/// A developer, as the contract lists the owners of an application.
#[derive(Serialize)]
struct OwnerView {
    id: String,
    email: String,
    full_name: String,
}

const COLUMNS: &[Column<OwnerView>] = &[
    Column::text("id", |owner: &OwnerView| Some(&owner.id)),
    Column::text("email", |owner: &OwnerView| Some(&owner.email)).sort_only(),
    Column::text("full_name", |owner: &OwnerView| Some(&owner.full_name)).sort_only(),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = named(portal, request).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let owners = match application.owner {
        // Of a deleted developer the applications are on their way out.
        Owner::Developer(id) => {
            let owner = portal.store.find::<Developer>(&Key::developer(id)).await?;
            owner.filter(|owner| owner.deleted_at.is_none()).into_iter().collect()
        }
        Owner::Team(id) => portal.store.developers_in(id).await?,
    };
    let view = |owner: Developer| OwnerView { id: owner.id.to_string(), email: owner.email, full_name: owner.full_name };
    ok(&listing.apply(owners.into_iter().map(view).collect()))
}
