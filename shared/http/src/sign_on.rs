//! What the functions of single sign-on share: the provider in force, the portal as its client, and what the browser keeps meanwhile.

use http::{HeaderValue, StatusCode, header};
use portico_domain::identity_provider::{IdentityProvider, place_of_secret};
use portico_domain::portal::Portal as PortalSettings;
use portico_domain::sealed::ClientSecret;
use portico_identity::code_flow::RelyingParty;
use portico_store::Key;

use crate::config::PublicUrl;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::{Response, response};

/// Where the provider sends browsers back to: what an administrator registers there.
pub const CALLBACK: &str = "/login/sso/callback";
/// Where a browser begins.
pub const BEGIN: &str = "/login/sso";
/// Where somebody goes who was going nowhere in particular.
pub const HOME: &str = "/apps";
/// The header of a sign-out's answer that says where the browser is signed out too.
pub const CONTINUE: &str = "portico-continue";

/// The address of [`CALLBACK`].
pub fn redirect_uri(url: &PublicUrl) -> String {
    format!("{}{CALLBACK}", url.origin())
}

/// The portal, and the provider that its developers sign in with.
#[derive(Debug)]
pub struct SignOn {
    /// The portal's settings.
    pub portal: PortalSettings,
    /// The provider, if one is in force.
    pub provider: Option<IdentityProvider>,
    /// Whether its groups are teams.
    pub maps_groups: bool,
}

/// The portal as the client of a provider, with all that it has to say there.
#[derive(Debug)]
pub struct Party<'a> {
    provider: &'a IdentityProvider,
    secret: Option<ClientSecret>,
    redirect_uri: String,
    wanted: [&'a str; 3],
}

impl Portal {
    /// Reads the provider that is in force, in one call.
    ///
    /// # Errors
    /// What the store says.
    pub async fn sign_on(&self) -> Result<SignOn, Problem> {
        let id = self.config.portal;
        let items = self.store.load(&[Key::portal(id), Key::identity_providers(id)]).await?;
        let portal =
            items.get::<PortalSettings>(&Key::portal(id))?.ok_or_else(|| Problem::internal("the table has no such portal"))?;
        let providers = items.identity_providers(id)?;
        let provider = providers.enabled().filter(|_| portal.authentication_enabled).cloned();
        Ok(SignOn { portal, provider, maps_groups: providers.maps_groups })
    }

    /// The portal as a client that shows no secret.
    pub fn party<'a>(&self, provider: &'a IdentityProvider) -> Party<'a> {
        let claims = &provider.settings.claims;
        let wanted = [claims.name.as_str(), claims.email.as_str(), claims.groups.as_str()];
        Party { provider, secret: None, redirect_uri: redirect_uri(&self.config.public_url), wanted }
    }

    /// The portal as a client with its secret, if it has one.
    ///
    /// # Errors
    /// A 500 in a function that was not given the key, and for a secret that was sealed with none of the keys in force.
    pub fn party_with_secret<'a>(&self, provider: &'a IdentityProvider) -> Result<Party<'a>, Problem> {
        let place = place_of_secret(self.config.portal, provider.id);
        let secret = match &provider.secret {
            None => None,
            Some(sealed) => {
                let opened = sealed.open(self.sealing_keys()?.all(), &place);
                Some(opened.map_err(|error| Problem::internal(format!("identity provider {}: {error}", provider.id)))?)
            }
        };
        Ok(Party { secret, ..self.party(provider) })
    }
}

impl Party<'_> {
    /// What the provider is asked as.
    pub fn relying(&self) -> RelyingParty<'_> {
        let settings = &self.provider.settings;
        RelyingParty {
            issuer: &settings.issuer,
            client_id: &settings.client_id,
            secret: self.secret.as_ref(),
            redirect_uri: &self.redirect_uri,
            scopes: &settings.scopes,
            wanted: &self.wanted,
        }
    }
}

/// An answer that sends the browser to a place.
///
/// # Errors
/// A 500 if the place cannot stand in a header.
pub fn sent_to(status: StatusCode, place: &str) -> Result<Response, Problem> {
    let mut response = response::empty(status);
    let place = HeaderValue::from_str(place).map_err(|error| Problem::internal(error.to_string()))?;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}
