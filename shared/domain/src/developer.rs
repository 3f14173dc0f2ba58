//! A developer: somebody who signs up to use APIs.

use serde::{Deserialize, Serialize};

use crate::id::{DeveloperId, PortalId};
use crate::status::Status;
use crate::time::Timestamp;

/// A developer of one portal.
///
/// Address and name are what was parsed when they came in; a tombstone (a deleted developer whose children are still being
/// removed) has neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Developer {
    /// Id.
    pub id: DeveloperId,
    /// The portal that the developer belongs to.
    pub portal: PortalId,
    /// The canonical address, which is also the one that mail goes to.
    #[serde(default)]
    pub email: String,
    /// The name, as given.
    #[serde(default)]
    pub full_name: String,
    /// Approval.
    pub status: Status,
    /// Counts changes of the status; orders the updates of `standing` on the developer's applications.
    pub standing_ver: u64,
    /// Sessions of an earlier epoch are over.
    pub epoch: u64,
    /// Generation of the verification link in force; 0 when none was made.
    pub verify_generation: u64,
    /// Generation of the link to set a password in force; 0 when none was made.
    pub password_generation: u64,
    /// When the address was proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified_at: Option<Timestamp>,
    /// Whether a password was ever set.
    pub has_password: bool,
    /// Applications that the developer owns.
    pub app_count: u32,
    /// Number of the developer's events.
    pub ver: u64,
    /// When the developer was created.
    pub created_at: Timestamp,
    /// When the developer last changed.
    pub updated_at: Timestamp,
    /// Set on a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

impl Developer {
    /// Whether the developer may sign in and own things.
    pub fn is_approved(&self) -> bool {
        self.status == Status::Approved && self.deleted_at.is_none()
    }
}
