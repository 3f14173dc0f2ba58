//! A bus for tests, below the AWS SDK: it takes entries as EventBridge does, keeps what it took, and fails as a test tells it to.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use portico_aws::SdkConfig;
use portico_delivery::bus::EventBus;
use serde_json::{Value, json};

/// What the bus does with one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Takes every entry.
    Take,
    /// Takes every entry but those at these positions: HTTP 200 with failed entries.
    Refuse(Vec<usize>),
    /// 500, nothing is taken.
    Fail,
    /// Takes every entry, and the connection breaks before the reply.
    LoseReply,
    /// The code that waits for the reply panics.
    Panic,
}

type Script = Box<dyn FnMut(&[Value]) -> Answer + Send>;

/// A shared handle on the bus.
#[derive(Clone)]
pub struct TestBus(Arc<Mutex<State>>);

struct State {
    script: Script,
    calls: Vec<Vec<Value>>,
    taken: Vec<Value>,
}

impl fmt::Debug for TestBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestBus")
    }
}

/// Waits end at once.
#[derive(Debug)]
struct NoWait;

impl AsyncSleep for NoWait {
    fn sleep(&self, _duration: Duration) -> Sleep {
        Sleep::new(std::future::ready(()))
    }
}

impl Default for TestBus {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { script: Box::new(|_| Answer::Take), calls: Vec::new(), taken: Vec::new() })))
    }
}

impl TestBus {
    /// The bus as a function reaches it.
    pub fn client(&self) -> EventBus {
        let config = SdkConfig::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(aws_sdk_dynamodb::config::Region::new("eu-central-1"))
            .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(
                aws_sdk_dynamodb::config::Credentials::new("test", "test", None, None, "test"),
            ))
            .retry_config(portico_aws::retries())
            .stalled_stream_protection(aws_sdk_dynamodb::config::StalledStreamProtectionConfig::disabled())
            .sleep_impl(SharedAsyncSleep::new(NoWait))
            .http_client(self.clone())
            .build();
        EventBus::new(&config, "portico")
    }

    /// From now on each call is answered so.
    pub fn answer(&self, script: impl FnMut(&[Value]) -> Answer + Send + 'static) {
        self.state().script = Box::new(script);
    }

    /// The entries of each call since the last time, as they were sent.
    pub fn take_calls(&self) -> Vec<Vec<Value>> {
        std::mem::take(&mut self.state().calls)
    }

    /// The entries that the bus took since the last time, in their order. `Detail` is read.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.state().taken)
    }

    /// The notices that the bus took since the last time: what a consumer finds in `detail`.
    pub fn take_notices(&self) -> Vec<Value> {
        let notices = self.take().into_iter().filter(|entry| entry["Source"] == "portico");
        notices.map(|mut entry| entry["Detail"].take()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn respond(&self, body: &[u8]) -> Result<(u16, Value), ConnectorError> {
        let request: Value = serde_json::from_slice(body).expect("a call is JSON");
        let mut entries = request["Entries"].as_array().expect("entries").clone();
        for entry in &mut entries {
            let detail = entry["Detail"].as_str().and_then(|detail| serde_json::from_str(detail).ok());
            entry["Detail"] = detail.expect("the detail of an entry is JSON text");
        }
        let mut state = self.state();
        let answer = (state.script)(&entries);
        state.calls.push(entries.clone());
        let refused = match answer {
            Answer::Panic => {
                drop(state);
                panic!("injected: the bus panics");
            }
            Answer::Fail => return Ok((500, json!({ "__type": "InternalException", "message": "injected" }))),
            Answer::LoseReply => {
                state.taken.extend(entries);
                return Err(ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()));
            }
            Answer::Take => Vec::new(),
            Answer::Refuse(positions) => positions,
        };
        let mut results = Vec::new();
        for (position, entry) in entries.into_iter().enumerate() {
            if refused.contains(&position) {
                results.push(json!({ "ErrorCode": "ThrottlingException", "ErrorMessage": "injected" }));
            } else {
                state.taken.push(entry);
                results.push(json!({ "EventId": format!("bus-{}", state.taken.len()) }));
            }
        }
        let failed = refused.len().min(results.len());
        Ok((200, json!({ "FailedEntryCount": failed, "Entries": results })))
    }
}

impl HttpConnector for TestBus {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let bus = self.clone();
        HttpConnectorFuture::new(async move {
            let (status, body) = bus.respond(request.body().bytes().expect("a body in memory"))?;
            let status = status.try_into().expect("a status");
            let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
            response.headers_mut().insert("content-type", "application/x-amz-json-1.1");
            Ok(response)
        })
    }
}

impl HttpClient for TestBus {
    fn http_connector(&self, _settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
