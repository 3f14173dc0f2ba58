//! Who asks about what, and a change on its way into the table: read, decide, write, and decide again on what a winner made.

use portico_domain::id::{IdentityProviderId, PortalId};
use portico_domain::identity_provider::{IdentityProvider, IdentityProviders, ProviderError};
use portico_domain::portal::Portal as Settings;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::who::{Administrator, PortalAdministrator};
use portico_http::{Kind, Portal, Problem, Request};
use portico_store::portals::UpdatePortalError;
use portico_store::{Key, decide_again};

use crate::told::told;

/// How developers sign in at a portal: by a password, by a provider, or both.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignIn {
    pub(crate) portal: Settings,
    pub(crate) providers: IdentityProviders,
}

/// An administrator of a portal, and what was read with the token.
pub(crate) struct Asked {
    pub(crate) administrator: Administrator,
    pub(crate) sign_in: SignIn,
}

/// What every request begins with.
///
/// # Errors
/// As [`Portal::portal_administrator`] says.
pub(crate) async fn asked(portal: &Portal, request: &Request, also: impl IntoIterator<Item = Key>) -> Result<Asked, Problem> {
    let key = request.id::<PortalId>("portalId").ok().map(Key::identity_providers);
    let who = portal.portal_administrator(request, key.into_iter().chain(also)).await?;
    let PortalAdministrator { administrator, portal: settings } = who;
    let providers = administrator.items.identity_providers(settings.id)?;
    Ok(Asked { administrator, sign_in: SignIn { portal: settings, providers } })
}

/// The same, of a request that names a provider.
///
/// # Errors
/// 404 too, for a provider that is not there.
pub(crate) async fn asked_of_one(
    portal: &Portal,
    request: &Request,
    also: impl IntoIterator<Item = Key>,
) -> Result<(Asked, IdentityProviderId), Problem> {
    let id = request.id::<IdentityProviderId>("id");
    let asked = asked(portal, request, also).await?;
    let id = id?;
    asked.provider(id)?;
    Ok((asked, id))
}

impl Asked {
    /// A provider of the portal.
    ///
    /// # Errors
    /// 404.
    pub(crate) fn provider(&self, id: IdentityProviderId) -> Result<&IdentityProvider, Problem> {
        self.sign_in.providers.get(id).map_err(refused)
    }

    /// How developers sign in after a change of the providers.
    ///
    /// # Errors
    /// As [`Self::change`] says.
    pub(crate) async fn change_providers(
        self,
        portal: &Portal,
        decide: impl Fn(&IdentityProviders) -> Result<IdentityProviders, Problem>,
    ) -> Result<IdentityProviders, Problem> {
        let decide = |before: &SignIn| Ok(SignIn { providers: decide(&before.providers)?, portal: before.portal.clone() });
        Ok(self.change(portal, decide).await?.providers)
    }

    /// How developers sign in after a change. Nothing is written where nothing changes.
    ///
    /// # Errors
    /// What `decide` says, and the store.
    pub(crate) async fn change(
        self,
        portal: &Portal,
        decide: impl Fn(&SignIn) -> Result<SignIn, Problem>,
    ) -> Result<SignIn, Problem> {
        let Self { administrator, sign_in } = self;
        let id = sign_in.portal.id;
        let mut known = Some(sign_in);
        let (administrator, decide) = (&administrator, &decide);
        decide_again(|| {
            let known = known.take();
            async move {
                let before = match known {
                    Some(sign_in) => sign_in,
                    None => again(portal, id).await?,
                };
                let mut after = decide(&before)?;
                if after == before {
                    return Ok(Some(before));
                }
                after.portal.sso_enabled = after.providers.enabled.is_some();
                write(portal, administrator, &before, &after).await.map(|written| written.then_some(after))
            }
        })
        .await
    }
}

/// Whether the change was written: if not, it has to be decided again.
async fn write(portal: &Portal, who: &Administrator, before: &SignIn, after: &SignIn) -> Result<bool, Problem> {
    let (name, data) = told(before, after);
    let event = portal.event(name, who.actor(), data)?;
    let settings = (&before.portal, after.portal.basic_auth_enabled);
    match portal.store.update_identity_providers(settings, &before.providers, &after.providers, &event).await {
        Ok(()) => Ok(true),
        Err(UpdatePortalError::Changed) => Ok(false),
        Err(UpdatePortalError::StrategyGone) => Err(Problem::internal("no auth strategy was asked for")),
        Err(UpdatePortalError::Store(error)) => Err(error.into()),
    }
}

/// What there is now: a race was lost.
async fn again(portal: &Portal, id: PortalId) -> Result<SignIn, Problem> {
    let items = portal.store.load(&[Key::portal(id), Key::identity_providers(id)]).await?;
    let settings = items.get(&Key::portal(id))?.ok_or_else(Problem::not_found)?;
    Ok(SignIn { portal: settings, providers: items.identity_providers(id)? })
}

/// A refusal of the domain, as it is told.
pub(crate) fn refused(error: ProviderError) -> Problem {
    refused_at("config.client_secret", error)
}

/// The same, where a secret has another place in the body.
pub(crate) fn refused_at(secret: &str, error: ProviderError) -> Problem {
    match error {
        ProviderError::Unknown => Problem::not_found(),
        ProviderError::TooManyProviders | ProviderError::TooManyMappings => {
            Problem::new(Kind::QuotaReached, sentence(&error.to_string()))
        }
        ProviderError::AnotherEnabled => Problem::new(Kind::Conflict, sentence(&error.to_string())),
        ProviderError::AlreadyMapped => Problem::new(Kind::AlreadyExists, sentence(&error.to_string())),
        ProviderError::SecretNeeded => {
            InvalidParameter::body(secret, Rule::Required, "is required where the issuer or the client is another one").into()
        }
    }
}

/// `a fragment` as `A fragment.`
fn sentence(fragment: &str) -> String {
    let mut chars = fragment.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}
