//! The tokens in mails: derived, not stored, so that a second sending carries the same link.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::digest::Digest;
use crate::id::{DeveloperId, PortalId};
pub use crate::keyed_hash::MailKey;

/// What a token in a mail is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// To prove that the address is the developer's.
    Verify,
    /// To set a password: the first one, or another after a forgotten one.
    Password,
}

impl Purpose {
    /// The word in keys and items.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Password => "password",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How long the link in a verification mail works.
pub const VERIFY_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a link to a password works, whether it was forgotten or is the first one.
pub const PASSWORD_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long the link in an invitation works.
pub const INVITATION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// For how long a used or expired token is still known as such (410) before it is unknown (404).
pub const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The token itself: a UUIDv8 (RFC 9562, 5.8) with 122 bits of a keyed hash.
///
/// It goes into a link and nowhere else: no `Clone`, no `Serialize`, no `Display`, and `Debug` does not show it.
pub struct MailToken(Zeroizing<[u8; 16]>);

/// The text is not a hyphenated UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUID")]
pub struct MalformedMailToken;

impl MailToken {
    /// The token of one generation: the same arguments give the same token, and nobody without the key can compute it.
    pub fn derive(key: &MailKey, portal: PortalId, purpose: Purpose, developer: DeveloperId, generation: u64) -> Self {
        let hash = key.hash(&format!("{portal}|{purpose}|{developer}|{generation}"));
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(byte, from)| *byte = from);
        Self(Zeroizing::new(*uuid::Builder::from_custom_bytes(bytes).as_uuid().as_bytes()))
    }

    /// Reads a token out of a request, in upper or lower case.
    ///
    /// # Errors
    /// [`MalformedMailToken`] if it is not a hyphenated UUID.
    pub fn parse(text: &str) -> Result<Self, MalformedMailToken> {
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(MalformedMailToken);
        }
        Uuid::try_parse(text).map(Self::from).map_err(|_| MalformedMailToken)
    }

    /// The text for the link.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(Uuid::from_bytes(*self.0).hyphenated().to_string())
    }

    /// What the table knows the token by.
    pub fn digest(&self) -> Digest {
        Digest::of(self.expose().as_bytes())
    }
}

impl From<Uuid> for MailToken {
    fn from(uuid: Uuid) -> Self {
        Self(Zeroizing::new(uuid.into_bytes()))
    }
}

impl fmt::Debug for MailToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{MailKey, MailToken, MalformedMailToken, Purpose};
    use crate::id::{DeveloperId, PortalId};
    use uuid::Uuid;

    fn token(key: u8, portal: u128, purpose: Purpose, developer: u128, generation: u64) -> String {
        let (portal, developer) = (PortalId::new(Uuid::from_u128(portal)), DeveloperId::new(Uuid::from_u128(developer)));
        MailToken::derive(&MailKey::new([key; 32]), portal, purpose, developer, generation).expose().to_string()
    }

    #[test]
    fn the_same_generation_has_the_same_token_and_nothing_else_has() {
        let first = token(1, 1, Purpose::Verify, 1, 1);
        assert_eq!(first, token(1, 1, Purpose::Verify, 1, 1));
        let all = BTreeSet::from([
            first,
            token(2, 1, Purpose::Verify, 1, 1),
            token(1, 2, Purpose::Verify, 1, 1),
            token(1, 1, Purpose::Password, 1, 1),
            token(1, 1, Purpose::Verify, 2, 1),
            token(1, 1, Purpose::Verify, 1, 2),
        ]);
        assert_eq!(all.len(), 6);
    }

    #[test]
    fn a_token_is_a_uuid_of_version_8() {
        for generation in 0..100 {
            let uuid = Uuid::try_parse(&token(1, 1, Purpose::Password, 1, generation));
            assert_eq!(uuid.map(|uuid| (uuid.get_version_num(), uuid.get_variant())), Ok((8, uuid::Variant::RFC4122)));
        }
    }

    #[test]
    fn a_token_that_comes_back_has_the_digest_of_the_one_that_was_sent() {
        let sent = token(1, 1, Purpose::Verify, 1, 1);
        let digest = |text: &str| MailToken::parse(text).map(|token| token.digest());
        assert!(digest(&sent).is_ok());
        assert_eq!(digest(&sent.to_uppercase()), digest(&sent));
        assert_ne!(digest(&token(1, 1, Purpose::Verify, 1, 2)), digest(&sent));
    }

    #[test]
    fn what_is_no_hyphenated_uuid_is_malformed() {
        let sent = token(1, 1, Purpose::Verify, 1, 1);
        for text in [
            "",
            "x",
            &sent.replace('-', ""),
            &format!("{{{sent}}}"),
            &format!(" {sent}"),
            &format!("urn:uuid:{sent}"),
            &"0".repeat(36),
        ] {
            assert_eq!(MailToken::parse(text).map(|_| ()), Err(MalformedMailToken), "{text:?}");
        }
    }

    #[test]
    fn debug_shows_no_token() {
        let token = MailToken::parse("2f0a4d3e-5b1c-8d7e-9f60-718293a4b5c6");
        assert_eq!(format!("{token:?}"), "Ok(MailToken(…))");
    }
}
