//! Time and randomness, passed in so that tests decide both.

use std::fmt::Debug;

use portico_domain::time::Timestamp;

/// Says what time it is.
pub trait Clock: Debug + Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Gives random bytes, fit for secrets.
pub trait Entropy: Debug + Send + Sync {
    /// Fills a buffer.
    ///
    /// # Errors
    /// If the system has none to give: then nothing that needs them may happen.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The system gave no random bytes.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the system gave no random bytes: {0}")]
pub struct NoEntropy(pub String);

/// The system's random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        getrandom::fill(bytes).map_err(|error| NoEntropy(error.to_string()))
    }
}
