//! `portico emit` and `portico events`: the bus of a portal from outside, whether the portal runs or not.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use portico_http::clock::{SystemClock, SystemEntropy};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{any, date_time, list, text};
use portico_http::invalid::{Invalid, Rule};
use portico_http::json;
use serde_json::Value;

use crate::bus::folder::BusFolder;
use crate::bus::{BusError, Put, Sender};
use crate::data::{DataFolder, Unusable};
use crate::lines::Lines;

/// How often the bus is looked at.
const AGAIN: Duration = Duration::from_millis(200);

/// The file holds no event.
#[derive(Debug, thiserror::Error)]
pub enum NoEvent {
    /// It cannot be read.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// It is not JSON.
    #[error("{0}")]
    Json(String),
    /// A field is wrong.
    #[error("{0}")]
    Fields(String),
}

/// What a file puts on the bus: EventBridge's envelope, of which source, detail type and detail must be there. The bus gives it an id of its
/// own, as EventBridge does; so the same file twice is two events.
///
/// # Errors
/// [`NoEvent`] names the fields that are wrong.
pub fn read(file: &Path) -> Result<Put, NoEvent> {
    let event = json::parse(&std::fs::read(file)?).map_err(|error| NoEvent::Json(error.to_string().replace("the body", "it")))?;
    parse(&event).map_err(|faults| NoEvent::Fields(named(&faults)))
}

fn parse(event: &Value) -> Result<Put, Invalid> {
    let mut fields = Fields::of(event);
    fields.read_only(&["version", "id", "account", "region", "trace-header"]);
    let source = fields.required("source", text().single_line().chars(1..=256));
    let detail_type = fields.required("detail-type", text().single_line().chars(1..=128));
    let detail = fields.required("detail", any());
    let time = fields.optional("time", date_time());
    let resources = fields.optional("resources", list(text())).or(Vec::new());
    if source.as_ref().is_some_and(|source| source.starts_with("aws.")) {
        fields.refuse("source", Rule::Invalid, "must not begin with aws., which EventBridge keeps for AWS");
    }
    if detail.as_ref().is_some_and(|detail| !detail.is_object()) {
        fields.refuse("detail", Rule::IsObject, "must be an object");
    }
    let (source, detail_type, detail, time, resources) = fields.finish((source, detail_type, detail, time, resources))?;
    let resources = resources.into_iter().map(Value::from).collect();
    Ok(Put { source, detail_type, time, resources, detail })
}

fn named(faults: &Invalid) -> String {
    let named = faults.parameters().iter().map(|fault| {
        let field = if fault.field == "body" { "the event" } else { &fault.field };
        format!("{field} {}", fault.reason)
    });
    named.collect::<Vec<_>>().join("; ")
}

/// Why `decide-approval` will refuse what is put, if it is a decision and it will: the bus takes it all the same.
#[must_use]
pub fn warning(put: &Put) -> Option<String> {
    if put.detail_type != "approval.decided" {
        return None;
    }
    decide_approval::decision(&serde_json::json!({ "detail": put.detail })).err().map(|faults| named(&faults))
}

/// The bus of a data folder.
///
/// # Errors
/// [`Unusable`] if it cannot be made.
pub fn bus_of(folder: &DataFolder) -> Result<BusFolder, Unusable> {
    BusFolder::open(folder.bus(), folder.dead_letters())
}

/// Puts an event on the bus of a folder: delivered at once if a portal runs on it, else when the next one starts. Returns its id.
///
/// # Errors
/// [`BusError`] if it cannot be written.
pub fn emit(folder: &DataFolder, put: Put) -> Result<String, BusError> {
    Sender::new(bus_of(folder)?, Arc::new(SystemClock), Arc::new(SystemEntropy)).put(put)
}

/// Somebody who reads the bus.
#[derive(Debug)]
pub struct Reader {
    bus: BusFolder,
    seen: BTreeSet<String>,
}

impl Reader {
    /// Reads from the first event that is there.
    #[must_use]
    pub fn new(bus: BusFolder) -> Self {
        Self { bus, seen: BTreeSet::new() }
    }

    /// What has come since the last time, one line of JSON each.
    ///
    /// # Errors
    /// [`Unusable`] if the bus cannot be read.
    pub fn lines(&mut self) -> Result<Vec<String>, Unusable> {
        let mut lines = Vec::new();
        for id in self.bus.all()? {
            if self.seen.contains(&id) {
                continue;
            }
            // What is no event is with the dead letters, and not shown here.
            if let Some(text) = self.bus.read_any(&id)?
                && let Ok(event) = serde_json::from_slice::<Value>(&text)
            {
                lines.push(event.to_string());
            }
            self.seen.insert(id);
        }
        Ok(lines)
    }
}

/// Writes every event of the bus to standard output, one line of JSON each: those that are there, then each as it comes, until the
/// reader has gone or `stop` resolves.
///
/// # Errors
/// [`Unusable`] if the bus cannot be read.
pub async fn follow(bus: BusFolder, stop: impl Future<Output = ()>) -> Result<(), Unusable> {
    let (mut reader, mut out) = (Reader::new(bus), Lines::standard());
    let mut stop = std::pin::pin!(stop);
    loop {
        for line in reader.lines()? {
            if out.write(&line).await.is_err() {
                return Ok(()); // the reader has gone
            }
        }
        tokio::select! {
            () = &mut stop => return Ok(()),
            () = out.gone() => return Ok(()),
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}
