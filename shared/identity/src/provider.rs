//! What a provider says of itself (OpenID Connect Discovery 1.0), and the keys that it signs with (RFC 7517).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use crate::fetch::{FetchError, Fetcher};

/// The algorithms that tokens may be signed with, if their issuer lists them.
pub const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];
/// The most keys of one provider that are looked at.
const MOST_KEYS: usize = 100;
/// Bytes of another issuer's name that is shown.
const MOST_SHOWN: usize = 256;
/// Bytes of an RSA modulus: 2,048 to 8,192 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// Why a provider cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Its description.
    #[error("its description (.well-known/openid-configuration) {0}")]
    Description(FetchError),
    /// It calls itself otherwise: so, if that is short enough to be shown to an administrator. It is in no log.
    #[error("it calls itself by another issuer than the one that is configured, which must be the same to the last character")]
    OtherIssuer(Option<String>),
    /// It signs with nothing that is safe.
    #[error("it lists none of the algorithms RS256, PS256, ES256 and EdDSA")]
    NoAlgorithm,
    /// Its keys.
    #[error("its keys (jwks_uri) {0}")]
    Keys(FetchError),
}

/// The part of the description that is used.
#[derive(Deserialize)]
struct Description {
    issuer: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint: Option<String>,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// A provider as it described itself.
#[derive(Clone, Debug)]
pub struct Provider {
    issuer: String,
    endpoints: Endpoints,
    takes_basic: bool,
    names_itself: bool,
    algorithms: Vec<Algorithm>,
    keys: Vec<ProviderKey>,
    published: Arc<[Value]>,
}

/// Where it is asked what. Each was said by the provider itself, and nothing is asked there that is out of reach.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// Where a browser goes to sign in.
    pub authorization: Option<String>,
    /// Where codes, and clients, are exchanged for tokens.
    pub token: Option<String>,
    /// Where a person's claims are that are in no token.
    pub userinfo: Option<String>,
    /// Where a browser goes to sign out.
    pub end_session: Option<String>,
}

/// One of its public keys.
#[derive(Clone)]
pub struct ProviderKey {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

impl std::fmt::Debug for ProviderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProviderKey({:?}, {:?})", self.id, self.algorithms)
    }
}

/// An issuer as it may be shown: the words of a stranger, if they are a short URL.
fn shown(issuer: String) -> Option<String> {
    let visible = issuer.len() <= MOST_SHOWN && issuer.bytes().all(|byte| byte.is_ascii_graphic());
    let web = url::Url::parse(&issuer).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    (visible && web).then_some(issuer)
}

impl Provider {
    /// Asks a provider for its description and its keys.
    ///
    /// # Errors
    /// [`ProviderError`] says what is wrong with it.
    pub async fn discover(issuer: &str, fetcher: &Fetcher) -> Result<Self, ProviderError> {
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let described: Description = fetcher.json(&address).await.map_err(ProviderError::Description)?;
        if described.issuer != issuer {
            return Err(ProviderError::OtherIssuer(shown(described.issuer)));
        }
        let listed = |algorithm: &Algorithm| {
            described.id_token_signing_alg_values_supported.iter().any(|name| name.parse().ok() == Some(*algorithm))
        };
        let algorithms: Vec<Algorithm> = ALGORITHMS.into_iter().filter(listed).collect();
        if algorithms.is_empty() {
            return Err(ProviderError::NoAlgorithm);
        }
        let set: KeySet = fetcher.json(&described.jwks_uri).await.map_err(ProviderError::Keys)?;
        let read = |key: Value| ProviderKey::read(key.clone(), &algorithms).map(|read| (read, key));
        let (keys, published): (_, Vec<Value>) = set.keys.into_iter().take(MOST_KEYS).filter_map(read).unzip();
        let methods = described.token_endpoint_auth_methods_supported;
        let lists = |name: &str| methods.iter().flatten().any(|method| method == name);
        // Basic is what a provider takes that lists nothing (RFC 8414, 2).
        let takes_basic = lists("client_secret_basic") || !lists("client_secret_post");
        let endpoints = Endpoints {
            authorization: described.authorization_endpoint,
            token: described.token_endpoint,
            userinfo: described.userinfo_endpoint,
            end_session: described.end_session_endpoint,
        };
        let names_itself = described.authorization_response_iss_parameter_supported;
        Ok(Self { issuer: described.issuer, endpoints, takes_basic, names_itself, algorithms, keys, published: published.into() })
    }

    /// Its name, as it is in its tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where it is asked what.
    pub const fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Whether it says who it is in the answers that browsers bring (RFC 9207).
    pub const fn names_itself(&self) -> bool {
        self.names_itself
    }

    /// What it signs with, of what is safe.
    pub(crate) fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// Those of its keys that verify signatures, as it published them.
    pub(crate) fn published_keys(&self) -> &[Value] {
        &self.published
    }

    /// Whether clients show their ids and secrets there in the `Authorization` header, and not in the form.
    pub const fn takes_basic(&self) -> bool {
        self.takes_basic
    }

    /// The key with an id; without one the only key that there is.
    pub fn key(&self, id: Option<&str>) -> Option<&ProviderKey> {
        match (id, self.keys.as_slice()) {
            (Some(id), keys) => keys.iter().find(|key| key.id.as_deref() == Some(id)),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

impl ProviderKey {
    /// Reads a key that verifies signatures by one of the provider's algorithms. Others, and what cannot be read, are passed over:
    /// a provider may have keys for other purposes.
    fn read(key: Value, algorithms: &[Algorithm]) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(key).ok()?;
        if jwk.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
            return None;
        }
        let of_type: &[Algorithm] = match &jwk.algorithm {
            AlgorithmParameters::RSA(rsa) => {
                let modulus = URL_SAFE_NO_PAD.decode(rsa.n.trim_end_matches('=')).ok()?;
                let bytes = modulus.iter().skip_while(|byte| **byte == 0).count();
                if MODULUS.contains(&bytes) { &[Algorithm::RS256, Algorithm::PS256] } else { &[] }
            }
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => &[Algorithm::ES256],
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
            _ => &[],
        };
        let own = jwk.common.key_algorithm.as_ref().map(|own| match own {
            KeyAlgorithm::RS256 => Some(Algorithm::RS256),
            KeyAlgorithm::PS256 => Some(Algorithm::PS256),
            KeyAlgorithm::ES256 => Some(Algorithm::ES256),
            KeyAlgorithm::EdDSA => Some(Algorithm::EdDSA),
            _ => None,
        });
        let fits = |algorithm: &Algorithm| algorithms.contains(algorithm) && own.is_none_or(|own| own == Some(*algorithm));
        let algorithms: Vec<Algorithm> = of_type.iter().copied().filter(fits).collect();
        let verifies = !algorithms.is_empty();
        let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| verifies)?;
        Some(Self { id: jwk.common.key_id, algorithms, key })
    }

    /// Whether it verifies signatures by an algorithm.
    pub(crate) fn takes(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    pub(crate) const fn decoding(&self) -> &DecodingKey {
        &self.key
    }
}
