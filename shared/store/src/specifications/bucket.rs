//! Specifications in a bucket: object storage reached with the credentials, the region and the HTTP client of the AWS SDKs.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest as SdkRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use object_store::aws::{AmazonS3Builder, AwsCredential};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, CredentialProvider, ObjectStore, RetryConfig};
use portico_aws::SdkConfig;

/// How long a body may be on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// One try, with all of the body.
    pub one_try: Duration,
    /// All tries together: what is not there by then is not waited for.
    pub whole: Duration,
    /// Tries after the first.
    pub retries: usize,
}

impl Limits {
    /// Within the shortest timeout of a function that has specifications (10 s), with room for the table beside it.
    pub const FUNCTION: Self = Self { one_try: Duration::from_secs(2), whole: Duration::from_secs(5), retries: 2 };
    /// For an operator's own line, which may be slow.
    pub const OPERATOR: Self = Self { one_try: Duration::from_secs(60), whole: Duration::from_secs(180), retries: 2 };
}

/// The bucket, and the folder in it, of `s3://bucket` or `s3://bucket/folder`.
///
/// # Errors
/// A sentence fragment that says what is wrong.
pub(super) fn open(place: &str, config: &SdkConfig, limits: Limits) -> Result<Arc<dyn ObjectStore>, String> {
    let (bucket, folder) = place.split_once('/').unwrap_or((place, ""));
    if bucket.is_empty() {
        return Err("must name a bucket: s3://bucket or s3://bucket/folder".to_owned());
    }
    let region = config.region().ok_or("is in a bucket, and no region is known: set AWS_REGION")?;
    let credentials = config.credentials_provider().ok_or("is in a bucket, and there are no credentials")?;
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region.as_ref())
        .with_credentials(Arc::new(Credentials(credentials)))
        .with_retry(RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(50),
                max_backoff: Duration::from_millis(500),
                base: 2.0,
            },
            max_retries: limits.retries,
            retry_timeout: limits.whole,
        })
        .with_http_connector(Sdk(portico_aws::connector(config.endpoint_url()), limits.one_try));
    if let Some(endpoint) = config.endpoint_url() {
        builder = builder.with_endpoint(endpoint).with_allow_http(true);
    }
    let store = builder.build().map_err(|error| error.to_string())?;
    let folder = Path::parse(folder).map_err(|error| error.to_string())?;
    Ok(if folder.as_ref().is_empty() { Arc::new(store) } else { Arc::new(PrefixStore::new(store, folder)) })
}

/// The SDK's credentials, asked for before each request: the provider is the one that knows when they end.
#[derive(Debug)]
struct Credentials(SharedCredentialsProvider);

#[async_trait]
impl CredentialProvider for Credentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let generic = |source| object_store::Error::Generic { store: "S3", source };
        let found = self.0.provide_credentials().await.map_err(|error| generic(Box::new(error)))?;
        Ok(Arc::new(AwsCredential {
            key_id: found.access_key_id().to_owned(),
            secret_key: found.secret_access_key().to_owned(),
            token: found.session_token().map(str::to_owned),
        }))
    }
}

/// The SDKs' HTTP client, and how long one try may take.
#[derive(Clone, Debug)]
struct Sdk(SharedHttpConnector, Duration);

impl HttpConnector for Sdk {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Sdk {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        // A body that stalls half-way is a try that failed, like a reply that never comes.
        match tokio::time::timeout(self.1, self.send(request)).await {
            Ok(answer) => answer,
            // `Request` and not `Timeout`, which is not tried again for a conditional write. Ours may be: the same body lies under its
            // digest whether the first try or the second put it there.
            Err(elapsed) => Err(HttpError::new(HttpErrorKind::Request, elapsed)),
        }
    }
}

impl Sdk {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| HttpError::new(HttpErrorKind::Request, Boxed(source));
        let (parts, body) = request.into_parts();
        let body = ByteStream::new(SdkBody::from_body_1_x(body)).collect().await.map_err(|error| failed(error.into()))?;
        let request = http::Request::from_parts(parts, SdkBody::from(body.into_bytes()));
        let request = SdkRequest::try_from(request).map_err(|error| failed(error.into()))?;
        let answer = self.0.call(request).await.map_err(|error| failed(error.into()))?;
        let (parts, body) = answer.try_into_http1x().map_err(|error| failed(error.into()))?.into_parts();
        let body = ByteStream::new(body).collect().await.map_err(|error| failed(error.into()))?;
        Ok(HttpResponse::from_parts(parts, body.into_bytes().into()))
    }
}

/// An error of any kind as one that [`HttpError`] takes.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Boxed(Box<dyn std::error::Error + Send + Sync>);
