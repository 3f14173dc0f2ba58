//! API keys: their form, which names the application, and the digest that they are known by.

use std::fmt;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::base62;
use crate::digest::Digest;
use crate::id::ApplicationId;

/// What every key begins with.
pub const PREFIX: &str = "portico_";
/// A regular expression for secret scanners: what it finds is a key if its checksum is right.
pub const PATTERN: &str = r"\bportico_[0-9A-Za-z]{61}\b";

const APPLICATION_CHARS: usize = 22;
const SECRET_CHARS: usize = 33;
const CHECKSUM_CHARS: usize = 6;
const CHECKED_CHARS: usize = PREFIX.len() + APPLICATION_CHARS + SECRET_CHARS;
/// How many characters a key has.
pub const CHARS: usize = CHECKED_CHARS + CHECKSUM_CHARS;

/// A key, to be shown once: no `Clone`, no `Serialize`, no `Display`, and `Debug` does not show it.
///
/// `portico_`, the application's id (22 digits of base 62), 192 random bits (33 digits), and the CRC-32 of all that
/// (6 digits). The checksum lets a mistyped key be refused without a read; it protects from accidents only.
pub struct ApiKey(Zeroizing<String>);

/// A key out of a request, of which only the digest is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsedKey {
    application: ApplicationId,
    digest: KeyDigest,
}

/// The SHA-256 of a key's text: what the table knows it by. Shown as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyDigest(Digest);

/// The text does not have the form of a key, or its checksum is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an API key of Portico")]
pub struct MalformedKey;

impl ApiKey {
    /// Makes the key of an application out of random bytes.
    pub fn generate(application: ApplicationId, random: [u8; 24]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(CHARS));
        text.push_str(PREFIX);
        base62::encode(application.uuid().into_bytes(), APPLICATION_CHARS, &mut text);
        base62::encode(random, SECRET_CHARS, &mut text);
        let checksum = crc32fast::hash(text.as_bytes());
        base62::encode(checksum.to_be_bytes(), CHECKSUM_CHARS, &mut text);
        Self(text)
    }

    /// Reads a key exactly as it was shown: a blank around it or another case makes it malformed.
    ///
    /// # Errors
    /// [`MalformedKey`], without saying what is wrong with it.
    pub fn parse(text: &str) -> Result<ParsedKey, MalformedKey> {
        // The length comes first, so that the rest works on 69 bytes whatever is sent.
        if text.len() != CHARS || !text.starts_with(PREFIX) {
            return Err(MalformedKey);
        }
        let (checked, checksum) = text.as_bytes().split_at_checked(CHECKED_CHARS).ok_or(MalformedKey)?;
        let (head, secret) = checked.split_at_checked(PREFIX.len() + APPLICATION_CHARS).ok_or(MalformedKey)?;
        let application = head.get(PREFIX.len()..).and_then(base62::decode).ok_or(MalformedKey)?;
        if !secret.iter().all(u8::is_ascii_alphanumeric) || base62::decode(checksum) != Some(u128::from(crc32fast::hash(checked)))
        {
            return Err(MalformedKey);
        }
        Ok(ParsedKey {
            application: ApplicationId::new(Uuid::from_u128(application)),
            digest: KeyDigest(Digest::of(text.as_bytes())),
        })
    }

    /// What the table knows the key by.
    pub fn digest(&self) -> KeyDigest {
        KeyDigest(Digest::of(self.0.as_bytes()))
    }

    /// The text, for the one answer that shows it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl ParsedKey {
    /// The application that the key names.
    pub fn application(&self) -> ApplicationId {
        self.application
    }

    /// What the table would know the key by.
    pub fn digest(&self) -> KeyDigest {
        self.digest
    }
}

/// The part of a key that is no secret: its prefix and the application that it names. It opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicPart(ApplicationId);

/// The text is not the public part of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotThePublicPart {
    /// It is longer: the secret may be in it.
    #[error("is more than the public part of a key: paste only its first {} characters, never the rest", PublicPart::CHARS)]
    Longer,
    /// It has another form.
    #[error("must be the first {} characters of a key, which begin with {PREFIX}", PublicPart::CHARS)]
    Malformed,
}

impl PublicPart {
    /// How many characters it has.
    pub const CHARS: usize = PREFIX.len() + APPLICATION_CHARS;

    /// That of every key of an application.
    pub fn of(application: ApplicationId) -> Self {
        Self(application)
    }

    /// Reads it, and nothing that is longer: a secret has no place where this may stand.
    ///
    /// # Errors
    /// [`NotThePublicPart`] without a word of what was sent.
    pub fn parse(text: &str) -> Result<Self, NotThePublicPart> {
        if text.len() > Self::CHARS {
            return Err(NotThePublicPart::Longer);
        }
        let digits = text.strip_prefix(PREFIX).filter(|digits| digits.len() == APPLICATION_CHARS);
        let application = digits.and_then(|digits| base62::decode(digits.as_bytes()));
        application.map(|id| Self(ApplicationId::new(Uuid::from_u128(id)))).ok_or(NotThePublicPart::Malformed)
    }

    /// The application that it names.
    pub fn application(&self) -> ApplicationId {
        self.0
    }
}

impl fmt::Display for PublicPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(Self::CHARS);
        text.push_str(PREFIX);
        base62::encode(self.0.uuid().into_bytes(), APPLICATION_CHARS, &mut text);
        f.write_str(&text)
    }
}

