//! A table behind an endpoint: DynamoDB Local, or another process that speaks DynamoDB's protocol without looking at signatures.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Value, json};

use crate::engine::{Answer, Closed};
use crate::gateway::upstream;

/// The operations of DynamoDB Streams: a service of its own on the same endpoint.
const STREAM_OPERATIONS: [&str; 4] = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];

/// Where the table is, and the access key that names its database there: an emulation keeps one for each.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    connector: SharedHttpConnector,
    url: Arc<str>,
    authorization: Arc<str>,
}

impl Endpoint {
    pub(crate) fn new(url: &str, access_key: &str) -> Self {
        let scope = "20260101/us-east-1/dynamodb/aws4_request";
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders=host;x-amz-target, Signature=unsigned");
        Self { connector: upstream::connector(), url: url.into(), authorization: authorization.into() }
    }

    /// Calls an operation there. A call that does not arrive, and a reply that does not, are [`Closed`]: who asks tries again.
    pub(crate) async fn call(&self, operation: &str, body: String) -> Result<Answer, Closed> {
        let service = if STREAM_OPERATIONS.contains(&operation) { "DynamoDBStreams" } else { "DynamoDB" };
        let request = http::Request::post(self.url.as_ref())
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", self.authorization.as_ref())
            .header("x-amz-date", "20260101T000000Z")
            .header("x-amz-target", format!("{service}_20120810.{operation}"))
            .body(SdkBody::from(body))
            .map_err(closed)?;
        let answer = self.connector.call(HttpRequest::try_from(request).map_err(closed)?).await.map_err(closed)?;
        let status = answer.status().as_u16();
        let body = ByteStream::new(answer.into_body()).collect().await.map_err(closed)?.into_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Answer { status, body: if operation == "GetRecords" { with_empty_maps(body) } else { body } })
    }
}

/// The records of a stream as DynamoDB writes them: DynamoDB Local writes an empty map as a value of no type.
fn with_empty_maps(records: String) -> String {
    let Ok(mut read) = serde_json::from_str::<Value>(&records) else { return records };
    for record in read.get_mut("Records").and_then(Value::as_array_mut).into_iter().flatten() {
        for image in ["NewImage", "OldImage"] {
            if let Some(image) = record.pointer_mut(&format!("/dynamodb/{image}")).and_then(Value::as_object_mut) {
                image.values_mut().for_each(typed);
            }
        }
    }
    read.to_string()
}

fn typed(value: &mut Value) {
    let Some(value) = value.as_object_mut() else { return };
    if value.is_empty() {
        value.insert("M".to_owned(), json!({}));
    }
    match value.iter_mut().next() {
        Some((kind, Value::Object(members))) if kind == "M" => members.values_mut().for_each(typed),
        Some((kind, Value::Array(members))) if kind == "L" => members.iter_mut().for_each(typed),
        _ => {}
    }
}

fn closed(error: impl std::fmt::Debug) -> Closed {
    tracing::debug!(?error, "the table's endpoint does not answer");
    Closed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_without_a_type_in_a_streams_record_is_an_empty_map() {
        let sent = json!({ "Records": [{ "dynamodb": {
            "Keys": { "pk": { "S": "a" } },
            "NewImage": { "m": {}, "l": { "L": [{}, { "S": "x" }] }, "mm": { "M": { "x": {}, "n": { "NULL": true } } } },
        } }] });
        let read: Value = serde_json::from_str(&with_empty_maps(sent.to_string())).unwrap();
        let image = json!({
            "m": { "M": {} },
            "l": { "L": [{ "M": {} }, { "S": "x" }] },
            "mm": { "M": { "x": { "M": {} }, "n": { "NULL": true } } },
        });
        assert_eq!(read["Records"][0]["dynamodb"]["NewImage"], image);
        assert_eq!(read["Records"][0]["dynamodb"]["Keys"], json!({ "pk": { "S": "a" } }));
    }
}
