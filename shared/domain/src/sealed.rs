//! Secrets that have to be known again: encrypted in the table, with a key that only those functions have which need the text.
//!
//! XChaCha20-Poly1305, whose nonce is long enough to be random. What is sealed is bound to its place: moved elsewhere in the table, it
//! cannot be opened.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 24;

/// The key that clients' secrets are encrypted with.
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Wraps 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

/// The secret of the portal's own client at an identity provider. Never shown, never serialized.
pub struct ClientSecret(Zeroizing<String>);

/// The text is no secret of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {} visible characters", ClientSecret::MAX_CHARS)]
pub struct InvalidClientSecret;

impl ClientSecret {
    /// The most characters.
    pub const MAX_CHARS: usize = 1024;

    /// Reads a secret as somebody pasted it.
    ///
    /// # Errors
    /// [`InvalidClientSecret`].
    pub fn parse(text: &str) -> Result<Self, InvalidClientSecret> {
        let good =
            (1..=Self::MAX_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if good { Ok(Self(Zeroizing::new(text.to_owned()))) } else { Err(InvalidClientSecret) }
    }

    /// The text, for the provider alone.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret as it lies in the table, at a place.
    ///
    /// # Errors
    /// [`CannotSeal`], which only a text beyond any bound here could cause.
    pub fn seal(&self, key: &SealingKey, nonce: [u8; NONCE_BYTES], place: &str) -> Result<SealedSecret, CannotSeal> {
        let payload = Payload { msg: self.0.as_bytes(), aad: place.as_bytes() };
        let sealed = key.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| CannotSeal)?;
        Ok(SealedSecret(STANDARD.encode([nonce.as_slice(), &sealed].concat())))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// A secret could not be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret cannot be encrypted")]
pub struct CannotSeal;

/// A sealed secret cannot be opened: it was sealed with another key, or for another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret was sealed with another key, or for another place")]
pub struct CannotOpen;

/// A secret as it lies in the table: nonce, text and tag, in base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedSecret(String);

impl SealedSecret {
    /// The secret, with any of these keys.
    ///
    /// # Errors
    /// [`CannotOpen`].
    pub fn open<'k>(&self, keys: impl IntoIterator<Item = &'k SealingKey>, place: &str) -> Result<ClientSecret, CannotOpen> {
        let bytes = STANDARD.decode(&self.0).map_err(|_| CannotOpen)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(CannotOpen)?;
        let open = |key: &SealingKey| {
            key.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: place.as_bytes() }).ok().map(Zeroizing::new)
        };
        let opened = keys.into_iter().find_map(open).ok_or(CannotOpen)?;
        std::str::from_utf8(&opened).map(|text| ClientSecret(Zeroizing::new(text.to_owned()))).map_err(|_| CannotOpen)
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{CannotOpen, ClientSecret, InvalidClientSecret, NONCE_BYTES, SealingKey};

    const NONCE: [u8; NONCE_BYTES] = [7; NONCE_BYTES];

    #[test]
    fn a_secret_is_opened_with_its_key_at_its_place_and_nowhere_else() {
        let (key, other) = (SealingKey::new([1; 32]), SealingKey::new([2; 32]));
        let secret = ClientSecret::parse("s3cret of the portal").expect("a secret");
        let sealed = secret.seal(&key, NONCE, "portal 1, provider 2").expect("sealed");
        let opened =
            |keys: &[&SealingKey], place: &str| sealed.open(keys.iter().copied(), place).map(|secret| secret.expose().to_owned());
        assert_eq!(opened(&[&other, &key], "portal 1, provider 2").as_deref(), Ok("s3cret of the portal"));
        assert_eq!(opened(&[&other], "portal 1, provider 2"), Err(CannotOpen));
        assert_eq!(opened(&[&key], "portal 1, provider 3"), Err(CannotOpen));
    }

    #[test]
    fn what_is_kept_does_not_show_the_secret_and_neither_does_debug() {
        let secret = ClientSecret::parse("s3cret of the portal").expect("a secret");
        let sealed = secret.seal(&SealingKey::new([1; 32]), NONCE, "here").expect("sealed");
        let kept = serde_json::to_string(&sealed).expect("text");
        let shown = format!("{secret:?} {sealed:?} {:?} {kept}", SealingKey::new([1; 32]));
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn a_secret_is_visible_text() {
        for bad in ["", "a\nb", "a\u{0}b", "sécret", &"x".repeat(ClientSecret::MAX_CHARS + 1)] {
            assert_eq!(ClientSecret::parse(bad).map(|_| ()), Err(InvalidClientSecret), "{bad:?}");
        }
    }
}
