//! The JWT in the access cookie: EdDSA, signed by those who begin and refresh sessions, verified by everyone else.

use std::collections::BTreeMap;
use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use portico_domain::id::{DeveloperId, PortalId, SessionId};
use portico_domain::session::{ACCESS_LIFETIME, LEEWAY, Session};
use portico_domain::time::Timestamp;
use portico_identity::signatures;
use serde::{Deserialize, Serialize};

/// What sets these JWTs apart from every other kind.
pub const TYPE: &str = "portico-session+jwt";

/// The longest token that is looked at.
const MAX_CHARS: usize = 4096;

/// What a session's JWT says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// The portal's public URL.
    pub iss: String,
    /// The portal's id.
    pub aud: PortalId,
    /// The developer.
    pub sub: DeveloperId,
    /// The session.
    pub sid: SessionId,
    /// When it was made, in seconds.
    pub iat: i64,
    /// From when on it is valid, in seconds.
    pub nbf: i64,
    /// Until when it is valid, in seconds.
    pub exp: i64,
}

/// Why a JWT is not accepted. Callers are not told which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Signature and purpose are right, but its time is over or has not come.
    OutOfTime,
    /// Anything else.
    NotOurs,
}

/// Signs; only the functions that begin and refresh sessions have one.
pub struct Signer {
    kid: String,
    key: EncodingKey,
}

/// Verifies, with every public key that is in force, by key id.
pub struct Verifier {
    keys: BTreeMap<String, DecodingKey>,
    issuer: String,
    portal: PortalId,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.kid)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({:?})", self.keys.keys())
    }
}

impl Signer {
    /// A private key in PKCS#8 DER, with the id of its public half.
    pub fn new(kid: &str, pkcs8: &[u8]) -> Self {
        Self { kid: kid.to_owned(), key: EncodingKey::from_ed_der(pkcs8) }
    }

    /// The JWT of a session from a moment on.
    ///
    /// # Errors
    /// If the key is not an Ed25519 key.
    pub fn sign(
        &self,
        session: &Session,
        portal: PortalId,
        issuer: &str,
        now: Timestamp,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: issuer.to_owned(),
            aud: portal,
            sub: session.developer,
            sid: session.id,
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: now.plus(ACCESS_LIFETIME).seconds(),
        };
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        signatures::encode(&header, &claims, &self.key)
    }
}

impl Verifier {
    /// Public keys (32 raw bytes each) by key id, for one portal.
    pub fn new(keys: BTreeMap<String, Vec<u8>>, issuer: &str, portal: PortalId) -> Self {
        let keys = keys.into_iter().map(|(kid, raw)| (kid, DecodingKey::from_ed_der(&raw))).collect();
        Self { keys, issuer: issuer.to_owned(), portal }
    }

    /// Verifies everything but the times.
    ///
    /// # Errors
    /// [`Refused::NotOurs`].
    pub fn verify_ignoring_times(&self, token: &str) -> Result<Claims, Refused> {
        if token.len() > MAX_CHARS {
            return Err(Refused::NotOurs);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refused::NotOurs)?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
            return Err(Refused::NotOurs);
        }
        let key = header.kid.as_ref().and_then(|kid| self.keys.get(kid)).ok_or(Refused::NotOurs)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[self.portal]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false; // compared below, with the clock that was passed in
        validation.validate_nbf = false;
        signatures::decode::<Claims>(token, key, &validation).map(|token| token.claims).map_err(|_| Refused::NotOurs)
    }

    /// Verifies a JWT at a moment, with [`LEEWAY`] on both sides.
    ///
    /// # Errors
    /// [`Refused`] says whether only its time was wrong.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Refused> {
        let claims = self.verify_ignoring_times(token)?;
        let leeway = i64::try_from(LEEWAY.as_secs()).unwrap_or(0);
        let in_time = now.seconds() <= claims.exp.saturating_add(leeway) && now.seconds() >= claims.nbf.saturating_sub(leeway);
        if in_time { Ok(claims) } else { Err(Refused::OutOfTime) }
    }
}
