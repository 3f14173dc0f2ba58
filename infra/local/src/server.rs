//! The socket: HTTP/1.1 in front of [`Local`], and what runs beside it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::local::Local;
use crate::table_server;

const SWEEP: Duration = Duration::from_secs(60);
const JOBS: Duration = Duration::from_secs(60);
const AGAIN: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(200);
/// What requests that have begun are given to end.
const LAST: Duration = Duration::from_secs(5);

/// Answers on a listener until `shutdown` resolves; requests that have begun are answered first, if they come to
/// their end.
///
/// # Errors
/// If the socket fails.
pub async fn serve(
    local: Arc<Local>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    run(Router::new().fallback(answer), local, listener, shutdown).await
}

/// As [`serve`], in front of the table: the portal itself is not among what it answers.
///
/// # Errors
/// If the socket fails.
pub async fn serve_table(
    local: Arc<Local>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    run(Router::new().fallback(answer_table), local, listener, shutdown).await
}

async fn run(
    router: Router<Arc<Local>>,
    local: Arc<Local>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let beside = [
        tokio::spawn(pump(Arc::clone(&local))),
        tokio::spawn(bus(Arc::clone(&local))),
        tokio::spawn(sweep(Arc::clone(&local))),
        tokio::spawn(jobs(Arc::clone(&local))),
    ];
    let service = router.with_state(local).into_make_service_with_connect_info::<SocketAddr>();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let graceful = async move {
        shutdown.await;
        let _nobody_waits = stop.send(());
    };
    // A caller who never ends a request does not keep the portal from ending.
    let late = async move {
        match stopped.await {
            Ok(()) => tokio::time::sleep(LAST).await,
            Err(_) => std::future::pending().await,
        }
    };
    let served = tokio::select! {
        served = axum::serve(listener, service).with_graceful_shutdown(graceful).into_future() => served,
        () = late => Ok(()),
    };
    beside.iter().for_each(JoinHandle::abort);
    served
}

async fn answer(State(local): State<Arc<Local>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answered = match to_bytes(body, Local::BODY_BYTES).await {
        Ok(body) => local.answer(http::Request::from_parts(parts, body), peer.ip()).await,
        Err(_) => Local::too_large(),
    };
    answered.map(Body::from)
}

async fn answer_table(State(local): State<Arc<Local>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request) -> Response {
    table_server::answer(&local, request, peer.ip()).await.map(Body::from)
}

/// Also what another process puts on the bus, and what a function failed at, when it is time for it.
async fn bus(local: Arc<Local>) {
    loop {
        let _changed_or_time = tokio::time::timeout(LOOK, local.bus().changed()).await;
        local.deliver().await;
    }
}

/// What was committed before a crash first, then after each commit; now and then also what failed before.
async fn pump(local: Arc<Local>) {
    loop {
        local.pump().await;
        let _changed_or_time = tokio::time::timeout(AGAIN, local.database().changed()).await;
    }
}

async fn sweep(local: Arc<Local>) {
    while local.database().sweep_expired().await.is_ok() {
        tokio::time::sleep(SWEEP).await;
    }
}

async fn jobs(local: Arc<Local>) {
    loop {
        local.run_jobs().await;
        tokio::time::sleep(JOBS).await;
    }
}
