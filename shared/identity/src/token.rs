//! Whether a token was signed by a provider, as an access token.

use std::fmt;

use jsonwebtoken::{Algorithm, Header, Validation};
use portico_domain::time::Timestamp;
use portico_domain::token::Claims;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::provider::ALGORITHMS;
use crate::providers::{Providers, Unavailable};
use crate::signatures;

/// The longest token that is looked at.
const MAX_CHARS: usize = 16 * 1024;
/// What a token's header may call it; any case, and nothing is good too.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// Why a token is not believed. Callers are not told which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no token, or not of this issuer, or it is forged.
    #[error("the token is not one that this issuer signed")]
    NotTheirs,
    /// The issuer cannot be asked for its keys.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The issuer that a token names, before anything of it is believed: good for choosing among issuers that are known.
pub fn claimed_issuer(token: &str) -> Option<String> {
    if token.len() > MAX_CHARS {
        return None;
    }
    #[derive(Deserialize)]
    struct Named {
        iss: String,
    }
    jsonwebtoken::dangerous::insecure_decode_claims::<Named>(token).ok().map(|claims| claims.iss)
}

/// Verifies a token: its signature by a key of this issuer, by an algorithm that the issuer lists and the key is for. Nothing that
/// the token's header says is fetched. Times, scopes and purpose are for [`Claims`] to say.
///
/// # Errors
/// [`Refused`].
pub async fn verify(token: &str, issuer: &str, providers: &Providers, now: Timestamp) -> Result<Claims, Refused> {
    if token.len() > MAX_CHARS {
        return Err(Refused::NotTheirs);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refused::NotTheirs)?;
    if !is_plain(&header) {
        return Err(Refused::NotTheirs);
    }
    let key = providers.key(issuer, header.kid.as_deref(), now).await?.ok_or(Refused::NotTheirs)?;
    if !key.takes(header.alg) {
        return Err(Refused::NotTheirs);
    }
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "iss"]);
    validation.validate_aud = false;
    validation.validate_exp = false; // compared by `Claims`, with the clock that was passed in
    let decoded = signatures::decode::<Payload>(token, key.decoding(), &validation).map_err(|_| Refused::NotTheirs)?;
    // The library takes a list of issuers too.
    let claims = decoded.claims.0;
    if claims.get("iss").and_then(Value::as_str) == Some(issuer) { Ok(Claims::verified(claims)) } else { Err(Refused::NotTheirs) }
}

/// Whether a header is one of a plain access token: known algorithm and type, nothing that the reader would have to understand.
fn is_plain(header: &Header) -> bool {
    let typed = header.typ.as_ref().is_none_or(|name| TYPES.iter().any(|known| name.eq_ignore_ascii_case(known)));
    let algorithm: Algorithm = header.alg;
    typed && ALGORITHMS.contains(&algorithm) && header.crit.is_none() && header.enc.is_none() && header.zip.is_none()
}

/// The claims, none of them twice.
pub(crate) struct Payload(Map<String, Value>);

impl Payload {
    /// What a token says whose signature somebody else has verified.
    pub(crate) fn of(token: &str) -> Option<Map<String, Value>> {
        jsonwebtoken::dangerous::insecure_decode_claims::<Self>(token).ok().map(|payload| payload.0)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Payload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("claims, each of them once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Payload, A::Error> {
        let mut claims = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if claims.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("a claim is there twice"));
            }
        }
        Ok(Payload(claims))
    }
}
