//! The kinds of values that request bodies hold: truth values, numbers, ids, dates, words and addresses; text, lists and
//! inner objects are named here, too.

pub use super::nested::{List, Object, list, object};
pub use super::text::{Parsed, Text, text};

use super::{Faults, Kind};
use crate::invalid::Rule;
use portico_domain::time::Timestamp;
use serde_json::Value;
use std::fmt::Display;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// `true` or `false`.
pub fn boolean() -> Boolean {
    Boolean
}

/// A whole number in a range.
pub fn integer(range: RangeInclusive<i64>) -> Integer {
    Integer(range)
}

/// A UUID in its hyphenated form.
pub fn uuid() -> UuidKind {
    UuidKind
}

/// A moment (RFC 3339).
pub fn date_time() -> DateTime {
    DateTime
}

/// One of a closed set of words, each with what it means.
pub fn one_of<T: Clone>(choices: &'static [(&'static str, T)]) -> OneOf<T> {
    OneOf(choices)
}

/// An absolute URI of any scheme, at most 2048 characters, as it was sent.
pub fn uri() -> Address {
    Address { web: false, max: 2048 }
}

/// An absolute `http` or `https` URL, at most `max` characters, as it was sent.
pub fn web_url(max: usize) -> Address {
    Address { web: true, max }
}

/// Any JSON at all, for members whose shape depends on another member.
pub fn any() -> Any {
    Any
}

/// A UUID in its hyphenated form, and in no other that the `uuid` crate would read.
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// See [`Kind::map`].
#[derive(Debug)]
pub struct Mapped<K, F>(pub(super) K, pub(super) F);

impl<K: Kind, T, F: Fn(K::Value) -> T> Kind for Mapped<K, F> {
    type Value = T;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<T> {
        self.0.read(value, path, faults).map(&self.1)
    }
}

/// See [`Kind::try_map`].
#[derive(Debug)]
pub struct TryMapped<K, F>(pub(super) K, pub(super) F);

impl<K: Kind, T, E: Display, F: Fn(K::Value) -> Result<T, E>> Kind for TryMapped<K, F> {
    type Value = T;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<T> {
        let read = self.0.read(value, path, faults)?;
        accept((self.1)(read), path, faults)
    }
}

/// See [`boolean`].
#[derive(Clone, Copy, Debug)]
pub struct Boolean;

impl Kind for Boolean {
    type Value = bool;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<bool> {
        noted(value.as_bool(), path, faults, Rule::IsBoolean, "must be true or false")
    }
}

/// See [`integer`].
#[derive(Clone, Debug)]
pub struct Integer(RangeInclusive<i64>);

impl Kind for Integer {
    type Value = i64;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<i64> {
        let (min, max) = (*self.0.start(), *self.0.end());
        // Beyond i64 it is still an integer, and the range is what it breaks.
        let number = value.as_i64().or_else(|| value.as_u64().map(|_| i64::MAX));
        let number = noted(number, path, faults, Rule::IsInteger, "must be an integer")?;
        if number < min {
            faults.note(path, Rule::Min { minimum: min }, format!("must be at least {min}"));
        } else if number > max || value.as_i64().is_none() {
            faults.note(path, Rule::Max { maximum: max }, format!("must be at most {max}"));
        } else {
            return Some(number);
        }
        None
    }
}

/// See [`uuid()`].
#[derive(Clone, Copy, Debug)]
pub struct UuidKind;

impl Kind for UuidKind {
    type Value = Uuid;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<Uuid> {
        let id = value.as_str().and_then(parse_uuid);
        noted(id, path, faults, Rule::IsUuid, "must be a UUID")
    }
}

/// See [`date_time`].
#[derive(Clone, Copy, Debug)]
pub struct DateTime;

impl Kind for DateTime {
    type Value = Timestamp;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<Timestamp> {
        let moment = value.as_str().and_then(|text| Timestamp::parse_rfc3339(text).ok());
        noted(moment, path, faults, Rule::IsDateTime, "must be a date and time (RFC 3339)")
    }
}

/// See [`one_of`].
#[derive(Debug)]
pub struct OneOf<T: 'static>(&'static [(&'static str, T)]);

impl<T: Clone> Kind for OneOf<T> {
    type Value = T;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<T> {
        let word = text().check(value, path, faults)?;
        let found = self.0.iter().find(|(choice, _)| *choice == word);
        if let Some((_, meaning)) = found {
            return Some(meaning.clone());
        }
        let choices: Vec<String> = self.0.iter().map(|(choice, _)| (*choice).to_owned()).collect();
        let reason = format!("must be one of {}", choices.join(", "));
        faults.note(path, Rule::Enum { choices }, reason);
        None
    }
}

/// See [`uri`] and [`web_url`].
#[derive(Clone, Copy, Debug)]
pub struct Address {
    web: bool,
    max: usize,
}

impl Kind for Address {
    type Value = String;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<String> {
        let sent = text().single_line().max(self.max).check(value, path, faults)?;
        // The parser forgives blanks that a browser would drop; what is stored must be what was checked.
        let parsed = url::Url::parse(sent).ok().filter(|_| !sent.contains(char::is_whitespace));
        let web = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        let (good, reason) = match self.web {
            true => (parsed.as_ref().is_some_and(web), "must be an http or https URL"),
            false => (parsed.is_some(), "must be an absolute URI"),
        };
        noted(good.then(|| sent.to_owned()), path, faults, Rule::Invalid, reason)
    }
}

/// See [`any`].
#[derive(Clone, Copy, Debug)]
pub struct Any;

impl Kind for Any {
    type Value = Value;
    fn read(&self, value: &Value, _path: &str, _faults: &mut Faults) -> Option<Value> {
        Some(value.clone())
    }
}

pub(super) fn noted<T>(value: Option<T>, path: &str, faults: &mut Faults, rule: Rule, reason: &str) -> Option<T> {
    if value.is_none() {
        faults.note(path, rule, reason);
    }
    value
}

pub(super) fn accept<T, E: Display>(parsed: Result<T, E>, path: &str, faults: &mut Faults) -> Option<T> {
    parsed.map_err(|error| faults.note(path, Rule::Invalid, error.to_string())).ok()
}

pub(super) fn bound(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
