//! JSON or YAML text as one tree, with bounds on depth, size and expansion.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{MAX_BYTES, Media, Messages};

/// Bounds the stack: the YAML reader needs some 20 kB of it for each level in a debug build, and a thread of a test has 2 MB.
const MAX_DEPTH: usize = 48;
/// Bounds the memory of the tree: some hundred bytes each.
const MAX_VALUES: usize = 400_000;
/// Bytes of all texts after expansion: aliases may repeat, but not multiply.
const MAX_TEXT_BYTES: usize = 4 * MAX_BYTES;

/// Reads the tree, or nothing (`null`) with a message.
pub(super) fn read(bytes: &[u8], messages: &mut Messages) -> (Media, Value) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        messages.add("The document is not UTF-8 text.");
        return (Media::Yaml, Value::Null);
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    let (media, tree) = if looks_like_json { json_or_flow_yaml(text) } else { (Media::Yaml, yaml(text)) };
    match tree {
        Ok((root, repeated)) => {
            for key in repeated {
                messages.add(format!("The member \"{key}\" occurs more than once in the same object; the last one counts."));
            }
            if !root.is_object() {
                messages.add("The document is not an object with members such as \"openapi\" and \"info\".");
            }
            (media, root)
        }
        Err(reason) => {
            let language = match media {
                Media::Json => "JSON",
                Media::Yaml => "YAML",
            };
            messages.add(format!("The document cannot be read as {language}: {reason}."));
            (media, Value::Null)
        }
    }
}

type Tree = Result<(Value, Vec<String>), String>;

/// YAML's flow style looks like JSON: it is tried where JSON fails, and the reason given is that of JSON.
fn json_or_flow_yaml(text: &str) -> (Media, Tree) {
    match json(text) {
        Ok(tree) => (Media::Json, Ok(tree)),
        Err(reason) => match yaml(text) {
            Ok(tree) => (Media::Yaml, Ok(tree)),
            Err(_) => (Media::Json, Err(reason)),
        },
    }
}

fn json(text: &str) -> Tree {
    let state = State::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let root = Node { state: &state, depth: 0 }.deserialize(&mut deserializer).and_then(|root| deserializer.end().map(|()| root));
    root.map(|root| (root, state.repeated.take())).map_err(|error| error.to_string())
}

fn yaml(text: &str) -> Tree {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_VALUES,
            max_documents: 1,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_VALUES,
        },
        // The tree below sees repeated keys and reports them.
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: serde_saphyr::options::NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    };
    let state = State::default();
    let root = serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
        Node { state: &state, depth: 0 }.deserialize(deserializer)
    });
    root.map(|root| (root, state.repeated.take())).map_err(|error| yaml_reason(&error))
}

/// The reader's own words, save where they speak of its bookkeeping.
fn yaml_reason(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error::{AliasError, AliasReplayLimitExceeded, AliasReplayStackDepthExceeded, Budget};
    match error.without_snippet() {
        Budget { .. } | AliasReplayLimitExceeded { .. } | AliasReplayStackDepthExceeded { .. } => {
            "it has too many values, is nested too deep, or its aliases expand to too much".to_owned()
        }
        AliasError { error, .. } => yaml_reason(error),
        other => other.to_string().trim_end_matches('.').to_owned(),
    }
}

/// What is counted while a tree grows.
#[derive(Default)]
struct State {
    values: Cell<usize>,
    text_bytes: Cell<usize>,
    repeated: RefCell<Vec<String>>,
}

impl State {
    fn text<E: Error>(&self, text: String) -> Result<String, E> {
        self.text_bytes.set(self.text_bytes.get() + text.len());
        if self.text_bytes.get() > MAX_TEXT_BYTES { Err(E::custom("it expands to too much text")) } else { Ok(text) }
    }
}

/// One value of the tree.
#[derive(Clone, Copy)]
struct Node<'s> {
    state: &'s State,
    depth: usize,
}

impl Node<'_> {
    fn child<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format_args!("it is nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn count<E: Error>(self) -> Result<(), E> {
        self.state.values.set(self.state.values.get() + 1);
        if self.state.values.get() > MAX_VALUES { Err(E::custom("it has too many values")) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::String(value.to_string()))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        Ok(Value::String(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.state.text(value).map(Value::String)
    }

    fn visit_bytes<E: Error>(self, _value: &[u8]) -> Result<Value, E> {
        // Only YAML's !!binary comes here; nothing that is checked may be binary.
        Ok(Value::Null)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let child = self.child()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(child)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let child = self.child()?;
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let key = self.state.text(key)?;
            let value = map.next_value_seed(child)?;
            let mut repeated = self.state.repeated.borrow_mut();
            if members.contains_key(&key) && repeated.len() < Messages::MAX {
                repeated.push(key.clone());
            }
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}
