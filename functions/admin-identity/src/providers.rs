//! `get-portal-identity-providers`, `create-portal-identity-provider`, `get-portal-identity-provider`,
//! `update-portal-identity-provider`, `delete-portal-identity-provider`.

use portico_domain::id::IdentityProviderId;
use portico_domain::identity_provider::{IdentityProvider, IdentityProviders, NewProvider, ProviderEdit};
use portico_http::listing::{Column, Listing};
use portico_http::response::{created, no_content, ok};
use portico_http::views::identity_provider::IdentityProviderView;
use portico_http::{Portal, Problem, Request, Response};

use crate::change::{asked, asked_of_one, refused};
use crate::parse;
use crate::secrets::sealed;

const TYPES: &[&str] = &["oidc", "saml"];
const COLUMNS: &[Column<IdentityProvider>] = &[Column::choice("type", TYPES, |_: &IdentityProvider| Some("oidc"))];

/// All of them: they are few.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let providers = asked(portal, request, []).await?.sign_in.providers;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let kept = providers.providers.values().filter(|provider| listing.keeps(provider));
    ok(&kept.map(|provider| IdentityProviderView::of(provider, &providers)).collect::<Vec<_>>())
}

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (asked, id) = asked_of_one(portal, request, []).await?;
    ok(&view(&asked.sign_in.providers, id)?)
}

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let asked = asked(portal, request, []).await?;
    let (enabled, described) = parse::new_provider(request, portal.providers.reach())?;
    let settings = described.settings().ok_or_else(|| Problem::internal("a config was read without what it must have"))?;
    let id = portal.new_id()?;
    let place = (asked.sign_in.portal.id, id);
    let secret = described.secret.as_ref().map(|secret| sealed(portal, place, secret, None)).transpose()?;
    let new = NewProvider { id, enabled, settings, secret };
    let decide = |before: &IdentityProviders| before.with(new.clone(), portal.now()).map_err(refused);
    created(&view(&asked.change_providers(portal, decide).await?, id)?)
}

pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (asked, id) = asked_of_one(portal, request, []).await?;
    let (enabled, described) = parse::changes(request, portal.providers.reach())?;
    let decide = |before: &IdentityProviders| {
        let provider = before.get(id).map_err(refused)?;
        let edit = match &described {
            Some(described) => edit(portal, before, provider, described)?,
            None => ProviderEdit::default(),
        };
        before.edited(id, &ProviderEdit { enabled, ..edit }, portal.now()).map_err(refused)
    };
    ok(&view(&asked.change_providers(portal, decide).await?, id)?)
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (asked, id) = asked_of_one(portal, request, []).await?;
    asked.change_providers(portal, |before| before.without(id).map_err(refused)).await?;
    Ok(no_content())
}

/// What is said of a provider, as an edit of what it is.
pub(crate) fn edit(
    portal: &Portal,
    all: &IdentityProviders,
    before: &IdentityProvider,
    described: &parse::Described,
) -> Result<ProviderEdit, Problem> {
    let seal = |secret| sealed(portal, (all.portal, before.id), secret, before.secret.as_ref());
    let secret = described.secret.as_ref().map(seal).transpose()?;
    Ok(ProviderEdit { enabled: None, settings: Some(described.over(&before.settings)), secret })
}

fn view(providers: &IdentityProviders, id: IdentityProviderId) -> Result<IdentityProviderView, Problem> {
    Ok(IdentityProviderView::of(providers.get(id).map_err(refused)?, providers))
}
