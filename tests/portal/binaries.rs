//! Each function's own binary answers its sample in `events/`: started as Lambda starts it, over a stub of the Lambda Runtime API
//! and a table that it reaches by HTTP.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use portico_domain::event::{Actor, Event, Name};
use portico_domain::id::{EventId, PortalId, StrategyId, uuid_v7};
use portico_domain::portal::Portal;
use portico_domain::strategy::Strategy;
use portico_domain::time::Timestamp;
use portico_store::Store;
use portico_tests::bucket::FakeBucket;
use portico_tests::parameter_store::FakeParameterStore;
use portico_tests::samples::ANSWERS;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::operator;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Builds every binary of the workspace, once, in the profile and the folder that this test was built in. Returns where they are.
pub(crate) fn binaries() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

fn build() -> PathBuf {
    let this = std::env::current_exe().expect("this test has a path");
    let profile = this.parent().and_then(Path::parent).expect("target/PROFILE/deps").to_owned();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let built = std::process::Command::new(cargo)
        .args(["build", "--quiet", "--workspace", "--bins", "--examples", "--target-dir"])
        .arg(profile.parent().expect("target"))
        .current_dir(root())
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the binaries are built");
    profile
}

/// The Lambda Runtime API for one invocation.
struct Invocation {
    event: String,
    reply: Mutex<Option<oneshot::Sender<Result<Value, String>>>>,
    handed_out: tokio::sync::Semaphore,
}

impl Invocation {
    fn done(&self, reply: Result<Value, String>) {
        if let Some(waiting) = self.reply.lock().expect("nobody panics with it").take() {
            let _ = waiting.send(reply);
        }
    }
}

async fn next(State(invocation): State<Arc<Invocation>>) -> (HeaderMap, String) {
    // The second invocation never comes.
    invocation.handed_out.acquire().await.expect("never closed").forget();
    let mut headers = HeaderMap::new();
    headers.insert("lambda-runtime-aws-request-id", "sample-request-1".parse().expect("a header"));
    headers.insert("lambda-runtime-deadline-ms", "4000000000000".parse().expect("a header"));
    headers.insert(
        "lambda-runtime-invoked-function-arn",
        "arn:aws:lambda:eu-central-1:123456789012:function:f".parse().expect("a header"),
    );
    (headers, invocation.event.clone())
}

/// Starts a binary as a function, gives it the function's sample and returns its reply.
async fn invoke(binary: &Path, name: &str, environment: &BTreeMap<&str, String>) -> Result<Value, String> {
    let event = std::fs::read_to_string(root().join(format!("events/{name}.json"))).map_err(|error| error.to_string())?;
    // What the template tells it, and no more: it must do with that.
    let told = crate::template::variables(name);
    let (send, receive) = oneshot::channel();
    let invocation = Arc::new(Invocation { event, reply: Mutex::new(Some(send)), handed_out: tokio::sync::Semaphore::new(1) });
    let api = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/response",
            post(async |State(invocation): State<Arc<Invocation>>, body: String| {
                invocation.done(serde_json::from_str(&body).map_err(|error| error.to_string()));
                StatusCode::ACCEPTED
            }),
        )
        .route(
            "/2018-06-01/runtime/invocation/{id}/error",
            post(async |State(invocation): State<Arc<Invocation>>, body: String| {
                invocation.done(Err(body));
                StatusCode::ACCEPTED
            }),
        )
        .with_state(invocation);
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let serving = tokio::spawn(async move { axum::serve(listener, api).await });
    let mut child = tokio::process::Command::new(binary)
        .env_clear()
        .envs(environment.iter().filter(|(variable, _)| variable.starts_with("AWS_") || told.contains(**variable)))
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    let reply = tokio::select! {
        reply = receive => reply.unwrap_or_else(|_| Err("no reply".to_owned())),
        ended = child.wait() => Err(format!("the process ended: {ended:?}")),
    };
    serving.abort();
    reply
}

/// A bus over HTTP that takes everything.
async fn bus() -> String {
    let takes = async |body: String| {
        let request: Value = serde_json::from_str(&body).expect("a call is JSON");
        let entries = request["Entries"].as_array().expect("entries").iter().map(|_| json!({ "EventId": "taken" }));
        let answer = json!({ "FailedEntryCount": 0, "Entries": entries.collect::<Vec<_>>() });
        ([("content-type", "application/x-amz-json-1.1")], answer.to_string())
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(takes))).await });
    endpoint
}

