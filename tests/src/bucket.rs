//! A bucket on a loopback address, as strict as S3 about what it is asked, which fails as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use portico_aws::{Region, SdkConfig};
use portico_store::specifications::{Limits, Specifications};
use tokio::net::TcpListener;

/// What the bucket does instead of what it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 500.
    Broken,
    /// 403, as where a role lacks the right.
    Denied,
    /// Nothing, for ever.
    Silent,
    /// The head of a reply and half of its body, and then nothing.
    Stalled,
    /// It does what it is asked, and the reply is lost.
    LostReply,
}

#[derive(Default)]
struct Contents {
    objects: BTreeMap<String, Bytes>,
    faults: VecDeque<Fault>,
    always: Option<Fault>,
    requests: Vec<String>,
}

/// The bucket `specifications`.
#[derive(Clone)]
pub struct FakeBucket {
    /// `http://127.0.0.1:PORT`.
    pub endpoint: String,
    contents: Arc<Mutex<Contents>>,
}

/// Short enough for a test of what never answers, long enough for what does.
const LIMITS: Limits = Limits { one_try: Duration::from_millis(400), whole: Duration::from_secs(20), retries: 2 };

impl FakeBucket {
    /// An empty one.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let contents = Arc::<Mutex<Contents>>::default();
        let router =
            Router::new().fallback(answer).layer(axum::extract::DefaultBodyLimit::disable()).with_state(Arc::clone(&contents));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, contents }
    }

    /// The place for specifications that is this bucket, reached like one on AWS.
    pub fn specifications(&self, url: &str) -> Specifications {
        Specifications::in_bucket(url, &self.config(), LIMITS).expect("a bucket")
    }

    /// Credentials, region and endpoint that lead here.
    pub fn config(&self) -> SdkConfig {
        SdkConfig::builder()
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "test",
                "test",
                Some("session".to_owned()),
                None,
                "test",
            )))
            .endpoint_url(&self.endpoint)
            .build()
    }

    /// Meets the next requests with these faults, one each.
    pub fn fail(&self, faults: &[Fault]) {
        self.contents.lock().expect("nobody panics with it").faults.extend(faults);
    }

    /// Meets every request with this fault, or with none any more.
    pub fn fail_always(&self, fault: Option<Fault>) {
        self.contents.lock().expect("nobody panics with it").always = fault;
    }

    /// The requests since the last time: method and path.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.contents.lock().expect("nobody panics with it").requests)
    }

    /// What lies in the bucket, by its path.
    pub fn objects(&self) -> BTreeMap<String, Bytes> {
        self.contents.lock().expect("nobody panics with it").objects.clone()
    }

    /// Removes everything.
    pub fn empty(&self) {
        self.contents.lock().expect("nobody panics with it").objects.clear();
    }
}

async fn answer(
    State(contents): State<Arc<Mutex<Contents>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = {
        let mut contents = contents.lock().expect("nobody panics with it");
        contents.requests.push(format!("{method} {}", uri.path()));
        contents.faults.pop_front().or(contents.always)
    };
    match fault {
        Some(Fault::Broken) => return error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        Some(Fault::Denied) => return error(StatusCode::FORBIDDEN, "AccessDenied"),
        Some(Fault::Silent) => std::future::pending().await,
        Some(Fault::Stalled | Fault::LostReply) | None => {}
    }
    if let Some(wrong) = unsigned(&headers) {
        return error(StatusCode::FORBIDDEN, wrong);
    }
    let done = obey(&contents, &method, uri.path(), &headers, body);
    match fault {
        Some(Fault::LostReply) => std::future::pending().await,
        Some(Fault::Stalled) => {
            let begun = futures_util::stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"half")) });
            let body = Body::from_stream(futures_util::StreamExt::chain(begun, futures_util::stream::pending()));
            let mut reply = Response::new(body);
            reply.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("8"));
            with_tag(reply)
        }
        _ => done,
    }
}

/// What is wrong with the signature, as far as it can be told without the secret.
fn unsigned(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = text("authorization").starts_with("AWS4-HMAC-SHA256 Credential=test/")
        && text("authorization").contains("/eu-central-1/s3/aws4_request")
        && text("authorization").contains("x-amz-content-sha256");
    if !signed {
        Some("SignatureDoesNotMatch")
    } else if text("x-amz-content-sha256").len() != 64 {
        Some("XAmzContentSHA256Mismatch")
    } else if text("x-amz-security-token") != "session" {
        Some("InvalidToken")
    } else {
        None
    }
}

fn obey(contents: &Mutex<Contents>, method: &Method, path: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let mut contents = contents.lock().expect("nobody panics with it");
    if !path.starts_with("/specifications/") {
        return error(StatusCode::NOT_FOUND, "NoSuchBucket");
    }
    let found = contents.objects.get(path).cloned();
    match (method.as_str(), found) {
        ("PUT", Some(_)) if headers.get("if-none-match").is_some_and(|value| value == "*") => {
            error(StatusCode::PRECONDITION_FAILED, "PreconditionFailed")
        }
        ("PUT", _) => {
            contents.objects.insert(path.to_owned(), body);
            with_tag(StatusCode::OK.into_response())
        }
        ("GET", Some(body)) => with_tag(body.into_response()),
        ("HEAD", Some(_)) => with_tag(StatusCode::OK.into_response()),
        ("GET" | "HEAD", None) => error(StatusCode::NOT_FOUND, "NoSuchKey"),
        _ => error(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
    }
}

fn with_tag(mut reply: Response) -> Response {
    reply.headers_mut().insert(header::ETAG, HeaderValue::from_static("\"tag\""));
    reply.headers_mut().insert(header::LAST_MODIFIED, HeaderValue::from_static("Mon, 23 Nov 2026 10:00:00 GMT"));
    reply
}

fn error(status: StatusCode, code: &str) -> Response {
    (status, format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>")).into_response()
}
