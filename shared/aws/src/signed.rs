//! Requests of services that no SDK is here for: signed (Signature Version 4) and sent. An SDK for two operations would be a tenth of a
//! function's binary, and costs each cold start the reading of its endpoints' rules.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;

use crate::{SdkConfig, Service};

/// A request before it is signed.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// Whom it asks.
    pub service: Service,
    /// Where the service answers, if not at AWS: `http://127.0.0.1:9000`.
    pub endpoint: Option<&'a str>,
    /// `GET`, `HEAD`, `PUT` or `POST`.
    pub method: &'a str,
    /// The path and the query, percent-encoded.
    pub path: &'a str,
    /// More headers.
    pub headers: &'a [(&'static str, &'static str)],
    /// The body; none where it is empty.
    pub body: Bytes,
}

/// Why there is no answer, in words that follow the name of the service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// It cannot be signed.
    #[error("cannot be asked: {0}")]
    Unsigned(String),
    /// There is no connection, or it broke.
    #[error("cannot be reached")]
    Unreachable,
    /// Not within a try.
    #[error("does not answer in time")]
    TooSlow,
}

/// How long one try may take, and how many follow the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// One try, with all of the answer.
    pub one: Duration,
    /// Tries after the first.
    pub more: u32,
}

/// The wait before the second try, and the longest before any: it doubles.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(500)];

/// What a service said.
#[derive(Clone, Debug)]
pub struct Said {
    /// HTTP status.
    pub status: u16,
    /// The body, whole.
    pub body: Bytes,
}

impl Said {
    /// Whether another try may be answered otherwise: the service is busy, or somebody is writing the same.
    fn passes(&self) -> bool {
        matches!(self.status, 409 | 429 | 500..)
            || (self.status == 400 && self.body.windows(10).any(|word| word == b"Throttling"))
    }
}

impl Call<'_> {
    /// Asks until there is an answer that another try would not change. What is asked so may be done twice.
    ///
    /// # Errors
    /// [`NoAnswer`], after the last try.
    pub async fn answer(&self, config: &SdkConfig, connector: &SharedHttpConnector, tries: Tries) -> Result<Said, NoAnswer> {
        let mut pause = PAUSES[0];
        let mut left = tries.more;
        loop {
            let request = self.signed(config).await.map_err(NoAnswer::Unsigned)?;
            // A body that stalls half-way is a try that failed, like a reply that never comes.
            let said = match tokio::time::timeout(tries.one, send(connector, request)).await {
                Ok(said) => said.map_err(|_| NoAnswer::Unreachable),
                Err(_elapsed) => Err(NoAnswer::TooSlow),
            };
            if left == 0 || said.as_ref().is_ok_and(|said| !said.passes()) {
                return said;
            }
            left -= 1;
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(PAUSES[1]);
        }
    }

    /// Signs it with the credentials and for the region of a configuration.
    ///
    /// # Errors
    /// What is missing for that, in words.
    pub async fn signed(&self, config: &SdkConfig) -> Result<http::Request<SdkBody>, String> {
        let region = config.region().ok_or("no region is known: set AWS_REGION or name one in the profile")?.as_ref();
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let (host, name) = self.service.names();
        let url = match self.endpoint {
            Some(endpoint) => format!("{}{}", endpoint.trim_end_matches('/'), self.path),
            None => format!("https://{host}.{region}.{suffix}{}", self.path),
        };
        let credentials = config.credentials_provider().ok_or("there are no credentials")?;
        let credentials = credentials.provide_credentials().await;
        let identity = credentials.map_err(|error| format!("there are no credentials: {error}"))?.into();
        let mut settings = SigningSettings::default();
        if self.service == Service::S3 {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(name)
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let signable = SignableRequest::new(self.method, &url, self.headers.iter().copied(), SignableBody::Bytes(&self.body));
        let signed = sign(signable.map_err(|error| error.to_string())?, &parameters).map_err(|error| error.to_string())?;
        let (instructions, _signature) = signed.into_parts();
        let request = http::Request::builder().method(self.method).uri(&url);
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = if self.body.is_empty() { SdkBody::empty() } else { SdkBody::from(self.body.clone()) };
        let mut request = request.body(body).map_err(|error| error.to_string())?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

/// Sends a request as it is, and reads all of the answer.
///
/// # Errors
/// Why there is no answer, in words.
pub async fn send(connector: &SharedHttpConnector, request: http::Request<SdkBody>) -> Result<Said, String> {
    let request = HttpRequest::try_from(request).map_err(|error| error.to_string())?;
    let answer = connector.call(request).await.map_err(|error| format!("cannot be reached: {error}"))?;
    let status = answer.status().as_u16();
    let body = ByteStream::new(answer.into_body()).collect().await.map_err(|error| error.to_string())?;
    Ok(Said { status, body: body.into_bytes() })
}
