//! A developer's session: how long it lives and when a refresh is a theft.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::developer::Developer;
use crate::id::{DeveloperId, SessionId};
use crate::time::Timestamp;

/// How long the JWT in the access cookie is accepted.
pub const ACCESS_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// How far clocks may differ when the times of a JWT are compared.
pub const LEEWAY: Duration = Duration::from_secs(60);
/// For how long after a rotation the previous refresh token still gets the same successor.
pub const REFRESH_GRACE: Duration = Duration::from_secs(10);

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Id, also the `sid` of its JWTs.
    pub id: SessionId,
    /// Whose it is.
    pub developer: DeveloperId,
    /// The developer's epoch when it began: a later epoch ends it.
    pub epoch: u64,
    /// The generation of the refresh token in force.
    pub generation: u64,
    /// When that generation was made.
    pub rotated_at: Timestamp,
    /// When the developer signed in.
    pub created_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub idle_until: Timestamp,
    /// When it ends in any case.
    pub absolute_until: Timestamp,
}

impl Session {
    /// Whether it is in force for a developer as just read.
    pub fn is_live(&self, developer: &Developer, now: Timestamp) -> bool {
        self.developer == developer.id && self.epoch == developer.epoch && now < self.idle_until && now < self.absolute_until
    }
}
