//! The lists that administrators browse. They are not bounded, so that they are walked only up to a cap, and they may lag behind
//! the table, so that what is shown is read again from the table itself.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Select};

use crate::{Item, Key, Store, StoreError};

/// What one answer is asked for at most.
const CHUNK: usize = 1_000;

/// Where an item is, in the table and in its list.
const PLACE: [&str; 3] = ["pk", "sk", "list_at"];

/// What a walk found.
#[derive(Debug)]
pub struct Walked {
    /// The items, in the order of the walk.
    pub items: Vec<Item>,
    /// Where the rest begins, if the cap was reached before the end.
    pub next: Option<String>,
}

/// The beginning of a list, and how long the list is.
#[derive(Debug)]
pub struct Counted {
    /// The first items, in the order that was asked for, with their key and their place alone.
    pub items: Vec<Item>,
    /// How many there are, these included; at most as many as the cap.
    pub total: usize,
    /// Where the rest begins, if the cap was reached before the end.
    pub next: Option<String>,
}

/// Where the reading of a list begins, and in which order it goes.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// With the oldest item, in the order of creation.
    Oldest,
    /// The same, behind a place that an earlier reading named. A place that is none of the list's own begins wherever it would stand:
    /// nothing of another list is ever read.
    Behind(&'a str),
    /// With the newest item, against the order of creation: what people look for is mostly new, and beyond a cap nothing is found.
    Newest,
}

/// What is asked about the items of a list.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Everything,
    /// These attributes, beside the key and the place.
    Attributes(&'a [&'a str]),
    /// Key and place of the items whose attribute has this text.
    With(&'a str, &'a str),
    Number,
}

/// One answer about a list: its items, unless only their number was asked for, and how many were looked at.
struct Answer {
    items: Vec<Item>,
    number: usize,
}

/// The answers about a list, one behind the other: each is at most a megabyte of it.
struct Answers<'a> {
    store: &'a Store,
    list: &'a str,
    start: Start<'a>,
    /// Behind what the next answer begins.
    resume: Option<HashMap<String, AttributeValue>>,
    ended: bool,
}

impl Store {
    /// Up to `cap` items of a list, oldest first, from behind a place that an earlier walk named, if any.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn walk(&self, list: &str, after: Option<&str>, cap: usize) -> Result<Walked, StoreError> {
        self.read_list((list, after.map_or(Start::Oldest, Start::Behind)), Asked::Everything, cap).await
    }

    /// The newest `cap` items of a list, the newest first, with these attributes of each alone, beside its key and its place: for a
    /// long list that is searched to show a little of it.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn skim(&self, list: &str, attributes: &[&str], cap: usize) -> Result<Walked, StoreError> {
        self.read_list((list, Start::Newest), Asked::Attributes(attributes), cap).await
    }

    /// Those of the oldest `cap` items of a list whose attribute has this text, oldest first, with their key and their place alone. The
    /// others are left out where they lie: that consumes as many units, but nobody sends them and nobody reads them.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn walk_with(&self, list: &str, (attribute, text): (&str, &str), cap: usize) -> Result<Vec<Item>, StoreError> {
        let mut answers = self.answers(list, Start::Oldest);
        let (mut items, mut looked_at) = (Vec::new(), 0);
        while let Some(answer) = answers.next(Asked::With(attribute, text), cap.saturating_sub(looked_at)).await? {
            items.extend(answer.items);
            looked_at += answer.number;
        }
        Ok(items)
    }

    /// The first `wanted` items of a list from somewhere, and how many there are from there, up to `cap`. The others are counted where
    /// they lie, as [`Store::walk_with`] leaves them out.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn count(&self, list: &str, start: Start<'_>, wanted: usize, cap: usize) -> Result<Counted, StoreError> {
        let wanted = wanted.min(cap);
        let mut answers = self.answers(list, start);
        let (mut items, mut total) = (Vec::new(), 0);
        loop {
            let (asked, end) = if total < wanted { (Asked::Attributes(&[]), wanted) } else { (Asked::Number, cap) };
            let Some(answer) = answers.next(asked, end.saturating_sub(total)).await? else { break };
            items.extend(answer.items);
            total += answer.number;
        }
        let last = answers.last();
        // That an answer has a next one does not mean that there is anything in it.
        let rest = answers.next(Asked::Number, 1).await?.is_some_and(|rest| rest.number > 0);
        Ok(Counted { items, total, next: last.filter(|_| rest) })
    }

    /// Reads a list up to a cap.
    async fn read_list(&self, (list, start): (&str, Start<'_>), asked: Asked<'_>, cap: usize) -> Result<Walked, StoreError> {
        let mut answers = self.answers(list, start);
        let mut items: Vec<Item> = Vec::new();
        // One more than the cap tells whether there is a rest.
        while let Some(answer) = answers.next(asked, (cap + 1).saturating_sub(items.len())).await? {
            items.extend(answer.items);
        }
        let next = (items.len() > cap).then(|| {
            items.truncate(cap);
            items.last().and_then(|last| last.text("list_at")).map(str::to_owned)
        });
        Ok(Walked { items, next: next.flatten() })
    }

    /// What is to be heard about a list from there.
    fn answers<'a>(&'a self, list: &'a str, start: Start<'a>) -> Answers<'a> {
        Answers { store: self, list, start, resume: None, ended: false }
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

