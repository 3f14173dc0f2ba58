//! What the functions log, as they log it on AWS: one JSON object a line, kept in memory.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde_json::Value;
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;

/// Everything that is logged on this thread, from [`Logs::capture`] until it is dropped. The tests' runtime has one thread.
pub struct Logs {
    lines: Lines,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A listener that stays. While there is only one, `tracing` lets the thread that meets an event first say whether anybody
/// listens, and remembers the answer: a test that captures nothing would speak for those that do.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| {
    Dispatch::new(tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(std::io::sink).finish())
});

impl Logs {
    /// Begins to capture.
    pub fn capture() -> Self {
        LazyLock::force(&ANOTHER);
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::INFO)
            .with_target(false)
            .without_time()
            .with_writer(move || writer.clone())
            .finish();
        Self { lines, _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// All of it, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.lines.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// The lines so far, which are forgotten. Each is one JSON object.
    pub fn take(&self) -> Vec<Value> {
        let bytes = std::mem::take(&mut *self.lines.0.lock().unwrap_or_else(PoisonError::into_inner));
        let text = String::from_utf8(bytes).expect("logs are UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("a line is one JSON object")).collect()
    }

    /// The gates that the authorizer named since the last time.
    pub fn take_gates(&self) -> Vec<String> {
        self.take().iter().filter_map(|line| line["fields"]["gate"].as_str().map(str::to_owned)).collect()
    }
}
