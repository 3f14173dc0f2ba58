//! Several measurements of one thing.

use std::time::Duration;

/// Measurements, in order of size.
#[derive(Clone, Debug)]
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    /// At least one measurement.
    pub(crate) fn of(mut measured: Vec<Duration>) -> Self {
        assert!(!measured.is_empty(), "something was measured");
        measured.sort_unstable();
        Self(measured)
    }

    pub(crate) fn median(&self) -> Duration {
        self.at(50)
    }

    /// What so many percent stay within.
    pub(crate) fn at(&self, percent: usize) -> Duration {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)]
    }

    /// How many times as long as something else, by the medians.
    pub(crate) fn times(&self, other: &Self) -> f64 {
        self.median().as_secs_f64() / other.median().as_secs_f64()
    }

    /// Median and what nine of ten lie between, in milliseconds.
    pub(crate) fn milliseconds(&self) -> String {
        format!("{} ({}–{})", milliseconds(self.median()), milliseconds(self.at(5)), milliseconds(self.at(95)))
    }

    /// The same in microseconds.
    pub(crate) fn microseconds(&self) -> String {
        format!("{} ({}–{})", self.median().as_micros(), self.at(5).as_micros(), self.at(95).as_micros())
    }
}

/// Milliseconds with as many digits as say something.
fn milliseconds(duration: Duration) -> String {
    let value = duration.as_secs_f64() * 1000.0;
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}
