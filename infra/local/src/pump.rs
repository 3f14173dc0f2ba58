//! The stream pump: what the table's stream holds goes to a function as DynamoDB stream events, at least once.
//!
//! It does what an event source mapping does on AWS, as far as `infra/template.yaml` asks for it: the filter on new event items,
//! batches, tries again from the first record that failed, and in the end passes over a record that never succeeds.

use std::path::PathBuf;

use aws_lambda_events::event::dynamodb::Event;
use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell};

use crate::data::{Unusable, read_secret, write_secret};
use crate::engine::{Closed, Database};

const BATCH: usize = 10;
const TRIES: u32 = 10;

/// Reads the stream of one table.
#[derive(Debug)]
pub struct Pump {
    database: Database,
    table: String,
    /// Asked for once: the engine counts the table's rows to describe it.
    stream: OnceCell<(String, String)>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
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
            stream: OnceCell::new(),
            state: Mutex::new(State { kept, position, tries: 0 }),
        })
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
        let stream = self.stream.get_or_try_init(|| self.find_stream()).await?;
        loop {
            let records = self.records(stream, state.position.as_deref()).await?;
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
                Ok(failed) => failed.into_iter().min(),
                Err(reason) => {
                    tracing::warn!(reason, "a batch of the stream failed");
                    wanted.first().and_then(|record| sequence(record)).map(str::to_owned)
                }
            };
            if let Some(failed) = failed {
                state.tries += 1;
                let before = batch.iter().filter_map(sequence).take_while(|number| *number < failed.as_str()).last();
                if let Some(before) = before {
                    self.keep(state, before)?;
                    state.tries = 1; // what came before got through: the record that fails now is another one
                }
                if state.tries < TRIES {
                    return Ok(false);
                }
                tracing::error!(sequence = failed, "a record of the stream is passed over after {TRIES} tries");
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

    fn keep(&self, state: &mut State, position: &str) -> Result<(), PumpError> {
        if let Some(path) = &state.kept {
            write_secret(path, position.as_bytes())?;
        }
        state.position = Some(position.to_owned());
        Ok(())
    }

    async fn find_stream(&self) -> Result<(String, String), PumpError> {
        let table = self.call("DescribeTable", json!({ "TableName": self.table })).await?;
        let arn = text(&table, "/Table/LatestStreamArn")?;
        let stream = self.call("DescribeStream", json!({ "StreamArn": arn })).await?;
        let shard = text(&stream, "/StreamDescription/Shards/0/ShardId")?;
        Ok((arn, shard))
    }

    async fn records(&self, (arn, shard): &(String, String), position: Option<&str>) -> Result<Vec<Value>, PumpError> {
        let mut from = json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
        if let Some(position) = position {
            from = json!({
                "StreamArn": arn,
                "ShardId": shard,
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": position,
            });
        }
        let iterator = self.call("GetShardIterator", from).await?;
        let iterator = text(&iterator, "/ShardIterator")?;
        let mut read = self.call("GetRecords", json!({ "ShardIterator": iterator })).await?;
        let records = read.get_mut("Records").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
        let named = records.into_iter().map(|mut record| {
            if let Some(record) = record.as_object_mut() {
                record.insert("eventSourceARN".into(), arn.as_str().into());
            }
            record
        });
        Ok(named.collect())
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Value, PumpError> {
        let answer = self.database.call(operation, body.to_string()).await?;
        if answer.status != 200 {
            return Err(PumpError::Stream(answer.body));
        }
        serde_json::from_str(&answer.body).map_err(|error| PumpError::Stream(error.to_string()))
    }
}

fn is_new_event(record: &&Value) -> bool {
    let sort_key = record.pointer("/dynamodb/Keys/sk/S").and_then(Value::as_str).unwrap_or_default();
    record.get("eventName").and_then(Value::as_str) == Some("INSERT") && sort_key.starts_with("EVENT#")
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
