//! Event patterns, as EventBridge's rules have them: which events they match. What this cannot read it refuses, since a pattern that is
//! understood half matches the wrong events.

use serde_json::{Map, Value};

/// A pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Vec<(String, Node)>);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// What lies in the member.
    Inner(Pattern),
    /// Any of these holds of the member.
    Any(Vec<Matcher>),
}

#[derive(Clone, Debug, PartialEq)]
enum Matcher {
    Is(Value),
    Prefix(String),
    AnythingBut(Vec<Value>),
    AnythingButPrefix(String),
    Exists(bool),
}

/// A pattern that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pattern is not understood at {path}: {reason}")]
pub struct NotUnderstood {
    path: String,
    reason: &'static str,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`NotUnderstood`] names the place.
    pub fn read(pattern: &Value) -> Result<Self, NotUnderstood> {
        object(pattern, "the top")
    }

    /// Whether an event matches.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        self.0.iter().all(|(name, node)| node.matches(event.get(name)))
    }
}

impl Node {
    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Inner(pattern) => match value {
                Some(Value::Array(values)) => values.iter().any(|value| pattern.matches(value)),
                value => pattern.matches(value.unwrap_or(&Value::Object(Map::new()))),
            },
            Self::Any(matchers) => matchers.iter().any(|matcher| matcher.matches(value)),
        }
    }
}

impl Matcher {
    fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Exists(wanted), value) => value.is_some_and(|value| !value.is_object()) == *wanted,
            (_, None) => false,
            // Of a list, one element is enough.
            (_, Some(Value::Array(values))) => values.iter().any(|value| self.matches_one(value)),
            (_, Some(value)) => self.matches_one(value),
        }
    }

    fn matches_one(&self, value: &Value) -> bool {
        let begins = |prefix: &str| value.as_str().is_some_and(|text| text.starts_with(prefix));
        match self {
            Self::Is(wanted) => same(wanted, value),
            Self::Prefix(prefix) => begins(prefix),
            Self::AnythingBut(unwanted) => !unwanted.iter().any(|unwanted| same(unwanted, value)),
            Self::AnythingButPrefix(prefix) => !begins(prefix),
            Self::Exists(wanted) => *wanted,
        }
    }
}

/// Numbers are compared by value, `300` and `300.0` alike.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
        _ => one == other,
    }
}

fn object(value: &Value, path: &str) -> Result<Pattern, NotUnderstood> {
    let members = value.as_object().filter(|members| !members.is_empty());
    let members = members.ok_or_else(|| no(path, "an object with members is wanted"))?;
    let node = |(name, value): (&String, &Value)| {
        let path = format!("{path}.{name}");
        if name.starts_with('$') {
            return Err(no(&path, "this keyword is not known here"));
        }
        let node = match value {
            Value::Array(matchers) if !matchers.is_empty() => {
                Node::Any(matchers.iter().map(|one| matcher(one, &path)).collect::<Result<_, _>>()?)
            }
            Value::Object(_) => Node::Inner(object(value, &path)?),
            _ => return Err(no(&path, "a list or an object is wanted")),
        };
        Ok((name.clone(), node))
    };
    Ok(Pattern(members.iter().map(node).collect::<Result<_, _>>()?))
}

fn matcher(value: &Value, path: &str) -> Result<Matcher, NotUnderstood> {
    let keyword = match value {
        Value::Object(keyword) => keyword,
        Value::Array(_) => return Err(no(path, "a list in a list is not known")),
        value => return Ok(Matcher::Is(value.clone())),
    };
    let mut members = keyword.iter();
    let (Some((name, wanted)), None) = (members.next(), members.next()) else {
        return Err(no(path, "one keyword is wanted"));
    };
    match (name.as_str(), wanted) {
        ("prefix", Value::String(prefix)) => Ok(Matcher::Prefix(prefix.clone())),
        ("exists", Value::Bool(exists)) => Ok(Matcher::Exists(*exists)),
        ("anything-but", Value::Array(values)) if values.iter().all(|value| !value.is_array() && !value.is_object()) => {
            Ok(Matcher::AnythingBut(values.clone()))
        }
        ("anything-but", Value::Object(inner)) => match (inner.get("prefix"), inner.len()) {
            (Some(Value::String(prefix)), 1) => Ok(Matcher::AnythingButPrefix(prefix.clone())),
            _ => Err(no(path, "anything-but takes values or a prefix here")),
        },
        ("anything-but", value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
            Ok(Matcher::AnythingBut(vec![value.clone()]))
        }
        _ => Err(no(path, "this keyword, or what it is given, is not known here")),
    }
}

