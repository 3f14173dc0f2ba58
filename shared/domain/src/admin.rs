//! Administrators' tokens: a name, an expiry and what they are for. The token itself is only known by its digest.

use serde::{Deserialize, Serialize};

use crate::id::PortalId;
use crate::time::Timestamp;

/// What the table remembers of an administrator's token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdminToken {
    /// The actor in the events of what is done with it.
    pub name: String,
    /// The portals that it is for; all, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portals: Option<Vec<PortalId>>,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

impl AdminToken {
    /// Whether it is accepted now.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Whether it may act on a portal.
    pub fn may_manage(&self, portal: PortalId) -> bool {
        self.portals.as_ref().is_none_or(|portals| portals.contains(&portal))
    }
}
