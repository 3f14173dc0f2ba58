//! Short texts that people type: names, descriptions and reference IDs, each with its bound and its alphabet.

use serde::{Deserialize, Serialize};

/// Why a text is refused. Reads on after the name of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// More characters than the type's `MAX_CHARS`.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters that fit.
        max: usize,
    },
    /// A line break, a control character, or a character that rearranges the text around it.
    #[error("must be one line of printable characters")]
    Unprintable,
    /// A control character other than a line break or a tab.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// No directives for search engines.
    #[error("must be directives of the robots meta tag, such as noindex, nofollow")]
    NoDirectives,
    /// A blank at either end of a text that is compared exactly.
    #[error("must not begin or end with a blank")]
    OuterBlank,
}

/// Line and paragraph separators, and the marks that reorder or hide neighbours (Unicode TR 36, 3.1).
fn is_unprintable(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn bounded(text: &str, max: usize) -> Result<(), TextError> {
    // Counting stops one past the bound, however long the text is.
    if text.chars().take(max + 1).count() > max { Err(TextError::TooLong { max }) } else { Ok(()) }
}

fn line(text: &str, max: usize) -> Result<(), TextError> {
    bounded(text, max)?;
    if text.chars().any(is_unprintable) {
        return Err(TextError::Unprintable);
    }
    if text.trim().is_empty() { Err(TextError::Empty) } else { Ok(()) }
}

fn lines(text: &str, max: usize) -> Result<(), TextError> {
    bounded(text, max)?;
    let allowed = |char: char| !char.is_control() || matches!(char, '\n' | '\r' | '\t');
    if text.chars().all(allowed) { Ok(()) } else { Err(TextError::ControlCharacter) }
}

/// A newtype over `String` whose only way in is `$check`, from a request as well as from the table.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The most characters that it has.
            pub const MAX_CHARS: usize = $max;

            /// Reads the text as a person typed it.
            ///
            /// # Errors
            /// [`TextError`] names the first rule that the text breaks.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                let check: fn(&str) -> Result<&str, TextError> = $check;
                check(text).map(|text| Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

text! {
    /// A person's name: one line, without the blanks around it.
    FullName, 250, |text| {
        // A line break at the end is one too: it is not trimmed away.
        let inner = text.trim_matches(|char: char| char.is_whitespace() && !char.is_control());
        line(inner, FullName::MAX_CHARS).map(|()| inner)
    }
}

text! {
    /// The name of an application, as its developer wrote it: one line, not blank.
    ApplicationName, 255, |text| line(text, ApplicationName::MAX_CHARS).map(|()| text)
}

text! {
    /// The name that is shown for a credential, a portal, an API or an auth strategy: one line, not blank.
    DisplayName, 255, |text| line(text, DisplayName::MAX_CHARS).map(|()| text)
}

text! {
    /// The name of an auth strategy: one line, not blank.
    StrategyName, 256, |text| line(text, StrategyName::MAX_CHARS).map(|()| text)
}

text! {
    /// The name of a team: one line, not blank.
    TeamName, 250, |text| line(text, TeamName::MAX_CHARS).map(|()| text)
}

text! {
    /// What a team is for: not blank, and may have several lines.
    TeamDescription, 250, |text| {
        lines(text, TeamDescription::MAX_CHARS)?;
        if text.trim().is_empty() { Err(TextError::Empty) } else { Ok(text) }
    }
}

text! {
    /// What an application is for: may be empty and may have several lines.
    Description, 255, |text| {
        lines(text, Description::MAX_CHARS).map(|()| text)
    }
}

text! {
    /// What an API is for, in Markdown: may be empty and may have several lines. The bound lets a page of 100 APIs fit into a
    /// Lambda reply.
    ApiDescription, 6000, |text| {
        lines(text, ApiDescription::MAX_CHARS).map(|()| text)
    }
}

text! {
    /// What a portal is for: may be empty and may have several lines.
    PortalDescription, 512, |text| {
        lines(text, PortalDescription::MAX_CHARS).map(|()| text)
    }
}

text! {
    /// What an administrator tells a developer about a decision: not blank, and may have several lines.
    DecisionReason, 500, |text| {
        lines(text, DecisionReason::MAX_CHARS)?;
        if text.trim().is_empty() { Err(TextError::Empty) } else { Ok(text.trim()) }
    }
}

text! {
    /// What people read of a link in a menu, or above several: one line, not blank.
    MenuTitle, 512, |text| line(text, MenuTitle::MAX_CHARS).map(|()| text)
}

text! {
    /// What a page's robots meta tag says: directives with commas between them.
    RobotsDirectives, 255, |text| {
        line(text, RobotsDirectives::MAX_CHARS)?;
        let allowed = |char: char| char.is_ascii_alphanumeric() || ",:_- ".contains(char);
        if text.chars().all(allowed) { Ok(text) } else { Err(TextError::NoDirectives) }
    }
}

text! {
    /// The label of a version, such as `1.4.0`: one line of printable characters, compared exactly.
    VersionLabel, 255, |text| {
        line(text, VersionLabel::MAX_CHARS)?;
        if text.trim().len() == text.len() { Ok(text) } else { Err(TextError::OuterBlank) }
    }
}

text! {
    /// The name that an application goes by in its portal: one line of printable characters, compared exactly.
    ReferenceId, 255, |text| {
        line(text, ReferenceId::MAX_CHARS)?;
        // Two ids that look the same must not be two ids.
        if text.trim().len() == text.len() { Ok(text) } else { Err(TextError::OuterBlank) }
    }
}

#[cfg(test)]
mod tests {
    use super::{ApplicationName, DecisionReason, Description, DisplayName, FullName, ReferenceId, RobotsDirectives, TextError};

    #[test]
    fn a_full_name_is_kept_without_the_blanks_around_it() {
        assert_eq!(FullName::parse("  Ada Lovelace\u{3000}").map(String::from), Ok("Ada Lovelace".to_owned()));
        assert_eq!(
            FullName::parse("<img src=x onerror=alert(1)>").map(String::from),
            Ok("<img src=x onerror=alert(1)>".to_owned())
        );
        assert_eq!(FullName::parse(" \u{3000}"), Err(TextError::Empty));
    }

    #[test]
    fn a_reason_has_something_to_say_in_as_many_lines_as_it_needs() {
        assert_eq!(DecisionReason::parse(" Ask for\nthe sandbox. ").map(String::from), Ok("Ask for\nthe sandbox.".to_owned()));
        assert_eq!(DecisionReason::parse(" \n"), Err(TextError::Empty));
        assert_eq!(DecisionReason::parse("a\u{7}"), Err(TextError::ControlCharacter));
        assert_eq!(DecisionReason::parse(&"a".repeat(501)), Err(TextError::TooLong { max: 500 }));
    }

    #[test]
    fn a_line_break_in_a_name_is_refused_wherever_it_is() {
        for text in ["Ada\r\nBcc: x@y", "Ada\n", "\nAda", "Ada\u{2028}x", "Ada\u{0}", "Ada\u{202e}x"] {
            assert_eq!(FullName::parse(text), Err(TextError::Unprintable), "{text:?}");
            assert_eq!(ApplicationName::parse(text), Err(TextError::Unprintable), "{text:?}");
            assert_eq!(ReferenceId::parse(text), Err(TextError::Unprintable), "{text:?}");
        }
    }

    #[test]
    fn bounds_count_characters_and_not_bytes() {
        assert!(FullName::parse(&"é".repeat(250)).is_ok());
        assert_eq!(FullName::parse(&"é".repeat(251)), Err(TextError::TooLong { max: 250 }));
        assert!(ApplicationName::parse(&"é".repeat(255)).is_ok());
        assert_eq!(ApplicationName::parse(&"é".repeat(256)), Err(TextError::TooLong { max: 255 }));
        assert_eq!(DisplayName::parse(&"é".repeat(256)), Err(TextError::TooLong { max: 255 }));
        assert_eq!(Description::parse(&"é".repeat(256)), Err(TextError::TooLong { max: 255 }));
        assert_eq!(ReferenceId::parse(&"é".repeat(256)), Err(TextError::TooLong { max: 255 }));
    }

    #[test]
    fn a_description_may_be_empty_and_may_have_lines() {
        assert!(Description::parse("").is_ok());
        assert!(Description::parse("First line.\r\n\tSecond line.").is_ok());
        assert_eq!(Description::parse("bell\u{7}"), Err(TextError::ControlCharacter));
    }

    #[test]
    fn a_reference_id_is_kept_exactly_or_refused() {
        assert_eq!(ReferenceId::parse("Weather 1").map(String::from), Ok("Weather 1".to_owned()));
        assert_ne!(ReferenceId::parse("weather"), ReferenceId::parse("Weather"));
        assert_eq!(ReferenceId::parse(" weather"), Err(TextError::OuterBlank));
        assert_eq!(ReferenceId::parse("weather\u{a0}"), Err(TextError::OuterBlank));
        assert_eq!(ReferenceId::parse(""), Err(TextError::Empty));
        assert_eq!(ReferenceId::parse("   "), Err(TextError::Empty));
    }

    #[test]
    fn directives_for_robots_are_those_of_the_meta_tag() {
        for text in ["noindex", "noindex, nofollow", "max-snippet:-1, max_image:large"] {
            assert!(RobotsDirectives::parse(text).is_ok(), "{text}");
        }
        for text in ["\"><script>", "noindex;", "n\u{f6}index"] {
            assert_eq!(RobotsDirectives::parse(text), Err(TextError::NoDirectives), "{text}");
        }
        assert_eq!(RobotsDirectives::parse("User-agent: *\nDisallow: /"), Err(TextError::Unprintable));
    }

    #[test]
    fn a_name_is_kept_as_it_was_written() {
        assert_eq!(ApplicationName::parse(" Weather board ").map(String::from), Ok(" Weather board ".to_owned()));
        assert_eq!(serde_json::to_string(&DisplayName::parse("Build \"key\"").ok()).ok(), Some(r#""Build \"key\"""#.to_owned()));
        assert!(serde_json::from_str::<DisplayName>(r#""a\nb""#).is_err());
    }
}
