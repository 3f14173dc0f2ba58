//! The bus of a laptop: what EventBridge does between whoever puts an event and the functions that its rules send it to.
//!
//! An event is a file that waits until each of its functions has had it. A function that fails is tried again after a while, as often
//! as the template says, and then the event is a dead letter. A killed portal goes on with what waits: every event is delivered at least once.

pub mod entrance;
pub mod folder;
pub mod pattern;
pub mod rules;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use portico_domain::id::uuid_v7;
use portico_domain::time::Timestamp;
use portico_http::clock::{Clock, Entropy};
use serde_json::Value;
use tokio::sync::{Mutex, Notify};

use crate::data::Unusable;
use folder::{BusFolder, DeadLetter, Envelope};
use rules::{Rules, Target};

/// How long a function that failed is left alone. On AWS it is a minute, then two: nobody waits that long before a screen.
const WAITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

/// What somebody puts on the bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Put {
    /// Who says it.
    pub source: String,
    /// What it is.
    pub detail_type: String,
    /// When it happened; now, if nobody says.
    pub time: Option<Timestamp>,
    /// What it is about.
    pub resources: Vec<Value>,
    /// What it says, an object.
    pub detail: Value,
}

/// An event cannot be put on the bus, or not be delivered.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// Its folder.
    #[error("the bus cannot be used: {0}")]
    Folder(#[from] Unusable),
    /// No randomness for an id.
    #[error("{0}")]
    NoEntropy(String),
}

/// The way onto a bus: for whoever puts events there, in this process or in another one.
#[derive(Clone, Debug)]
pub struct Sender {
    folder: BusFolder,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    last: Arc<AtomicI64>,
    put: Arc<Notify>,
}

impl Sender {
    /// The way onto the bus in a folder.
    #[must_use]
    pub fn new(folder: BusFolder, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { folder, clock, entropy, last: Arc::default(), put: Arc::default() }
    }

    /// Puts an event on the bus and returns what the bus calls it. It is there for good when this returns.
    ///
    /// # Errors
    /// [`BusError`] if it is not.
    pub fn put(&self, put: Put) -> Result<String, BusError> {
        let now = self.clock.now();
        // Ids are in the order of the events, also of those within one millisecond.
        let after = |last: i64| Some(now.millis().max(last.saturating_add(1)));
        let last = self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, after).unwrap_or_default();
        let moment = Timestamp::from_millis(now.millis().max(last.saturating_add(1)));
        let mut random = [0; 10];
        self.entropy.fill(&mut random).map_err(|error| BusError::NoEntropy(error.to_string()))?;
        let id = uuid_v7(moment, random).to_string();
        self.folder.put(&Envelope {
            version: "0".to_owned(),
            id: id.clone(),
            detail_type: put.detail_type,
            source: put.source,
            account: "000000000000".to_owned(),
            time: put.time.unwrap_or(now).rfc3339(),
            region: "local".to_owned(),
            resources: put.resources,
            detail: put.detail,
        })?;
        self.put.notify_one();
        Ok(id)
    }
}

/// A bus with its rules.
#[derive(Debug)]
pub struct Bus {
    sender: Sender,
    rules: Rules,
    /// What each waiting event has still to be given to. After a restart it begins anew.
    under_way: Mutex<BTreeMap<String, UnderWay>>,
}

#[derive(Debug)]
struct UnderWay {
    event: Value,
    left: Vec<Delivery>,
}

#[derive(Debug)]
struct Delivery {
    target: Target,
    tried: u32,
    due: Timestamp,
}

/// How a function took an event: or why it did not, in words that may be shown.
pub type Taken = Result<(), String>;

impl Bus {
    /// A bus on which events are put by `sender` and delivered by these rules.
    #[must_use]
    pub fn new(sender: Sender, rules: Rules) -> Self {
        Self { sender, rules, under_way: Mutex::default() }
    }

