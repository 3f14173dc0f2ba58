//! Reads the members of a JSON object, collects every fault, and refuses members that nobody asked for.
//!
//! ```ignore
//! let mut body = Fields::of(&json);
//! let name = body.required("name", text().single_line().chars(1..=255).parse_with(AppName::parse));
//! let description = body.nullable("description", text().max(255));
//! let (name, description) = body.finish((name, description))?;
//! ```
//! A reader yields [`Read`]: the value, or nothing because a fault was noted. [`Fields::finish`] opens all of them at
//! once, so that a handler cannot go on with half a request.

pub mod kinds;
pub mod maps;
mod nested;
pub mod openid;
mod text;

use crate::invalid::{Invalid, InvalidParameter, MAX_REPORTED, Rule, shown};
use serde_json::{Map, Value};

/// How a JSON value becomes a Rust one.
pub trait Kind {
    /// What it becomes.
    type Value;

    /// Reads `value`, which stands at `path`; notes at least one fault if it returns nothing.
    fn read(&self, value: &Value, path: &str, faults: &mut Faults) -> Option<Self::Value>;

    /// Turns the value into another that always exists.
    fn map<T, F: Fn(Self::Value) -> T>(self, turn: F) -> kinds::Mapped<Self, F>
    where
        Self: Sized,
    {
        kinds::Mapped(self, turn)
    }

    /// Turns the value into a domain type, which may refuse it with a reason that is safe to show.
    fn try_map<T, E: std::fmt::Display, F: Fn(Self::Value) -> Result<T, E>>(self, turn: F) -> kinds::TryMapped<Self, F>
    where
        Self: Sized,
    {
        kinds::TryMapped(self, turn)
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults(Vec<InvalidParameter>);

impl Faults {
    /// Notes a fault; beyond [`MAX_REPORTED`] they are only known to exist.
    pub fn note(&mut self, path: &str, rule: Rule, reason: impl Into<String>) {
        if self.0.len() < MAX_REPORTED {
            self.0.push(InvalidParameter::body(path, rule, reason));
        }
    }
}

/// What a reader found: the value, or nothing because a fault was noted.
#[derive(Debug)]
#[must_use = "give it to `finish`, which tells whether it is there"]
pub struct Read<T>(Option<T>);

impl<T> Read<T> {
    /// A value that the body does not say, among those that it does.
    pub const fn of(value: T) -> Self {
        Self(Some(value))
    }

    /// The value, for rules between fields.
    pub fn as_ref(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// Turns the value into another.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Read<U> {
        Read(self.0.map(turn))
    }
}

impl<T> Read<Option<T>> {
    /// What an optional field is when it is left out.
    pub fn or(self, default: T) -> Read<T> {
        self.map(|value| value.unwrap_or(default))
    }
}

impl<T> Read<Option<Option<T>>> {
    /// For routes where leaving a field out and sending `null` are the same.
    pub fn null_is_absent(self) -> Read<Option<T>> {
        self.map(Option::flatten)
    }
}

/// One or several [`Read`]s that are opened together.
pub trait Outcome {
    /// The values.
    type Value;
    /// All the values, or nothing if one is missing.
    fn open(self) -> Option<Self::Value>;
}

impl<T> Outcome for Read<T> {
    type Value = T;
    fn open(self) -> Option<T> {
        self.0
    }
}

impl Outcome for () {
    type Value = ();
    fn open(self) -> Option<()> {
        Some(())
    }
}

macro_rules! outcome_of_tuples {
    ($(($($name:ident)+))+) => {$(
        impl<$($name: Outcome),+> Outcome for ($($name,)+) {
            type Value = ($($name::Value,)+);
            #[allow(non_snake_case, reason = "the type parameters name the elements, too")]
            fn open(self) -> Option<Self::Value> {
                let ($($name,)+) = self;
                Some(($($name.open()?,)+))
            }
        }
    )+};
}
outcome_of_tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
    (A B C D E F G H I) (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}

/// The members of one object.
#[derive(Debug)]
pub struct Fields<'v> {
    /// Nothing if the value is no object: that one fault says it all.
    members: Option<&'v Map<String, Value>>,
    path: String,
    known: Vec<&'static str>,
    open: bool,
    faults: Faults,
}

impl<'v> Fields<'v> {
    /// The members of a whole body.
    pub fn of(body: &'v Value) -> Self {
        Self::at(body, String::new())
    }

