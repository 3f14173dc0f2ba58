//! The lists that administrators browse. They are not bounded, so that they are walked only up to a cap, and they may lag behind
//! the table, so that what is shown is read again from the table itself.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{Item, Key, Store, StoreError};

/// What one call of a walk reads at most.
const CHUNK: usize = 1_000;

/// Where an item is, in the table and in its list.
const PLACE: [&str; 3] = ["pk", "sk", "list_at"];

/// What a walk found.
#[derive(Debug)]
pub struct Walked {
    /// The items, oldest first.
    pub items: Vec<Item>,
    /// Where the rest begins, if the cap was reached before the end.
    pub next: Option<String>,
}

impl Store {
    /// Up to `cap` items of a list, oldest first, from behind a place that an earlier walk named. A place that is none of the
    /// list's own begins wherever it would stand: nothing of another list is ever read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn walk(&self, list: &str, after: Option<&str>, cap: usize) -> Result<Walked, StoreError> {
        self.read_list((list, &[]), after, cap).await
    }

    /// As [`Store::walk`] from the beginning, with these attributes of each item alone, beside its key and its place: for a long list
    /// that is searched to show a little of it.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn skim(&self, list: &str, attributes: &[&str], cap: usize) -> Result<Walked, StoreError> {
        self.read_list((list, attributes), None, cap).await
    }

    /// Reads a list: these attributes of its items, or all.
    async fn read_list(
        &self,
        (list, attributes): (&str, &[&str]),
        after: Option<&str>,
        cap: usize,
    ) -> Result<Walked, StoreError> {
        // By other names: DynamoDB reserves words such as `status`.
        let named: Vec<(String, &str)> = match attributes {
            [] => Vec::new(),
            some => PLACE.iter().chain(some).enumerate().map(|(number, name)| (format!("#a{number}"), *name)).collect(),
        };
        let projection = named.iter().map(|(stand_in, _)| stand_in.as_str()).collect::<Vec<_>>().join(", ");
        let names: HashMap<String, String> =
            named.iter().map(|(stand_in, name)| (stand_in.clone(), (*name).to_owned())).collect();
        let mut items: Vec<Item> = Vec::new();
        let mut start = None;
        loop {
            // One more than the cap tells whether there is a rest.
            let wanted = (cap + 1).saturating_sub(items.len()).min(CHUNK);
            let answer = self
                .client()
                .query()
                .table_name(self.table())
                .index_name("lists")
                .key_condition_expression("#list = :list AND list_at > :after")
                .set_expression_attribute_names(Some(names.clone()))
                .expression_attribute_names("#list", "list")
                .set_projection_expression(Some(projection.clone()).filter(|projection| !projection.is_empty()))
                .expression_attribute_values(":list", AttributeValue::S(list.to_owned()))
                .expression_attribute_values(":after", AttributeValue::S(after.unwrap_or(" ").to_owned()))
                .set_exclusive_start_key(start)
                .limit(i32::try_from(wanted).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(|error| StoreError::from_sdk(&error))?;
            items.extend(answer.items.unwrap_or_default().into_iter().map(Item::from));
            start = answer.last_evaluated_key;
            if items.len() > cap {
                items.truncate(cap);
                let next = items.last().and_then(|last| last.text("list_at")).map(str::to_owned);
                return Ok(Walked { items, next });
            }
            if start.is_none() {
                return Ok(Walked { items, next: None });
            }
        }
    }

    /// The same items as the table has them now, in the same order; those that are gone are left out.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn fresh(&self, items: &[Item]) -> Result<Vec<Item>, StoreError> {
        let keys: Vec<Key> = items.iter().map(Item::key).collect();
        let found = self.load(&keys).await?;
        Ok(keys.iter().filter_map(|key| found.item(key)).filter(|item| !item.has("deleted_at")).cloned().collect())
    }
}
