//! `get-portal-authentication-settings`, `update-portal-authentication-settings`: the switches, and the one provider that the older
//! form of the contract knows.

use portico_domain::id::IdentityProviderId;
use portico_domain::identity_provider::{IdentityProvider, IdentityProviders, NewProvider, ProviderEdit};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::response::ok;
use portico_http::views::admin_portal::AuthenticationSettingsView;
use portico_http::{Kind, Portal, Problem, Request, Response};

use crate::change::{SignIn, asked, refused_at};
use crate::parse::{self, SettingsEdit};
use crate::providers::edit;
use crate::secrets::sealed;

/// Where the secret stands in the body.
const SECRET: &str = "oidc_client_secret";

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    view(&asked(portal, request, []).await?.sign_in)
}

pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let asked = asked(portal, request, []).await?;
    let wanted = parse::settings(request, portal.providers.reach())?;
    let new = portal.new_id()?;
    view(&asked.change(portal, |before| decide(portal, before, &wanted, new)).await?)
}

fn view(sign_in: &SignIn) -> Result<Response, Problem> {
    ok(&AuthenticationSettingsView::of(&sign_in.portal, &sign_in.providers))
}

fn decide(portal: &Portal, before: &SignIn, wanted: &SettingsEdit, new: IdentityProviderId) -> Result<SignIn, Problem> {
    let mut after = before.clone();
    after.portal.basic_auth_enabled = wanted.basic_auth_enabled.unwrap_or(before.portal.basic_auth_enabled);
    after.providers.maps_groups = wanted.maps_groups.unwrap_or(before.providers.maps_groups);
    if concerns_a_provider(before, wanted) {
        after.providers = match the_one(&before.providers)? {
            Some(provider) => edited(portal, &after.providers, provider, wanted)?,
            None => with_a_new_one(portal, &after.providers, wanted, new)?,
        };
    }
    Ok(after)
}

/// To disable where nothing is enabled concerns none.
fn concerns_a_provider(before: &SignIn, wanted: &SettingsEdit) -> bool {
    !wanted.provider.is_nothing() || wanted.oidc_auth_enabled.is_some_and(|on| on || before.providers.enabled.is_some())
}

/// The provider that is meant, if there is any.
///
/// # Errors
/// A 409 where it could be any of several.
pub(crate) fn the_one(providers: &IdentityProviders) -> Result<Option<&IdentityProvider>, Problem> {
    match providers.enabled_or_only() {
        None if !providers.providers.is_empty() => {
            let several = "The portal has several identity providers, and none of them is enabled: name one in the path of \
                           update-portal-identity-provider.";
            Err(Problem::new(Kind::Conflict, several))
        }
        one => Ok(one),
    }
}

fn edited(
    portal: &Portal,
    all: &IdentityProviders,
    provider: &IdentityProvider,
    wanted: &SettingsEdit,
) -> Result<IdentityProviders, Problem> {
    let edit = edit(portal, all, provider, &wanted.provider)?;
    let edit = ProviderEdit { enabled: wanted.oidc_auth_enabled, ..edit };
    all.edited(provider.id, &edit, portal.now()).map_err(|error| refused_at(SECRET, error))
}

fn with_a_new_one(
    portal: &Portal,
    all: &IdentityProviders,
    wanted: &SettingsEdit,
    id: IdentityProviderId,
) -> Result<IdentityProviders, Problem> {
    let settings = wanted.provider.settings().ok_or_else(|| incomplete(wanted))?;
    let seal = |secret| sealed(portal, (all.portal, id), secret, None);
    let secret = wanted.provider.secret.as_ref().map(seal).transpose()?;
    let new = NewProvider { id, enabled: wanted.oidc_auth_enabled == Some(true), settings, secret };
    all.with(new, portal.now()).map_err(|error| refused_at(SECRET, error))
}

/// There is no provider, and not enough is said to make one.
fn incomplete(wanted: &SettingsEdit) -> Problem {
    let described = &wanted.provider;
    let members = [("oidc_issuer", described.issuer.is_none()), ("oidc_client_id", described.client_id.is_none())];
    let missing = members.into_iter().filter(|(_, missing)| *missing);
    let fault = |(name, _)| InvalidParameter::body(name, Rule::Required, "is required, as the portal has no identity provider");
    Problem::invalid(missing.map(fault).collect())
}
