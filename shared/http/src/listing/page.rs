//! Which part of a list is asked for, and the page that answers.

use crate::invalid::{InvalidParameter, Rule};
use crate::query::Query;
use serde::ser::{Serialize, SerializeStruct, Serializer};

const SIZE: &str = "page[size]";
const DEFAULT_SIZE: usize = 10;
const MAX_SIZE: usize = 100;

/// The page that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) number: usize,
    pub(super) size: usize,
}

impl Window {
    /// No list is so long; beyond it offsets would only overflow.
    const MAX_NUMBER: usize = 1_000_000_000;

    pub(super) fn parse(query: &Query, faults: &mut Vec<InvalidParameter>) -> Self {
        let mut read = |name, default, max| {
            bounded(query, name, default, max).unwrap_or_else(|fault| {
                faults.push(fault);
                default
            })
        };
        Self { number: read("page[number]", 1, Self::MAX_NUMBER), size: read(SIZE, DEFAULT_SIZE, MAX_SIZE) }
    }

    pub(super) fn offset(self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }
}

/// How many items a page is to have, for what is paged in another way than by numbers.
///
/// # Errors
/// What is wrong with `page[size]`.
pub fn page_size(query: &Query) -> Result<usize, InvalidParameter> {
    bounded(query, SIZE, DEFAULT_SIZE, MAX_SIZE)
}

fn bounded(query: &Query, name: &str, default: usize, max: usize) -> Result<usize, InvalidParameter> {
    let Some(sent) = query.get(name)? else {
        return Ok(default);
    };
    let digits = sent.strip_prefix('-').unwrap_or(sent);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidParameter::query(name, Rule::IsInteger, "must be an integer"));
    }
    // All digits: what does not fit is too large, or negative and too small.
    let number = match digits.len() < sent.len() {
        true => 0,
        false => sent.parse().unwrap_or(usize::MAX),
    };
    if number < 1 {
        return Err(InvalidParameter::query(name, Rule::Min { minimum: 1 }, "must be at least 1"));
    }
    if number > max {
        let rule = Rule::Max { maximum: i64::try_from(max).unwrap_or(i64::MAX) };
        return Err(InvalidParameter::query(name, rule, format!("must be at most {max}")));
    }
    Ok(number)
}

/// One page of a list; serialises as `{"meta": {"page": {"number", "size", "total"}}, "data": […]}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page.
    pub data: Vec<T>,
    /// The page's number, from 1.
    pub number: usize,
    /// How many items a page has at most.
    pub size: usize,
    /// How many items all pages have together: exactly, unless there is a rest.
    pub total: usize,
    /// Where a list goes on that was too long to count: then `total` is what was counted.
    pub rest: Option<String>,
}

impl<T> Page<T> {
    /// The same page of other items: entities become views.
    pub fn map<U>(self, mut turn: impl FnMut(T) -> U) -> Page<U> {
        self.filter_map(|item| Some(turn(item)))
    }

    /// The same page of other items, without those that turned out to be gone since they were counted.
    pub fn filter_map<U>(self, turn: impl FnMut(T) -> Option<U>) -> Page<U> {
        Page {
            data: self.data.into_iter().filter_map(turn).collect(),
            number: self.number,
            size: self.size,
            total: self.total,
            rest: self.rest,
        }
    }
}

#[derive(serde::Serialize)]
struct Meta<'a> {
    page: Numbers<'a>,
}

#[derive(serde::Serialize)]
struct Numbers<'a> {
    number: usize,
    size: usize,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_is_at_least: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let next = self.rest.as_deref();
        let page =
            Numbers { number: self.number, size: self.size, total: self.total, total_is_at_least: next.map(|_| true), next };
        let mut wire = serializer.serialize_struct("Page", 2)?;
        wire.serialize_field("meta", &Meta { page })?;
        wire.serialize_field("data", &self.data)?;
        wire.end()
    }
}
