//! Calls of services that Portico asks nothing else of, without an SDK for each.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use portico_aws::Service;
use portico_aws::signed::{self, Call};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(20);

/// Who asks, and where.
pub(super) struct Rest {
    config: SdkConfig,
}

/// What a service said.
pub(super) struct Said {
    /// HTTP status.
    pub(super) status: u16,
    /// The body.
    pub(super) text: String,
}

impl Said {
    /// The body as JSON, if the service did what it was asked.
    pub(super) fn json(&self) -> Option<Value> {
        if self.status == 200 { serde_json::from_str(&self.text).ok() } else { None }
    }

    /// Why nothing can be said, in words.
    pub(super) fn refusal(&self) -> String {
        match self.status {
            401 | 403 => "cannot be looked at: these credentials may not".to_owned(),
            status => format!("cannot be looked at: the service answers {status}"),
        }
    }
}

impl Rest {
    pub(super) const fn new(config: SdkConfig) -> Self {
        Self { config }
    }

    /// GETs a path, with its query, of a service.
    ///
    /// # Errors
    /// Why there is no answer, in words.
    pub(super) async fn get(&self, service: Service, path: &str) -> Result<Said, String> {
        tokio::time::timeout(PATIENCE, self.ask(service, path))
            .await
            .unwrap_or_else(|_| Err("does not answer in time".to_owned()))
    }

    async fn ask(&self, service: Service, path: &str) -> Result<Said, String> {
        let endpoint = service.endpoint();
        let headers = &[("accept", "application/json")];
        let call = Call { service, endpoint: endpoint.as_deref(), method: "GET", path, headers, body: Bytes::new() };
        send(call.endpoint, call.signed(&self.config).await?).await
    }
}

/// Sends a request as it is.
///
/// # Errors
/// Why there is no answer, in words.
pub(super) async fn send(endpoint: Option<&str>, request: http::Request<SdkBody>) -> Result<Said, String> {
    let said = signed::send(&portico_aws::connector(endpoint), request).await?;
    Ok(Said { status: said.status, text: String::from_utf8_lossy(&said.body).into_owned() })
}
