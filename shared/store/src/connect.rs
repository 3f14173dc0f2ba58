//! Reaching the table from a function.

use aws_sdk_dynamodb::config::{BehaviorVersion, Builder};
use portico_aws::{Service, retries, timeouts};

use crate::Store;

/// What every client of the table has in common: retries and timeouts.
pub fn client_config() -> Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .retry_config(retries())
        .timeout_config(timeouts())
}

/// The table of that name, where the environment says.
pub async fn from_environment(table: &str) -> Store {
    Store::new(aws_sdk_dynamodb::Client::new(&portico_aws::from_environment(Service::DynamoDb).await), table)
}
