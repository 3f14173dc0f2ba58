//! The domains whose addresses a provider gives out: only there does it say whose account an address is.

use portico_domain::identity_provider::{IdentityProvider, TrustedDomain};
use portico_domain::limits::TRUSTED_DOMAINS;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{list, text};
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};
use serde::Serialize;

use crate::change::{asked_of_one, refused};

#[derive(Serialize)]
struct DomainsView<'d> {
    domains: &'d [TrustedDomain],
}

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (asked, id) = asked_of_one(portal, request, []).await?;
    view(asked.provider(id)?)
}

pub(crate) async fn replace(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (asked, id) = asked_of_one(portal, request, []).await?;
    let mut body = Fields::of(&request.body);
    let domains = body.required("domains", list(text().parse_with(TrustedDomain::parse)).items(0..=TRUSTED_DOMAINS));
    let domains = body.finish(domains)?;
    let after = asked.change_providers(portal, |before| before.trusting(id, &domains, portal.now()).map_err(refused)).await?;
    view(after.get(id).map_err(refused)?)
}

fn view(provider: &IdentityProvider) -> Result<Response, Problem> {
    ok(&DomainsView { domains: &provider.domains })
}
