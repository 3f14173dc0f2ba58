//! Items: an entity with its key, its kind and what the table's machinery needs beside it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use portico_domain::time::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Key, StoreError};

/// An item of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub(crate) attributes: HashMap<String, AttributeValue>,
}

/// Turns a value into an attribute.
pub(crate) fn attribute<T: Serialize + ?Sized>(value: &T) -> Result<AttributeValue, StoreError> {
    Ok(serde_dynamo::to_attribute_value(value)?)
}

impl Item {
    /// An entity at a key.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it cannot be written as an item.
    pub fn new<T: Serialize>(key: &Key, kind: &str, entity: &T) -> Result<Self, StoreError> {
        let mut attributes: HashMap<String, AttributeValue> = serde_dynamo::to_item(entity)?;
        attributes.insert("pk".to_owned(), AttributeValue::S(key.pk.clone()));
        attributes.insert("sk".to_owned(), AttributeValue::S(key.sk.clone()));
        attributes.insert("kind".to_owned(), AttributeValue::S(kind.to_owned()));
        Ok(Self { attributes })
    }

    /// Puts the item into one of the lists that administrators browse, ordered by creation.
    #[must_use]
    pub fn listed(mut self, list: &str, created_at: Timestamp, id: impl std::fmt::Display) -> Self {
        self.attributes.insert("list".to_owned(), AttributeValue::S(list.to_owned()));
        self.attributes.insert("list_at".to_owned(), AttributeValue::S(format!("{:013}#{id}", created_at.millis())));
        self
    }

    /// Lets DynamoDB remove the item some time after a moment. What expires is decided by comparing times, never by this.
    #[must_use]
    pub fn removed_after(mut self, moment: Timestamp) -> Self {
        self.attributes.insert("ttl".to_owned(), AttributeValue::N(moment.seconds().to_string()));
        self
    }

    /// The entity, of an item that is needed for more. It is copied for that: [`Item::into_entity`] does without.
    ///
    /// # Errors
    /// As those of [`Item::into_entity`].
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        self.clone().into_entity()
    }

    /// The entity.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the item is not such an entity.
    pub fn into_entity<T: DeserializeOwned>(self) -> Result<T, StoreError> {
        let key = self.key();
        serde_dynamo::from_item(self.attributes)
            .map_err(|error| StoreError::Corrupt(format!("{:?} {:?}: {error}", key.pk, key.sk)))
    }

    /// A string attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
    }

    /// A whole-number attribute.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.attributes.get(name).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok())
    }

    /// Whether an attribute is there.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }

    /// Its kind, as in `docs/data-model.md`.
    pub fn kind(&self) -> &str {
        self.text("kind").unwrap_or_default()
    }

    /// Its key.
    pub fn key(&self) -> Key {
        Key::from_parts(self.text("pk").unwrap_or_default(), self.text("sk").unwrap_or_default())
    }
}

impl From<HashMap<String, AttributeValue>> for Item {
    fn from(attributes: HashMap<String, AttributeValue>) -> Self {
        Self { attributes }
    }
}
