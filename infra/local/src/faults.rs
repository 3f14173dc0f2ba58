//! What a test does to the store's connection, and the record of the calls that went through it.
//!
//! Faults lie below the AWS SDK, so that its own retries are part of what is tested.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::capacity::Consumed;
use crate::engine::Answer;
use crate::recorded::Use;

/// One call (one attempt: the SDK's retries are calls of their own).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GetItem`, `TransactWriteItems`, …
    pub operation: String,
    /// The index that a query or scan reads.
    pub index: Option<String>,
    /// The items that the call names; for a query its partition, and the bound of the sort key if there is one.
    pub keys: Vec<Key>,
    /// A hash of the request's bytes: the same for the same bytes.
    pub bytes: u64,
}

/// An item's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Partition key (for an index, its hash key).
    pub pk: String,
    /// Sort key; empty where a query names none.
    pub sk: String,
}

/// What happens to a call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// 400 `ProvisionedThroughputExceededException`; nothing is done.
    Throttled,
    /// 400 `ThrottlingException`; nothing is done.
    Throttling,
    /// 500 `InternalServerError`; nothing is done.
    ServerError,
    /// The connection breaks before the engine sees the call.
    Disconnected,
    /// The call times out before the engine sees it.
    TimedOut,
    /// The engine does the call; the connection breaks before the reply.
    LostReply,
    /// Another transaction holds an item: `TransactionCanceledException` with a conflict at this position,
    /// for a single write `TransactionConflictException`.
    Conflict {
        /// Position in the transaction, from 0.
        position: usize,
    },
    /// 400 `TransactionInProgressException`: the first try of this very transaction has not ended.
    InProgress,
    /// A `BatchGetItem` that reads only this many keys of each table and names the others as unprocessed.
    Unprocessed {
        /// How many keys are read.
        after: usize,
    },
    /// The call waits at the gate and then goes through.
    Held(Gate),
}

/// Where a held call waits.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    arrived: Arc<Notify>,
    opened: Arc<Notify>,
}

/// Which calls a fault is for.
#[derive(Clone, Debug, Default)]
pub struct Matching {
    operation: Option<&'static str>,
    pk_prefix: Option<String>,
}

/// A shared handle: a test scripts faults and reads the record through it.
///
/// Nothing is recorded until somebody asks for it ([`crate::engine::Database::faults`]): the record of a portal that serves people
/// would grow for as long as it runs.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    watched: Arc<AtomicBool>,
    script: Arc<Mutex<Script>>,
}

#[derive(Debug, Default)]
struct Script {
    rules: Vec<Rule>,
    calls: Vec<Call>,
    uses: BTreeSet<Use>,
    consumed: Option<Consumed>,
}

#[derive(Debug)]
struct Rule {
    matching: Matching,
    skip: usize,
    times: usize,
    fault: Fault,
}

impl Matching {
    /// Every call.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Calls of one operation.
    #[must_use]
    pub fn operation(name: &'static str) -> Self {
        Self { operation: Some(name), pk_prefix: None }
    }

    /// Of these, the calls that name an item whose partition key starts with `prefix`.
    #[must_use]
    pub fn touching(mut self, prefix: &str) -> Self {
        self.pk_prefix = Some(prefix.to_owned());
        self
    }

    fn covers(&self, call: &Call) -> bool {
        self.operation.is_none_or(|operation| operation == call.operation)
            && self.pk_prefix.as_ref().is_none_or(|prefix| call.keys.iter().any(|key| key.pk.starts_with(prefix)))
    }
}

impl Faults {
    /// The next matching call meets `fault`, once.
    pub fn next(&self, matching: Matching, fault: Fault) {
        self.add(matching, 0, 1, fault);
    }

    /// `skip` matching calls pass, then one meets `fault`.
    pub fn after(&self, skip: usize, matching: Matching, fault: Fault) {
        self.add(matching, skip, 1, fault);
    }

    /// Every matching call meets `fault`, until [`Faults::heal`].
    pub fn always(&self, matching: Matching, fault: Fault) {
        self.add(matching, 0, usize::MAX, fault);
    }

    /// `skip` calls pass, then the process is as good as dead: no call arrives any more, until [`Faults::heal`].
    pub fn crash_before(&self, skip: usize) {
        self.add(Matching::any(), skip, usize::MAX, Fault::Disconnected);
    }

    /// `skip` calls pass, the next is committed but its reply is lost, and no call arrives any more.
    pub fn crash_during(&self, skip: usize) {
        self.add(Matching::any(), skip, 1, Fault::LostReply);
        self.add(Matching::any(), skip.saturating_add(1), usize::MAX, Fault::Disconnected);
    }

    /// The next matching call waits until the test opens the gate.
    #[must_use]
    pub fn hold(&self, matching: Matching) -> Gate {
        let gate = Gate::default();
        self.next(matching, Fault::Held(gate.clone()));
        gate
    }

    /// Takes every fault back.
    pub fn heal(&self) {
        self.script().rules.clear();
    }

