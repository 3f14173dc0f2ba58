//! Where a person goes on after signing in: a place of this portal and no other (B43).

use url::Url;

/// The path, and the query, of a page of this portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    /// The longest that is taken, in bytes.
    pub const MAX_BYTES: usize = 1024;

    /// Reads what came in a form or a query. What leads, or could be taken to lead, anywhere else is nothing: `//evil.test`,
    /// `/\evil.test`, `https:evil.test`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !plain || text.len() > Self::MAX_BYTES || !text.starts_with('/') || text.starts_with("//") {
            return None;
        }
        let here = Url::parse("https://portal.invalid").ok()?;
        let there = here.join(text).ok()?;
        let same = there.origin() == here.origin() && there.fragment().is_none() && !there.path().starts_with("//");
        let query = there.query().map(|query| format!("?{query}")).unwrap_or_default();
        same.then(|| Self(format!("{}{query}", there.path())))
    }

    /// As it stands in a link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::LocalPath;

    #[test]
    fn a_place_of_this_portal_is_taken_as_it_is() {
        for path in ["/", "/apps", "/apis/tides/register", "/apis?q=wind%20speed&view=table", "/apps/new?api=tides"] {
            assert_eq!(LocalPath::parse(path).as_ref().map(LocalPath::as_str), Some(path));
        }
    }

    #[test]
    fn what_could_lead_anywhere_else_is_nothing() {
        let long = format!("/{}", "a".repeat(LocalPath::MAX_BYTES));
        for path in [
            "",
            "apps",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            "/ /evil.test",
            "https:evil.test",
            "https://evil.test/",
            "javascript:alert(1)",
            "/..//evil.test",
            "/./\\evil.test",
            "/apps#token",
            "/äpfel",
            &long,
        ] {
            assert_eq!(LocalPath::parse(path), None, "{path:?}");
        }
    }
}
