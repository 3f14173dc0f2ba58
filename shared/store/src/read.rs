//! Reads: one consistent batch, a partition's items, a page of a list.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::de::DeserializeOwned;

use crate::transaction::backoff;
use crate::{Item, Key, Store, StoreError};

/// How often keys that DynamoDB left out are asked for again.
const BATCH_TRIES: u32 = 5;

/// Items by key, as one batch read found them.
#[derive(Debug, Default)]
pub struct Items(HashMap<Key, Item>);

impl Items {
    /// The entity at a key, if it was there. It is taken out: [`Items::get`] copies it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is something else.
    pub fn take<T: DeserializeOwned>(&mut self, key: &Key) -> Result<Option<T>, StoreError> {
        self.0.remove(key).map(Item::into_entity).transpose()
    }

    /// The entity at a key, if it was there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is something else.
    pub fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.0.get(key).map(Item::read).transpose()
    }

    /// The item at a key, if it was there.
    pub fn item(&self, key: &Key) -> Option<&Item> {
        self.0.get(key)
    }
}

/// Where a page of a list ended.
#[derive(Clone, Debug)]
pub struct ListCursor(HashMap<String, AttributeValue>);

/// A page of a list.
#[derive(Debug)]
pub struct ListPage {
    /// Its items.
    pub items: Vec<Item>,
    /// Where the next page begins; absent at the end.
    pub next: Option<ListCursor>,
}

impl Key {
    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

impl Store {
    /// The item at a key, strongly consistent.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let found = self
            .client()
            .get_item()
            .table_name(self.table())
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(found.item.map(Item::from))
    }

    /// The entity at a key, strongly consistent.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn find<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.get(key).await?.map(Item::into_entity).transpose()
    }

    /// The items at any number of keys, strongly consistent: one call for every 100 different keys.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if DynamoDB keeps leaving keys out.
    pub async fn load(&self, keys: &[Key]) -> Result<Items, StoreError> {
        self.load_within(keys, BATCH_TRIES).await
    }

    /// As [`Self::load`], but what was left out is asked for once more and then given up: for the authorizer.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if DynamoDB left keys out twice.
    pub async fn load_or_refuse(&self, keys: &[Key]) -> Result<Items, StoreError> {
        self.load_within(keys, 2).await
    }

    async fn load_within(&self, keys: &[Key], tries: u32) -> Result<Items, StoreError> {
        let mut unique = keys.to_vec();
        unique.sort();
        unique.dedup();
        let mut found = HashMap::with_capacity(unique.len());
        for chunk in unique.chunks(100) {
            let mut wanted: Vec<_> = chunk.iter().map(Key::attributes).collect();
            let mut tried = 0;
            while !wanted.is_empty() {
                if tried == tries {
                    return Err(StoreError::Busy("a batch read stayed incomplete".to_owned()));
                }
                if tried > 0 {
                    backoff(tried).await;
                }
                tried += 1;
                let request = KeysAndAttributes::builder()
                    .set_keys(Some(wanted))
                    .consistent_read(true)
                    .build()
                    .map_err(|error| StoreError::Corrupt(error.to_string()))?;
                let answer = self
                    .client()
                    .batch_get_item()
                    .request_items(self.table(), request)
                    .send()
                    .await
                    .map_err(|error| StoreError::from_sdk(&error))?;
                for item in answer.responses.unwrap_or_default().into_values().flatten().map(Item::from) {
                    found.insert(item.key(), item);
                }
                wanted = answer.unprocessed_keys.unwrap_or_default().into_values().flat_map(|rest| rest.keys).collect();
            }
        }
        Ok(Items(found))
    }

    /// Every item of a partition whose sort key begins with a prefix, in order, strongly consistent.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn children(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let query = self.client().query().table_name(self.table());
            // DynamoDB refuses an empty prefix: every item of the partition has no condition on its sort key.
            let query = match prefix {
                "" => query.key_condition_expression("pk = :pk"),
                prefix => query
                    .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                    .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned())),
            };
            let answer = query
                .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::from_sdk(&error))?;
            items.extend(answer.items.unwrap_or_default().into_iter().map(Item::from));
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }

    /// The entities of a partition whose sort key begins with a prefix, in order, strongly consistent.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn children_as<T: DeserializeOwned>(&self, pk: &str, prefix: &str) -> Result<Vec<T>, StoreError> {
        self.children(pk, prefix).await?.into_iter().map(Item::into_entity).collect()
    }

    /// A page of one of the lists that administrators browse, oldest first. It may lag behind the table.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn list_page(&self, list: &str, after: Option<ListCursor>, at_most: i32) -> Result<ListPage, StoreError> {
        let answer = self
            .client()
            .query()
            .table_name(self.table())
            .index_name("lists")
            .key_condition_expression("#list = :list")
            .expression_attribute_names("#list", "list")
            .expression_attribute_values(":list", AttributeValue::S(list.to_owned()))
            .set_exclusive_start_key(after.map(|cursor| cursor.0))
            .limit(at_most)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(ListPage {
            items: answer.items.unwrap_or_default().into_iter().map(Item::from).collect(),
            next: answer.last_evaluated_key.map(ListCursor),
        })
    }

    /// Up to `cap` items of a list, oldest first, and whether there are more.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn list(&self, list: &str, cap: usize) -> Result<(Vec<Item>, bool), StoreError> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let page = self.list_page(list, after, 1000).await?;
            items.extend(page.items);
            if items.len() > cap {
                items.truncate(cap);
                return Ok((items, true));
            }
            after = page.next;
            if after.is_none() {
                return Ok((items, false));
            }
        }
    }
}