    /// The calls so far, in the order in which they started.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.script().calls.clone()
    }

    /// The calls since the last time, which are forgotten.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.script().calls)
    }

    /// What functions did, in [`crate::recorded::acting_as`], since the beginning.
    #[must_use]
    pub fn uses(&self) -> BTreeSet<Use> {
        self.script().uses.clone()
    }

    /// From now on calls say what they consume.
    pub fn meter(&self) {
        self.script().consumed = Some(Consumed::default());
    }

    /// What calls consumed since [`Faults::meter`], or since the last time.
    pub fn take_consumed(&self) -> Consumed {
        self.script().consumed.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Ends the record and the faults, until somebody asks for them again: for a benchmark, which would measure them too.
    pub fn rest(&self) {
        self.watched.store(false, Ordering::Release);
        *self.script() = Script::default();
    }

    /// From now on there are faults and a record.
    pub(crate) fn watch(&self) -> &Self {
        self.watched.store(true, Ordering::Release);
        self
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Acquire)
    }

    pub(crate) fn is_metered(&self) -> bool {
        self.script().consumed.is_some()
    }

    pub(crate) fn consumed(&self, more: Consumed) {
        if let Some(consumed) = self.script().consumed.as_mut() {
            *consumed += more;
        }
    }

    pub(crate) fn used(&self, uses: Vec<Use>) {
        self.script().uses.extend(uses);
    }

    /// Records the call and says what happens to it.
    pub(crate) fn meet(&self, call: &Call) -> Option<Fault> {
        let mut script = self.script();
        script.calls.push(call.clone());
        let mut met = None;
        for rule in script.rules.iter_mut().filter(|rule| rule.times > 0 && rule.matching.covers(call)) {
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if met.is_none() {
                rule.times -= 1;
                met = Some(rule.fault.clone());
            }
        }
        met
    }

    fn add(&self, matching: Matching, skip: usize, times: usize, fault: Fault) {
        self.script().rules.push(Rule { matching, skip, times, fault });
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        // A test that panicked elsewhere has not left the script half written.
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate {
    /// Waits until a call stands at the gate.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
    }

    /// Lets the call go on.
    pub fn open(&self) {
        self.opened.notify_one();
    }

    pub(crate) async fn pass(&self) {
        self.arrived.notify_one();
        self.opened.notified().await;
    }
}

impl Fault {
    /// The refusal that DynamoDB would send.
    pub(crate) fn answer(&self, call: &Call, body: &str) -> Answer {
        const NAMESPACE: &str = "com.amazonaws.dynamodb.v20120810#";
        let refusal = |status, name: &str| Answer {
            status,
            body: json!({ "__type": format!("{NAMESPACE}{name}"), "message": "injected" }).to_string(),
        };
        match self {
            Self::Throttled => refusal(400, "ProvisionedThroughputExceededException"),
            Self::Throttling => {
                let name = "com.amazon.coral.availability#ThrottlingException";
                Answer { status: 400, body: json!({ "__type": name, "message": "injected" }).to_string() }
            }
            Self::Conflict { position } if call.operation.starts_with("Transact") => {
                let actions = serde_json::from_str::<Value>(body)
                    .ok()
                    .and_then(|request| request.get("TransactItems")?.as_array().map(Vec::len))
                    .unwrap_or(0);
                let reasons: Vec<Value> = (0..actions)
                    .map(|at| match at == *position {
                        true => json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }),
                        false => json!({ "Code": "None" }),
                    })
                    .collect();
                Answer {
                    status: 400,
                    body: json!({
                        "__type": format!("{NAMESPACE}TransactionCanceledException"),
                        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
                        "CancellationReasons": reasons,
                    })
                    .to_string(),
                }
            }
            Self::Conflict { .. } => refusal(400, "TransactionConflictException"),
            Self::InProgress => refusal(400, "TransactionInProgressException"),
            // The connector itself plays the others; a call that gets here is told that the server failed.
            Self::ServerError
            | Self::Disconnected
            | Self::TimedOut
            | Self::LostReply
            | Self::Unprocessed { .. }
            | Self::Held(_) => refusal(500, "InternalServerError"),
        }
    }
}

impl Call {
    /// Reads the operation and the keys out of a request.
    pub(crate) fn read(operation: String, body: &str) -> Self {
        let request: Value = serde_json::from_str(body).unwrap_or_default();
        let index = request.get("IndexName").and_then(Value::as_str).map(str::to_owned);
        let mut keys = Vec::new();
        collect(&request, &mut keys);
        keys.extend(partition(&request));
        let mut bytes = DefaultHasher::new();
        bytes.write(body.as_bytes());
        Self { operation, index, keys, bytes: bytes.finish() }
    }
}

/// Every `Key`, `Item` and member of `Keys` in the request, in order.
fn collect(request: &Value, keys: &mut Vec<Key>) {
    match request {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "Key" | "Item" => keys.extend(key(member)),
                    "Keys" => keys.extend(member.as_array().into_iter().flatten().filter_map(key)),
                    "ExpressionAttributeValues" => {}
                    _ => collect(member, keys),
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|member| collect(member, keys)),
        _ => {}
    }
}

fn key(item: &Value) -> Option<Key> {
    let text = |name: &str| item.get(name)?.get("S")?.as_str().map(str::to_owned);
    Some(Key { pk: text("pk")?, sk: text("sk")? })
}

/// The values in a query's key condition, in the order in which the condition names them.
fn partition(request: &Value) -> Option<Key> {
    let condition = request.get("KeyConditionExpression")?.as_str()?;
    let values = request.get("ExpressionAttributeValues")?.as_object()?;
    let mut named: BTreeMap<usize, String> = BTreeMap::new();
    for (name, value) in values {
        let ends =
            |at: usize| !condition.split_at(at + name.len()).1.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        if let Some((at, _)) = condition.match_indices(name.as_str()).find(|(at, _)| ends(*at)) {
            named.insert(at, value.get("S").and_then(Value::as_str).unwrap_or_default().to_owned());
        }
    }
    let mut named = named.into_values();
    Some(Key { pk: named.next()?, sk: named.next().unwrap_or_default() })
}
