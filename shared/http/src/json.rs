//! The checked tree: JSON text to a value, refusing what two readers could understand in two ways.
//!
//! `serde_json` alone keeps the last of two equal keys and allows 128 levels. Here a repeated key is an error that names
//! its path, and nesting ends at [`MAX_DEPTH`].

use crate::invalid::shown;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// How many objects and arrays may lie inside one another.
pub const MAX_DEPTH: usize = 32;

/// Why a body is not JSON that we read. The message is safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Nothing was sent.
    #[error("the body is empty, but JSON is expected")]
    Empty,
    /// RFC 8259, section 8.1.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// The same key twice in one object.
    #[error("the body has the key `{path}` twice")]
    DuplicateKey {
        /// The dotted path of the key.
        path: String,
    },
    /// More than [`MAX_DEPTH`] levels.
    #[error("the body is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// Anything else, trailing text included.
    #[error("the body is not valid JSON (line {line}, column {column})")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1; 0 at the end of a line.
        column: usize,
    },
}

/// Reads one JSON value that fills the whole body.
///
/// # Errors
/// See [`JsonError`].
pub fn parse(body: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(body).map_err(|_| JsonError::NotUtf8)?;
    if text.trim().is_empty() {
        return Err(JsonError::Empty);
    }
    let mut refusal = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let tree = Tree { refusal: &mut refusal, depth: 0 };
    let read = tree.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match (read, refusal) {
        (Ok(value), _) => Ok(value),
        (Err(_), Some(Refusal::TooDeep)) => Err(JsonError::TooDeep),
        (Err(_), Some(Refusal::DuplicateKey { mut path })) => {
            path.reverse();
            Err(JsonError::DuplicateKey { path: path.join(".") })
        }
        (Err(cause), None) => Err(JsonError::Syntax { line: cause.line(), column: cause.column() }),
    }
}

/// serde's errors are text; the reason is kept beside them.
enum Refusal {
    TooDeep,
    /// Innermost key first: each level adds its own while the error travels up, so that good input pays nothing.
    DuplicateKey {
        path: Vec<String>,
    },
}

struct Tree<'r> {
    refusal: &'r mut Option<Refusal>,
    depth: usize,
}

impl Tree<'_> {
    fn inner(&mut self) -> Tree<'_> {
        Tree { refusal: self.refusal, depth: self.depth + 1 }
    }

    fn enter<E: serde::de::Error>(&mut self) -> Result<(), E> {
        if self.depth < MAX_DEPTH {
            return Ok(());
        }
        *self.refusal = Some(Refusal::TooDeep);
        Err(E::custom("too deep"))
    }

    fn passing(&mut self, step: impl FnOnce() -> String) {
        if let Some(Refusal::DuplicateKey { path }) = self.refusal {
            path.push(step());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut read = Vec::new();
        loop {
            match items.next_element_seed(self.inner()) {
                Ok(Some(item)) => read.push(item),
                Ok(None) => return Ok(Value::Array(read)),
                Err(error) => {
                    self.passing(|| read.len().to_string());
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut read = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if read.contains_key(&key) {
                *self.refusal = Some(Refusal::DuplicateKey { path: vec![shown(&key)] });
                return Err(A::Error::custom("duplicate key"));
            }
            match members.next_value_seed(self.inner()) {
                Ok(value) => read.insert(key, value),
                Err(error) => {
                    self.passing(|| shown(&key));
                    return Err(error);
                }
            };
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn ordinary_json_is_read_as_it_is() {
        let text = r#" {"name":"Wetter \u00fc","n":[1,-2,3.5,true,null,{}],"big":18446744073709551615} "#;
        assert_eq!(parse(text.as_bytes()), Ok(json!({"name": "Wetter ü", "n": [1, -2, 3.5, true, null, {}], "big": u64::MAX})));
    }

    #[test]
    fn a_repeated_key_is_refused_with_its_path() {
        let duplicate = |path: &str| Err(JsonError::DuplicateKey { path: path.into() });
        assert_eq!(parse(br#"{"a":1,"a":1}"#), duplicate("a"));
        assert_eq!(parse(br#"{"a":{"b":[0,{"c":1,"c":2}]}}"#), duplicate("a.b.1.c"));
        assert_eq!(parse(br#"{"a":1,"\u0061":2}"#), duplicate("a"));
        assert!(parse(br#"{"a":{"x":1},"b":{"x":1}}"#).is_ok());
    }

    #[test]
    fn thirty_two_levels_are_read_and_one_more_is_not() {
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(parse(nested(MAX_DEPTH + 1).as_bytes()), Err(JsonError::TooDeep));
        assert_eq!(parse("[".repeat(1_000_000).as_bytes()), Err(JsonError::TooDeep));
        assert_eq!(parse(r#"{"a":"#.repeat(1_000_000).as_bytes()), Err(JsonError::TooDeep));
    }

    #[test]
    fn only_one_value_in_utf8_is_read() {
        assert_eq!(parse(b""), Err(JsonError::Empty));
        assert_eq!(parse(b" \n"), Err(JsonError::Empty));
        assert_eq!(parse(b"\"\xff\""), Err(JsonError::NotUtf8));
        for text in [
            "{} {}",
            "{}x",
            "[1,]",
            "{\"a\":1,}",
            "nul",
            "NaN",
            "1e999",
            "'a'",
            "\"\\ud800\"",
            "\u{feff}{}",
            "// x\n{}",
            "\"a\nb\"",
            "01",
            "{a:1}",
        ] {
            assert!(matches!(parse(text.as_bytes()), Err(JsonError::Syntax { .. })), "{text}");
        }
    }

    #[test]
    fn a_fault_is_shown_by_place_and_never_by_content() {
        let error = parse(b"{\"password\": hunter2}").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert_eq!(error, JsonError::Syntax { line: 1, column: 14 });
    }

    #[test]
    fn the_private_keys_of_serde_json_are_ordinary_keys() {
        let text = br#"{"$serde_json::private::RawValue":"{\"a\":1}"}"#;
        assert!(parse(text).unwrap().is_object());
    }

    /// Xorshift: the same bytes in every run, so that a failure can be looked at.
    fn noise(seed: &mut u64) -> u64 {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        *seed
    }

    #[test]
    fn no_bytes_make_it_panic_and_what_it_reads_serde_json_reads_alike() {
        const ALPHABET: &[u8] = b"{}[]:,\"\\u0a1e-+. \nntruefalsl\xc3\xa9\xff";
        let mut seed = 0x9e37_79b9_7f4a_7c15;
        let mut accepted = 0;
        for round in 0..20_000 {
            let length = noise(&mut seed) % 24;
            let body: Vec<u8> = (0..length)
                .map(|_| match round % 2 {
                    0 => noise(&mut seed) as u8,
                    _ => ALPHABET[noise(&mut seed) as usize % ALPHABET.len()],
                })
                .collect();
            if let Ok(value) = parse(&body) {
                accepted += 1;
                assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), value);
            }
        }
        assert!(accepted > 10, "the noise must also hit valid JSON: {accepted}");
    }
}
