//! Tokens' signatures, by the library that has TLS's: `jsonwebtoken` reads and checks tokens, ring does the arithmetic. Another library
//! for that beside it would be a tenth of a function's binary.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey, Header, TokenData, Validation};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, Ed25519KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Verifies by RS256, PS256, ES256 and EdDSA, and signs by EdDSA. Whatever else a token names is refused.
static RING: CryptoProvider =
    CryptoProvider { signer_factory: signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

/// As [`jsonwebtoken::decode`]: signature, and what the validation asks for.
///
/// # Errors
/// As the library says.
pub fn decode<T: DeserializeOwned>(token: &str, key: &DecodingKey, validation: &Validation) -> Result<TokenData<T>> {
    install();
    jsonwebtoken::decode(token, key, validation)
}

/// As [`jsonwebtoken::encode`], by EdDSA.
///
/// # Errors
/// As the library says; for any other algorithm.
pub fn encode<T: Serialize>(header: &Header, claims: &T, key: &EncodingKey) -> Result<String> {
    install();
    jsonwebtoken::encode(header, claims, key)
}

fn install() {
    // From the second time on it is there already, which is said as an error.
    let _ = RING.install_default();
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    match algorithm {
        Algorithm::EdDSA if key.family() == AlgorithmFamily::Ed => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.as_bytes());
            Ok(Box::new(Signs(pair.map_err(|_| Error::from(ErrorKind::InvalidEddsaKey))?)))
        }
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let by = match algorithm {
        Algorithm::RS256 => By::Rsa(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::PS256 => By::Rsa(&RSA_PSS_2048_8192_SHA256),
        Algorithm::ES256 => By::Curve(&ECDSA_P256_SHA256_FIXED),
        Algorithm::EdDSA => By::Curve(&ED25519),
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    };
    if key.family() != algorithm.family() {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(Box::new(Verifies { algorithm: *algorithm, by, key: key.clone() }))
}

struct Signs(Ed25519KeyPair);

impl Signer<Vec<u8>> for Signs {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for Signs {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

/// What verifies, and with which form of key.
enum By {
    Rsa(&'static RsaParameters),
    Curve(&'static dyn VerificationAlgorithm),
}

struct Verifies {
    algorithm: Algorithm,
    by: By,
    key: DecodingKey,
}

impl Verifier<Vec<u8>> for Verifies {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        let verified = match (&self.by, self.key.kind()) {
            (By::Rsa(parameters), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                // Without the zeros that a provider may have put before them: ring takes numbers in one form.
                let bare = |number: &[u8]| number.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
                RsaPublicKeyComponents { n: bare(n), e: bare(e) }.verify(parameters, message, signed)
            }
            (By::Curve(algorithm), DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(*algorithm, key).verify(message, signed)
            }
            _ => return Err(signature::Error::new()),
        };
        verified.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Verifies {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::jwk::Jwk;
    use serde::Deserialize;
    use serde_json::Value;

    use super::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};

    /// Tokens of the same claims that another library signed (pyca/cryptography), with the public halves of their keys.
    #[derive(Deserialize)]
    struct Sample {
        alg: Algorithm,
        jwk: Jwk,
        token: String,
    }

    fn samples() -> Vec<Sample> {
        serde_json::from_str(include_str!("signatures/samples.json")).expect("the samples can be read")
    }

    fn verified(token: &str, jwk: &Jwk, algorithm: Algorithm) -> Option<Value> {
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(jwk).expect("a key");
        decode::<Value>(token, &key, &validation).ok().map(|token| token.claims)
    }

    #[test]
    fn what_another_library_signed_is_verified_by_its_own_key_and_algorithm_alone() {
        for sample in samples() {
            let claims = verified(&sample.token, &sample.jwk, sample.alg).expect("it is verified");
            assert_eq!(claims["sub"], "ada");
            let (said, signature) = sample.token.rsplit_once('.').expect("a signature");
            let turned: String = signature.chars().rev().collect();
            for forged in [format!("{said}.{turned}"), format!("{said}."), format!("{said}x.{signature}")] {
                assert_eq!(verified(&forged, &sample.jwk, sample.alg), None, "{:?}", sample.alg);
            }
            for other in samples().iter().filter(|other| other.alg != sample.alg) {
                assert_eq!(verified(&other.token, &sample.jwk, sample.alg), None);
                assert_eq!(verified(&sample.token, &other.jwk, other.alg), None);
            }
        }
    }

    #[test]
    fn nothing_but_eddsa_is_signed_and_a_secret_verifies_nothing() {
        let key = EncodingKey::from_secret(b"secret");
        for algorithm in [Algorithm::HS256, Algorithm::EdDSA, Algorithm::RS256] {
            assert!(encode(&Header::new(algorithm), &Value::Null, &key).is_err(), "{algorithm:?}");
        }
        let token = &samples()[0].token;
        let secret = DecodingKey::from_secret(b"secret");
        for algorithm in [Algorithm::HS256, Algorithm::RS256] {
            assert!(decode::<Value>(token, &secret, &Validation::new(algorithm)).is_err(), "{algorithm:?}");
        }
    }
}
