//! Single writes: bookkeeping that needs no transaction.
//!
//! A transaction that holds the item turns a single write away, and the SDK does not try again: that is done here.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use portico_domain::limits::TRIES;

use crate::expression::Terms;
use crate::transaction::backoff;
use crate::{Item, Key, Store, StoreError, Update};

/// How a conditional edit of one item ended.
#[derive(Debug)]
pub enum Edited {
    /// It happened; the item as it is now.
    Done(Item),
    /// Its condition did not hold; the item as it is, if there is one.
    Refused(Option<Item>),
}

impl Store {
    /// Edits one item if its condition holds.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn edit(&self, update: Update) -> Result<Edited, StoreError> {
        let mut terms = Terms::default();
        let (expression, condition) = update.write(&mut terms)?;
        let (names, values) = terms.into_maps();
        let request = self
            .client()
            .update_item()
            .table_name(self.table())
            .set_key(Some(update.key.attributes()))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut tried = 0;
        let answer = loop {
            let answer = request.clone().send().await;
            let held = answer
                .as_ref()
                .is_err_and(|error| error.as_service_error().is_some_and(UpdateItemError::is_transaction_conflict_exception));
            tried += 1;
            if !held || tried == TRIES {
                break answer;
            }
            backoff(tried - 1).await;
        };
        match answer {
            Ok(done) => Ok(Edited::Done(Item::from(done.attributes.unwrap_or_default()))),
            Err(SdkError::ServiceError(context)) if context.err().is_conditional_check_failed_exception() => {
                match context.into_err() {
                    UpdateItemError::ConditionalCheckFailedException(refused) => {
                        Ok(Edited::Refused(refused.item.map(Item::from)))
                    }
                    other => Err(StoreError::Unavailable(other.to_string())),
                }
            }
            Err(error) => Err(StoreError::from_sdk(&error)),
        }
    }

    /// Deletes one item, whether it is there or not.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn remove(&self, key: &Key) -> Result<(), StoreError> {
        let request = self.client().delete_item().table_name(self.table()).set_key(Some(key.attributes()));
        let mut tried = 0;
        loop {
            let Err(error) = request.clone().send().await else { return Ok(()) };
            let held = error.as_service_error().is_some_and(DeleteItemError::is_transaction_conflict_exception);
            tried += 1;
            if !held || tried == TRIES {
                return Err(StoreError::from_sdk(&error));
            }
            backoff(tried - 1).await;
        }
    }
}
