//! The table's stream as functions get it: which of its records are new events, and what they say.

use aws_lambda_events::event::dynamodb::EventRecord;
use portico_domain::event::Event;
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// An event as it was committed, and the partition of the root that it lies in. Its JSON is what `send-email` gets of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Committed {
    /// Partition of the root: `DEV#…`, `APP#…` and so on.
    pub root: String,
    /// The event.
    pub event: Event,
}

/// The event that a record of the stream tells of; nothing if it tells of something else (another item, an edit, a removal).
///
/// # Errors
/// [`StoreError::Corrupt`] if it is an event item that this code cannot read.
pub fn committed(record: &EventRecord) -> Result<Option<Committed>, StoreError> {
    let image = &record.change.new_image;
    let text = |name: &str| match image.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => Some(text.as_str()),
        _ => None,
    };
    if record.event_name != "INSERT" || text("kind") != Some("event") {
        return Ok(None);
    }
    let root = text("pk").ok_or_else(|| StoreError::Corrupt("an event has no root".to_owned()))?.to_owned();
    let event = serde_dynamo::from_item(image.clone())?;
    Ok(Some(Committed { root, event }))
}
