//! Maps whose keys the client chooses: labels and API attributes.

use super::kinds::{List, Text, bound, list, noted, text};
use super::{Faults, Kind, join};
use crate::invalid::{Rule, shown};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many labels, or attributes, one thing has.
pub const MAX_ENTRIES: usize = 50;
/// How many characters a label's key and value have, and an attribute's key.
pub const MAX_LABEL_CHARS: usize = 63;

/// Labels of a new thing.
pub fn labels() -> Entries<LabelValue> {
    Entries(LabelValue)
}

/// Changes of labels: `null` takes one away.
pub fn label_changes() -> Entries<OrNull<LabelValue>> {
    Entries(OrNull(LabelValue))
}

/// Attributes of an API, or changes of them: `null` takes one away.
pub fn attributes() -> Entries<OrNull<List<Text>>> {
    let value = text().chars(1..=512).matching("^[^,<>]*$", |text| !text.contains([',', '<', '>']));
    Entries(OrNull(list(value).items(1..=20)))
}

/// `^[a-z0-9A-Z]{1}([a-z0-9A-Z-._]*[a-z0-9A-Z]+)?$`, 1 to 63 characters: values of labels, and all keys.
pub fn is_label(text: &str) -> bool {
    let ends = [text.bytes().next(), text.bytes().last()];
    text.len() <= MAX_LABEL_CHARS
        && ends.iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// A map from label-like keys to values of one kind.
#[derive(Clone, Debug)]
pub struct Entries<K>(K);

impl<K: Kind> Kind for Entries<K> {
    type Value = BTreeMap<String, K::Value>;

    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<Self::Value> {
        let sent = noted(value.as_object(), path, faults, Rule::IsObject, "must be an object")?;
        if sent.len() > MAX_ENTRIES {
            let rule = Rule::MaxItems { maximum: bound(MAX_ENTRIES) };
            faults.note(path, rule, format!("must have at most {MAX_ENTRIES} entries"));
            return None;
        }
        let mut read = BTreeMap::new();
        for (key, value) in sent {
            let place = join(path, &shown(key));
            if !is_label(key) {
                let reason = "must have a key of 1 to 63 letters, digits, '-', '.' and '_'";
                faults.note(&place, Rule::IsLabel, reason);
            } else if let Some(value) = self.0.read(value, &place, faults) {
                read.insert(key.clone(), value);
            }
        }
        (read.len() == sent.len()).then_some(read)
    }
}

/// A value or `null`.
#[derive(Clone, Debug)]
pub struct OrNull<K>(K);

impl<K: Kind> Kind for OrNull<K> {
    type Value = Option<K::Value>;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<Self::Value> {
        match value {
            Value::Null => Some(None),
            value => self.0.read(value, path, faults).map(Some),
        }
    }
}

/// The value of a label.
#[derive(Clone, Copy, Debug)]
pub struct LabelValue;

impl Kind for LabelValue {
    type Value = String;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<String> {
        let sent = text().chars(1..=MAX_LABEL_CHARS).check(value, path, faults)?;
        let label = is_label(sent).then(|| sent.to_owned());
        let reason = "must be letters, digits, '-', '.' and '_', with a letter or digit at both ends";
        noted(label, path, faults, Rule::IsLabel, reason)
    }
}
