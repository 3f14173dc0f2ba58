//! Where a page of results begins: behind a hit, by what it is ranked by.

use std::cmp::Reverse;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_domain::id::ApiId;

/// The place of a hit among all: the closest first, and never two at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) score: u32,
    pub(super) api: ApiId,
    pub(super) line: usize,
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (Reverse(self.score), self.api, self.line).cmp(&(Reverse(other.score), other.api, other.line))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Place {
    /// Reads what [`written`](Self::written) wrote.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.split('.');
        let place =
            Self { score: parts.next()?.parse().ok()?, api: parts.next()?.parse().ok()?, line: parts.next()?.parse().ok()? };
        parts.next().is_none().then_some(place)
    }

    pub(super) fn written(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}.{}", self.score, self.api, self.line))
    }
}
