//! Services of AWS that are played in this process: an AWS SDK reaches them as it reaches the real ones, without a socket.

use std::fmt::Debug;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;

/// A service that is played here. Clones are the same one.
pub trait Service: Clone + Debug + Send + Sync + 'static {
    /// Answers one call, or fails as a connection does.
    fn answer(self, request: HttpRequest) -> impl Future<Output = Result<HttpResponse, ConnectorError>> + Send;
}

/// The SDK's configuration that leads to a service: three tries with short waits (nobody else calls it), no network.
#[must_use]
pub fn sdk_config(service: impl Service) -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(2))
        .with_max_backoff(Duration::from_millis(20));
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("local", "local", None, None, "in-process")))
        .endpoint_url("http://in-process.invalid")
        .retry_config(retries)
        .http_client(Reached(service))
        .build()
}

/// A JSON answer of a service.
///
/// # Errors
/// If there is no such status.
pub fn json_answer(status: u16, body: &serde_json::Value) -> Result<HttpResponse, ConnectorError> {
    let status = status.try_into().map_err(|_| ConnectorError::other("no such HTTP status".into(), None))?;
    let mut answer = HttpResponse::new(status, SdkBody::from(body.to_string()));
    answer.headers_mut().insert("content-type", "application/json");
    Ok(answer)
}

/// The SDK's view of a service.
#[derive(Clone, Debug)]
struct Reached<S>(S);

impl<S: Service> HttpConnector for Reached<S> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.0.clone().answer(request))
    }
}

impl<S: Service> HttpClient for Reached<S> {
    fn http_connector(&self, _settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
