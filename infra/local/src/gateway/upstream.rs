//! Calls to an upstream, over the HTTP client that the AWS SDK brings: a second one would only add weight.

use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use futures_util::TryFutureExt as _;
use http::{HeaderMap, Request, Response};

use crate::gateway::hops;

const CONNECT: Duration = Duration::from_secs(3);
/// What API Gateway waits for an integration at most.
const READ: Duration = Duration::from_secs(30);

/// Calls upstreams. Connections are kept.
#[derive(Debug)]
pub struct Upstream(SharedHttpConnector);

impl Default for Upstream {
    fn default() -> Self {
        Self(connector())
    }
}

/// An HTTP client with the gateway's patience.
pub(crate) fn connector() -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(READ).build();
    let connector = Connector::builder()
        .connector_settings(settings)
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .build();
    SharedHttpConnector::new(connector)
}

impl Upstream {
    /// Sends a call on, below a base URL.
    ///
    /// # Errors
    /// A sentence for the log if there is no answer.
    pub async fn call(
        &self,
        base: &str,
        parts: &http::request::Parts,
        headers: HeaderMap,
        body: &[u8],
    ) -> Result<Response<Bytes>, String> {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let address = format!("{}{target}", base.trim_end_matches('/'));
        let mut request = Request::new(SdkBody::from(body));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = address.parse().map_err(|error| format!("{address}: {error}"))?;
        *request.headers_mut() = headers;
        let request = HttpRequest::try_from(request).map_err(|error| error.to_string())?;
        let answer = self.0.call(request).map_err(|error| format!("{error:?}")).await?;
        let (answer, body) = answer.try_into_http1x().map_err(|error| error.to_string())?.into_parts();
        let body = aws_smithy_types::byte_stream::ByteStream::new(body).collect().await.map_err(|error| error.to_string())?;
        let mut response = Response::from_parts(answer, body.into_bytes());
        *response.headers_mut() = hops::passed_on(response.headers());
        Ok(response)
    }
}
