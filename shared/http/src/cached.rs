//! Answers that caches may keep: each names what it holds by a digest, and is not sent again to whoever has it.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Response;
use crate::problem::Problem;
use crate::response::empty;

/// For what everybody may have, and may have for five minutes after it changed.
pub const PUBLIC: &str = "public, max-age=300";

/// What an answer holds, by a digest in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// The tag of a digest.
    pub fn of(digest: impl std::fmt::Display) -> Self {
        Self(format!("\"{digest}\""))
    }

    /// Whether the caller says that it has this (RFC 9110, 13.1.2: compared weakly).
    pub fn is_had(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut tags = sent.flat_map(|line| line.split(',')).map(str::trim);
        tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.0)
    }

    /// 304: the caller has it.
    ///
    /// # Errors
    /// As [`Tag::mark`] says.
    pub fn not_modified(&self, caching: &'static str) -> Result<Response, Problem> {
        self.mark(empty(StatusCode::NOT_MODIFIED), caching)
    }

    /// Puts the tag onto an answer, and how caches may keep it.
    ///
    /// # Errors
    /// A 500 if the digest is none.
    pub fn mark(&self, mut response: Response, caching: &'static str) -> Result<Response, Problem> {
        let tag = HeaderValue::try_from(self.0.as_str()).map_err(|error| Problem::internal(error.to_string()))?;
        response.headers_mut().insert(header::ETAG, tag);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn had(sent: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in sent {
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(line));
        }
        Tag::of("abc").is_had(&headers)
    }

    #[test]
    fn who_names_the_tag_in_any_of_the_ways_has_it() {
        for sent in [&["\"abc\""][..], &["W/\"abc\""], &["\"x\", \"abc\""], &["\"x\"", "\"abc\""], &["*"]] {
            assert!(had(sent), "{sent:?}");
        }
        for sent in [&[][..], &["abc"], &["\"ABC\""], &["\"abcd\""], &[""]] {
            assert!(!had(sent), "{sent:?}");
        }
    }
}
