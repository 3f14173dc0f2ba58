//! Decisions that arrived as events: what is kept of them, so that each takes effect once.
//!
//! It is kept for good, like the events of what it changed: an archive of the bus may be replayed after years. It holds ids and words
//! of the contract alone.

use aws_sdk_dynamodb::types::AttributeValue;
use portico_domain::arrived::{Arrived, Subject};
use portico_domain::id::{ApiId, ApplicationId, PortalId, RegistrationId, moment_of};
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::registrations::registrations_list;
use crate::{Item, Key, Store, StoreError, Transaction};

/// How far a registration's place in its list may lie from the moment in its id: the two are made one after the other.
const BEFORE_MS: i64 = 1_000;
const AFTER_MS: i64 = 15 * 60 * 1_000;

/// What is kept of a decision.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    #[serde(flatten)]
    subject: Subject,
    decision: Status,
    at: Timestamp,
}

/// What arrived before under a decision's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing.
    Nothing,
    /// This very decision.
    Same,
    /// Another one.
    Other,
}

fn item(portal: PortalId, decision: &Arrived, at: Timestamp) -> Result<Item, StoreError> {
    let kept = Kept { subject: decision.subject, decision: decision.to, at };
    Item::new(&Key::decision(portal, decision.decision_id.as_str()), "decision", &kept)
}

impl<E: From<StoreError> + Send + 'static> Transaction<E> {
    /// Keeps the decision that the transaction is the effect of, if it arrived as an event; refused where it arrived before. To be
    /// the first write: of several broken rules this one counts.
    #[must_use]
    pub(crate) fn arrived(
        self,
        portal: PortalId,
        decision: Option<&Arrived>,
        at: Timestamp,
        repeated: impl FnOnce() -> E + Send + 'static,
    ) -> Self {
        let Some(decision) = decision else { return self };
        self.put_new(item(portal, decision, at), repeated)
    }
}

impl Store {
    /// What arrived before under a decision's id.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn arrived_before(&self, portal: PortalId, decision: &Arrived) -> Result<Earlier, StoreError> {
        let kept = self.find::<Kept>(&Key::decision(portal, decision.decision_id.as_str())).await?;
        Ok(match kept {
            None => Earlier::Nothing,
            Some(kept) if kept.subject == decision.subject && kept.decision == decision.to => Earlier::Same,
            Some(_) => Earlier::Other,
        })
    }

    /// Keeps a decision that changes nothing, so that it changes nothing later either. One that is kept already stays as it is.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn keep_arrived(&self, portal: PortalId, decision: &Arrived, at: Timestamp) -> Result<(), StoreError> {
        /// Why it was not kept.
        enum NotKept {
            Already,
            Store(StoreError),
        }
        impl From<StoreError> for NotKept {
            fn from(error: StoreError) -> Self {
                Self::Store(error)
            }
        }
        let put = Transaction::new().arrived(portal, Some(decision), at, || NotKept::Already);
        match put.commit(self).await {
            Ok(()) | Err(NotKept::Already) => Ok(()),
            Err(NotKept::Store(error)) => Err(error),
        }
    }

    /// Which application's registration for which API has an id: by the administrators' list, which may lag. It says where to look,
    /// and nothing else; what is there decides.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn place_of_registration(
        &self,
        portal: PortalId,
        id: RegistrationId,
    ) -> Result<Option<(ApplicationId, ApiId)>, StoreError> {
        let Some(made) = moment_of(id.uuid()) else { return Ok(None) };
        let place = |millis: i64| AttributeValue::S(format!("{:013}", made.millis().saturating_add(millis).max(0)));
        let mut start = None;
        loop {
            let answer = self
                .client()
                .query()
                .table_name(self.table())
                .index_name("lists")
                .key_condition_expression("#list = :list AND list_at BETWEEN :from AND :to")
                .filter_expression("#id = :id")
                .expression_attribute_names("#list", "list")
                .expression_attribute_names("#id", "id")
                .expression_attribute_values(":list", AttributeValue::S(registrations_list(portal)))
                .expression_attribute_values(":from", place(-BEFORE_MS))
                .expression_attribute_values(":to", place(AFTER_MS))
                .expression_attribute_values(":id", AttributeValue::S(id.to_string()))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::from_sdk(&error))?;
            if let Some(found) = answer.items.unwrap_or_default().into_iter().map(Item::from).next() {
                let registration: Registration = found.read()?;
                return Ok(Some((registration.application, registration.api)));
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(None);
            }
        }
    }
}
