//! A table behind an endpoint: DynamoDB Local, or another process that speaks DynamoDB's protocol without looking at signatures.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

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
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

fn closed(error: impl std::fmt::Debug) -> Closed {
    tracing::debug!(?error, "the table's endpoint does not answer");
    Closed
}