/// Whether a text means to be a key, well-formed or not: blanks, quotes and control characters before the prefix,
/// another case, and a percent-encoded `_` do not hide the intention.
pub fn looks_like_key(text: &str) -> bool {
    let text = text.trim_start_matches(|char: char| char.is_whitespace() || char.is_control() || matches!(char, '"' | '\''));
    ["portico_", "portico%5f"]
        .iter()
        .any(|prefix| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

impl fmt::Display for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ApiKey, CHARS, Digest, KeyDigest, MalformedKey, NotThePublicPart, PREFIX, PublicPart, looks_like_key};
    use crate::id::ApplicationId;
    use uuid::Uuid;

    const APPLICATION: ApplicationId = ApplicationId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));

    /// Repeatable bytes that look random: SHA-256 in counter mode.
    fn random(counter: u32) -> [u8; 24] {
        let hex = Digest::of(&counter.to_be_bytes()).to_string();
        let mut bytes = [0; 24];
        bytes.iter_mut().zip(hex.bytes()).for_each(|(byte, digit)| *byte = digit.wrapping_mul(167).rotate_left(3));
        bytes
    }

    #[test]
    fn a_key_names_its_application_and_is_known_by_its_digest() {
        for (application, random) in
            [(APPLICATION, [0; 24]), (ApplicationId::new(Uuid::max()), [255; 24]), (ApplicationId::new(Uuid::nil()), [7; 24])]
        {
            let key = ApiKey::generate(application, random);
            let parsed = ApiKey::parse(key.expose());
            assert_eq!(parsed.map(|key| key.application()), Ok(application));
            assert_eq!(parsed.map(|key| key.digest()), Ok(key.digest()));
            assert_eq!(key.digest(), KeyDigest(Digest::of(key.expose().as_bytes())));
            assert_eq!(key.digest().to_string().len(), 64);
        }
    }

    #[test]
    fn every_key_has_the_published_form() {
        let keys: BTreeSet<String> =
            (0..1_000).map(|counter| ApiKey::generate(APPLICATION, random(counter)).expose().to_owned()).collect();
        assert_eq!(keys.len(), 1_000);
        for key in keys {
            assert_eq!(key.len(), CHARS);
            let rest = key.strip_prefix(PREFIX).unwrap_or_default();
            assert_eq!(rest.len(), 61);
            assert!(rest.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
        }
    }

    #[test]
    fn a_key_with_one_changed_character_is_malformed_at_every_position_and_for_every_character() {
        let key = ApiKey::generate(APPLICATION, random(1));
        for position in 0..CHARS {
            for other in (0..=0x7f_u8).filter(|other| *other != key.expose().as_bytes()[position]) {
                let mut bytes = key.expose().as_bytes().to_vec();
                bytes[position] = other;
                let text = String::from_utf8_lossy(&bytes);
                assert_eq!(ApiKey::parse(&text), Err(MalformedKey), "{position} {text:?}");
            }
        }
    }

    #[test]
    fn a_key_in_any_other_spelling_is_malformed() {
        let key = ApiKey::generate(APPLICATION, random(2));
        let text = key.expose();
        let swapped = text.replacen('0', "O", 1);
        for other in [
            String::new(),
            PREFIX.to_owned(),
            format!(" {text}"),
            format!("{text} "),
            format!("{text}\0"),
            format!("\0{text}"),
            format!("{text},{text}"),
            text.to_uppercase(),
            text.to_lowercase(),
            text.replace('_', "%5F"),
            text.chars().rev().collect(),
            swapped,
            "x".repeat(10_240),
            text.repeat(150),
            "é".repeat(34) + "x",
            format!("{PREFIX}{}", "z".repeat(61)),
            format!("{PREFIX}{}", "é".repeat(30) + "x"),
        ] {
            assert_eq!(ApiKey::parse(&other), Err(MalformedKey), "{other:.100}");
        }
    }

    #[test]
    fn no_random_text_without_the_prefix_is_a_key_or_looks_like_one() {
        for counter in 0..100_000 {
            let mut text = String::new();
            crate::base62::encode(random(counter), 33, &mut text);
            let text = format!("{text}{text}abc");
            assert_eq!(text.len(), CHARS);
            assert!(ApiKey::parse(&text).is_err() && !looks_like_key(&text), "{text}");
        }
    }

    #[test]
    fn what_means_to_be_a_key_is_told_from_what_does_not() {
        for text in ["portico_x", "PORTICO_x", " portico_x", "\0portico_x", "\"portico_x\"", "portico%5Fx", "Portico%5fx"] {
            assert!(looks_like_key(text), "{text:?}");
        }
        for text in ["", "portico", "porticox_", "Bearer portico_x", "sk_portico_x", "pórtico_x", "portic"] {
            assert!(!looks_like_key(text), "{text:?}");
        }
    }

    #[test]
    fn the_public_part_of_a_key_names_its_application_and_nothing_longer_is_read() {
        let key = ApiKey::generate(APPLICATION, random(4));
        let (public, secret) = key.expose().split_at(PublicPart::CHARS);
        assert_eq!(PublicPart::parse(public), Ok(PublicPart::of(APPLICATION)));
        assert_eq!(PublicPart::of(APPLICATION).to_string(), public);
        for longer in [key.expose(), &format!("{public}{}", &secret[..1]), &format!("{public} ")] {
            assert_eq!(PublicPart::parse(longer), Err(NotThePublicPart::Longer));
        }
        for other in ["", "portico_", &public[1..], &secret[..30], &public.to_uppercase(), &public.replace('_', "-")] {
            assert_eq!(PublicPart::parse(other), Err(NotThePublicPart::Malformed), "{other}");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", ApiKey::generate(APPLICATION, random(3))), "ApiKey(…)");
    }
}