    /// The way onto it.
    #[must_use]
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Returns after an event was put in this process since the last return. For one waiter.
    pub async fn changed(&self) {
        self.sender.put.notified().await;
    }

    /// Gives each waiting event to the functions that it goes to and that it is time for: name of the function and envelope. Calls that
    /// come at the same time wait for each other. Returns how many events it was given to.
    ///
    /// # Errors
    /// [`BusError`]; a failed function is none: it is tried again in a later call.
    pub async fn deliver<F>(&self, invoke: impl Fn(String, Value) -> F) -> Result<usize, BusError>
    where
        F: Future<Output = Taken>,
    {
        let mut under_way = self.under_way.lock().await;
        let mut invoked = 0;
        let waiting = self.sender.folder.waiting()?;
        under_way.retain(|id, _| waiting.binary_search(id).is_ok());
        for id in waiting {
            if !under_way.contains_key(&id) {
                let Some(text) = self.sender.folder.read(&id)? else { continue };
                under_way.insert(id.clone(), self.begin(&id, &text)?);
            }
            let Some(one) = under_way.get_mut(&id) else { continue };
            invoked += self.advance(&id, one, &invoke).await?;
            if one.left.is_empty() {
                self.sender.folder.delivered(&id)?;
                under_way.remove(&id);
            }
        }
        Ok(invoked)
    }

    fn begin(&self, id: &str, text: &[u8]) -> Result<UnderWay, BusError> {
        let event = serde_json::from_slice::<Value>(text);
        let whole = event.as_ref().is_ok_and(|event| serde_json::from_value::<Envelope>(event.clone()).is_ok());
        let event = event.unwrap_or_else(|_| String::from_utf8_lossy(text).into());
        let now = self.sender.clock.now();
        if !whole {
            let reason = "it is not an event in EventBridge's envelope";
            tracing::error!(event.id = id, reason, "an event is a dead letter");
            self.sender.folder.bury(&DeadLetter { id, function: "bus", reason, tries: 0, at: now, event: &event })?;
            return Ok(UnderWay { event, left: Vec::new() });
        }
        let delivery = |target| Delivery { target, tried: 0, due: now };
        Ok(UnderWay { left: self.rules.targets(&event).into_iter().map(delivery).collect(), event })
    }

    /// Invokes the functions that it is time for. Returns how many.
    async fn advance<F>(&self, id: &str, one: &mut UnderWay, invoke: &impl Fn(String, Value) -> F) -> Result<usize, BusError>
    where
        F: Future<Output = Taken>,
    {
        let (mut left, mut invoked) = (Vec::new(), 0);
        for mut delivery in std::mem::take(&mut one.left) {
            if self.sender.clock.now() < delivery.due {
                left.push(delivery);
                continue;
            }
            invoked += 1;
            let function = delivery.target.function.clone();
            let Err(reason) = invoke(function.clone(), one.event.clone()).await else { continue };
            delivery.tried = delivery.tried.saturating_add(1);
            let (tries, now) = (delivery.tried, self.sender.clock.now());
            if tries < delivery.target.tries {
                tracing::warn!(event.id = id, function, tries, reason, "a function failed and is tried again");
                let wait = usize::try_from(tries).unwrap_or(usize::MAX).min(WAITS.len()).saturating_sub(1);
                delivery.due = now.plus(WAITS.get(wait).copied().unwrap_or_default());
                left.push(delivery);
                continue;
            }
            tracing::error!(event.id = id, function, tries, reason, "an event is a dead letter");
            let letter = DeadLetter { id, function: &function, reason: &reason, tries, at: now, event: &one.event };
            // Should this fail, the event waits, and is delivered from the beginning once more.
            if let Err(error) = self.sender.folder.bury(&letter) {
                left.push(Delivery { tried: 0, ..delivery });
                one.left = left;
                return Err(error.into());
            }
        }
        one.left = left;
        Ok(invoked)
    }
}

#[cfg(test)]
mod tests;
