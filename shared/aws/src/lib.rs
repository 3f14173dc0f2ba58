//! How a function reaches AWS: the environment's credentials and region, nothing that costs a cold start more.

pub mod parameters;
mod roots;
pub mod signed;

use std::time::Duration;

use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::meta::region::ProvideRegion as _;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
pub use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::dns::ResolveDns;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};

/// One try of one call; three tries and the waits between them stay below the shortest function timeout.
const TRY_TIMEOUT: Duration = Duration::from_millis(1500);
/// Tries of one call, the first included.
const TRIES: u32 = 3;

/// A service of AWS that Portico calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Gateways, whose authorizers an operator looks at.
    ApiGateway,
    /// The table.
    DynamoDb,
    /// The bus of events.
    EventBridge,
    /// Functions, whose quota an operator looks at.
    Lambda,
    /// The bucket of specifications.
    S3,
    /// Mail.
    Ses,
    /// Parameter Store.
    Ssm,
}

impl Service {
    /// The variable that sends calls of this service elsewhere, as the AWS SDKs name it.
    pub const fn endpoint_variable(self) -> &'static str {
        match self {
            Self::ApiGateway => "AWS_ENDPOINT_URL_APIGATEWAY",
            Self::DynamoDb => "AWS_ENDPOINT_URL_DYNAMODB",
            Self::EventBridge => "AWS_ENDPOINT_URL_EVENTBRIDGE",
            Self::Lambda => "AWS_ENDPOINT_URL_LAMBDA",
            Self::S3 => "AWS_ENDPOINT_URL_S3",
            Self::Ses => "AWS_ENDPOINT_URL_SESV2",
            Self::Ssm => "AWS_ENDPOINT_URL_SSM",
        }
    }

    /// The first label of its host's name, and the name that requests are signed for.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::ApiGateway => ("apigateway", "apigateway"),
            Self::DynamoDb => ("dynamodb", "dynamodb"),
            Self::EventBridge => ("events", "events"),
            Self::Lambda => ("lambda", "lambda"),
            Self::S3 => ("s3", "s3"),
            Self::Ses => ("email", "ses"),
            Self::Ssm => ("ssm", "ssm"),
        }
    }

    /// Where the environment sends calls of this service, if not to AWS: its own variable, else `AWS_ENDPOINT_URL`.
    pub fn endpoint(self) -> Option<String> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        variable(self.endpoint_variable()).or_else(|| variable("AWS_ENDPOINT_URL"))
    }
}

/// Tries of one call, and the waits between them.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(TRIES).with_initial_backoff(Duration::from_millis(50))
}

/// How long one try of one call may take.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(TRY_TIMEOUT).build()
}

/// The TLS of every connection to AWS.
const TLS: tls::Provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);

/// Whether an endpoint is an emulation's, without TLS.
fn is_plain(endpoint: Option<&str>) -> bool {
    endpoint.is_some_and(|url| url.starts_with("http://"))
}

/// The authorities that an endpoint is believed with: an endpoint of somebody else's, with those that the machine believes.
fn believed(endpoint: Option<&str>) -> tls::TlsContext {
    endpoint.map_or_else(roots::of_aws, |_| tls::TlsContext::default())
}

/// The SDKs' HTTP client on an operator's own machine, which may be behind a proxy that the machine believes.
pub fn https() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().tls_provider(TLS).build_https()
}

/// The SDKs' HTTP client of a function, for an endpoint or for AWS; with TLS unless the endpoint is an emulation's.
fn client(endpoint: Option<&str>) -> SharedHttpClient {
    let builder = aws_smithy_http_client::Builder::new();
    if is_plain(endpoint) {
        builder.build_http()
    } else {
        builder.tls_provider(TLS).tls_context(believed(endpoint)).build_https()
    }
}

/// The SDKs' HTTP client for requests that no SDK makes, to an endpoint or to AWS: without retries and timeouts of its own.
pub fn connector(endpoint: Option<&str>) -> SharedHttpConnector {
    let builder = aws_smithy_http_client::Connector::builder();
    let connector = match is_plain(endpoint) {
        true => builder.build_http(),
        false => builder.tls_provider(TLS).tls_context(believed(endpoint)).build(),
    };
    SharedHttpConnector::new(connector)
}

/// As [`connector`] over TLS, for what is not AWS: names are looked up by a resolver of the caller's. Plain HTTP is not refused here.
pub fn connector_with(resolver: impl ResolveDns + Clone + 'static) -> SharedHttpConnector {
    let builder = aws_smithy_http_client::Connector::builder().tls_provider(TLS);
    SharedHttpConnector::new(builder.build_with_resolver(resolver))
}

/// Who a function is for a service, as the environment says: `AWS_REGION`, the credentials' variables, and an endpoint for an
/// emulation. Without an HTTP client.
pub async fn identity_from_environment(service: Service) -> SdkConfig {
    let mut config = SdkConfig::builder();
    config.set_region(EnvironmentVariableRegionProvider::new().region().await).set_endpoint_url(service.endpoint());
    config.credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new())).build()
}

/// What a function's client of a service is made from: as [`identity_from_environment`], with retries, timeouts and an HTTP client (plain
/// where the endpoint says `http://`).
pub async fn from_environment(service: Service) -> SdkConfig {
    let identity = identity_from_environment(service).await;
    let http = client(identity.endpoint_url());
    identity
        .into_builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .http_client(http)
        .retry_config(retries())
        .timeout_config(timeouts())
        .build()
}
