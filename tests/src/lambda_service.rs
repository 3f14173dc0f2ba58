//! The Lambda service around one process: its Runtime API for one invocation, and when the process got how far.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, oneshot};

/// One invocation of a function in a process of its own.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// What the function answered, or the error that it reported.
    pub reply: Result<Value, String>,
    /// From its start to the first time that it asked for an event: what Lambda calls the init phase.
    pub polled: Duration,
    /// From its start to its answer.
    pub answered: Duration,
    /// The most memory that it held until then, in bytes.
    pub peak_resident: u64,
}

/// When the function answered, and what.
type Answer = (Instant, Result<Value, String>);

/// What the Runtime API knows of its one invocation.
struct Service {
    event: String,
    handed_out: Semaphore,
    polled: Mutex<Option<Instant>>,
    waiting: Mutex<Option<oneshot::Sender<Answer>>>,
}

impl Service {
    fn done(&self, reply: Result<Value, String>) {
        let at = Instant::now();
        if let Some(waiting) = self.waiting.lock().expect("nobody panics with it").take() {
            let _ = waiting.send((at, reply));
        }
    }
}

async fn next(State(service): State<Arc<Service>>) -> (HeaderMap, String) {
    service.polled.lock().expect("nobody panics with it").get_or_insert_with(Instant::now);
    // The second invocation never comes.
    service.handed_out.acquire().await.expect("never closed").forget();
    let mut headers = HeaderMap::new();
    headers.insert("lambda-runtime-aws-request-id", "sample-request-1".parse().expect("a header"));
    headers.insert("lambda-runtime-deadline-ms", "4000000000000".parse().expect("a header"));
    headers.insert(
        "lambda-runtime-invoked-function-arn",
        "arn:aws:lambda:eu-central-1:123456789012:function:f".parse().expect("a header"),
    );
    (headers, service.event.clone())
}

/// Starts a command as the function of that name, with an event that waits for it, and ends it after its answer.
///
/// # Errors
/// Why there is no answer: it cannot be started, or ended before.
pub async fn invoke(command: Command, name: &str, event: String) -> Result<Invocation, String> {
    let at_once = async |mut command: Command| {
        let began = Instant::now();
        Ok((command.spawn()?, began))
    };
    invoke_by(command, name, event, at_once).await
}

/// As [`invoke`], started by somebody who says when it began.
///
/// # Errors
/// As [`invoke`] says.
pub async fn invoke_by(
    mut command: Command,
    name: &str,
    event: String,
    start: impl AsyncFnOnce(Command) -> std::io::Result<(Child, Instant)>,
) -> Result<Invocation, String> {
    let (send, receive) = oneshot::channel();
    let service =
        Arc::new(Service { event, handed_out: Semaphore::new(1), polled: Mutex::new(None), waiting: Mutex::new(Some(send)) });
    let api = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/response",
            post(async |State(service): State<Arc<Service>>, body: String| {
                service.done(serde_json::from_str(&body).map_err(|error| error.to_string()));
                StatusCode::ACCEPTED
            }),
        )
        .route(
            "/2018-06-01/runtime/invocation/{id}/error",
            post(async |State(service): State<Arc<Service>>, body: String| {
                service.done(Err(body));
                StatusCode::ACCEPTED
            }),
        )
        .with_state(Arc::clone(&service));
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let serving = tokio::spawn(async move { axum::serve(listener, api).await });
    command
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let (mut child, began) = start(command).await.map_err(|error| format!("{name}: {error}"))?;
    let answer = tokio::select! {
        answer = receive => answer.map_err(|_| "no reply".to_owned()),
        ended = child.wait() => Err(format!("the process ended: {ended:?}")),
    };
    serving.abort();
    let (answered, reply) = answer?;
    let polled = service.polled.lock().expect("nobody panics with it").ok_or("it answered before it asked")?;
    let peak_resident = child.id().and_then(peak_resident).unwrap_or_default();
    // Waited for: what is still ending takes time from whoever is started next.
    child.kill().await.map_err(|error| error.to_string())?;
    Ok(Invocation { reply, polled: polled - began, answered: answered - began, peak_resident })
}

/// The most memory that a process held, in bytes, where the system tells.
pub fn peak_resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
