//! Calls of services that Portico asks nothing else of: signed here, without an SDK for each.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use portico_aws::Service;
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
        let region = self.config.region().ok_or("no region is known: set AWS_REGION or name one in the profile")?.as_ref();
        let (host, name) = match service {
            Service::ApiGateway => ("apigateway", "apigateway"),
            Service::DynamoDb => ("dynamodb", "dynamodb"),
            Service::EventBridge => ("events", "events"),
            Service::Lambda => ("lambda", "lambda"),
            Service::S3 => ("s3", "s3"),
            Service::Ses => ("email", "ses"),
            Service::Ssm => ("ssm", "ssm"),
        };
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let endpoint = service.endpoint();
        let origin = endpoint.clone().unwrap_or_else(|| format!("https://{host}.{region}.{suffix}"));
        let url = format!("{}{path}", origin.trim_end_matches('/'));

        let credentials = self.config.credentials_provider().ok_or("there are no credentials")?;
        let credentials =
            credentials.provide_credentials().await.map_err(|error| format!("there are no credentials: {error}"))?;
        let identity = credentials.into();
        let mut settings = SigningSettings::default();
        if service == Service::S3 {
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
        let headers = [("accept", "application/json")];
        let signable = SignableRequest::new("GET", &url, headers.into_iter(), SignableBody::Bytes(&[]));
        let signed = sign(signable.map_err(|error| error.to_string())?, &parameters).map_err(|error| error.to_string())?;
        let (instructions, _signature) = signed.into_parts();
        let request = http::Request::get(&url).header("accept", "application/json").body(SdkBody::empty());
        let mut request = request.map_err(|error| error.to_string())?;
        instructions.apply_to_request_http1x(&mut request);
        send(endpoint.as_deref(), request).await
    }
}

/// Sends a request as it is.
///
/// # Errors
/// Why there is no answer, in words.
pub(super) async fn send(endpoint: Option<&str>, request: http::Request<SdkBody>) -> Result<Said, String> {
    let request = HttpRequest::try_from(request).map_err(|error| error.to_string())?;
    let answer = portico_aws::connector(endpoint).call(request).await;
    let answer = answer.map_err(|error| format!("cannot be reached: {error}"))?;
    let status = answer.status().as_u16();
    let body = ByteStream::new(answer.into_body()).collect().await.map_err(|error| error.to_string())?.into_bytes();
    Ok(Said { status, text: String::from_utf8_lossy(&body).into_owned() })
}
