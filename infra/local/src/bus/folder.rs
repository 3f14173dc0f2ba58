//! The bus as files: each event one, named by its id, which waits until every function that it goes to has had it.
//!
//! `bus/ID.json` waits, `bus/delivered/ID.json` has been delivered or is a dead letter. A file comes into a folder whole, by renaming;
//! so does a process that was killed leave it, and another one goes on.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use portico_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::data::{Unusable, write_secret};

/// An event as its targets get it: EventBridge's envelope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The envelope's own version, `0`.
    pub version: String,
    /// What the bus calls it.
    pub id: String,
    /// What it is.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// Who says it.
    pub source: String,
    /// Whose bus it is on: nobody's, on a laptop.
    pub account: String,
    /// When it happened (RFC 3339).
    pub time: String,
    /// Where: `local`.
    pub region: String,
    /// What it is about, for those who name resources.
    pub resources: Vec<Value>,
    /// What it says.
    pub detail: Value,
}

/// An event that a function cannot do anything with.
#[derive(Debug)]
pub struct DeadLetter<'a> {
    /// What the bus calls the event.
    pub id: &'a str,
    /// The function.
    pub function: &'a str,
    /// Why it failed the last time.
    pub reason: &'a str,
    /// How often it was tried.
    pub tries: u32,
    /// When it was given up.
    pub at: Timestamp,
    /// The event.
    pub event: &'a Value,
}

/// The folders of a bus.
#[derive(Clone, Debug)]
pub struct BusFolder {
    waiting: PathBuf,
    delivered: PathBuf,
    dead: PathBuf,
}

impl BusFolder {
    /// The bus in a data folder, made if it is missing.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be made.
    pub fn open(waiting: PathBuf, dead: PathBuf) -> Result<Self, Unusable> {
        let folder = Self { delivered: waiting.join("delivered"), waiting, dead };
        for path in [&folder.delivered, &folder.dead] {
            fs::create_dir_all(path).map_err(|error| unusable(path, &error))?;
        }
        Ok(folder)
    }

    /// Puts an event on the bus. It is there for good when this returns.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be written.
    pub fn put(&self, event: &Envelope) -> Result<(), Unusable> {
        let path = self.waiting.join(format!("{}.json", event.id));
        let text = serde_json::to_vec(event).map_err(|error| Unusable { path: path.clone(), reason: error.to_string() })?;
        write_secret(&path, &text).map(|_| ())
    }

    /// The ids of the events that wait, in the order in which they were put.
    ///
    /// # Errors
    /// [`Unusable`] if the folder cannot be read.
    pub fn waiting(&self) -> Result<Vec<String>, Unusable> {
        Ok(ids(&self.waiting)?.into_iter().collect())
    }

    /// The ids of every event of the bus, in the order in which they were put.
    ///
    /// # Errors
    /// [`Unusable`] if a folder cannot be read.
    pub fn all(&self) -> Result<BTreeSet<String>, Unusable> {
        // What is delivered between the two readings is seen in the second.
        let mut all = ids(&self.waiting)?;
        all.extend(ids(&self.delivered)?);
        Ok(all)
    }

    /// What waits under an id; nothing, if it waits no more.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be read.
    pub fn read(&self, id: &str) -> Result<Option<Vec<u8>>, Unusable> {
        crate::data::read_secret(&self.waiting.join(format!("{id}.json")))
    }

    /// What lies under an id, whether it waits or was delivered.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be read.
    pub fn read_any(&self, id: &str) -> Result<Option<Vec<u8>>, Unusable> {
        match self.read(id)? {
            Some(event) => Ok(Some(event)),
            None => crate::data::read_secret(&self.delivered.join(format!("{id}.json"))),
        }
    }

    /// Notes that an event waits no more.
    ///
    /// # Errors
    /// [`Unusable`] if that cannot be noted.
    pub fn delivered(&self, id: &str) -> Result<(), Unusable> {
        let (from, name) = (self.waiting.join(format!("{id}.json")), format!("{id}.json"));
        match fs::rename(&from, self.delivered.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(unusable(&from, &error)),
            _ => Ok(()),
        }
    }

    /// Puts an event with the dead letters, one file for each function that could do nothing with it.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be written.
    pub fn bury(&self, letter: &DeadLetter<'_>) -> Result<(), Unusable> {
        let text = json!({
            "function": letter.function,
            "reason": letter.reason,
            "tries": letter.tries,
            "at": letter.at.rfc3339(),
            "event": letter.event,
        });
        let path = self.dead.join(format!("{}.{}.json", letter.id, letter.function));
        write_secret(&path, format!("{text:#}\n").as_bytes()).map(|_| ())
    }
}

/// The ids of the files of a folder that are events. A draft is none yet.
fn ids(folder: &Path) -> Result<BTreeSet<String>, Unusable> {
    let mut ids = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(|error| unusable(folder, &error))? {
        let path = entry.map_err(|error| unusable(folder, &error))?.path();
        let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".json"));
        let is_id = |id: &&str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        ids.extend(id.filter(is_id).map(str::to_owned));
    }
    Ok(ids)
}

fn unusable(path: &Path, error: &std::io::Error) -> Unusable {
    Unusable { path: path.to_owned(), reason: error.to_string() }
}
