//! Running a function on Lambda: configuration once, then one event after the other.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_runtime::{LambdaEvent, service_fn};
use portico_identity::Providers;
use portico_identity::fetch::Fetcher;
use portico_store::{connect, specifications::Specifications};
use std::fmt;
use std::sync::Arc;

use crate::clock::{SystemClock, SystemEntropy};
use crate::config::{Config, ConfigError, Environment, Looked};
use crate::links_seen::LinksSeen;
use crate::passwords::Passwords;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::request::Request;
use crate::{Response, edge, watch};

/// The function cannot start.
#[derive(thiserror::Error)]
pub enum StartError {
    /// A variable is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The Lambda runtime ended.
    #[error("the Lambda runtime ended: {0}")]
    Runtime(String),
}

/// The sentence, for it is all that `main` says when it ends with an error.
impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Everything that a function has at hand, as its environment says. Without keys: what nobody asks for is not in the binary.
///
/// # Errors
/// [`StartError::Config`] names the variable.
pub async fn portal_from_environment() -> Result<Portal, StartError> {
    let environment = Environment(variable as fn(&str) -> Option<String>);
    portal(&environment, environment.config()?).await
}

/// As [`portal_from_environment`], with the keys that the environment holds or names.
///
/// # Errors
/// [`StartError::Config`] names the variable.
pub async fn portal_with_keys() -> Result<Portal, StartError> {
    let environment = Environment(variable as fn(&str) -> Option<String>);
    let looked = Looked::up(&environment).await?;
    let with_secrets = Environment(|name: &str| looked.value(name).or_else(|| variable(name)));
    let config = with_secrets.config_with_keys().map_err(|error| looked.told(error))?;
    portal(&environment, config).await
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

async fn portal(environment: &Environment<fn(&str) -> Option<String>>, config: Config) -> Result<Portal, StartError> {
    let table = environment.required("PORTICO_TABLE")?;
    let store = connect::from_environment(&table).await;
    let specifications = match environment.optional("PORTICO_SPECIFICATIONS") {
        None => Specifications::none(),
        Some(url) => Specifications::at(&url).await.map_err(|rule| ConfigError { variable: "PORTICO_SPECIFICATIONS", rule })?,
    };
    Ok(Portal {
        store,
        specifications,
        config: Arc::new(config),
        passwords: Passwords::default(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        providers: Providers::new(Fetcher::new(environment.reach()?)),
        links_seen: LinksSeen::default(),
    })
}

/// Logs one JSON object a line, as CloudWatch reads it.
pub fn log_as_json() {
    let level = std::env::var("PORTICO_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(tracing::Level::INFO);
    let _ = tracing_subscriber::fmt().json().with_max_level(level).with_target(false).without_time().try_init();
}

/// Serves API Gateway events with a handler until Lambda ends the process.
///
/// # Errors
/// [`StartError`] says why it cannot begin.
pub async fn serve<F>(handle: F) -> Result<(), StartError>
where
    F: AsyncFn(&Portal, Request) -> Result<Response, Problem>,
{
    log_as_json();
    answer(&portal_from_environment().await?, handle).await
}

/// As [`serve`], for a handler that needs keys.
///
/// # Errors
/// [`StartError`] says why it cannot begin.
pub async fn serve_with_keys<F>(handle: F) -> Result<(), StartError>
where
    F: AsyncFn(&Portal, Request) -> Result<Response, Problem>,
{
    log_as_json();
    answer(&portal_with_keys().await?, handle).await
}

async fn answer<F>(portal: &Portal, handle: F) -> Result<(), StartError>
where
    F: AsyncFn(&Portal, Request) -> Result<Response, Problem>,
{
    let function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    let (handle, function) = (&handle, function.as_str());
    lambda_runtime::run(service_fn(async |event: LambdaEvent<ApiGatewayV2httpRequest>| {
        let event = watch::as_from_api_gateway(event.payload, function);
        Ok::<_, std::convert::Infallible>(edge::serve(portal, event, |request| handle(portal, request)).await)
    }))
    .await
    .map_err(|error| StartError::Runtime(error.to_string()))
}

/// Serves any other events (an authorizer's, a stream's, a timer's) until Lambda ends the process. A failed event is a function
/// error, so that Lambda tries again or refuses.
///
/// # Errors
/// [`StartError`] says why it cannot begin.
pub async fn serve_events<E, A, F>(handle: F) -> Result<(), StartError>
where
    E: for<'de> serde::Deserialize<'de>,
    A: serde::Serialize,
    F: AsyncFn(&Portal, E) -> Result<A, Problem>,
{
    log_as_json();
    take(&portal_from_environment().await?, handle).await
}

/// As [`serve_events`], for a handler that needs keys.
///
/// # Errors
/// [`StartError`] says why it cannot begin.
pub async fn serve_events_with_keys<E, A, F>(handle: F) -> Result<(), StartError>
where
    E: for<'de> serde::Deserialize<'de>,
    A: serde::Serialize,
    F: AsyncFn(&Portal, E) -> Result<A, Problem>,
{
    log_as_json();
    take(&portal_with_keys().await?, handle).await
}

async fn take<E, A, F>(portal: &Portal, handle: F) -> Result<(), StartError>
where
    E: for<'de> serde::Deserialize<'de>,
    A: serde::Serialize,
    F: AsyncFn(&Portal, E) -> Result<A, Problem>,
{
    let handle = &handle;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<E>| {
        Box::pin(handle(portal, event.payload)).await.map_err(|problem| {
            tracing::error!(kind = problem.kind().name(), cause = problem.cause(), "failed");
            // What a dead letter says of it: safe to show, whatever the cause was.
            lambda_runtime::Error::from(format!("{}: {}", problem.kind().name(), problem.detail()))
        })
    }))
    .await
    .map_err(|error| StartError::Runtime(error.to_string()))
}
