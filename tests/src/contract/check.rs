//! Holds a JSON value against a shape and says in sentences what is wrong.

use super::schema::{Bounds, Kind, Schema};
use reqwest::Url;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Who sends the value: what is write-only must never come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Response,
}

impl Schema {
    pub(super) fn check(&self, value: &Value, path: &str, direction: Direction, faults: &mut Vec<String>) {
        if value.is_null() && self.nullable {
            return;
        }
        if !self.kind.fits(value) {
            faults.push(format!("{path} should be {} and is {}", self.kind.name(), short(value)));
            return;
        }
        if let Some(choices) = self.choices.as_ref().filter(|choices| !choices.contains(value)) {
            faults.push(format!("{path} is {value}, which is none of {}", Value::from(choices.clone())));
        }
        match value {
            Value::String(text) => self.check_text(text, path, faults),
            Value::Number(number) => {
                let number = number.as_i64().unwrap_or(i64::MAX);
                self.range.check(number, &format!("{path} is"), faults);
            }
            Value::Array(items) => self.check_items(items, path, direction, faults),
            Value::Object(members) => self.check_members(members, path, direction, faults),
            Value::Null | Value::Bool(_) => {}
        }
        self.check_alternatives(value, path, direction, faults);
    }

    fn check_text(&self, text: &str, path: &str, faults: &mut Vec<String>) {
        let chars = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        self.length.check(chars, &format!("the length of {path} is"), faults);
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
            faults.push(format!("{path} is {text:?}, which does not match {pattern}"));
        }
        if let Some(format) =
            self.format.as_deref().filter(|format| !has_format(text, format) && !stands_for_every_api(text, path))
        {
            faults.push(format!("{path} is {text:?}, which is no {format}"));
        }
    }

    fn check_items(&self, items: &[Value], path: &str, direction: Direction, faults: &mut Vec<String>) {
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        self.count.check(count, &format!("the number of items of {path} is"), faults);
        let different: HashSet<String> = items.iter().map(Value::to_string).collect();
        if self.unique && different.len() < items.len() {
            faults.push(format!("{path} has an item twice"));
        }
        if let Some(schema) = &self.items {
            for (place, item) in items.iter().enumerate() {
                schema.check(item, &format!("{path}[{place}]"), direction, faults);
            }
        }
    }

    fn check_members(&self, sent: &Map<String, Value>, path: &str, direction: Direction, faults: &mut Vec<String>) {
        for member in self.members.iter().filter(|member| member.required && !sent.contains_key(&member.name)) {
            faults.push(format!("{path}.{} is missing", member.name));
        }
        for (name, value) in sent {
            let path = format!("{path}.{name}");
            let member = self.members.iter().find(|member| member.name == *name);
            match (member, &self.entries) {
                // Where the contract requires one in an answer all the same, it can only be null.
                (Some(member), _) if member.required && value.is_null() && member.schema.nullable => {}
                (Some(member), _) if member.schema.write_only && direction == Direction::Response => {
                    faults.push(format!("{path} is write-only"));
                }
                (Some(member), _) => member.schema.check(value, &path, direction, faults),
                (None, Some(entries)) => entries.check(value, &path, direction, faults),
                (None, None) if self.closed => faults.push(format!("{path} is not in the contract")),
                (None, None) => {}
            }
        }
    }

    fn check_alternatives(&self, value: &Value, path: &str, direction: Direction, faults: &mut Vec<String>) {
        let tried = self.alternatives.iter().map(|form| {
            let mut found = Vec::new();
            form.check(value, path, direction, &mut found);
            found
        });
        // The form with the fewest faults is most likely the one that was meant.
        if let Some((form, found)) = (1..).zip(tried).min_by_key(|(_, found)| found.len())
            && !found.is_empty()
        {
            faults.push(format!("{path} has none of the {} forms; the nearest is ({form}):", self.alternatives.len()));
            faults.extend(found);
        }
    }
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Array => value.is_array(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Array => "an array",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Object => "an object",
            Self::String => "a string",
        }
    }
}

impl Bounds {
    fn check(self, number: i64, subject: &str, faults: &mut Vec<String>) {
        if let Some(min) = self.min.filter(|min| number < *min) {
            faults.push(format!("{subject} {number}, less than {min}"));
        }
        if let Some(max) = self.max.filter(|max| number > *max) {
            faults.push(format!("{subject} {number}, more than {max}"));
        }
    }
}

/// Our own word for every API, where the contract has the id of one (docs/contract/README.md).
fn stands_for_every_api(text: &str, path: &str) -> bool {
    text == "*" && path.ends_with(".entity_id")
}

/// Formats that only describe (`password`, `binary`, `hostname`, `path`) fit everything.
fn has_format(text: &str, format: &str) -> bool {
    match format {
        "uuid" => is_uuid(text),
        "date-time" => is_utc_date_time(text),
        "email" => text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()),
        "uri" | "url" => Url::parse(text).is_ok(),
        _ => true,
    }
}

fn is_uuid(text: &str) -> bool {
    fits_mask(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

/// RFC 3339 in UTC, with or without a fraction.
fn is_utc_date_time(text: &str) -> bool {
    let Some((seconds, fraction)) = text.strip_suffix('Z').map(|text| text.split_once('.').unwrap_or((text, "0"))) else {
        return false;
    };
    fits_mask(seconds, "9999-99-99T99:99:99") && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// `x` stands for a hexadecimal digit in lower case, `9` for a digit.
fn fits_mask(text: &str, mask: &str) -> bool {
    text.len() == mask.len()
        && text.bytes().zip(mask.bytes()).all(|(byte, mask)| match mask {
            b'x' => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            b'9' => byte.is_ascii_digit(),
            _ => byte == mask,
        })
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(200).collect()
}
