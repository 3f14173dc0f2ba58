//! The table's engine: a DynamoDB in this process, reached through the AWS SDK without a socket, or one behind an endpoint.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Region};
use dynoxide::DynoxideError;
use dynoxide::storage_backend::Clock;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Notify, oneshot};

use crate::connector::InProcess;
use crate::endpoint::Endpoint;
use crate::faults::Faults;
use crate::table::TABLE;

/// A database. Clones share it; an embedded one closes with the last clone and the last client.
#[derive(Clone, Debug)]
pub struct Database {
    engine: Engine,
    faults: Faults,
    changed: Arc<Notify>,
    name: Arc<str>,
    table: Arc<str>,
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The engine refused: an unreadable or damaged file, a folder that cannot be written.
    #[error("cannot open the table's file: {0}")]
    Engine(String),
    /// The operating system gave no thread.
    #[error("cannot start the engine's thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// The answer to one call, as it would travel: an HTTP status and a JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status: of an embedded engine 200, 400, 500 or 501.
    pub status: u16,
    /// JSON in DynamoDB's wire form.
    pub body: String,
}

impl Database {
    /// A database that lives as long as its handles.
    ///
    /// # Errors
    /// [`OpenError`] if the engine or its thread cannot start.
    pub fn memory() -> Result<Self, OpenError> {
        Self::over(dynoxide::Database::memory())
    }

    /// As [`Database::memory`], with the clock that the engine's stream and expiry (TTL) read.
    ///
    /// # Errors
    /// [`OpenError`] if the engine or its thread cannot start.
    pub fn memory_with_clock(clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::over(dynoxide::Database::memory_with_clock(clock))
    }

    /// The database in the file at `path`, created if it is missing. Every acknowledged write is on disk.
    ///
    /// # Errors
    /// [`OpenError`] if the file cannot be opened, or the engine's thread cannot start.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let path = path.to_str().ok_or_else(|| OpenError::Engine("the path is not UTF-8".into()))?;
        Self::over(index_stream(path).and_then(|()| dynoxide::Database::new(path)))
    }

    /// The database of an access key behind an endpoint that does not look at signatures, such as DynamoDB Local. With the same
    /// faults and the same record of calls as an embedded one.
    #[must_use]
    pub fn at(endpoint: &str, access_key: &str) -> Self {
        Self::of(Engine::Elsewhere(Endpoint::new(endpoint, access_key)))
    }

    fn over(database: dynoxide::Result<dynoxide::Database>) -> Result<Self, OpenError> {
        let database = database.map_err(|error| OpenError::Engine(error.to_string()))?;
        Ok(Self::of(Engine::start(database)?))
    }

    fn of(engine: Engine) -> Self {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let name = format!("database-{}", OPENED.fetch_add(1, Ordering::Relaxed));
        Self { engine, faults: Faults::default(), changed: Arc::default(), name: name.into(), table: TABLE.into() }
    }

    /// The same database, whose table has another name than [`TABLE`].
    #[must_use]
    pub fn with_table(self, name: &str) -> Self {
        Self { table: name.into(), ..self }
    }

    /// The name of its table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Whether it is behind an endpoint.
    #[must_use]
    pub const fn is_elsewhere(&self) -> bool {
        matches!(self.engine, Engine::Elsewhere(_))
    }

    /// The faults that this database's clients meet, and the record of their calls, which begins when this is first asked for.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.faults.watch()
    }

    /// Returns after a client has written something since the last return. For one waiter.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// A client's configuration: standard retries, short backoff (nobody else shares this engine), no network.
    #[must_use]
    pub fn sdk_config(&self) -> Builder {
        let retries = RetryConfig::standard()
            .with_max_attempts(4)
            .with_initial_backoff(Duration::from_millis(2))
            .with_max_backoff(Duration::from_millis(20));
        aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "embedded"))
            .endpoint_url("http://embedded.invalid")
            .retry_config(retries)
            // The default partition is shared by the whole process: one test's faults would eat another's retries.
            .retry_partition(RetryPartition::new(self.name.to_string()))
            .http_client(InProcess::new(self.engine.clone(), self.faults.clone(), self.changed.clone()))
    }

    /// A client of this database.
    #[must_use]
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::from_conf(self.sdk_config().build())
    }

    /// Calls an operation beside the SDK, the faults and the record: for the stream, which has no client here.
    ///
    /// # Errors
    /// [`Closed`] if the engine does not answer.
    pub async fn call(&self, operation: &str, body: String) -> Result<Answer, Closed> {
        self.engine.call(operation.to_owned(), body).await
    }

    /// Calls an operation for somebody outside of this process: what waits for a change hears of it.
    ///
    /// # Errors
    /// [`Closed`] if the engine does not answer.
    pub async fn call_from_outside(&self, operation: &str, body: String) -> Result<Answer, Closed> {
        let answer = self.call(operation, body).await?;
        if writes(operation) && answer.status == 200 {
            self.changed.notify_one();
        }
        Ok(answer)
    }

    /// Removes the items whose `ttl` has passed, as DynamoDB does in the background (and one behind an endpoint by itself). Returns
    /// how many.
    ///
    /// # Errors
    /// [`Closed`] if the engine's thread has ended; an engine error is logged and counts nothing.
    pub async fn sweep_expired(&self) -> Result<usize, Closed> {
        let Engine::Embedded(thread) = &self.engine else { return Ok(0) };
        let swept = thread.run(|database| database.sweep_ttl()).await?;
        Ok(swept.unwrap_or_else(|error| {
            tracing::warn!(%error, "expired items were not swept");
            0
        }))
    }
}

