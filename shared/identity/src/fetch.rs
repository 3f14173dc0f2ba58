//! Asking a provider: one request, no redirects, a bound on time and on bytes.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode, header};
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
        self.ask(address, |url| Ok(form_request(url, client, form)?.map(SdkBody::from))).await
    }

    /// The JSON at an address that answers whoever shows a token.
    ///
    /// # Errors
    /// [`FetchError`] says what is wrong with it.
    pub async fn json_as<T: DeserializeOwned>(&self, address: &str, token: &str) -> Result<T, FetchError> {
        let bearer = format!("Bearer {token}");
        self.ask(address, |url| http::Request::get(url).header(header::AUTHORIZATION, bearer).body(SdkBody::empty())).await
    }

    /// Whatever an address answers to a request, a refusal too, with its headers. Redirects are not followed.
    ///
    /// # Errors
    /// [`FetchError`] if there is no answer, or one that is too long.
    pub async fn answer(&self, mut request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, FetchError> {
        let no_url = |_| FetchError::OutOfReach(OutOfReach::NoUrl);
        let url = self.reach.url(&request.uri().to_string())?;
        *request.uri_mut() = url.as_str().parse().map_err(no_url)?;
        tokio::time::timeout(PATIENCE, Box::pin(self.send(request.map(SdkBody::from)))).await.map_err(|_| FetchError::TooSlow)?
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        address: &str,
        request: impl FnOnce(&str) -> http::Result<http::Request<SdkBody>>,
    ) -> Result<T, FetchError> {
        let url = self.reach.url(address)?;
        let mut request = request(url.as_str()).map_err(|_| FetchError::OutOfReach(OutOfReach::NoUrl))?;
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let answer = tokio::time::timeout(PATIENCE, Box::pin(self.send(request))).await.map_err(|_| FetchError::TooSlow)??;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status().as_u16()));
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().ends_with("json") {
            return Err(FetchError::NotJson);
        }
        serde_json::from_slice(answer.body()).map_err(|_| FetchError::NotJson)
    }

    async fn send(&self, mut request: http::Request<SdkBody>) -> Result<http::Response<Vec<u8>>, FetchError> {
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("portico/", env!("CARGO_PKG_VERSION"))));
        let request = HttpRequest::try_from(request).map_err(|_| FetchError::OutOfReach(OutOfReach::NoUrl))?;
        let connector = self.connector.get_or_init(|| portico_aws::connector_with(Resolver(self.reach)));
        let answer = connector.call(request).await.map_err(|_| FetchError::Unreachable)?;
        let (parts, body) = answer.try_into_http1x().map_err(|_| FetchError::Unreachable)?.into_parts();
        let mut stream = ByteStream::new(body);
        let mut body = Vec::new();
        while let Some(chunk) = stream.try_next().await.map_err(|_| FetchError::Unreachable)? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(http::Response::from_parts(parts, body))
    }
}

/// A form for an address. The id and the secret of a client go into the `Authorization` header (RFC 6749, 2.3.1).
pub(crate) fn form_request(
    address: &str,
    client: Option<(&str, &str)>,
    form: &[(&str, &str)],
) -> http::Result<http::Request<Vec<u8>>> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let mut request = http::Request::post(address).header("content-type", "application/x-www-form-urlencoded");
    if let Some((id, secret)) = client {
        let basic = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
        request = request.header("authorization", format!("Basic {basic}"));
    }
    request.body(Serializer::new(String::new()).extend_pairs(form).finish().into_bytes())
}
