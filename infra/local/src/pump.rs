//! The stream pump: what the table's stream holds goes to a function as DynamoDB stream events, at least once.
//!
//! It does what an event source mapping does on AWS, as far as `infra/template.yaml` asks for it: the filter on new event items,
//! batches, tries again from the first record that failed, and in the end puts a record that never succeeds with the dead letters.

use std::path::PathBuf;
use std::sync::Arc;

use aws_lambda_events::event::dynamodb::Event;
use portico_http::clock::Clock;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::bus::folder::{BusFolder, DeadLetter};
use crate::data::{Unusable, read_secret, write_secret};
use crate::engine::{Closed, Database};

const BATCH: usize = 10;
/// `MaximumRetryAttempts` of the template.
const TRIES: u32 = 20;
const FUNCTION: &str = "relay-events";

/// Reads the stream of one table.
#[derive(Debug)]
pub struct Pump {
    database: Database,
    table: String,
    state: Mutex<State>,
    dead: Option<(BusFolder, Arc<dyn Clock>)>,
}

/// The stream and its shards, in their order. Asked for once, and when a shard has ended: the embedded engine, whose one shard never
/// ends, counts the table's rows to describe it.
#[derive(Debug)]
struct Stream {
    arn: String,
    shards: Vec<Shard>,
}

#[derive(Debug)]
struct Shard {
    id: String,
    starts: String,
    ends: Option<String>,
}

#[derive(Debug)]
struct State {
    stream: Option<Stream>,
    kept: Option<PathBuf>,
    position: Option<String>,
    tries: u32,
}

/// The stream cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PumpError {
    /// The engine has stopped.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// The position cannot be kept.
    #[error(transparent)]
    Cursor(#[from] Unusable),
    /// The engine's answer is not what DynamoDB's would be.
    #[error("the table's stream cannot be read: {0}")]
    Stream(String),
}

/// How a batch went: the sequence numbers of the records that failed, or why the whole of it did.
pub type Delivered = Result<Vec<String>, String>;

impl Pump {
    /// A pump that goes on where the file says (from the beginning where there is none), and keeps its position there.
    ///
    /// # Errors
    /// [`PumpError::Cursor`] if the file is there and cannot be read.
    pub fn new(database: Database, table: &str, kept: Option<PathBuf>) -> Result<Self, PumpError> {
        let position = match &kept {
            Some(path) => read_secret(path)?.and_then(|bytes| String::from_utf8(bytes).ok()),
            None => None,
        };
        Ok(Self {
            database,
            table: table.to_owned(),
            state: Mutex::new(State { stream: None, kept, position, tries: 0 }),
            dead: None,
        })
    }

    /// The same pump, which puts what it gives up with the dead letters of a bus.
    #[must_use]
    pub fn with_dead_letters(self, folder: BusFolder, clock: Arc<dyn Clock>) -> Self {
        Self { dead: Some((folder, clock)), ..self }
    }

    /// Hands over what has been committed so far. Calls that come at the same time wait for each other.
    ///
    /// # Errors
    /// [`PumpError`]; a failed delivery is none: it is tried again at the next call, and logged.
    pub async fn drain<F>(&self, deliver: impl Fn(Event) -> F) -> Result<(), PumpError>
    where
        F: Future<Output = Delivered>,
    {
        let mut state = self.state.lock().await;
        loop {
            let records = self.records(&mut state).await?;
            if records.is_empty() {
                return Ok(());
            }
            for batch in records.chunks(BATCH) {
                if !self.batch(&mut state, batch, &deliver).await? {
                    return Ok(());
                }
            }
        }
    }

    /// Whether to go on with the next batch.
    async fn batch<F>(&self, state: &mut State, batch: &[Value], deliver: &impl Fn(Event) -> F) -> Result<bool, PumpError>
    where
        F: Future<Output = Delivered>,
    {
        let wanted: Vec<&Value> = batch.iter().filter(is_new_event).collect();
        if !wanted.is_empty() {
            let event = serde_json::from_value(json!({ "Records": wanted }));
            let event: Event = event.map_err(|error| PumpError::Stream(error.to_string()))?;
            let failed = match deliver(event).await {
                Ok(failed) => failed.into_iter().min().map(|failed| (failed, "the function named this record".to_owned())),
                Err(reason) => {
                    tracing::warn!(reason, "a batch of the stream failed");
                    wanted.first().and_then(|record| sequence(record)).map(|failed| (failed.to_owned(), reason))
                }
            };
            if let Some((failed, reason)) = failed {
                state.tries += 1;
                let before = batch.iter().filter_map(sequence).take_while(|number| *number < failed.as_str()).last();
                if let Some(before) = before {
                    self.keep(state, before)?;
                    state.tries = 1; // what came before got through: the record that fails now is another one
                }
                if state.tries < TRIES {
                    return Ok(false);
                }
                tracing::error!(sequence = failed, "a record of the stream is given up after {TRIES} tries");
                if let Some(record) = wanted.iter().find(|record| sequence(record) == Some(&failed)) {
                    self.bury(record, &reason)?;
                }
                self.keep(state, &failed)?;
                state.tries = 0;
                return Ok(true);
            }
        }
        state.tries = 0;
        if let Some(last) = batch.last().and_then(sequence) {
            self.keep(state, last)?;
        }
        Ok(true)
    }

