//! Jobs: what must be finished after the transaction that made it necessary, whatever crashes in between.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, ApplicationId, DeveloperId, JobId, StrategyId, TeamId};
use crate::time::Timestamp;

/// For how long whoever began a job has it alone: longer than any function runs.
pub const LEASE: Duration = Duration::from_secs(5 * 60);

/// What a job does. Doing it twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Work {
    /// Copies a developer's status onto the applications that the developer owns.
    Standing {
        /// Whose.
        developer: DeveloperId,
    },
    /// Removes what is left of a deleted application.
    RemoveApplication {
        /// Which.
        application: ApplicationId,
    },
    /// Removes what is left of a deleted developer, applications included.
    RemoveDeveloper {
        /// Whom.
        developer: DeveloperId,
    },
    /// Removes what is left of a deleted API, registrations included.
    RemoveApi {
        /// Which.
        api: ApiId,
    },
    /// Removes what is left of a deleted team, memberships included.
    RemoveTeam {
        /// Which.
        team: TeamId,
    },
    /// Copies a strategy's headers onto the links of the APIs that are published with it.
    KeyNames {
        /// Which.
        strategy: StrategyId,
    },
}

/// A job. It is there until its work is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Id.
    pub id: JobId,
    /// What to do.
    pub job: Work,
    /// When it was put.
    pub created_at: Timestamp,
    /// Until then somebody is at it.
    pub lease_until: Timestamp,
    /// How often it was begun.
    pub tries: u32,
}

impl Job {
    /// A job that whoever puts it begins at once: `run-jobs` takes it over when the lease has run out.
    pub fn begun(id: JobId, job: Work, now: Timestamp) -> Self {
        Self { id, job, created_at: now, lease_until: now.plus(LEASE), tries: 1 }
    }

    /// Whether nobody is at it.
    pub fn is_free(&self, now: Timestamp) -> bool {
        self.lease_until <= now
    }
}
