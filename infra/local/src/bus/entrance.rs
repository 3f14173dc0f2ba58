//! The entrance of the bus for the AWS SDK: EventBridge's `PutEvents`, as far as Portico calls it.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use portico_delivery::bus::{BYTES_PER_CALL, ENTRIES_PER_CALL};
use portico_domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Put, Sender};
use crate::in_process::{Service, json_answer};

/// Puts what is sent on a bus.
#[derive(Clone, Debug)]
pub struct Entrance(pub Sender);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Call {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(default)]
    source: String,
    #[serde(default)]
    detail_type: String,
    #[serde(default)]
    detail: String,
    /// Seconds since 1970.
    time: Option<f64>,
    #[serde(default)]
    resources: Vec<Value>,
}

impl Entry {
    fn bytes(&self) -> usize {
        self.source.len() + self.detail_type.len() + self.detail.len()
    }

    /// What is put; or EventBridge's code for why it is not.
    fn put(self) -> Result<Put, &'static str> {
        if self.source.is_empty() || self.detail_type.is_empty() {
            return Err("InvalidArgument");
        }
        let detail = serde_json::from_str(&self.detail).ok().filter(Value::is_object).ok_or("MalformedDetail")?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far from the end of both")]
        let time = self.time.map(|seconds| Timestamp::from_millis((seconds * 1000.0).round() as i64));
        Ok(Put { source: self.source, detail_type: self.detail_type, time, resources: self.resources, detail })
    }
}

impl Service for Entrance {
    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let wrong = |what: String| ConnectorError::user(format!("this is no PutEvents: {what}").into());
        if request.headers().get("x-amz-target") != Some("AWSEvents.PutEvents") {
            return Err(wrong(request.uri().to_owned()));
        }
        let body = request.body().bytes().ok_or_else(|| wrong("the body is a stream".to_owned()))?;
        let call: Call = serde_json::from_slice(body).map_err(|error| wrong(error.to_string()))?;
        let bytes: usize = call.entries.iter().map(Entry::bytes).sum();
        if call.entries.is_empty() || call.entries.len() > ENTRIES_PER_CALL || bytes > BYTES_PER_CALL {
            let body = json!({ "__type": "ValidationException", "message": "too many entries or bytes, or none" });
            return json_answer(400, &body);
        }
        let mut failed = 0;
        let mut entries = Vec::with_capacity(call.entries.len());
        for entry in call.entries {
            let put = entry.put().map_err(str::to_owned).and_then(|put| {
                self.0.put(put).map_err(|error| {
                    tracing::error!(%error, "an event is not on the bus");
                    "InternalFailure".to_owned()
                })
            });
            entries.push(match put {
                Ok(id) => json!({ "EventId": id }),
                Err(code) => {
                    failed += 1;
                    json!({ "ErrorCode": code, "ErrorMessage": "the entry is not on the bus" })
                }
            });
        }
        json_answer(200, &json!({ "FailedEntryCount": failed, "Entries": entries }))
    }
}
