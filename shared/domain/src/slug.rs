//! Slugs: the part of a link that names an API.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::id::ApiId;

/// ASCII letters, digits, `_` and `-`: 1 to [`Slug::MAX_CHARS`] of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Why a text is not a slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// No character at all.
    #[error("must not be empty")]
    Empty,
    /// More than [`Slug::MAX_CHARS`].
    #[error("must have at most {} characters", Slug::MAX_CHARS)]
    TooLong,
    /// A character that is not a letter, a digit, `_` or `-`.
    #[error("must consist of unaccented letters, digits, - and _")]
    Alphabet,
    /// Links name an API by its id or by its slug: one must not be taken for the other.
    #[error("must not have the form of a UUID")]
    LooksLikeId,
}

impl Slug {
    /// The most characters that it has.
    pub const MAX_CHARS: usize = 255;
    /// The contract's pattern, for documentation: `\w` is ASCII there.
    pub const PATTERN: &str = r"^[\w-]+$";

    /// Reads a slug that somebody chose.
    ///
    /// # Errors
    /// [`SlugError`] names the first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.is_empty() {
            return Err(SlugError::Empty);
        }
        if text.len() > Self::MAX_CHARS && text.is_ascii() {
            return Err(SlugError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
            return Err(SlugError::Alphabet);
        }
        if looks_like_id(text) {
            return Err(SlugError::LooksLikeId);
        }
        Ok(Self(text.to_owned()))
    }

    /// Makes a slug out of an API's name and version: `"Météo" "1.2"` becomes `meteo-1-2`.
    /// A name of which nothing is left becomes `api`.
    pub fn from_name(name: &str, version: Option<&str>) -> Self {
        let mut slug = kebab(name);
        if slug.is_empty() {
            slug.push_str("api");
        }
        let version = version.map(kebab).unwrap_or_default();
        if !version.is_empty() {
            // The version tells neighbours apart, so the name gives way to it.
            slug.truncate(Self::MAX_CHARS.saturating_sub(version.len() + 1).max(1));
            slug.push('-');
            slug.push_str(&version);
        }
        slug.truncate(Self::MAX_CHARS);
        if looks_like_id(&slug) {
            slug.insert_str(0, "api-");
        }
        Self(slug)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text has the form that `ApiId` reads.
fn looks_like_id(text: &str) -> bool {
    text.parse::<ApiId>().is_ok()
}

/// Lower-case ASCII words joined by single hyphens; accents are dropped, other characters separate words.
fn kebab(text: &str) -> String {
    let mut out = String::new();
    let mut gap = false;
    for char in text.nfkd().filter(|char| !is_combining_mark(*char)) {
        if char.is_ascii_alphanumeric() {
            if gap && !out.is_empty() {
                out.push('-');
            }
            gap = false;
            out.push(char.to_ascii_lowercase());
        } else {
            gap = true;
        }
        if out.len() >= Slug::MAX_CHARS {
            break;
        }
    }
    out
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, SlugError> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Slug, SlugError};

    #[test]
    fn a_slug_is_made_of_the_words_of_the_name_and_of_the_version() {
        for (name, version, slug) in [
            ("Weather", None, "weather"),
            ("Weather API", Some("v1.2"), "weather-api-v1-2"),
            ("  Météo — France!  ", None, "meteo-france"),
            ("ﬁnance ＡＰＩ", None, "finance-api"),
            ("日本語", None, "api"),
            ("日本語", Some("2"), "api-2"),
            ("a_b--c", Some("…"), "a-b-c"),
        ] {
            assert_eq!(Slug::from_name(name, version).as_str(), slug, "{name:?}");
        }
    }

    #[test]
    fn a_made_slug_is_a_slug_however_long_its_name_is() {
        for (name, version) in
            [("x".repeat(1_000), None), ("x y ".repeat(300), Some("v".repeat(1_000))), ("w ".repeat(127), Some("1".to_owned()))]
        {
            let slug = Slug::from_name(&name, version.as_deref());
            assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
        }
        assert!(Slug::from_name(&"x".repeat(1_000), Some("v2")).as_str().ends_with("x-v2"));
    }

    #[test]
    fn a_chosen_slug_keeps_its_case_and_is_refused_outside_the_alphabet() {
        assert_eq!(Slug::parse("Weather_v-1").map(String::from), Ok("Weather_v-1".to_owned()));
        assert_eq!(Slug::parse(""), Err(SlugError::Empty));
        assert_eq!(Slug::parse("a/b"), Err(SlugError::Alphabet));
        assert_eq!(Slug::parse("météo"), Err(SlugError::Alphabet));
        assert_eq!(Slug::parse("a\n"), Err(SlugError::Alphabet));
        let id = "01980c0d-e000-7000-8000-000000000001";
        assert_eq!(Slug::parse(id), Err(SlugError::LooksLikeId));
        assert_eq!(Slug::from_name(id, None).as_str(), format!("api-{id}"));
        assert!(Slug::parse(&"a".repeat(255)).is_ok());
        assert_eq!(Slug::parse(&"a".repeat(256)), Err(SlugError::TooLong));
    }
}
