//! Conditions and updates, written without placeholders: names and values are numbered when the expression is built.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use crate::item::attribute;
use crate::{Key, StoreError};

/// The place of an attribute: its name, or the names on the way to it in nested maps.
#[derive(Clone, Debug)]
pub struct Path(Vec<String>);

impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }
}

impl<const N: usize> From<[&str; N]> for Path {
    fn from(names: [&str; N]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }
}

/// What must hold of an item for a write to happen.
#[derive(Clone, Debug)]
pub enum Condition {
    /// The item is there.
    Exists,
    /// The item is not there.
    Missing,
    /// An attribute is there.
    Has(Path),
    /// An attribute is not there.
    HasNot(Path),
    /// An attribute has a value.
    Is(Path, Result<AttributeValue, String>),
    /// A number is less than a value.
    Less(Path, Result<AttributeValue, String>),
    /// A map or a list has fewer members than a value; false where there is none.
    Fewer(Path, Result<AttributeValue, String>),
    /// All of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
}

impl Condition {
    /// An attribute is there.
    pub fn has(path: impl Into<Path>) -> Self {
        Self::Has(path.into())
    }

    /// An attribute is not there.
    pub fn has_not(path: impl Into<Path>) -> Self {
        Self::HasNot(path.into())
    }

    /// An attribute equals a value.
    pub fn is(path: impl Into<Path>, value: &(impl Serialize + ?Sized)) -> Self {
        Self::Is(path.into(), attribute(value).map_err(|error| error.to_string()))
    }

    /// A number is less than a value.
    pub fn less(path: impl Into<Path>, value: &(impl Serialize + ?Sized)) -> Self {
        Self::Less(path.into(), attribute(value).map_err(|error| error.to_string()))
    }

    /// A map or a list is there and has fewer members than this.
    pub fn fewer(path: impl Into<Path>, than: u32) -> Self {
        Self::Fewer(path.into(), attribute(&than).map_err(|error| error.to_string()))
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut all) => {
                all.push(other);
                Self::All(all)
            }
            one => Self::All(vec![one, other]),
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Any(mut any) => {
                any.push(other);
                Self::Any(any)
            }
            one => Self::Any(vec![one, other]),
        }
    }

    pub(crate) fn write(&self, terms: &mut Terms) -> Result<String, StoreError> {
        Ok(match self {
            Self::Exists => format!("attribute_exists({})", terms.name("pk")),
            Self::Missing => format!("attribute_not_exists({})", terms.name("pk")),
            Self::Has(path) => format!("attribute_exists({})", terms.path(path)),
            Self::HasNot(path) => format!("attribute_not_exists({})", terms.path(path)),
            Self::Is(path, value) => format!("{} = {}", terms.path(path), terms.value(value.clone())?),
            Self::Less(path, value) => format!("{} < {}", terms.path(path), terms.value(value.clone())?),
            Self::Fewer(path, value) => format!("size({}) < {}", terms.path(path), terms.value(value.clone())?),
            Self::All(all) => Self::join(all, " AND ", terms)?,
            Self::Any(any) => Self::join(any, " OR ", terms)?,
        })
    }

    fn join(parts: &[Self], with: &str, terms: &mut Terms) -> Result<String, StoreError> {
        // DynamoDB refuses doubled parentheses.
        if let [one] = parts {
            return one.write(terms);
        }
        let written: Result<Vec<_>, _> = parts.iter().map(|part| part.write(terms)).collect();
        Ok(format!("({})", written?.join(with)))
    }
}

/// The names behind the placeholders of an expression.
type Names = HashMap<String, String>;
/// The values behind the placeholders of an expression.
type Values = HashMap<String, AttributeValue>;

/// The numbered names and values of one expression.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    pub(crate) names: Names,
    pub(crate) values: Values,
}

impl Terms {
    fn name(&mut self, name: &str) -> String {
        if let Some((placeholder, _)) = self.names.iter().find(|(_, known)| *known == name) {
            return placeholder.clone();
        }
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    pub(crate) fn path(&mut self, path: &Path) -> String {
        path.0.iter().map(|name| self.name(name)).collect::<Vec<_>>().join(".")
    }

    fn value(&mut self, value: Result<AttributeValue, String>) -> Result<String, StoreError> {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value.map_err(StoreError::Corrupt)?);
        Ok(placeholder)
    }

    /// The maps as the SDK wants them: absent rather than empty.
    pub(crate) fn into_maps(self) -> (Option<Names>, Option<Values>) {
        ((!self.names.is_empty()).then_some(self.names), (!self.values.is_empty()).then_some(self.values))
    }
}

/// An edit of one item that names what it changes and leaves the rest alone.
#[derive(Clone, Debug)]
pub struct Update {
    pub(crate) key: Key,
    set: Vec<(Path, Result<AttributeValue, String>)>,
    add: Vec<(Path, i64)>,
    remove: Vec<Path>,
    condition: Condition,
}

impl Update {
    /// An edit of the item at a key, which must be there.
    pub fn of(key: Key) -> Self {
        Self { key, set: Vec::new(), add: Vec::new(), remove: Vec::new(), condition: Condition::All(vec![Condition::Exists]) }
    }

    /// An edit of the item at a key, which is made if it is not there.
    pub fn of_or_new(key: Key) -> Self {
        Self { key, set: Vec::new(), add: Vec::new(), remove: Vec::new(), condition: Condition::All(Vec::new()) }
    }

    /// Gives an attribute a value.
    #[must_use]
    pub fn set(mut self, path: impl Into<Path>, value: &(impl Serialize + ?Sized)) -> Self {
        self.set.push((path.into(), attribute(value).map_err(|error| error.to_string())));
        self
    }

    /// Gives an attribute a value, or takes the attribute away.
    #[must_use]
    pub fn set_or_remove<T: Serialize>(self, path: impl Into<Path>, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.set(path, value),
            None => self.remove(path),
        }
    }

    /// Adds to a number.
    #[must_use]
    pub fn add(mut self, path: impl Into<Path>, amount: i64) -> Self {
        self.add.push((path.into(), amount));
        self
    }

    /// Takes an attribute away.
    #[must_use]
    pub fn remove(mut self, path: impl Into<Path>) -> Self {
        self.remove.push(path.into());
        self
    }

    /// Makes the edit depend on something more.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.condition = self.condition.and(condition);
        self
    }

    /// The update expression and the condition expression, if there is one.
    pub(crate) fn write(&self, terms: &mut Terms) -> Result<(String, Option<String>), StoreError> {
        let mut clauses = Vec::new();
        if !self.set.is_empty() {
            let set: Result<Vec<_>, StoreError> = self
                .set
                .iter()
                .map(|(path, value)| Ok(format!("{} = {}", terms.path(path), terms.value(value.clone())?)))
                .collect();
            clauses.push(format!("SET {}", set?.join(", ")));
        }
        if !self.add.is_empty() {
            let add: Result<Vec<_>, StoreError> = self
                .add
                .iter()
                .map(|(path, by)| Ok(format!("{} {}", terms.path(path), terms.value(Ok(AttributeValue::N(by.to_string())))?)))
                .collect();
            clauses.push(format!("ADD {}", add?.join(", ")));
        }
        if !self.remove.is_empty() {
            let remove: Vec<_> = self.remove.iter().map(|path| terms.path(path)).collect();
            clauses.push(format!("REMOVE {}", remove.join(", ")));
        }
        let condition = match &self.condition {
            Condition::All(all) if all.is_empty() => None,
            condition => Some(condition.write(terms)?),
        };
        Ok((clauses.join(" "), condition))
    }
}
