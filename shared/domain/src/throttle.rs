//! Throttles: how often something may happen, as a decision over a stored counter.

use serde::{Deserialize, Serialize};

/// So many at once, then a pace.
///
/// The first `burst` pass. From then on one passes per `pace_ms`, until nothing has passed for `quiet_ms`, which gives
/// the whole burst back. With `pace_ms == quiet_ms` no stretch of that length ever sees more than `burst`, wherever it
/// begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many pass without a pause.
    pub burst: u64,
    /// After the burst: milliseconds between two.
    pub pace_ms: i64,
    /// Milliseconds of rest that give the burst back.
    pub quiet_ms: i64,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

impl Limit {
    /// Mails to one address: at most 3 per hour.
    pub const MAILS_PER_ADDRESS: Self = Self { burst: 3, pace_ms: HOUR, quiet_ms: HOUR };
    /// Mails that one source address causes: at most 20 per hour.
    pub const MAILS_PER_SOURCE: Self = Self { burst: 20, pace_ms: HOUR, quiet_ms: HOUR };
    /// Failed sign-ins of one account: after the tenth at most 10 attempts per minute.
    pub const SIGN_INS_PER_ACCOUNT: Self = Self { burst: 10, pace_ms: 6 * SECOND, quiet_ms: HOUR };
    /// Failed sign-ins from one source address: at most 100 per 10 minutes.
    pub const SIGN_INS_PER_SOURCE: Self = Self { burst: 100, pace_ms: 10 * MINUTE, quiet_ms: 10 * MINUTE };
    /// Applications that one developer deletes: all that one can own at once, then one every 6 seconds.
    pub const DELETIONS_PER_DEVELOPER: Self = Self { burst: 500, pace_ms: 6 * SECOND, quiet_ms: 10 * MINUTE };
}

/// The counter behind a limit, as it is stored. The default is a counter that has not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttle {
    /// How many have passed since the last rest.
    pub count: u64,
    /// When the last one passed, in milliseconds since 1970.
    pub since: i64,
}

/// What a throttle says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It passes; this is the counter to write, on condition that the one read is still in place.
    Allowed(Throttle),
    /// It does not pass; nothing is written. Seconds until it would: at least 1.
    RetryAfter(u64),
}

impl Throttle {
    /// Decides about one more at `now_ms`.
    pub fn next(&self, now_ms: i64, limit: Limit) -> Decision {
        let rested = now_ms.saturating_sub(self.since);
        if self.count == 0 || rested >= limit.quiet_ms {
            return Decision::Allowed(Self { count: 1, since: now_ms });
        }
        // A clock that stepped back neither shortens a wait nor moves the counter back.
        let rested = rested.max(0);
        if self.count < limit.burst || rested >= limit.pace_ms {
            return Decision::Allowed(Self { count: self.count.saturating_add(1), since: now_ms.max(self.since) });
        }
        let wait_ms = limit.pace_ms.min(limit.quiet_ms).saturating_sub(rested);
        Decision::RetryAfter(u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000).max(1))
    }

    /// When the counter says nothing any more and may be removed: seconds since 1970.
    pub fn ttl_seconds(&self, limit: Limit) -> i64 {
        self.since.saturating_add(limit.quiet_ms).div_euclid(SECOND).saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, HOUR, Limit, MINUTE, Throttle};

    const START: i64 = 1_790_000_000_000;

    /// The times of those that pass when one is asked for every `step_ms`.
    fn passes(limit: Limit, step_ms: i64, for_ms: i64) -> Vec<i64> {
        let mut throttle = Throttle::default();
        let mut passed = Vec::new();
        let mut now = START;
        while now < START + for_ms {
            if let Decision::Allowed(next) = throttle.next(now, limit) {
                throttle = next;
                passed.push(now);
            }
            now += step_ms;
        }
        passed
    }

    fn most_in_any(window_ms: i64, times: &[i64]) -> usize {
        times.iter().map(|from| times.iter().filter(|at| (*from..from + window_ms).contains(*at)).count()).max().unwrap_or(0)
    }

    #[test]
    fn no_hour_sees_more_than_three_mails_to_one_address_or_twenty_from_one_source() {
        for step_minutes in [1, 7, 19, 20, 29, 31, 59, 60, 61] {
            let address = passes(Limit::MAILS_PER_ADDRESS, step_minutes * MINUTE, 48 * HOUR);
            assert!(most_in_any(HOUR, &address) <= 3, "{step_minutes}");
            let source = passes(Limit::MAILS_PER_SOURCE, step_minutes * MINUTE, 48 * HOUR);
            assert!(most_in_any(HOUR, &source) <= 20, "{step_minutes}");
        }
        assert_eq!(most_in_any(HOUR, &passes(Limit::MAILS_PER_ADDRESS, MINUTE, 4 * HOUR)), 3);
        assert_eq!(most_in_any(HOUR, &passes(Limit::MAILS_PER_SOURCE, MINUTE, 4 * HOUR)), 20);
    }

    #[test]
    fn the_fourth_mail_waits_and_an_hour_gives_all_three_back() {
        let full = Throttle { count: 3, since: START };
        assert_eq!(full.next(START + 1, Limit::MAILS_PER_ADDRESS), Decision::RetryAfter(3_600));
        assert_eq!(full.next(START + HOUR - 1, Limit::MAILS_PER_ADDRESS), Decision::RetryAfter(1));
        assert_eq!(
            full.next(START + HOUR, Limit::MAILS_PER_ADDRESS),
            Decision::Allowed(Throttle { count: 1, since: START + HOUR })
        );
    }

    #[test]
    fn after_the_tenth_failure_an_account_gets_ten_attempts_per_minute() {
        let attack = passes(Limit::SIGN_INS_PER_ACCOUNT, 100, 10 * MINUTE);
        let after_the_tenth: Vec<i64> = attack.iter().skip(10).copied().collect();
        assert_eq!(most_in_any(MINUTE, &after_the_tenth), 10);
        let tenth = Throttle { count: 10, since: START };
        assert_eq!(tenth.next(START, Limit::SIGN_INS_PER_ACCOUNT), Decision::RetryAfter(6));
    }

    #[test]
    fn a_source_gets_a_hundred_failures_in_ten_minutes() {
        assert_eq!(most_in_any(10 * MINUTE, &passes(Limit::SIGN_INS_PER_SOURCE, 500, HOUR)), 100);
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing_away_and_waits_no_longer() {
        let full = Throttle { count: 10, since: START };
        assert_eq!(full.next(START - HOUR, Limit::SIGN_INS_PER_ACCOUNT), Decision::RetryAfter(6));
        let some = Throttle { count: 2, since: START };
        assert_eq!(some.next(START - HOUR, Limit::MAILS_PER_ADDRESS), Decision::Allowed(Throttle { count: 3, since: START }));
    }

    #[test]
    fn a_counter_may_go_once_it_would_give_the_burst_back() {
        let full = Throttle { count: 3, since: START };
        let gone_at = full.ttl_seconds(Limit::MAILS_PER_ADDRESS) * 1_000;
        assert!(matches!(full.next(gone_at, Limit::MAILS_PER_ADDRESS), Decision::Allowed(Throttle { count: 1, .. })));
    }
}
