//! Events on their way out: entries for an EventBridge bus, put there in calls that are not too large. Only entries that failed are
//! sent again, and the answer says of each what became of it.

use std::time::Duration;

use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_eventbridge::{Client, Config};
use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep, default_async_sleep};
use portico_aws::{SdkConfig, Service};
use portico_domain::time::Timestamp;
use serde_json::Value;

/// Most entries of one call (EventBridge's limit).
pub const ENTRIES_PER_CALL: usize = 10;
/// Most bytes of one call, as EventBridge counts them; also the most of one entry.
pub const BYTES_PER_CALL: usize = 256 * 1024;
/// How often an entry is sent, if the bus turns it away while it takes others. The SDK's tries of a call that failed as a whole are
/// not counted here.
pub const TRIES: u32 = 4;
/// What EventBridge counts for an entry's time.
const TIME_BYTES: usize = 14;

/// What is put on a bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Who says it: `portico`, `portico.mail`.
    pub source: String,
    /// What it is: the type of an event.
    pub detail_type: String,
    /// What it says, a JSON object.
    pub detail: Value,
    /// When it happened.
    pub time: Timestamp,
}

/// An entry is not on the bus.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPut {
    /// It is larger than the bus takes: it never gets there.
    #[error("the entry has {0} bytes, more than the bus takes")]
    TooLarge(usize),
    /// The bus turned it away to the last try, under this code.
    #[error("the bus turned the entry away: {0}")]
    Refused(String),
    /// The call that it was in failed, although the SDK tried it again. The entry may be there.
    #[error("the bus cannot be reached: {0}")]
    Unreachable(String),
}

/// What became of each entry, in their order: the id that the bus gave it, or why it is not there.
pub type Put = Vec<Result<String, NotPut>>;

/// A bus.
#[derive(Clone, Debug)]
pub struct EventBus {
    client: Client,
    name: String,
    sleep: Option<SharedAsyncSleep>,
}

impl EventBus {
    /// The bus of that name. Connection, retries and waits are the configuration's.
    #[must_use]
    pub fn new(config: &SdkConfig, name: &str) -> Self {
        Self {
            client: Client::from_conf(Config::new(config)),
            name: name.to_owned(),
            sleep: config.sleep_impl().or_else(default_async_sleep),
        }
    }

    /// The bus of that name, reached as the environment says.
    pub async fn from_environment(name: &str) -> Self {
        Self::new(&portico_aws::from_environment(Service::EventBridge).await, name)
    }

    /// Puts entries on the bus, in calls of at most [`ENTRIES_PER_CALL`] entries and [`BYTES_PER_CALL`] bytes, one after the other.
    pub async fn put(&self, entries: &[Entry]) -> Put {
        let mut outcome: Vec<Option<Result<String, NotPut>>> = Vec::with_capacity(entries.len());
        let mut waiting = Vec::new();
        for (position, entry) in entries.iter().enumerate() {
            let packed = Packed::of(position, entry, &self.name);
            let fits = packed.bytes <= BYTES_PER_CALL;
            outcome.push((!fits).then_some(Err(NotPut::TooLarge(packed.bytes))));
            waiting.extend(fits.then_some(packed));
        }
        for tried in 0..TRIES {
            if tried > 0 {
                self.wait(tried).await;
            }
            let mut again = Vec::new();
            let mut unreachable = None;
            for call in calls(waiting) {
                let answers = match &unreachable {
                    None => self.call(&call).await,
                    Some(cause) => vec![Err(NotPut::Unreachable(String::clone(cause))); call.len()],
                };
                if let Some(Err(NotPut::Unreachable(cause))) = answers.first() {
                    unreachable.get_or_insert_with(|| cause.clone());
                }
                for (packed, answer) in call.into_iter().zip(answers) {
                    if let Some(place) = outcome.get_mut(packed.position) {
                        *place = Some(answer.clone());
                    }
                    again.extend(matches!(answer, Err(NotPut::Refused(_))).then_some(packed));
                }
            }
            waiting = again;
            if waiting.is_empty() {
                break;
            }
        }
        let missing = || Err(NotPut::Unreachable("the bus said nothing of the entry".to_owned()));
        outcome.into_iter().map(|outcome| outcome.unwrap_or_else(missing)).collect()
    }

    /// One call: what became of each of its entries.
    async fn call(&self, call: &[Packed]) -> Put {
        let entries = call.iter().map(|packed| packed.entry.clone()).collect();
        match self.client.put_events().set_entries(Some(entries)).send().await {
            Err(error) => {
                let cause = aws_sdk_eventbridge::error::DisplayErrorContext(&error).to_string();
                call.iter().map(|_| Err(NotPut::Unreachable(cause.clone()))).collect()
            }
            Ok(answer) => {
                let mut answers = answer.entries.unwrap_or_default().into_iter();
                let mut next = || match answers.next() {
                    Some(answer) => match (answer.event_id, answer.error_code) {
                        (Some(id), None) => Ok(id),
                        (_, code) => Err(NotPut::Refused(code.unwrap_or_else(|| "no reason was given".to_owned()))),
                    },
                    None => Err(NotPut::Refused("the answer says nothing of it".to_owned())),
                };
                call.iter().map(|_| next()).collect()
            }
        }
    }

    /// Waits before another try: 50, 100, 200 ms.
    async fn wait(&self, tried: u32) {
        if let Some(sleep) = &self.sleep {
            sleep.sleep(Duration::from_millis(25 << tried.min(6))).await;
        }
    }
}

/// An entry as it is sent, and its size as the bus counts it.
struct Packed {
    position: usize,
    entry: PutEventsRequestEntry,
    bytes: usize,
}

impl Packed {
    fn of(position: usize, entry: &Entry, bus: &str) -> Self {
        let detail = entry.detail.to_string();
        let bytes = TIME_BYTES + entry.source.len() + entry.detail_type.len() + detail.len();
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(bus)
            .source(&entry.source)
            .detail_type(&entry.detail_type)
            .detail(detail)
            .time(DateTime::from_millis(entry.time.millis()))
            .build();
        Self { position, entry, bytes }
    }
}

/// Entries in their order, cut into calls that the bus takes.
fn calls(entries: Vec<Packed>) -> Vec<Vec<Packed>> {
    let mut calls: Vec<Vec<Packed>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        bytes += entry.bytes;
        match calls.last_mut() {
            Some(call) if call.len() < ENTRIES_PER_CALL && bytes <= BYTES_PER_CALL => call.push(entry),
            _ => {
                bytes = entry.bytes;
                calls.push(vec![entry]);
            }
        }
    }
    calls
}
