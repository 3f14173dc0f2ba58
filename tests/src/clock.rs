//! The clock of a test: it stands still until it is moved.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use portico_domain::time::Timestamp;
use portico_http::clock::Clock;

/// A clock that only a test moves.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_800_000_000_000)) // 2027-01-15T08:00:00Z
    }
}

impl TestClock {
    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_millis()).expect("a test lasts less than the age of the universe"), Ordering::SeqCst);
    }

    /// Turns the clock back.
    pub fn step_back(&self, by: Duration) {
        self.0
            .fetch_sub(i64::try_from(by.as_millis()).expect("a test lasts less than the age of the universe"), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
