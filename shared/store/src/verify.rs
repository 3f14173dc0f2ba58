//! The whole-table check: every invariant that one item cannot keep by itself, read from the table and named where it is broken.
//!
//! It may run while the portal works. What looks wrong in a scan is looked for in a second one, and then read again in one
//! transaction, before it is reported: a change that was under way is not a fault. What a job is still at is pending.

mod administrators;
mod applications;
mod catalog;
mod developers;
mod forms;
mod guards;
mod jobs;
mod links;
mod report;
mod roots;
mod rows;
mod rule;
mod sizes;
mod snapshot;
mod teams;

use std::collections::{BTreeSet, HashSet};

use aws_sdk_dynamodb::types::{Get, TransactGetItem};

use self::snapshot::Snapshot;
use crate::{Item, Key, Store, StoreError};

pub use self::report::Report;
pub use self::rule::{Rule, Violation};

/// How many items one transaction can read.
const READ_TOGETHER: usize = 100;

impl Store {
    /// Checks the whole table.
    ///
    /// # Errors
    /// As [`StoreError`] says; a table that could not be read to its end is not said to be whole.
    pub async fn verify(&self) -> Result<Report, StoreError> {
        let snapshot = Snapshot::read(self, &HashSet::new()).await?;
        let (suspected, pending) = check(&snapshot);
        if suspected.is_empty() {
            return Ok(Report::of(&snapshot, &pending, Vec::new()));
        }
        let suspects: HashSet<Key> = suspected.iter().flat_map(|violation| violation.keys.iter().cloned()).collect();
        let snapshot = Snapshot::read(self, &suspects).await?;
        let (again, pending) = check(&snapshot);
        let mut broken = Vec::new();
        for violation in again.intersection(&suspected) {
            if self.is_still(&snapshot, violation).await? {
                broken.push(violation.clone());
            }
        }
        Ok(Report::of(&snapshot, &pending, broken))
    }

    /// Whether the items of a violation are, all at one moment, what the scan saw.
    async fn is_still(&self, snapshot: &Snapshot, violation: &Violation) -> Result<bool, StoreError> {
        let keys: Vec<_> = violation.keys.iter().take(READ_TOGETHER).collect();
        let mut gets = Vec::with_capacity(keys.len());
        for key in &keys {
            let get = Get::builder().table_name(self.table()).set_key(Some(key.attributes())).build();
            let get = get.map_err(|error| StoreError::Corrupt(error.to_string()))?;
            gets.push(TransactGetItem::builder().get(get).build());
        }
        let answer = self
            .client()
            .transact_get_items()
            .set_transact_items(Some(gets))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let read = answer.responses.unwrap_or_default();
        Ok(keys.len() == read.len()
            && keys.iter().zip(read).all(|(key, read)| snapshot.kept(key) == read.item.map(Item::from).as_ref()))
    }
}

/// What is broken in a snapshot, and what is only not finished yet.
fn check(snapshot: &Snapshot) -> (BTreeSet<Violation>, BTreeSet<Violation>) {
    let mut found = snapshot.faults.clone();
    administrators::check(snapshot, &mut found);
    roots::check(snapshot, &mut found);
    guards::check(snapshot, &mut found);
    developers::check(snapshot, &mut found);
    applications::check(snapshot, &mut found);
    catalog::check(snapshot, &mut found);
    links::check(snapshot, &mut found);
    teams::check(snapshot, &mut found);
    let covered = jobs::Covered::by(snapshot);
    found.into_iter().partition(|violation| !covered.covers(violation))
}
