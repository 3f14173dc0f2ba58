//! Asking a provider: one request, no redirects, a bound on time and on bytes.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, header};
use serde::de::DeserializeOwned;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::reach::{OutOfReach, Reach, Resolver};

/// The longest that one answer may take, its body included.
pub const PATIENCE: Duration = Duration::from_millis(1500);
/// The most bytes of one answer.
pub const MOST_BYTES: usize = 150_000;

/// Why a provider's answer is not there. The answer's own words are never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It may not be asked.
    #[error("{0}")]
    OutOfReach(#[from] OutOfReach),
    /// There is no connection, or it broke.
    #[error("cannot be reached")]
    Unreachable,
    /// It took too long.
    #[error("did not answer within {} ms", PATIENCE.as_millis())]
    TooSlow,
    /// Another status than 200.
    #[error("answered with status {0}")]
    Status(u16),
    /// It is too long.
    #[error("answered with more than {MOST_BYTES} bytes")]
    TooLong,
    /// It is not what was asked for.
    #[error("answered with something else than the JSON that was asked for")]
    NotJson,
}

/// Asks providers. Cheap to clone; connections are made when the first is asked.
#[derive(Clone, Debug, Default)]
pub struct Fetcher {
    reach: Reach,
    connector: Arc<OnceLock<SharedHttpConnector>>,
}

impl Fetcher {
    /// One that goes so far.
    pub fn new(reach: Reach) -> Self {
        Self { reach, connector: Arc::default() }
    }

    /// How far it goes.
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// The JSON at an address.
    ///
    /// # Errors
    /// [`FetchError`] says what is wrong with it.
    pub async fn json<T: DeserializeOwned>(&self, address: &str) -> Result<T, FetchError> {
        self.ask(address, |url| http::Request::get(url).body(SdkBody::empty())).await
    }

    /// The JSON that a form is answered with. The id and the secret of a client go into the `Authorization` header (RFC 6749, 2.3.1).
    ///
    /// # Errors
    /// [`FetchError`] says what is wrong with it.
    pub async fn post<T: DeserializeOwned>(
        &self,
        address: &str,
        client: Option<(&str, &str)>,
        form: &[(&str, &str)],
    ) -> Result<T, FetchError> {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let basic = client.map(|(id, secret)| STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))));
        let form = Serializer::new(String::new()).extend_pairs(form).finish();
        let request = |url: &str| {
            let mut request = http::Request::post(url).header("content-type", "application/x-www-form-urlencoded");
            if let Some(basic) = &basic {
                request = request.header("authorization", format!("Basic {basic}"));
            }
            request.body(SdkBody::from(form))
        };
        self.ask(address, request).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        address: &str,
        request: impl FnOnce(&str) -> http::Result<http::Request<SdkBody>>,
    ) -> Result<T, FetchError> {
        let url = self.reach.url(address)?;
        let request = request(url.as_str()).map_err(|_| FetchError::OutOfReach(OutOfReach::NoUrl))?;
        let body = tokio::time::timeout(PATIENCE, Box::pin(self.body(request))).await.map_err(|_| FetchError::TooSlow)??;
        serde_json::from_slice(&body).map_err(|_| FetchError::NotJson)
    }

    async fn body(&self, mut request: http::Request<SdkBody>) -> Result<Vec<u8>, FetchError> {
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("portico/", env!("CARGO_PKG_VERSION"))));
        let request = HttpRequest::try_from(request).map_err(|_| FetchError::OutOfReach(OutOfReach::NoUrl))?;
        let connector = self.connector.get_or_init(|| portico_aws::connector_with(Resolver(self.reach)));
        let answer = connector.call(request).await.map_err(|_| FetchError::Unreachable)?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(FetchError::Status(status));
        }
        let kind = answer.headers().get("content-type").unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().ends_with("json") {
            return Err(FetchError::NotJson);
        }
        let mut stream = ByteStream::new(answer.into_body());
        let mut body = Vec::new();
        while let Some(chunk) = stream.try_next().await.map_err(|_| FetchError::Unreachable)? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
