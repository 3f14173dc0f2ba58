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

/// How long a session may live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a refresh.
    pub idle: Duration,
    /// In any case.
    pub absolute: Duration,
}

/// What a genuine refresh token of a session leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Refresh {
    /// It is the one in force: the session as it is from now on, to be written if its generation is still the old one.
    Rotate(Session),
    /// It was in force a moment ago, and its successor may not have arrived: the same successor again, nothing is written.
    Repeat,
    /// It was replaced long ago: somebody keeps copies. The session ends.
    Stolen,
    /// The session is over.
    Over,
}

impl Session {
    /// A new session of a developer.
    pub fn begin(id: SessionId, developer: &Developer, lifetime: Lifetime, now: Timestamp) -> Self {
        let absolute_until = now.plus(lifetime.absolute);
        Self {
            id,
            developer: developer.id,
            epoch: developer.epoch,
            generation: 1,
            rotated_at: now,
            created_at: now,
            idle_until: now.plus(lifetime.idle).min(absolute_until),
            absolute_until,
        }
    }

    /// Whether it is in force for a developer as just read.
    pub fn is_live(&self, developer: &Developer, now: Timestamp) -> bool {
        self.developer == developer.id && self.epoch == developer.epoch && now < self.idle_until && now < self.absolute_until
    }

    /// Decides about a refresh token of a generation. Refreshing moves the idle limit, never past the absolute one.
    pub fn refresh(&self, generation: u64, developer: &Developer, lifetime: Lifetime, now: Timestamp) -> Refresh {
        if !developer.is_approved() || !self.is_live(developer, now) {
            return Refresh::Over;
        }
        if generation == self.generation {
            return Refresh::Rotate(Self {
                generation: self.generation.saturating_add(1),
                rotated_at: now,
                idle_until: now.plus(lifetime.idle).min(self.absolute_until),
                ..self.clone()
            });
        }
        // Both ways: a clock that stepped back must not stretch the grace.
        let apart = now.since(self.rotated_at).max(self.rotated_at.since(now));
        if generation.checked_add(1) == Some(self.generation) && apart <= REFRESH_GRACE {
            Refresh::Repeat
        } else {
            Refresh::Stolen
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lifetime, REFRESH_GRACE, Refresh, Session};
    use crate::developer::{Developer, SignUp};
    use crate::id::{DeveloperId, PortalId, SessionId};
    use crate::status::Status;
    use crate::time::Timestamp;
    use std::time::Duration;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const LIFETIME: Lifetime = Lifetime { idle: Duration::from_secs(100), absolute: Duration::from_secs(250) };

    fn ada() -> Developer {
        let new = SignUp {
            id: DeveloperId::new(Uuid::from_u128(0xada)),
            portal: PortalId::new(Uuid::from_u128(1)),
            email: "ada@example.test".to_owned(),
            full_name: "Ada".to_owned(),
        };
        Developer::sign_up(new, Status::Approved, NOW)
    }

    fn session() -> Session {
        Session::begin(SessionId::new(Uuid::from_u128(5)), &ada(), LIFETIME, NOW)
    }

    fn seconds(seconds: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn refreshing_moves_the_idle_limit_and_never_past_the_absolute_one() {
        let mut session = session();
        for (at, idle_until) in [(90, 190), (180, 250), (240, 250)] {
            let Refresh::Rotate(next) = session.refresh(session.generation, &ada(), LIFETIME, seconds(at)) else {
                panic!("the session was in force at {at} s");
            };
            assert_eq!((next.idle_until, next.absolute_until), (seconds(idle_until), seconds(250)));
            session = next;
        }
        assert_eq!(session.refresh(session.generation, &ada(), LIFETIME, seconds(250)), Refresh::Over);
    }

    #[test]
    fn a_session_that_nobody_refreshes_is_over_at_its_idle_limit() {
        assert!(matches!(session().refresh(1, &ada(), LIFETIME, seconds(99)), Refresh::Rotate(_)));
        assert_eq!(session().refresh(1, &ada(), LIFETIME, seconds(100)), Refresh::Over);
    }

    #[test]
    fn the_previous_token_gets_the_same_successor_for_ten_seconds_and_every_other_one_ends_the_session() {
        let session = Session { generation: 7, rotated_at: seconds(50), ..session() };
        let at = |generation, now| session.refresh(generation, &ada(), LIFETIME, now);
        assert_eq!(at(6, seconds(50)), Refresh::Repeat);
        assert_eq!(at(6, seconds(50).plus(REFRESH_GRACE)), Refresh::Repeat);
        assert_eq!(at(6, seconds(61)), Refresh::Stolen);
        assert_eq!(at(6, seconds(39)), Refresh::Stolen, "a clock that stepped back does not stretch the grace");
        for generation in [0, 1, 5, 8, u64::MAX] {
            assert_eq!(at(generation, seconds(50)), Refresh::Stolen, "{generation}");
        }
    }

    #[test]
    fn another_epoch_or_a_lost_approval_ends_a_session() {
        let later = Developer { epoch: 2, ..ada() };
        assert_eq!(session().refresh(1, &later, LIFETIME, NOW), Refresh::Over);
        for status in [Status::Pending, Status::Rejected, Status::Revoked] {
            assert_eq!(session().refresh(1, &Developer { status, ..ada() }, LIFETIME, NOW), Refresh::Over, "{status}");
        }
    }
}
