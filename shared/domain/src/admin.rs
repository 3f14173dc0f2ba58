//! Administrators' tokens: a name, an expiry and what they are for. The token itself is only known by its digest. And the sessions
//! that a browser has instead of one.

use std::time::Duration;

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

/// How long an administrator's session lives at most.
pub const ADMIN_SESSION_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// An administrator's session in a browser. Whose it is, and what it is for, its token says: it is good for nothing without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdminSession {
    /// When the token was exchanged for it.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

impl AdminSession {
    /// A session of a token, which it does not outlive.
    pub fn begin(token: &AdminToken, now: Timestamp) -> Self {
        Self { created_at: now, expires_at: now.plus(ADMIN_SESSION_LIFETIME).min(token.expires_at) }
    }

    /// Whether it is accepted now.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_twelve_hours_and_never_longer_than_its_token() {
        let now = Timestamp::from_millis(1_790_000_000_000);
        for (token_lasts, session_lasts) in [(1, 1), (12 * 60 * 60, 12 * 60 * 60), (365 * 24 * 60 * 60, 12 * 60 * 60)] {
            let expires_at = now.plus(Duration::from_secs(token_lasts));
            let token = AdminToken { name: "ci".to_owned(), portals: None, expires_at, created_at: now };
            let until = now.plus(Duration::from_secs(session_lasts));
            let session = AdminSession::begin(&token, now);
            assert_eq!(session.expires_at, until);
            assert!(session.is_live(Timestamp::from_millis(until.millis() - 1)) && !session.is_live(until));
        }
    }
}
