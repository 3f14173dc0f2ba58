//! Links that an administrator puts into the top bar and the footer, and where they may lead.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::portal::Visibility;
use crate::text::MenuTitle;

/// Links in the top bar and in the footer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// In the top bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<Vec<MenuItem>>,
    /// In the footer, under titles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer_sections: Option<Vec<FooterSection>>,
    /// In the last line of the footer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer_bottom: Option<Vec<MenuItem>>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MenuItem {
    /// Where it leads.
    pub path: MenuPath,
    /// What people read.
    pub title: MenuTitle,
    /// Who sees it.
    pub visibility: Visibility,
    /// Whether it opens in a tab of its own.
    pub external: bool,
}

/// Links under a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FooterSection {
    /// What people read above them.
    pub title: MenuTitle,
    /// The links.
    pub items: Vec<MenuItem>,
}

impl Menu {
    /// The most links of one list.
    pub const MAX_ITEMS: usize = 50;
    /// The most sections of the footer.
    pub const MAX_SECTIONS: usize = 20;

    pub(super) fn or(self, before: Self) -> Self {
        Self {
            main: self.main.or(before.main),
            footer_sections: self.footer_sections.or(before.footer_sections),
            footer_bottom: self.footer_bottom.or(before.footer_bottom),
        }
    }
}

/// Where a link leads: a path of the portal itself, or an `https` address. Never a script, and never another host by a trick of
/// writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct MenuPath(String);

/// Why a link may not lead there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MenuPathError {
    /// More than [`MenuPath::MAX_CHARS`].
    #[error("must have at most {} characters", MenuPath::MAX_CHARS)]
    TooLong,
    /// Anything else.
    #[error("must be a path of the portal, such as /apis, or an https URL")]
    Elsewhere,
}

impl MenuPath {
    /// The most characters that it has.
    pub const MAX_CHARS: usize = 512;

    /// Reads a path as it was sent.
    ///
    /// # Errors
    /// [`MenuPathError`] says what it must be.
    pub fn parse(text: &str) -> Result<Self, MenuPathError> {
        if text.chars().count() > Self::MAX_CHARS {
            return Err(MenuPathError::TooLong);
        }
        // Browsers drop line breaks and tabs, and read a backslash as a slash.
        let plain = !text.contains(|char: char| char.is_whitespace() || char.is_control() || char == '\\');
        let good = match text.strip_prefix('/') {
            Some(rest) => !rest.starts_with('/') && stays(text),
            None => Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host() && url.username().is_empty()),
        };
        if plain && good { Ok(Self(text.to_owned())) } else { Err(MenuPathError::Elsewhere) }
    }

    /// As it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a path, as a browser resolves it on a page of the portal, stays there.
fn stays(path: &str) -> bool {
    let page = Url::parse("https://portal.invalid/a/page");
    page.is_ok_and(|page| page.join(path).is_ok_and(|led| led.origin() == page.origin()))
}

impl TryFrom<String> for MenuPath {
    type Error = MenuPathError;

    fn try_from(text: String) -> Result<Self, MenuPathError> {
        Self::parse(&text)
    }
}

impl From<MenuPath> for String {
    fn from(path: MenuPath) -> Self {
        path.0
    }
}

impl fmt::Display for MenuPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_portal_or_to_an_https_address() {
        for path in ["/", "/apis", "/apis?search=x#top", "/a/../b", "/a//b", "https://example.test", "https://example.test/a?b#c"]
        {
            assert_eq!(MenuPath::parse(path).map(String::from), Ok(path.to_owned()));
        }
    }

    #[test]
    fn a_link_leads_to_no_script_and_to_no_host_in_disguise() {
        for path in [
            "",
            "apis",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "http://example.test",
            "mailto:ada@example.test",
            "//evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            "/ /evil.test",
            "https:",
            "https://",
            "https://portal.example.test@evil.test",
            "blob:https://example.test/x",
        ] {
            assert_eq!(MenuPath::parse(path), Err(MenuPathError::Elsewhere), "{path:?}");
        }
        assert_eq!(MenuPath::parse(&format!("/{}", "x".repeat(512))), Err(MenuPathError::TooLong));
        assert!(serde_json::from_str::<MenuPath>("\"javascript:alert(1)\"").is_err(), "nor from the table");
    }
}
