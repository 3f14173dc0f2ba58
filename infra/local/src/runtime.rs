//! What the Lambda service does around a function: an event in, a reply out, and an error where there is none.

use std::sync::Arc;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use aws_lambda_events::event::dynamodb::Event as StreamEvent;
use portico_delivery::bus::EventBus;
use portico_delivery::mail::Mailer;
use portico_http::{Portal, edge};

use crate::bus::Taken;
use crate::functions;
use crate::pump::Delivered;

/// The functions of one portal, ready to be invoked.
#[derive(Clone, Debug)]
pub struct Runtime {
    portal: Arc<Portal>,
    mailer: Mailer,
    bus: EventBus,
}

/// A function did not answer.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// No function of that name is served here.
    #[error("the function {0} is not served here")]
    Unknown(String),
    /// The event is not what the function takes.
    #[error("the event cannot be read: {0}")]
    Event(String),
    /// The function ended with an error, as Lambda reports it.
    #[error("the function failed: {0}")]
    Failed(String),
}

impl Runtime {
    /// The functions over what they all have at hand, and what mails and events leave by.
    #[must_use]
    pub fn new(portal: Portal, mailer: Mailer, bus: EventBus) -> Self {
        Self { portal: Arc::new(portal), mailer, bus }
    }

    /// What they have at hand.
    #[must_use]
    pub fn portal(&self) -> &Portal {
        &self.portal
    }

    /// Hands an API Gateway event to a function behind a route and returns its reply, both as JSON text.
    ///
    /// The function runs to its end even if the caller goes away, and a panic ends it alone, as on Lambda.
    ///
    /// # Errors
    /// [`FunctionError`] if there is no reply.
    pub async fn http(&self, function: &str, event: &str) -> Result<String, FunctionError> {
        let handler = functions::handler(function).ok_or_else(|| FunctionError::Unknown(function.to_owned()))?;
        let event: ApiGatewayV2httpRequest = read(event)?;
        let portal = Arc::clone(&self.portal);
        let running = tokio::spawn(async move { edge::serve(&portal, event, |request| handler(&portal, request)).await });
        write(&running.await.map_err(|error| FunctionError::Failed(error.to_string()))?)
    }

    /// Asks the authorizer about a call of a published API, both as JSON text.
    ///
    /// # Errors
    /// [`FunctionError`] if it does not decide: then the call is refused.
    pub async fn authorize(&self, event: &str) -> Result<String, FunctionError> {
        let (event, portal) = (read(event)?, Arc::clone(&self.portal));
        let running = tokio::spawn(async move { authorize::handle(&portal, event).await });
        let decision = running.await.map_err(|error| FunctionError::Failed(error.to_string()))?;
        write(&decision.map_err(|problem| FunctionError::Failed(problem.cause().unwrap_or(problem.kind().name()).to_owned()))?)
    }

    /// Wakes `run-jobs`, as a timer does on AWS.
    ///
    /// # Errors
    /// [`FunctionError`] if a job could not be done; it is tried again later.
    pub async fn timer(&self) -> Result<(), FunctionError> {
        let portal = Arc::clone(&self.portal);
        let running = tokio::spawn(async move { run_jobs::handle(&portal, serde_json::Value::Null).await });
        let run = running.await.map_err(|error| FunctionError::Failed(error.to_string()))?;
        run.map(|_| ()).map_err(|problem| FunctionError::Failed(problem.cause().unwrap_or(problem.kind().name()).to_owned()))
    }

    /// Hands an event of the bus to a function, which has its own say about what it takes.
    ///
    /// # Errors
    /// Why it failed, in words that may be shown: the bus then invokes it again.
    pub async fn event(&self, function: String, event: serde_json::Value) -> Taken {
        let portal = Arc::clone(&self.portal);
        let running = match function.as_str() {
            "decide-approval" => tokio::spawn(async move { decide_approval::handle(&portal, event).await.map(|_| ()) }),
            "send-email" => {
                let mailer = self.mailer.clone();
                tokio::spawn(async move { send_email::handle(&portal, &mailer, event).await.map(|_| ()) })
            }
            _ => return Err(FunctionError::Unknown(function).to_string()),
        };
        let ended = running.await.map_err(|_| "the function ended without an answer".to_owned())?;
        ended.map_err(|problem| {
            tracing::error!(function, kind = problem.kind().name(), cause = problem.cause(), "failed");
            format!("{}: {}", problem.kind().name(), problem.detail())
        })
    }

    /// Hands a stream event to `relay-events`, which puts it on the bus. Returns the sequence numbers of the records that failed.
    ///
    /// # Errors
    /// Why the whole batch failed.
    pub async fn stream(&self, event: StreamEvent) -> Delivered {
        let (bus, portal) = (self.bus.clone(), Arc::clone(&self.portal));
        let running = tokio::spawn(async move { relay_events::handle(&portal, &bus, event).await });
        let reply = running.await.map_err(|error| error.to_string())?;
        let reply = reply.map_err(|problem| problem.cause().unwrap_or(problem.kind().name()).to_owned())?;
        let failed = reply.batch_item_failures.into_iter().map(|failure| failure.item_identifier);
        // As on AWS: a failure that names no record is one of the whole batch.
        failed.collect::<Option<Vec<_>>>().ok_or_else(|| "a failure names no record".to_owned())
    }
}

fn read<T: serde::de::DeserializeOwned>(event: &str) -> Result<T, FunctionError> {
    serde_json::from_str(event).map_err(|error| FunctionError::Event(error.to_string()))
}

fn write(reply: &impl serde::Serialize) -> Result<String, FunctionError> {
    serde_json::to_string(reply).map_err(|error| FunctionError::Failed(error.to_string()))
}
