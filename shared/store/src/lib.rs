//! The single table: keys, items, transactions and queries. The only crate that knows DynamoDB.
//!
//! `docs/data-model.md` lists every item. The modules named after a resource hold its reads and writes; the others hold
//! what those share.

pub mod admin_sessions;
pub mod api_removal;
pub mod apis;
pub mod application_removal;
pub mod applications;
pub mod arrived;
pub mod connect;
pub mod credentials;
pub mod developer_admin;
pub mod developers;
pub mod documents;
mod error;
mod expression;
mod frozen;
pub mod idempotency;
pub mod identity_providers;
mod item;
pub mod jobs;
mod key;
pub mod links;
pub mod lists;
pub mod mail_failures;
pub mod mail_tokens;
pub mod owners;
pub mod portals;
pub mod publications;
mod read;
pub mod registration_decisions;
pub mod registrations;
pub mod search;
pub mod sessions;
pub mod single_sign_on;
pub mod specifications;
pub mod standing;
pub mod strategies;
pub mod stream;
pub mod team_removal;
pub mod team_roles;
pub mod teams;
pub mod throttles;
mod transaction;
pub mod verify;
mod write;

use std::sync::Arc;

pub use error::StoreError;
pub use expression::{Condition, Path, Update};
pub use item::Item;
pub use key::{Key, sha256_hex};
pub use read::{Items, ListCursor, ListPage};
pub use transaction::{Transaction, decide_again};
pub use write::Edited;

/// The table. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: Arc<str>,
}

impl Store {
    /// The table of that name, reached through a client.
    pub fn new(client: aws_sdk_dynamodb::Client, table: &str) -> Self {
        Self { client, table: table.into() }
    }

    /// The client, for the crates that create tables and test faults.
    pub fn client(&self) -> &aws_sdk_dynamodb::Client {
        &self.client
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }
}
