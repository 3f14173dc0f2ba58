//! The Lambda authorizer of the published APIs: whether a call passes, and on whose behalf.
//!
//! It answers HTTP APIs (payload 2.0) with `isAuthorized`, and REST APIs (type REQUEST) with a policy. A refusal is a 403 in front
//! of an HTTP API; in front of a REST API it is a policy that denies, also a 403. (A REST API's authorizer could end with the error
//! `Unauthorized` for a 401: it does not, because that would count as a failure of the function.) An event that is no JSON is a
//! function error: a 500, and no call passes. `docs/authorizer.md` says how to attach it, and what a cache of the gateway does.

mod answer;
mod call;
mod client;
mod token;

use std::time::Duration;

use portico_domain::application::Application;
use portico_domain::authorization::{Authorized, Gate, Loaded, Presented, PresentedKey, Shown, authorize};
use portico_domain::credential::Credential;
use portico_domain::gateway::Link;
use portico_http::{Portal, Problem};
use portico_store::{Key, StoreError};
use serde_json::Value;

use crate::call::Call;
use crate::token::Proof;

/// How long one read of the table may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a decision about a token may take, its provider's answers and all reads included; the function itself may take a second more.
const PATIENCE_WITH_PROVIDERS: Duration = Duration::from_secs(7);

/// Answers an event of API Gateway's authorizer.
///
/// # Errors
/// None: whatever goes wrong is a refusal.
pub async fn handle(portal: &Portal, event: Value) -> Result<Value, Problem> {
    let call = Call::read(&event);
    Ok(match decide(portal, &call).await {
        Ok(authorized) => answer::allow(&call, &authorized),
        Err(_gate) => answer::refuse(&call),
    })
}

/// Checks what the call shows by itself, reads the rest, and lets the domain decide.
async fn decide(portal: &Portal, call: &Call<'_>) -> Result<Authorized, Gate> {
    let presented = Presented::find(&call.headers).inspect_err(|gate| refused(call, *gate, None))?;
    let key = match &presented {
        Presented::Key(key) => Some(key),
        Presented::Token(_) | Presented::Client(_) => None,
    };
    let (Some(gateway), Some(stage)) = (call.gateway, call.stage) else {
        refused(call, Gate::UnknownGateway, key);
        return Err(Gate::UnknownGateway);
    };
    let place = (gateway, stage);
    let decided = match &presented {
        Presented::Key(key) => match read(call, Read::of(portal, key, gateway, stage)).await {
            Ok(read) => authorize(Shown::Key(key), Some(read.loaded()), portal.now()),
            Err(gate) => Err(gate),
        },
        Presented::Token(token) => in_time(Box::pin(token::decide(portal, call, place, Proof::Token(token)))).await,
        Presented::Client(client) => in_time(Box::pin(token::decide(portal, call, place, Proof::Client(client)))).await,
    };
    decided.inspect_err(|gate| refused(call, *gate, key))
}

/// A decision that asks providers, which may be slow one after the other.
async fn in_time(deciding: impl Future<Output = Result<Authorized, Gate>>) -> Result<Authorized, Gate> {
    tokio::time::timeout(PATIENCE_WITH_PROVIDERS, deciding).await.unwrap_or(Err(Gate::ProviderUnavailable))
}

/// Reads from the table, which may take [`PATIENCE`]. Its fault is logged apart from the refusal.
async fn read<T>(call: &Call<'_>, reading: impl Future<Output = Result<T, StoreError>>) -> Result<T, Gate> {
    let cause = match tokio::time::timeout(PATIENCE, reading).await {
        Ok(Ok(read)) => return Ok(read),
        Ok(Err(error)) => error.to_string(),
        Err(_elapsed) => "the table took too long".to_owned(),
    };
    tracing::error!(function = "authorize", trace = trace(call), cause, "the table was not read");
    Err(Gate::StoreUnavailable)
}

/// What one consistent read brought.
struct Read {
    link: Option<Link>,
    application: Option<Application>,
    credential: Option<Credential>,
}

impl Read {
    async fn of(portal: &Portal, presented: &PresentedKey, gateway: &str, stage: &str) -> Result<Self, StoreError> {
        let id = presented.key().application();
        let link = Key::link(gateway, stage);
        let application = Key::application(id);
        let credential = Key::credential(id, &presented.key().digest().to_string());
        let mut items = portal.store.load_or_refuse(&[link.clone(), application.clone(), credential.clone()]).await?;
        // The key joins two names: what it found must be the link of these two.
        let link = items.take::<Link>(&link)?.filter(|link| (link.gateway.as_str(), link.stage.as_str()) == (gateway, stage));
        Ok(Self { link, application: items.take(&application)?, credential: items.take(&credential)? })
    }

    fn loaded(&self) -> Loaded<'_> {
        Loaded { link: self.link.as_ref(), application: self.application.as_ref(), credential: self.credential.as_ref() }
    }
}

/// One line for each refusal: the gate and ids, never the key or a header.
fn refused(call: &Call<'_>, gate: Gate, presented: Option<&PresentedKey>) {
    let application = presented.map(|presented| tracing::field::display(presented.key().application()));
    tracing::info!(
        function = "authorize",
        gate = gate.name(),
        gateway.id = call.gateway.unwrap_or_default(),
        gateway.stage = call.stage.unwrap_or_default(),
        application.id = application,
        trace = trace(call),
        "refused"
    );
}

/// The gateway's id for the request, as far as it cannot break a line of a log.
fn trace(call: &Call<'_>) -> String {
    portico_http::edge::clean_trace(call.request_id)
}