/// A table over HTTP with a portal in it, and the environment that leads a function there.
async fn environment(keys: &FakeParameterStore, bucket: &FakeBucket) -> BTreeMap<&'static str, String> {
    let endpoint = operator::dynamodb().await;
    let client = operator::client(&endpoint);
    portico::table::prepare(&client, "portico").await.expect("the table is made");
    let now = Timestamp::from_millis(1_700_000_000_000);
    let portal = PortalId::new(uuid_v7(now, [1; 10]));
    let strategy = StrategyId::new(uuid_v7(now, [2; 10]));
    let event = |name, byte| Event {
        id: EventId::new(uuid_v7(now, [byte; 10])),
        name,
        at: now,
        actor: Actor::System("test".to_owned()),
        data: json!({}),
    };
    let (of_portal, of_strategy) = (event(Name::PortalCreated, 3), event(Name::StrategyCreated, 4));
    Store::new(client, "portico")
        .create_portal(
            &Portal::new(portal, "Test", strategy, now),
            &Strategy::key_auth_default(strategy, now),
            [&of_portal, &of_strategy],
        )
        .await
        .expect("the portal is made");
    let key = SigningKey::from_bytes(&[7; 32]);
    let private = STANDARD.encode(key.to_pkcs8_der().expect("a key").as_bytes());
    let public = STANDARD.encode(key.verifying_key().to_bytes());
    keys.keep("/portico/session-private-key", &format!("k1:{private}"));
    keys.keep("/portico/refresh-key", &STANDARD.encode([9; 32]));
    keys.keep("/portico/mail-key", &STANDARD.encode([8; 32]));
    BTreeMap::from([
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", bus().await),
        ("PORTICO_BUS", "portico".to_owned()),
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("PORTICO_TABLE", "portico".to_owned()),
        ("PORTICO_PORTAL_ID", portal.to_string()),
        ("PORTICO_PUBLIC_URL", "https://portal.example.test".to_owned()),
        ("PORTICO_SESSION_PUBLIC_KEYS", format!("k1:{public}")),
        ("AWS_SESSION_TOKEN", "session".to_owned()),
        ("AWS_ENDPOINT_URL_SSM", keys.endpoint.clone()),
        ("AWS_ENDPOINT_URL_S3", bucket.endpoint.clone()),
        ("PORTICO_SESSION_PRIVATE_KEY_PARAMETER", "/portico/session-private-key".to_owned()),
        ("PORTICO_REFRESH_KEY_PARAMETER", "/portico/refresh-key".to_owned()),
        ("PORTICO_MAIL_KEY_PARAMETER", "/portico/mail-key".to_owned()),
        ("PORTICO_SPECIFICATIONS", "s3://specifications".to_owned()),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_functions_own_binary_answers_its_sample() {
    let folders = std::fs::read_dir(root().join("functions")).expect("the functions are there");
    let mut names: Vec<_> = folders.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    assert_eq!(names, ANSWERS.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "every function has an answer here");
    let binaries = tokio::task::spawn_blocking(binaries).await.expect("no panic");
    let (keys, bucket) = (FakeParameterStore::start().await, FakeBucket::start().await);
    let environment = environment(&keys, &bucket).await;
    for (name, expected) in ANSWERS {
        let reply =
            tokio::time::timeout(std::time::Duration::from_secs(60), invoke(&binaries.join(name), name, &environment)).await;
        expected.check(name, reply.expect("it answers"));
        let told = crate::template::variables(name);
        let named = environment.iter().filter(|(variable, _)| variable.ends_with("_PARAMETER") && told.contains(**variable));
        let mut named: Vec<_> = named.map(|(_, parameter)| parameter.clone()).collect();
        named.sort();
        assert_eq!(keys.take_asked(), named, "{name} reads the keys that are named to it, once, and no others");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_batch_of_the_stream_is_an_error_of_the_function_and_never_a_reply() {
    let binaries = tokio::task::spawn_blocking(binaries).await.expect("no panic");
    let environment = environment(&FakeParameterStore::start().await, &FakeBucket::start().await).await;
    let panicking = binaries.join("examples/panicking_function");
    let reply = tokio::time::timeout(std::time::Duration::from_secs(60), invoke(&panicking, "relay-events", &environment)).await;
    let error = reply.expect("Lambda hears of it").expect_err("the third record panics");
    assert!(error.contains("the third record"), "{error}");
}

#[tokio::test]
async fn a_function_without_its_configuration_says_which_variable_is_missing() {
    let binaries = tokio::task::spawn_blocking(binaries).await.expect("no panic");
    let ended = std::process::Command::new(binaries.join("create-app"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
        .output()
        .expect("it starts");
    assert!(!ended.status.success());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("PORTICO_PORTAL_ID"), "{said}");
}
