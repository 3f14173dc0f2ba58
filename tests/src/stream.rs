//! The table's stream in tests: its records as Lambda hands them to a function.

use std::sync::{Mutex, PoisonError};

use lambda_http::aws_lambda_events::dynamodb::{Event, EventRecord};
use portico::pump::Pump;

use crate::portal::{TABLE, TestPortal};

/// A batch of records.
pub fn batch(records: &[EventRecord]) -> Event {
    let mut batch = Event::default();
    batch.records = records.to_vec();
    batch
}

/// The number of a record in its stream.
pub fn sequence(record: &EventRecord) -> &str {
    record.change.sequence_number.as_deref().expect("the stream numbers its records")
}

impl TestPortal {
    /// The stream's records of events so far, in their order.
    pub async fn event_records(&self) -> Vec<EventRecord> {
        let records = Mutex::new(Vec::new());
        let pump = Pump::new(self.database.clone(), TABLE, None).expect("a pump");
        let keep = async |batch: Event| {
            records.lock().unwrap_or_else(PoisonError::into_inner).extend(batch.records);
            Ok(Vec::new())
        };
        pump.drain(keep).await.expect("the stream is read");
        records.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
