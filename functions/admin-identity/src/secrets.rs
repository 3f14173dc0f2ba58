//! Secrets of the portal's clients, as they are kept.

use portico_domain::id::IdentityProviderId;
use portico_domain::id::PortalId;
use portico_domain::identity_provider::place_of_secret;
use portico_domain::sealed::{ClientSecret, SealedSecret};
use portico_http::{Portal, Problem};

/// A secret that was given, sealed for its provider. One that is kept already stays as it is: sealed anew it would be another text, and a
/// change that changes nothing.
///
/// # Errors
/// A 500 in a function without the key.
pub(crate) fn sealed(
    portal: &Portal,
    (of, provider): (PortalId, IdentityProviderId),
    given: &ClientSecret,
    kept: Option<&SealedSecret>,
) -> Result<SealedSecret, Problem> {
    let (key, place) = (portal.sealing_keys()?.current(), place_of_secret(of, provider));
    let same = |kept: &&SealedSecret| kept.open([key], &place).is_ok_and(|known| known.expose() == given.expose());
    match kept.filter(same) {
        Some(kept) => Ok(kept.clone()),
        None => given.seal(key, portal.random()?, &place).map_err(|error| Problem::internal(error.to_string())),
    }
}
