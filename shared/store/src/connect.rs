//! Reaching the table from a function: the environment's credentials and region, nothing that costs a cold start more.

use std::time::Duration;

use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::meta::region::ProvideRegion as _;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder};
use aws_smithy_http_client::tls;

use crate::Store;

/// One try of one call; three tries and the waits between them stay below the shortest function timeout.
const TRY_TIMEOUT: Duration = Duration::from_millis(1500);
/// Tries of one call, the first included.
const TRIES: u32 = 3;

/// What every client of the table has in common: retries and timeouts.
pub fn client_config() -> Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(TRIES).with_initial_backoff(Duration::from_millis(50)))
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(TRY_TIMEOUT).build())
}

/// The table of that name, as the environment says where: `AWS_REGION`, the credentials' variables, and `AWS_ENDPOINT_URL` for an
/// emulation.
pub async fn from_environment(table: &str, endpoint: Option<&str>) -> Store {
    let region = EnvironmentVariableRegionProvider::new().region().await;
    let plain = endpoint.is_some_and(|url| url.starts_with("http://"));
    let http = aws_smithy_http_client::Builder::new();
    let http = if plain {
        http.build_http()
    } else {
        http.tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
    };
    let mut config = client_config().credentials_provider(EnvironmentVariableCredentialsProvider::new()).http_client(http);
    config.set_region(region).set_endpoint_url(endpoint.map(str::to_owned));
    Store::new(aws_sdk_dynamodb::Client::from_conf(config.build()), table)
}
