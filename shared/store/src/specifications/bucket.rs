//! Specifications in a bucket of S3: three requests, signed with the credentials and sent by the HTTP client of the AWS SDKs.

use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use bytes::Bytes;
use http::StatusCode;
use portico_aws::signed::{Call, Said, Tries};
use portico_aws::{SdkConfig, Service};

/// How long a body may be on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// One try, with all of the body.
    pub one_try: Duration,
    /// All tries together: what is not there by then is not waited for.
    pub whole: Duration,
    /// Tries after the first.
    pub retries: u32,
}

impl Limits {
    /// Within the shortest timeout of a function that has specifications (10 s), with room for the table beside it.
    pub const FUNCTION: Self = Self { one_try: Duration::from_secs(2), whole: Duration::from_secs(5), retries: 2 };
    /// For an operator's own line, which may be slow.
    pub const OPERATOR: Self = Self { one_try: Duration::from_secs(60), whole: Duration::from_secs(180), retries: 2 };
}

/// A bucket, and a folder in it.
#[derive(Debug)]
pub(super) struct Bucket {
    /// `/bucket/` or `/bucket/folder/`.
    path: String,
    config: SdkConfig,
    connector: OnceLock<SharedHttpConnector>,
    limits: Limits,
}

impl Bucket {
    /// The one that `bucket` or `bucket/folder` names.
    ///
    /// # Errors
    /// A sentence fragment that says what is wrong.
    pub(super) fn new(place: &str, config: &SdkConfig, limits: Limits) -> Result<Self, String> {
        let (bucket, folder) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err("must name a bucket: s3://bucket or s3://bucket/folder".to_owned());
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        if !place.chars().all(is_plain) || folder.split('/').any(|part| matches!(part, "." | "..")) {
            return Err("must have names of letters, digits and - _ . only".to_owned());
        }
        config.region().ok_or("is in a bucket, and no region is known: set AWS_REGION")?;
        config.credentials_provider().ok_or("is in a bucket, and there are no credentials")?;
        let parts = place.split('/').filter(|part| !part.is_empty());
        let path = parts.fold(String::from("/"), |path, part| format!("{path}{part}/"));
        Ok(Self { path, config: config.clone(), connector: OnceLock::new(), limits })
    }

    pub(super) async fn keep(&self, digest: &str, body: Bytes) -> Result<(), String> {
        match self.ask("PUT", digest, &[("if-none-match", "*")], &body).await? {
            Said { status: 200, .. } => Ok(()),
            // Said too where another writer is only about to put it: the body must really be there.
            Said { status: 412, .. } => match self.ask("HEAD", digest, &[], &Bytes::new()).await? {
                Said { status: 200, .. } => Ok(()),
                said => Err(refused(&said)),
            },
            said => Err(refused(&said)),
        }
    }

    pub(super) async fn body(&self, digest: &str) -> Result<Option<Bytes>, String> {
        match self.ask("GET", digest, &[], &Bytes::new()).await? {
            Said { status: 200, body } => Ok(Some(body)),
            Said { status: 404, .. } => Ok(None),
            said => Err(refused(&said)),
        }
    }

    /// The same body lies under its digest whichever try put it there, so a write is tried again like a read.
    async fn ask(
        &self,
        method: &str,
        digest: &str,
        headers: &[(&'static str, &'static str)],
        body: &Bytes,
    ) -> Result<Said, String> {
        let path = format!("{}{digest}", self.path);
        let endpoint = self.config.endpoint_url();
        let call = Call { service: Service::S3, endpoint, method, path: &path, headers, body: body.clone() };
        let connector = self.connector.get_or_init(|| portico_aws::connector(endpoint));
        let tries = Tries { one: self.limits.one_try, more: self.limits.retries };
        call.answer(&self.config, connector, tries).await.map_err(|error| format!("the bucket {error}"))
    }
}

/// The status and S3's code of the error, for the log. The answer's other words may name what nobody should read there.
fn refused(said: &Said) -> String {
    let status = StatusCode::from_u16(said.status).map_or_else(|_| said.status.to_string(), |status| status.to_string());
    let text = String::from_utf8_lossy(&said.body);
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code);
    match code.filter(|code| code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        Some(code) => format!("the bucket answered {status}: {code}"),
        None => format!("the bucket answered {status}"),
    }
}