    /// One file for the record, under the event's own id. It holds what the table holds: no secret.
    fn bury(&self, record: &Value, reason: &str) -> Result<(), Unusable> {
        let Some((folder, clock)) = &self.dead else { return Ok(()) };
        let id = event_id(record).unwrap_or("unknown");
        folder.bury(&DeadLetter { id, function: FUNCTION, reason, tries: TRIES, at: clock.now(), event: record })
    }

    fn keep(&self, state: &mut State, position: &str) -> Result<(), PumpError> {
        if let Some(path) = &state.kept {
            write_secret(path, position.as_bytes())?;
        }
        state.position = Some(position.to_owned());
        Ok(())
    }

    async fn find_stream(&self) -> Result<Stream, PumpError> {
        let table = self.call("DescribeTable", json!({ "TableName": self.table })).await?;
        let arn = text(&table, "/Table/LatestStreamArn")?;
        let (mut shards, mut from) = (Vec::new(), json!({ "StreamArn": arn }));
        loop {
            let page = self.call("DescribeStream", from).await?;
            for shard in page.pointer("/StreamDescription/Shards").and_then(Value::as_array).into_iter().flatten() {
                let bound = |which: &str| shard.pointer(&format!("/SequenceNumberRange/{which}")).and_then(Value::as_str);
                shards.push(Shard {
                    id: text(shard, "/ShardId")?,
                    starts: bound("StartingSequenceNumber").unwrap_or_default().to_owned(),
                    ends: bound("EndingSequenceNumber").map(str::to_owned),
                });
            }
            match page.pointer("/StreamDescription/LastEvaluatedShardId").and_then(Value::as_str) {
                Some(last) => from = json!({ "StreamArn": arn, "ExclusiveStartShardId": last }),
                None => break,
            }
        }
        // The sequence of one table goes on from shard to shard, here and in DynamoDB Local.
        shards.sort_by(|one, other| order(&one.starts).cmp(&order(&other.starts)));
        Ok(Stream { arn, shards })
    }

    /// What follows the position, from the first shard that holds any of it.
    async fn records(&self, state: &mut State) -> Result<Vec<Value>, PumpError> {
        loop {
            let stream = match state.stream.take() {
                Some(stream) => stream,
                None => self.find_stream().await?,
            };
            let read = self.of_shards(&stream, state.position.as_deref()).await;
            let known = stream.shards.len();
            state.stream = Some(stream);
            let (records, ended) = read?;
            if !records.is_empty() || !ended {
                return Ok(records);
            }
            let again = self.find_stream().await?;
            let no_other = again.shards.len() <= known;
            state.stream = Some(again);
            if no_other {
                return Ok(Vec::new());
            }
        }
    }

    /// Records, and whether the last shard has ended.
    async fn of_shards(&self, stream: &Stream, position: Option<&str>) -> Result<(Vec<Value>, bool), PumpError> {
        let mut ended = true;
        let is_before = |one: &str, other: &str| order(one) <= order(other);
        for (number, shard) in stream.shards.iter().enumerate() {
            // The embedded engine says of its one shard, too, where it ends for now.
            let is_last = number + 1 == stream.shards.len();
            if let (Some(ends), Some(position), false) = (&shard.ends, position, is_last)
                && is_before(ends, position)
            {
                continue;
            }
            let from = position.filter(|position| is_before(&shard.starts, position));
            let mut read = self.of_shard(&stream.arn, &shard.id, from).await?;
            ended = read.get("NextShardIterator").is_none_or(Value::is_null);
            let records = read.get_mut("Records").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
            if !records.is_empty() {
                let named = records.into_iter().map(|mut record| {
                    if let Some(record) = record.as_object_mut() {
                        record.insert("eventSourceARN".into(), stream.arn.as_str().into());
                    }
                    record
                });
                return Ok((named.collect(), ended));
            }
        }
        Ok((Vec::new(), ended))
    }

    async fn of_shard(&self, arn: &str, shard: &str, position: Option<&str>) -> Result<Value, PumpError> {
        let from = match position {
            None => json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" }),
            Some(position) => json!({
                "StreamArn": arn,
                "ShardId": shard,
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": position,
            }),
        };
        let iterator = self.call("GetShardIterator", from).await?;
        let iterator = text(&iterator, "/ShardIterator")?;
        self.call("GetRecords", json!({ "ShardIterator": iterator })).await
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Value, PumpError> {
        let answer = self.database.call(operation, body.to_string()).await?;
        if answer.status != 200 {
            return Err(PumpError::Stream(answer.body));
        }
        serde_json::from_str(&answer.body).map_err(|error| PumpError::Stream(error.to_string()))
    }
}

/// Sequence numbers are numbers of many digits: a longer one is later.
fn order(sequence: &str) -> (usize, &str) {
    let digits = sequence.trim_start_matches('0');
    (digits.len(), digits)
}

fn is_new_event(record: &&Value) -> bool {
    record.get("eventName").and_then(Value::as_str) == Some("INSERT") && event_id(record).is_some()
}

fn event_id(record: &Value) -> Option<&str> {
    record.pointer("/dynamodb/Keys/sk/S").and_then(Value::as_str)?.strip_prefix("EVENT#")
}

fn sequence(record: &Value) -> Option<&str> {
    record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str)
}

fn text(answer: &Value, pointer: &str) -> Result<String, PumpError> {
    let found = answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| PumpError::Stream(format!("{pointer} is missing")))
}

#[cfg(test)]
mod tests;