fn no(path: &str, reason: &'static str) -> NotUnderstood {
    NotUnderstood { path: path.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(pattern: Value, matched: &[Value], unmatched: &[Value]) {
        let pattern = Pattern::read(&pattern).unwrap();
        for event in matched {
            assert!(pattern.matches(event), "{event}");
        }
        for event in unmatched {
            assert!(!pattern.matches(event), "{event}");
        }
    }

    #[test]
    fn every_member_must_match_one_of_its_values_exactly() {
        check(
            json!({ "source": ["portico", "portico.mail"], "detail": { "n": [300], "ok": [true, null] } }),
            &[
                json!({ "source": "portico", "detail": { "n": 300, "ok": true }, "more": 1 }),
                json!({ "source": "portico.mail", "detail": { "n": 300.0, "ok": null } }),
                json!({ "source": ["other", "portico"], "detail": [{ "n": 1 }, { "n": 300, "ok": true }] }),
            ],
            &[
                json!({ "source": "portico.other", "detail": { "n": 300, "ok": true } }),
                json!({ "source": "portico", "detail": { "n": 301, "ok": true } }),
                json!({ "source": "portico", "detail": { "n": "300", "ok": true } }),
                json!({ "source": "portico", "detail": { "n": 300 } }),
                json!({ "source": "portico", "detail": "none" }),
                json!({ "source": "portico" }),
            ],
        );
    }

    #[test]
    fn prefix_anything_but_and_exists_match_as_in_eventbridge() {
        check(
            json!({ "a": [{ "prefix": "po" }] }),
            &[json!({ "a": "portico" })],
            &[json!({ "a": "opo" }), json!({ "a": 1 }), json!({})],
        );
        check(
            json!({ "a": [{ "anything-but": ["x", 1] }] }),
            &[json!({ "a": "y" }), json!({ "a": 2 })],
            &[json!({ "a": "x" }), json!({ "a": 1 }), json!({})],
        );
        check(json!({ "a": [{ "anything-but": "x" }] }), &[json!({ "a": "xx" })], &[json!({ "a": "x" })]);
        let but_prefix = json!({ "a": [{ "anything-but": { "prefix": "portico" } }] });
        check(but_prefix, &[json!({ "a": "bot" })], &[json!({ "a": "portico.mail" }), json!({})]);
        check(json!({ "d": { "a": [{ "exists": true }] } }), &[json!({ "d": { "a": null } })], &[json!({ "d": {} }), json!({})]);
        check(json!({ "d": { "a": [{ "exists": false }] } }), &[json!({ "d": {} }), json!({})], &[json!({ "d": { "a": 1 } })]);
        check(json!({ "a": ["x", { "prefix": "y" }] }), &[json!({ "a": "x" }), json!({ "a": "yes" })], &[json!({ "a": "xyes" })]);
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_place() {
        for (pattern, place) in [
            (json!({ "a": [{ "numeric": [">", 1] }] }), "a"),
            (json!({ "a": [{ "cidr": "10.0.0.0/8" }] }), "a"),
            (json!({ "a": { "b": [{ "prefix": 1 }] } }), "a.b"),
            (json!({ "a": [{ "prefix": "x", "exists": true }] }), "a"),
            (json!({ "a": [{ "anything-but": { "suffix": "x" } }] }), "a"),
            (json!({ "$or": [{ "a": [1] }] }), "$or"),
            (json!({ "a": "x" }), "a"),
            (json!({ "a": [] }), "a"),
            (json!({ "a": [["x"]] }), "a"),
            (json!({}), "the top"),
            (json!([]), "the top"),
        ] {
            let said = Pattern::read(&pattern).unwrap_err().to_string();
            assert!(said.contains(place), "{pattern}: {said}");
        }
    }
}
