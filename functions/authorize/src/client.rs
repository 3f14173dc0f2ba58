//! A call with the id and the secret of a provider's client: the provider gives a token for them, which is looked at as any other.

use portico_domain::authorization::{Gate, PresentedToken};
use portico_domain::id::PortalId;
use portico_domain::presented_client::PresentedClient;
use portico_domain::presented_token::CLIENT_CREDENTIALS;
use portico_domain::strategy::OpenIdConnect;
use portico_http::Portal;
use portico_identity::clients::{NoToken, Wanted};
use portico_store::Key;

use crate::call::Call;
use crate::read;
use crate::token::{Guard, Says};

/// A publication that takes tokens, and what it asks of them.
pub(crate) type Offer<'a> = (PortalId, &'a OpenIdConnect);

/// The client's token, for each publication that takes clients and whose provider gives it one. A secret goes nowhere for what a link
/// said earlier.
pub(crate) async fn presented(
    portal: &Portal,
    call: &Call<'_>,
    offers: &[Offer<'_>],
    client: &PresentedClient,
    link: Says,
) -> Result<Vec<PresentedToken>, Gate> {
    let takes = |(_, oidc): &&Offer<'_>| oidc.offers(CLIENT_CREDENTIALS);
    let offering: Vec<Offer<'_>> = offers.iter().filter(takes).copied().collect();
    let Some((_, any)) = offering.first().or(offers.first()) else { return Err(Gate::NoKey) };
    if offering.is_empty() {
        return Err(any.not_offered());
    }
    let kept = given(portal, &offering, client, How::Kept).await;
    if kept.is_ok() || link == Says::Earlier {
        return kept;
    }
    let asked = match offering.as_slice() {
        [_] => offering,
        several => of_portals_that_know(portal, call, several, client).await?,
    };
    given(portal, &asked, client, How::Exchanged).await
}

/// Where a token comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Kept,
    Exchanged,
}

async fn given(portal: &Portal, offers: &[Offer<'_>], client: &PresentedClient, how: How) -> Result<Vec<PresentedToken>, Gate> {
    let now = portal.now();
    let mut shut = Gate::RefusedClient;
    let mut presented = Vec::new();
    for (of, oidc) in offers {
        let wanted = Wanted { issuer: &oidc.issuer, client, scopes: &oidc.scopes };
        let claims = match how {
            How::Kept => portal.providers.kept_for(&wanted, now).await.ok_or(Gate::RefusedClient),
            How::Exchanged => portal.providers.exchange(&wanted, now).await.map_err(gate),
        };
        match claims.and_then(|claims| PresentedToken::of(&claims, CLIENT_CREDENTIALS, *of, oidc, now)) {
            Ok(one) => presented.push(one),
            Err(gate) => shut = gate,
        }
    }
    if presented.is_empty() { Err(shut) } else { Ok(presented) }
}

/// Of several publications those in whose portal somebody has the client's id as the reference ID: the provider of one portal is not told the
/// secrets of another's clients.
async fn of_portals_that_know<'a>(
    portal: &Portal,
    call: &Call<'_>,
    offers: &[Offer<'a>],
    client: &PresentedClient,
) -> Result<Vec<Offer<'a>>, Gate> {
    let guards: Vec<Key> = offers.iter().map(|(of, _)| Key::reference_guard(*of, client.id())).collect();
    let items = read(call, portal.store.load_or_refuse(&guards)).await?;
    let mut known = Vec::new();
    for (offer, guard) in offers.iter().zip(&guards) {
        if items.get::<Guard>(guard).map_err(|_| Gate::StoreUnavailable)?.is_some() {
            known.push(*offer);
        }
    }
    if known.is_empty() { Err(Gate::UnknownApplication) } else { Ok(known) }
}

const fn gate(refused: NoToken) -> Gate {
    match refused {
        NoToken::Refused => Gate::RefusedClient,
        NoToken::NotTheirs => Gate::UntrustedToken,
        NoToken::Unavailable(_) => Gate::ProviderUnavailable,
    }
}
