//! The AWS SDK's HTTP client without a socket: a call goes to the engine in this process, past the faults of a test.

use std::sync::Arc;

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use tokio::sync::Notify;

use crate::capacity;
use crate::engine::{Answer, Engine, writes};
use crate::faults::{Call, Fault, Faults};
use crate::recorded;

/// Reads `x-amz-target`, calls the engine, and hands back what DynamoDB would send.
#[derive(Clone, Debug)]
pub(crate) struct InProcess {
    engine: Engine,
    faults: Faults,
    changed: Arc<Notify>,
}

impl InProcess {
    pub(crate) fn new(engine: Engine, faults: Faults, changed: Arc<Notify>) -> Self {
        Self { engine, faults, changed }
    }

    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let operation = request
            .headers()
            .get("x-amz-target")
            .and_then(|target| target.split_once('.'))
            .map(|(_service, operation)| operation.to_owned())
            .ok_or_else(|| ConnectorError::user("the request has no x-amz-target".into()))?;
        let body = request
            .body()
            .bytes()
            .and_then(|body| std::str::from_utf8(body).ok())
            .ok_or_else(|| ConnectorError::user("the request's body is not text".into()))?
            .to_owned();
        if !self.faults.is_watched() {
            return self.engine_answers(operation, body).await;
        }
        let call = Call::read(operation, &body);
        self.faults.used(recorded::uses(&call.operation, &body));
        let fault = self.faults.meet(&call);
        match fault {
            None => self.engine_answers(call.operation, body).await,
            Some(Fault::LostReply) => {
                self.engine_answers(call.operation, body).await?;
                Err(connection_reset())
            }
            Some(Fault::Disconnected) => Err(connection_reset()),
            Some(Fault::TimedOut) => Err(ConnectorError::timeout("injected: timed out".into())),
            Some(Fault::Held(gate)) => {
                gate.pass().await;
                self.engine_answers(call.operation, body).await
            }
            Some(Fault::Unprocessed { after }) => {
                let (body, unprocessed) = split_batch(&body, after);
                let read = match body {
                    Some(body) => self.call_engine(call.operation, body).await?,
                    None => Answer { status: 200, body: "{}".into() },
                };
                response(Answer { body: with_unprocessed(&read.body, unprocessed), ..read })
            }
            Some(refusal) => response(refusal.answer(&call, &body)),
        }
    }

    async fn engine_answers(&self, operation: String, body: String) -> Result<HttpResponse, ConnectorError> {
        response(self.call_engine(operation, body).await?)
    }

    async fn call_engine(&self, operation: String, body: String) -> Result<Answer, ConnectorError> {
        let writes = writes(&operation);
        let (name, sent) = (operation.clone(), body.len());
        let asking = self.faults.is_metered().then(|| capacity::asking(&body)).flatten();
        let metered = asking.is_some();
        let answer = self.engine.call(operation, asking.unwrap_or(body)).await;
        let mut answer = answer.map_err(|closed| ConnectorError::io(closed.into()))?;
        if metered {
            let consumed;
            (consumed, answer) = capacity::told(&name, sent, answer);
            self.faults.consumed(consumed);
        }
        if writes && answer.status == 200 {
            self.changed.notify_one();
        }
        Ok(answer)
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn connection_reset() -> ConnectorError {
    ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into())
}

fn response(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let status = answer.status.try_into().map_err(|_| ConnectorError::other("no such HTTP status".into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}

/// The `BatchGetItem` request cut to the first `after` keys of each table, and the rest as `UnprocessedKeys`.
/// No request is left where no key is: the engine, like DynamoDB, refuses an empty one.
fn split_batch(body: &str, after: usize) -> (Option<String>, serde_json::Value) {
    let mut request: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let mut unprocessed = serde_json::Map::new();
    if let Some(tables) = request.get_mut("RequestItems").and_then(|tables| tables.as_object_mut()) {
        for (table, wanted) in tables.iter_mut() {
            let Some(keys) = wanted.get_mut("Keys").and_then(|keys| keys.as_array_mut()) else {
                continue;
            };
            let rest = keys.split_off(after.min(keys.len()));
            let mut left = wanted.clone();
            if let Some(left) = left.as_object_mut() {
                left.insert("Keys".into(), rest.into());
            }
            unprocessed.insert(table.clone(), left);
        }
        tables.retain(|_, wanted| wanted.get("Keys").and_then(|keys| keys.as_array()).is_some_and(|keys| !keys.is_empty()));
    }
    ((after > 0).then(|| request.to_string()), unprocessed.into())
}

fn with_unprocessed(answer: &str, unprocessed: serde_json::Value) -> String {
    serde_json::json!({
        "Responses": serde_json::from_str::<serde_json::Value>(answer)
            .ok()
            .and_then(|mut answer| answer.get_mut("Responses").map(serde_json::Value::take))
            .unwrap_or_else(|| serde_json::json!({})),
        "UnprocessedKeys": unprocessed,
    })
    .to_string()
}

#[cfg(test)]
mod tests;
