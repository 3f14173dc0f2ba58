//! Local references (`$ref: "#/…"`): where they lead, and which lead nowhere.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::Messages;

/// Members whose value is data and not part of the document: a `$ref` in there is only text.
const DATA: [&str; 5] = ["example", "default", "enum", "const", "value"];

/// A reference may be followed from many places, so that a long one costs its length many times.
const MAX_REFERENCE_BYTES: usize = 1_000;

/// Reports every local reference that leads nowhere.
pub(super) fn check(root: &Value, messages: &mut Messages) {
    let mut waiting = vec![root];
    while let Some(value) = waiting.pop() {
        if messages.is_full() {
            return;
        }
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => {
                if let Some(reference) = reference(members)
                    && is_pointer(reference)
                    && resolve(root, reference).is_none()
                {
                    messages.add(format!("The reference \"{reference}\" leads nowhere."));
                }
                waiting.extend(members.iter().filter(|(name, _)| !DATA.contains(&name.as_str())).map(|(_, value)| value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The object itself, or what it refers to within the document; at most eight steps, so that circles end.
pub(super) fn follow<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut at = value;
    for _ in 0..8 {
        match at.as_object().and_then(reference).and_then(|reference| resolve(root, reference)) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

fn reference(members: &Map<String, Value>) -> Option<&str> {
    members.get("$ref").and_then(Value::as_str)
}

/// `#` and `#/…` are pointers into this document; `#name` is an anchor and the rest lies elsewhere.
fn is_pointer(reference: &str) -> bool {
    reference == "#" || reference.starts_with("#/")
}

fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    if reference.len() > MAX_REFERENCE_BYTES {
        return None;
    }
    root.pointer(&percent_decoded(reference.strip_prefix('#')?))
}

/// A fragment of a URI may be percent-encoded (RFC 6901, 6).
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}