impl Answers<'_> {
    /// Asks about up to `limit` more items of the list, as many as one answer takes; nothing once all of it was heard, or if the limit
    /// is none.
    async fn next(&mut self, asked: Asked<'_>, limit: usize) -> Result<Option<Answer>, StoreError> {
        if self.ended || limit == 0 {
            return Ok(None);
        }
        let (attributes, text): (Vec<&str>, _) = match asked {
            Asked::Attributes(some) => (PLACE.iter().chain(some).copied().collect(), None),
            Asked::With(attribute, text) => (PLACE.into_iter().chain([attribute]).collect(), Some(text)),
            Asked::Everything | Asked::Number => (Vec::new(), None),
        };
        let after = match self.start {
            Start::Behind(place) => place,
            Start::Oldest | Start::Newest => " ",
        };
        // By other names: DynamoDB reserves words such as `status`.
        let names: Vec<String> = (0..attributes.len()).map(|number| format!("#a{number}")).collect();
        let filter = text.and(names.last()).map(|name| format!("{name} = :text"));
        let mut query = self
            .store
            .client()
            .query()
            .table_name(self.store.table())
            .index_name("lists")
            .key_condition_expression("#list = :list AND list_at > :after")
            .expression_attribute_names("#list", "list")
            .set_projection_expression(Some(names.join(", ")).filter(|projection| !projection.is_empty()))
            .set_filter_expression(filter)
            .set_select(matches!(asked, Asked::Number).then_some(Select::Count))
            .expression_attribute_values(":list", AttributeValue::S(self.list.to_owned()))
            .expression_attribute_values(":after", AttributeValue::S(after.to_owned()))
            .set_scan_index_forward(matches!(self.start, Start::Newest).then_some(false))
            .set_exclusive_start_key(self.resume.take())
            .limit(i32::try_from(limit.min(CHUNK)).unwrap_or(i32::MAX));
        for (name, attribute) in names.into_iter().zip(attributes) {
            query = query.expression_attribute_names(name, attribute);
        }
        if let Some(text) = text {
            query = query.expression_attribute_values(":text", AttributeValue::S(text.to_owned()));
        }
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        // Where nothing is left out both numbers are one, on DynamoDB; the embedded engine looks at one more where an answer is full.
        let number = if text.is_some() { answer.scanned_count } else { answer.count };
        self.ended = answer.last_evaluated_key.is_none();
        self.resume = answer.last_evaluated_key;
        Ok(Some(Answer {
            number: usize::try_from(number).unwrap_or_default(),
            items: answer.items.unwrap_or_default().into_iter().map(Item::from).collect(),
        }))
    }

    /// The place in the list behind which the next answer begins.
    fn last(&self) -> Option<String> {
        self.resume.as_ref()?.get("list_at")?.as_s().ok().cloned()
    }
}
