//! Refresh tokens: derived from the session and its generation, so that nothing secret is stored and a repeated
//! refresh can be given the very same successor.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::id::{DeveloperId, SessionId};
pub use crate::keyed_hash::RefreshKey;

/// `v1.<developer>.<session>.<generation>.<HMAC-SHA256 in base64url>`.
///
/// It goes into a cookie and nowhere else: no `Clone`, no `Serialize`, no `Display`, and `Debug` does not show it.
pub struct RefreshToken(Zeroizing<String>);

/// What a genuine refresh token says. Whether its session is still alive is the table's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshClaims {
    /// Whose session it is.
    pub developer: DeveloperId,
    /// The session.
    pub session: SessionId,
    /// How often the session had been refreshed when the token was made.
    pub generation: u64,
}

/// The text is not a refresh token that was made with the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token of this portal")]
pub struct NotARefreshToken;

impl RefreshToken {
    /// More than any genuine token has; bounds the work on hostile input.
    const MAX_BYTES: usize = 256;

    /// The token of one generation of a session: the same claims give the same token.
    pub fn derive(key: &RefreshKey, claims: RefreshClaims) -> Self {
        let RefreshClaims { developer, session, generation } = claims;
        let signed = format!("v1.{developer}.{session}.{generation}");
        let tag = URL_SAFE_NO_PAD.encode(key.hash(&signed));
        Self(Zeroizing::new(format!("{signed}.{tag}")))
    }

    /// Reads a token out of a cookie and checks that it was made with the key, in constant time.
    ///
    /// # Errors
    /// [`NotARefreshToken`] for anything else, without saying what is wrong with it.
    pub fn verify(key: &RefreshKey, text: &str) -> Result<RefreshClaims, NotARefreshToken> {
        if text.len() > Self::MAX_BYTES {
            return Err(NotARefreshToken);
        }
        let claims = claims(text).ok_or(NotARefreshToken)?;
        // The whole text is compared, so each token has one spelling.
        let genuine = Self::derive(key, claims);
        if bool::from(genuine.0.as_bytes().ct_eq(text.as_bytes())) { Ok(claims) } else { Err(NotARefreshToken) }
    }

    /// The text for the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

fn claims(text: &str) -> Option<RefreshClaims> {
    let mut parts = text.strip_prefix("v1.")?.split('.');
    let developer = parts.next()?.parse().ok()?;
    let session = parts.next()?.parse().ok()?;
    let generation = parts.next()?.parse().ok()?;
    Some(RefreshClaims { developer, session, generation })
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{NotARefreshToken, RefreshClaims, RefreshKey, RefreshToken};
    use crate::id::{DeveloperId, SessionId};
    use uuid::Uuid;

    const CLAIMS: RefreshClaims = RefreshClaims {
        developer: DeveloperId::new(Uuid::from_u128(0xada)),
        session: SessionId::new(Uuid::from_u128(0x5e5)),
        generation: 41,
    };

    fn key() -> RefreshKey {
        RefreshKey::new([9; 32])
    }

    #[test]
    fn a_token_says_what_it_was_made_of_and_the_same_claims_give_the_same_token() {
        let token = RefreshToken::derive(&key(), CLAIMS);
        assert_eq!(RefreshToken::verify(&key(), token.expose()), Ok(CLAIMS));
        assert_eq!(RefreshToken::derive(&key(), CLAIMS).expose(), token.expose());
        assert!(token.expose().len() < RefreshToken::MAX_BYTES);
    }

    #[test]
    fn a_token_with_one_changed_character_is_refused() {
        let token = RefreshToken::derive(&key(), CLAIMS);
        for position in 0..token.expose().len() {
            let mut bytes = token.expose().as_bytes().to_vec();
            for other in [b'A', b'0', b'.', b'-'] {
                if bytes[position] != other {
                    bytes[position] = other;
                    let text = String::from_utf8_lossy(&bytes);
                    assert_eq!(RefreshToken::verify(&key(), &text), Err(NotARefreshToken), "{text}");
                    bytes[position] = token.expose().as_bytes()[position];
                }
            }
        }
    }

    #[test]
    fn a_token_of_another_key_or_in_another_spelling_is_refused() {
        let token = RefreshToken::derive(&key(), CLAIMS);
        let text = token.expose();
        assert_eq!(RefreshToken::verify(&RefreshKey::new([8; 32]), text), Err(NotARefreshToken));
        for other in [
            text.to_uppercase(),
            text.replace(".41.", ".041."),
            text.replace(".41.", ".+41."),
            format!("{text}="),
            format!("{text}."),
            format!(" {text}"),
            "v1.".to_owned(),
            String::new(),
            "v1.".repeat(10_000),
        ] {
            assert_eq!(RefreshToken::verify(&key(), &other), Err(NotARefreshToken), "{other:.80}");
        }
    }

    #[test]
    fn debug_shows_no_token() {
        assert_eq!(format!("{:?}", RefreshToken::derive(&key(), CLAIMS)), "RefreshToken(…)");
    }
}
