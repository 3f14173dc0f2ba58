//! Lists and inner objects.

use super::kinds::{bound, noted};
use super::text::plural;
use super::{Faults, Fields, Kind, Outcome, join};
use crate::invalid::Rule;
use serde_json::Value;
use std::collections::HashSet;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

/// An array whose items are all of one kind.
pub fn list<K: Kind>(item: K) -> List<K> {
    List { item, items: 0..=usize::MAX, unique: false }
}

/// An inner object, closed like the outer one.
pub fn object<O: Outcome, F: Fn(&mut Fields<'_>) -> O>(read: F) -> Object<F, O> {
    Object(read, PhantomData)
}

/// See [`list`].
#[derive(Clone, Debug)]
pub struct List<K> {
    item: K,
    items: RangeInclusive<usize>,
    unique: bool,
}

impl<K> List<K> {
    /// How many items it has.
    #[must_use]
    pub fn items(self, items: RangeInclusive<usize>) -> Self {
        Self { items, ..self }
    }

    /// No item twice.
    #[must_use]
    pub fn unique(self) -> Self {
        Self { unique: true, ..self }
    }
}

impl<K: Kind> Kind for List<K> {
    type Value = Vec<K::Value>;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<Self::Value> {
        let sent = noted(value.as_array(), path, faults, Rule::IsArray, "must be an array")?;
        let (min, max) = (*self.items.start(), *self.items.end());
        if sent.len() < min {
            let reason = format!("must have at least {}", plural(min, "item"));
            faults.note(path, Rule::MinItems { minimum: bound(min) }, reason);
            return None;
        }
        if sent.len() > max {
            let reason = format!("must have at most {}", plural(max, "item"));
            faults.note(path, Rule::MaxItems { maximum: bound(max) }, reason);
            return None;
        }
        if self.unique {
            let different: HashSet<String> = sent.iter().map(Value::to_string).collect();
            if different.len() < sent.len() {
                faults.note(path, Rule::Invalid, "must not have the same item twice");
                return None;
            }
        }
        let mut read = Vec::with_capacity(sent.len());
        for (place, item) in sent.iter().enumerate() {
            read.extend(self.item.read(item, &join(path, &place.to_string()), faults));
        }
        (read.len() == sent.len()).then_some(read)
    }
}

/// See [`object`].
pub struct Object<F, O>(F, PhantomData<fn() -> O>);

impl<O: Outcome, F: Fn(&mut Fields<'_>) -> O> Kind for Object<F, O> {
    type Value = O::Value;
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<O::Value> {
        let mut fields = Fields::at(value, path.to_owned());
        let outcome = (self.0)(&mut fields);
        fields.finish_into(outcome, faults)
    }
}
