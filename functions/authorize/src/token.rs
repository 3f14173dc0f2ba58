//! A call with an identity provider's token, or with what its client gets one for: verified by the provider's keys, then let through by
//! what the table says now.

use portico_domain::application::Application;
use portico_domain::authorization::{Authorized, Gate, Loaded, PresentedClient, PresentedToken, Shown, authorize};
use portico_domain::gateway::Link;
use portico_domain::id::ApplicationId;
use portico_domain::presented_token::BEARER;
use portico_http::Portal;
use portico_identity::token::{self, Refused};
use portico_store::{Key, StoreError};
use serde::Deserialize;

use crate::call::Call;
use crate::{client, read, trace};

/// The gateway and the stage that were called.
type Place<'a> = (&'a str, &'a str);

/// What a call shows of an identity provider's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Proof<'a> {
    /// A token.
    Token(&'a str),
    /// A client's id and secret.
    Client(&'a PresentedClient),
}

/// When a link was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// For an earlier call.
    Earlier,
    /// For this one.
    Now,
}

/// Decides about a call with a token. A link that was seen before says whose tokens to expect, and saves a read of it; what is decided
/// by is read after the token was verified, the link too.
pub(crate) async fn decide(portal: &Portal, call: &Call<'_>, place: Place<'_>, proof: Proof<'_>) -> Result<Authorized, Gate> {
    if let Proof::Token(token) = proof
        && token::claimed_issuer(token).is_none()
    {
        return Err(Gate::UntrustedToken);
    }
    if let Some(seen) = portal.links_seen.get(place)
        && let Ok(presented) = verified(portal, call, (&seen, Says::Earlier), proof).await
    {
        let decided = by_table(portal, call, place, &presented).await;
        // What was just read says the same: it is decided.
        if portal.links_seen.get(place).as_ref() == Some(&seen) {
            return decided;
        }
    }
    // Nobody is let in or refused by what was seen before.
    let link = read(call, link(portal, place)).await?.ok_or(Gate::UnknownGateway)?;
    portal.links_seen.keep(place, &link);
    let presented = verified(portal, call, (&link, Says::Now), proof).await.inspect_err(|gate| told(call, &link, *gate))?;
    by_table(portal, call, place, &presented).await
}

/// Names the methods of a strategy whose calls cannot pass, whatever they show.
fn told(call: &Call<'_>, link: &Link, gate: Gate) {
    if gate == Gate::MethodNotSupported {
        let methods: Vec<String> =
            link.portals.values().filter_map(|one| one.oidc.as_ref()).map(|oidc| oidc.auth_methods.join(", ")).collect();
        let methods = methods.join("; ");
        tracing::warn!(function = "authorize", trace = trace(call), methods, "these auth_methods are kept, and not checked here");
    }
}

/// What the call shows, for each publication of the link that takes it.
async fn verified(
    portal: &Portal,
    call: &Call<'_>,
    (link, says): (&Link, Says),
    proof: Proof<'_>,
) -> Result<Vec<PresentedToken>, Gate> {
    let offers: Vec<_> = link.portals.iter().filter_map(|(portal, one)| Some((*portal, one.oidc.as_ref()?))).collect();
    if offers.is_empty() {
        return Err(Gate::NoKey);
    }
    // On the heap: what asks providers is large, and most calls need none of it.
    match proof {
        Proof::Token(token) => Box::pin(of_issuer(portal, &offers, token)).await,
        Proof::Client(client) => Box::pin(client::presented(portal, call, &offers, client, says)).await,
    }
}

/// The token, for each publication that takes tokens of its issuer.
async fn of_issuer(portal: &Portal, offers: &[client::Offer<'_>], token: &str) -> Result<Vec<PresentedToken>, Gate> {
    let issuer = token::claimed_issuer(token).ok_or(Gate::UntrustedToken)?;
    let now = portal.now();
    let mut shut = Gate::UntrustedToken;
    let mut presented = Vec::new();
    let mut claims = None;
    for (of, oidc) in offers.iter().filter(|(_, oidc)| oidc.issuer == issuer) {
        let claims = match &claims {
            Some(claims) => claims,
            None => {
                let verified = token::verify(token, &issuer, &portal.providers, now).await.map_err(|refused| match refused {
                    Refused::NotTheirs => Gate::UntrustedToken,
                    Refused::Unavailable(_) => Gate::ProviderUnavailable,
                })?;
                claims.insert(verified)
            }
        };
        match PresentedToken::of(claims, BEARER, *of, oidc, now) {
            Ok(one) => presented.push(one),
            Err(gate) => shut = gate,
        }
    }
    if presented.is_empty() { Err(shut) } else { Ok(presented) }
}

/// Who has a reference ID.
#[derive(Deserialize)]
pub(crate) struct Guard {
    owner: ApplicationId,
}

/// What one consistent read brought: the link, and the first of the reference IDs that somebody has.
struct Found<'t> {
    link: Option<Link>,
    named: Option<(&'t PresentedToken, ApplicationId)>,
}

async fn by_table(portal: &Portal, call: &Call<'_>, place: Place<'_>, presented: &[PresentedToken]) -> Result<Authorized, Gate> {
    let Found { link, named } = read(call, find(portal, place, presented)).await?;
    if let Some(link) = &link {
        portal.links_seen.keep(place, link);
    }
    let application = match named {
        Some((_, id)) => read(call, portal.store.find::<Application>(&Key::application(id))).await?,
        None => None,
    };
    let token = named.map(|(token, _)| token).or(presented.first()).ok_or(Gate::UntrustedToken)?;
    let loaded = Loaded { link: link.as_ref(), application: application.as_ref(), credential: None };
    authorize(Shown::Token(token), Some(loaded), portal.now())
}

async fn find<'t>(portal: &Portal, place: Place<'_>, presented: &'t [PresentedToken]) -> Result<Found<'t>, StoreError> {
    let at = Key::link(place.0, place.1);
    let guards: Vec<Key> = presented.iter().map(|token| Key::reference_guard(token.portal(), token.reference_id())).collect();
    let keys: Vec<Key> = guards.iter().cloned().chain([at.clone()]).collect();
    let mut items = portal.store.load_or_refuse(&keys).await?;
    let mut named = None;
    for (token, guard) in presented.iter().zip(&guards) {
        if named.is_none() {
            named = items.get::<Guard>(guard)?.map(|guard| (token, guard.owner));
        }
    }
    Ok(Found { link: items.take::<Link>(&at)?.filter(|link| is_at(link, place)), named })
}

async fn link(portal: &Portal, place: Place<'_>) -> Result<Option<Link>, StoreError> {
    let found = portal.store.find::<Link>(&Key::link(place.0, place.1)).await?;
    Ok(found.filter(|link| is_at(link, place)))
}

/// The key joins two names: what it found must be the link of these two.
fn is_at(link: &Link, place: Place<'_>) -> bool {
    (link.gateway.as_str(), link.stage.as_str()) == place
}
