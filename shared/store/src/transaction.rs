//! One conditional transaction: all of its writes happen, or none does and the first broken rule is named.
//!
//! What is sent is frozen before the first try. Conflicts are tried again with the same bytes; a condition that failed wins over
//! a conflict. A reply that was lost is told from a real refusal by the transaction's own event, which only it can have written.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use portico_domain::event::Event;
use portico_domain::limits::TRIES;

use crate::expression::Terms;
use crate::frozen::Frozen;
use crate::{Condition, Item, Key, Store, StoreError, Update};

/// Says which rule a failed condition broke, given the item as it was (absent, if there was none).
type Broken<E> = Box<dyn FnOnce(Option<Item>) -> E + Send>;

/// A transaction being put together. At most 100 writes, each of another item.
pub struct Transaction<E> {
    writes: Vec<(Kind, Broken<E>)>,
    marker: Option<Key>,
    failed: Option<StoreError>,
}

enum Kind {
    Put { item: Item, condition: Option<Condition> },
    Update(Update),
    Delete { key: Key, condition: Option<Condition> },
    Check { key: Key, condition: Condition },
}

impl<E: From<StoreError> + Send + 'static> Default for Transaction<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: From<StoreError> + Send + 'static> Transaction<E> {
    /// An empty transaction.
    pub fn new() -> Self {
        Self { writes: Vec::new(), marker: None, failed: None }
    }

    fn push(mut self, kind: Kind, broken: Broken<E>) -> Self {
        self.writes.push((kind, broken));
        self
    }

    fn item(mut self, item: Result<Item, StoreError>, condition: Option<Condition>, broken: Broken<E>) -> Self {
        match item {
            Ok(item) => self.push(Kind::Put { item, condition }, broken),
            Err(error) => {
                self.failed.get_or_insert(error);
                self
            }
        }
    }

    /// Puts an item where there must be none.
    #[must_use]
    pub fn put_new(self, item: Result<Item, StoreError>, taken: impl FnOnce() -> E + Send + 'static) -> Self {
        self.item(item, Some(Condition::Missing), Box::new(|_| taken()))
    }

    /// Puts an item, whatever is there.
    #[must_use]
    pub fn put(self, item: Result<Item, StoreError>) -> Self {
        self.item(item, None, Box::new(|_| unconditional()))
    }

    /// Puts an item if something holds of what is there.
    #[must_use]
    pub fn put_if(
        self,
        item: Result<Item, StoreError>,
        condition: Condition,
        broken: impl FnOnce(Option<Item>) -> E + Send + 'static,
    ) -> Self {
        self.item(item, Some(condition), Box::new(broken))
    }

    /// Edits an item; `broken` gets the item as it was.
    #[must_use]
    pub fn update(self, update: Update, broken: impl FnOnce(Option<Item>) -> E + Send + 'static) -> Self {
        self.push(Kind::Update(update), Box::new(broken))
    }

    /// Deletes an item, whether it is there or not.
    #[must_use]
    pub fn delete(self, key: Key) -> Self {
        self.push(Kind::Delete { key, condition: None }, Box::new(|_| unconditional()))
    }

    /// Deletes an item if something holds of it.
    #[must_use]
    pub fn delete_if(self, key: Key, condition: Condition, broken: impl FnOnce(Option<Item>) -> E + Send + 'static) -> Self {
        self.push(Kind::Delete { key, condition: Some(condition) }, Box::new(broken))
    }

    /// Requires something of an item that is not written.
    #[must_use]
    pub fn check(self, key: Key, condition: Condition, broken: impl FnOnce(Option<Item>) -> E + Send + 'static) -> Self {
        self.push(Kind::Check { key, condition }, Box::new(broken))
    }

    /// Puts the event of the change onto its root. It also marks the transaction: where it is, this transaction happened.
    #[must_use]
    pub fn event(mut self, root: &Key, event: &Event) -> Self {
        let key = root.event(event.id);
        self.marker = Some(key.clone());
        self.item(Item::new(&key, "event", event), Some(Condition::Missing), Box::new(|_| unconditional()))
    }