/// Gives the file an index for the question that the engine asks at each write: the stream's last sequence number. Without it the
/// engine reads the whole stream for the answer, so that every write made the next one slower. A table in memory has no such
/// index: it does not live long enough to need one.
fn index_stream(path: &str) -> dynoxide::Result<()> {
    let storage = dynoxide::storage::Storage::new(path)?;
    storage.conn().execute_batch(
        "CREATE INDEX IF NOT EXISTS portico_stream_end ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )?;
    Ok(())
}

/// Whether an operation writes.
pub(crate) fn writes(operation: &str) -> bool {
    ["Put", "Update", "Delete", "TransactWrite", "BatchWrite"].iter().any(|write| operation.starts_with(write))
}

/// The engine's thread has ended, or its endpoint does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the table's engine does not answer")]
pub struct Closed;

type Work = Box<dyn FnOnce(&dynoxide::Database) + Send>;

/// What answers the calls.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    /// This process.
    Embedded(Thread),
    /// Another one.
    Elsewhere(Endpoint),
}

/// The embedded engine on a thread of its own: it is synchronous behind one lock, so more threads would only wait for each other.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    work: mpsc::Sender<Work>,
}

impl Engine {
    fn start(database: dynoxide::Database) -> std::io::Result<Self> {
        let (work, queue) = mpsc::channel::<Work>();
        std::thread::Builder::new().name("table".into()).spawn(move || {
            for work in queue {
                work(&database);
            }
        })?;
        Ok(Self::Embedded(Thread { work }))
    }

    pub(crate) async fn call(&self, operation: String, body: String) -> Result<Answer, Closed> {
        match self {
            Self::Embedded(thread) => thread.run(move |database| answer(database, &operation, &body)).await,
            Self::Elsewhere(endpoint) => endpoint.call(&operation, body).await,
        }
    }
}

impl Thread {
    /// Runs to the end even if the caller has gone: as a call that has reached AWS does.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&dynoxide::Database) -> T + Send + 'static) -> Result<T, Closed> {
        let (reply, answer) = oneshot::channel();
        let work = Box::new(move |database: &dynoxide::Database| {
            // The caller may have gone; the work is done all the same.
            let _gone = reply.send(work(database));
        });
        self.work.send(work).map_err(|_| Closed)?;
        answer.await.map_err(|_| Closed)
    }
}

fn answer(database: &dynoxide::Database, operation: &str, body: &str) -> Answer {
    match dispatch(database, operation, body) {
        Ok(body) => Answer { status: 200, body },
        Err(error) => Answer { status: error.status_code(), body: error.to_json() },
    }
}

fn dispatch(database: &dynoxide::Database, operation: &str, body: &str) -> dynoxide::Result<String> {
    macro_rules! operations {
        ($($name:literal => $method:ident,)*) => {
            match operation {
                $($name => write(&database.$method(read(body)?)?),)*
                other => Err(DynoxideError::UnsupportedCapability(format!("{other} is not offered by the embedded table"))),
            }
        };
    }
    operations! {
        "BatchGetItem" => batch_get_item,
        "BatchWriteItem" => batch_write_item,
        "CreateTable" => create_table,
        "DeleteItem" => delete_item,
        "DescribeStream" => describe_stream,
        "DescribeTable" => describe_table,
        "DescribeTimeToLive" => describe_time_to_live,
        "GetItem" => get_item,
        "GetRecords" => get_records,
        "GetShardIterator" => get_shard_iterator,
        "ListTables" => list_tables,
        "PutItem" => put_item,
        "Query" => query,
        "Scan" => scan,
        "TransactGetItems" => transact_get_items,
        "TransactWriteItems" => transact_write_items,
        "UpdateItem" => update_item,
        "UpdateTimeToLive" => update_time_to_live,
    }
}

fn read<T: DeserializeOwned>(body: &str) -> dynoxide::Result<T> {
    serde_json::from_str(body).map_err(|error| DynoxideError::ValidationException(error.to_string()))
}

fn write(reply: &impl Serialize) -> dynoxide::Result<String> {
    serde_json::to_string(reply).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