    pub(crate) fn at(value: &'v Value, path: String) -> Self {
        let mut faults = Faults::default();
        if !value.is_object() {
            let field = if path.is_empty() { "body" } else { &path };
            faults.note(field, Rule::IsObject, "must be an object");
        }
        Self { members: value.as_object(), path, known: Vec::new(), open: false, faults }
    }

    /// A member that must be there and must not be `null` (unless `kind` reads `null`).
    pub fn required<K: Kind>(&mut self, name: &'static str, kind: K) -> Read<K::Value> {
        match self.member(name) {
            Some(value) => Read(self.read(name, value, &kind)),
            None => {
                if self.members.is_some() {
                    self.refuse(name, Rule::Required, "is required");
                }
                Read(None)
            }
        }
    }

    /// A member that may be left out, but must not be `null`.
    pub fn optional<K: Kind>(&mut self, name: &'static str, kind: K) -> Read<Option<K::Value>> {
        match self.member(name) {
            Some(value) => Read(self.read(name, value, &kind).map(Some)),
            None => Read(Some(None)),
        }
    }

    /// A member that may be left out (`None`), `null` (`Some(None)`) or there (`Some(Some(value))`).
    pub fn nullable<K: Kind>(&mut self, name: &'static str, kind: K) -> Read<Option<Option<K::Value>>> {
        match self.member(name) {
            Some(Value::Null) => Read(Some(Some(None))),
            Some(value) => Read(self.read(name, value, &kind).map(|value| Some(Some(value)))),
            None => Read(Some(None)),
        }
    }

    /// Members that only the server sets: the contract lists them, so they are accepted, and they change nothing.
    pub fn read_only(&mut self, names: &[&'static str]) {
        self.known.extend_from_slice(names);
    }

    /// Lets other members pass: for the few objects of the contract that are not `closed`.
    pub fn open(&mut self) {
        self.open = true;
    }

    /// Whether the member was sent, `null` included. It does not count as asked for.
    pub fn has(&self, name: &str) -> bool {
        self.members.is_some_and(|members| members.contains_key(name))
    }

    /// Notes a fault of a member, for rules between fields.
    pub fn refuse(&mut self, name: &str, rule: Rule, reason: impl Into<String>) {
        let path = join(&self.path, name);
        self.faults.note(&path, rule, reason);
    }

    /// The values, if nothing at all is wrong.
    ///
    /// # Errors
    /// Every fault of the object and of what lies in it.
    pub fn finish<O: Outcome>(mut self, outcome: O) -> Result<O::Value, Invalid> {
        self.refuse_unknown();
        Invalid::any(self.faults.0)?;
        outcome.open().ok_or_else(|| {
            // Only a `Kind` that returns nothing without a reason leads here.
            InvalidParameter::body("body", Rule::Invalid, "cannot be read").into()
        })
    }

    pub(crate) fn finish_into<O: Outcome>(mut self, outcome: O, faults: &mut Faults) -> Option<O::Value> {
        self.refuse_unknown();
        let whole = self.faults.0.is_empty();
        for fault in self.faults.0 {
            faults.note(&fault.field, fault.rule, fault.reason);
        }
        outcome.open().filter(|_| whole)
    }

    fn member(&mut self, name: &'static str) -> Option<&'v Value> {
        self.known.push(name);
        self.members.and_then(|members| members.get(name))
    }

    fn read<K: Kind>(&mut self, name: &str, value: &Value, kind: &K) -> Option<K::Value> {
        kind.read(value, &join(&self.path, name), &mut self.faults)
    }

    fn refuse_unknown(&mut self) {
        let Some(members) = self.members.filter(|_| !self.open) else {
            return;
        };
        for key in members.keys() {
            if !self.known.contains(&key.as_str()) {
                let path = join(&self.path, &shown(key));
                self.faults.note(&path, Rule::UnknownProperty, "is not a known property");
            }
        }
    }
}

pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests;