    /// Commits.
    ///
    /// # Errors
    /// What the first failed position says; [`StoreError::Busy`] if conflicts or throttling did not end.
    pub async fn commit(mut self, store: &Store) -> Result<(), E> {
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        let marker = self.marker.take();
        let (kinds, broken): (Vec<_>, Vec<_>) = self.writes.into_iter().unzip();
        let items = kinds.iter().map(|kind| kind.write(store.table())).collect::<Result<Vec<_>, _>>()?;
        let token = uuid_text().map_err(E::from)?;
        let frozen = Frozen::default();
        for tried in 0..TRIES {
            let sent = store
                .client()
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(&token)
                .customize()
                .interceptor(frozen.clone())
                .send()
                .await;
            let Err(error) = sent else { return Ok(()) };
            let reasons = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    cancelled.cancellation_reasons().to_vec()
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
                    backoff(tried).await;
                    continue;
                }
                _ => return Err(lost(&error).into()),
            };
            if let Some(position) = reasons.iter().position(|reason| reason.code() == Some("ConditionalCheckFailed")) {
                // The condition may have failed because an earlier try of this very transaction succeeded.
                if let Some(marker) = &marker
                    && store.get(marker).await?.is_some()
                {
                    return Ok(());
                }
                let before = reasons.get(position).and_then(CancellationReason::item).cloned().map(Item::from);
                let rule = broken.into_iter().nth(position);
                return Err(rule.map_or_else(unconditional, |rule| rule(before)));
            }
            if reasons.iter().all(|reason| {
                matches!(
                    reason.code(),
                    None | Some("None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
                )
            }) {
                backoff(tried).await;
                continue;
            }
            return Err(lost(&error).into());
        }
        Err(StoreError::Busy("a transaction met conflicts to the last try".to_owned()).into())
    }
}

fn lost(error: &SdkError<TransactWriteItemsError>) -> StoreError {
    StoreError::from_sdk(error)
}

/// A position without a condition was refused: that is not a rule of ours.
fn unconditional<E: From<StoreError>>() -> E {
    StoreError::Unavailable("a write without a condition was refused".to_owned()).into()
}

impl Kind {
    fn write(&self, table: &str) -> Result<TransactWriteItem, StoreError> {
        let mut terms = Terms::default();
        let old = ReturnValuesOnConditionCheckFailure::AllOld;
        let built = match self {
            Self::Put { item, condition } => {
                let condition = condition.as_ref().map(|condition| condition.write(&mut terms)).transpose()?;
                let (names, values) = terms.into_maps();
                Put::builder()
                    .table_name(table)
                    .set_item(Some(item.attributes.clone()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(old)
                    .build()
                    .map(|put| TransactWriteItem::builder().put(put).build())
            }
            Self::Update(update) => {
                let (expression, condition) = update.write(&mut terms)?;
                let (names, values) = terms.into_maps();
                aws_sdk_dynamodb::types::Update::builder()
                    .table_name(table)
                    .set_key(Some(update.key.attributes()))
                    .update_expression(expression)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(old)
                    .build()
                    .map(|update| TransactWriteItem::builder().update(update).build())
            }
            Self::Delete { key, condition } => {
                let condition = condition.as_ref().map(|condition| condition.write(&mut terms)).transpose()?;
                let (names, values) = terms.into_maps();
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key.attributes()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(old)
                    .build()
                    .map(|delete| TransactWriteItem::builder().delete(delete).build())
            }
            Self::Check { key, condition } => {
                let condition = condition.write(&mut terms)?;
                let (names, values) = terms.into_maps();
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key.attributes()))
                    .condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(old)
                    .build()
                    .map(|check| TransactWriteItem::builder().condition_check(check).build())
            }
        };
        built.map_err(|error| StoreError::Corrupt(error.to_string()))
    }
}

/// A random token that names the transaction to DynamoDB.
fn uuid_text() -> Result<String, StoreError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Waits a random part of a time that doubles with every try: 0 to 10, 20, 40 … 640 ms.
pub(crate) async fn backoff(tried: u32) {
    let mut byte = [0_u8; 2];
    let _ = getrandom::fill(&mut byte); // without randomness the wait is none, which is allowed
    let most = 10_u64 << tried.min(6);
    tokio::time::sleep(Duration::from_millis(u64::from(u16::from_le_bytes(byte)) * most / u64::from(u16::MAX))).await;
}

/// Reads, decides and writes again while `attempt` answers `None` (the race was lost), at most [`TRIES`] times.
///
/// # Errors
/// What `attempt` says; [`StoreError::Busy`] when the race was lost every time.
pub async fn decide_again<T, E, F>(mut attempt: impl FnMut() -> F) -> Result<T, E>
where
    E: From<StoreError>,
    F: Future<Output = Result<Option<T>, E>>,
{
    for tried in 0..TRIES {
        if let Some(done) = attempt().await? {
            return Ok(done);
        }
        backoff(tried).await;
    }
    Err(StoreError::Busy("a race was lost every time".to_owned()).into())
}
