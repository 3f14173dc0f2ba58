//! HMAC-SHA256 and the keys for it, one type per purpose so that none can stand in for another.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// HMAC-SHA256 over the text. RFC 2104 pads a key shorter than the block with zeros, so the padded block is the key.
pub(crate) fn hmac_sha256(key: &[u8; 32], text: &str) -> [u8; 32] {
    let mut block = Zeroizing::new([0; 64]);
    let (secret, _padding) = block.split_at_mut(32);
    secret.copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        pub struct $name(Zeroizing<[u8; 32]>);

        impl $name {
            /// Wraps 32 random bytes.
            pub fn new(bytes: [u8; 32]) -> Self {
                Self(Zeroizing::new(bytes))
            }

            pub(crate) fn hash(&self, text: &str) -> [u8; 32] {
                hmac_sha256(&self.0, text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

keys! {
    /// The key that the tokens in mails are derived from.
    MailKey,
    /// The key that refresh tokens are derived from.
    RefreshKey,
}

#[cfg(test)]
mod tests {
    use super::{MailKey, hmac_sha256};

    #[test]
    fn the_hash_is_hmac_sha_256() {
        // RFC 4231 has no case with a 32-byte key and text; computed with Python's hmac module.
        let hash = hmac_sha256(&[0x0b; 32], "Hi There");
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", MailKey::new([7; 32])), "MailKey(…)");
    }
}
