//! Text and its rules.

use super::kinds::{accept, bound};
use super::{Faults, Kind};
use crate::invalid::Rule;
use serde_json::Value;
use std::fmt::Display;
use std::ops::RangeInclusive;

/// Text; see the methods of [`Text`] for its rules.
pub fn text() -> Text {
    Text::default()
}

/// What is shown to the client, and the test.
type Pattern = (&'static str, fn(&str) -> bool);

/// Text with rules that are checked in this order: line, length, pattern.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text {
    min: usize,
    max: Option<usize>,
    single_line: bool,
    pattern: Option<Pattern>,
}

impl Text {
    /// How many characters (Unicode scalar values) it has.
    #[must_use]
    pub fn chars(self, range: RangeInclusive<usize>) -> Self {
        Self { min: *range.start(), max: Some(*range.end()), ..self }
    }

    /// At most so many characters.
    #[must_use]
    pub fn max(self, max: usize) -> Self {
        Self { max: Some(max), ..self }
    }

    /// At least so many characters.
    #[must_use]
    pub fn min(self, min: usize) -> Self {
        Self { min, ..self }
    }

    /// One line: no control characters, which hide in names, headers and mails, and no line or paragraph separator.
    #[must_use]
    pub fn single_line(self) -> Self {
        Self { single_line: true, ..self }
    }

    /// Must pass `test`, which `pattern` describes to the client.
    #[must_use]
    pub fn matching(self, pattern: &'static str, test: fn(&str) -> bool) -> Self {
        Self { pattern: Some((pattern, test)), ..self }
    }

    /// Gives the text to the parser of a domain type, whose error is shown.
    pub fn parse_with<T, E: Display, F: Fn(&str) -> Result<T, E>>(self, parse: F) -> Parsed<F> {
        Parsed(self, parse)
    }

    pub(super) fn check<'t>(&self, value: &'t Value, path: &str, faults: &mut Faults) -> Option<&'t str> {
        let Some(text) = value.as_str() else {
            faults.note(path, Rule::IsString, "must be a string");
            return None;
        };
        let unprintable = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        if self.single_line && text.contains(unprintable) {
            faults.note(path, Rule::Invalid, "must be one line without control characters");
            return None;
        }
        let chars = text.chars().count();
        if chars < self.min {
            let reason = format!("must have at least {}", plural(self.min, "character"));
            faults.note(path, Rule::MinLength { minimum: bound(self.min) }, reason);
            return None;
        }
        if let Some(max) = self.max.filter(|max| chars > *max) {
            let reason = format!("must have at most {}", plural(max, "character"));
            faults.note(path, Rule::MaxLength { maximum: bound(max) }, reason);
            return None;
        }
        if let Some((pattern, _)) = self.pattern.filter(|(_, test)| !test(text)) {
            faults.note(path, Rule::MatchesRegex, format!("must match {pattern}"));
            return None;
        }
        Some(text)
    }
}

impl Kind for Text {
    type Value = String;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<String> {
        self.check(value, path, faults).map(str::to_owned)
    }
}

/// See [`Text::parse_with`].
#[derive(Debug)]
pub struct Parsed<F>(Text, F);

impl<T, E: Display, F: Fn(&str) -> Result<T, E>> Kind for Parsed<F> {
    type Value = T;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<T> {
        let text = self.0.check(value, path, faults)?;
        accept((self.1)(text), path, faults)
    }
}

/// `1 item`, `2 items`.
pub(super) fn plural(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
