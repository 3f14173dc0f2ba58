//! `portico table`: the table over HTTP in DynamoDB's own protocol, for functions that run as processes of their own, and what AWS
//! does behind a table: its stream is read, jobs are done, mails land in the outbox.

use std::path::PathBuf;
use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use axum::body::{Body, to_bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use clap::Args;
use http::{Request, Response, StatusCode, header};
use portico_http::Portal;
use portico_http::clock::{SystemClock, SystemEntropy};

use crate::bus::entrance::Entrance;
use crate::data::{DataFolder, Unusable, write_secret};
use crate::engine::{Answer, Database};
use crate::gateway::reply;
use crate::in_process::Service;
use crate::local::{BUS, Local, from_here};
use crate::post::Post;
use crate::start::{self, CannotStart, Setup};
use crate::table::TABLE;
use crate::{apis, cli, laptop_routes, server};

/// What DynamoDB's own limit for a request is.
const REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// EventBridge, as calls name it.
const EVENT_BUS: &str = "AWSEvents";

/// `portico table`
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8000")]
    listen: String,
    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = ".portico")]
    data: PathBuf,
    /// Where the functions answer, as people see it.
    #[arg(long, value_name = "URL", default_value = "http://localhost:9000")]
    public_url: String,
    /// DynamoDB Local, to hold the table instead of the folder.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
}

/// Serves the table until somebody ends it.
///
/// # Errors
/// [`CannotStart`] says what stands in the way.
pub(crate) async fn run(options: Options) -> Result<(), CannotStart> {
    let folder = DataFolder::open(&options.data)?;
    let database = start::database(&folder, options.endpoint_url.as_deref())?;
    let (listener, address) = cli::listen(&options.listen).await?;
    let portal = start::portal(Setup {
        database: &database,
        folder: &folder,
        public_url: &options.public_url,
        auto_approve: false,
        notify: &[],
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    })
    .await?;
    let variables = variables(&portal, &folder, &format!("http://{address}"))?;
    let lines: Vec<_> = variables.iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
    write_secret(&folder.functions_environment(), lines.concat().as_bytes())?;
    let local = Arc::new(Local::new(portal, database, &folder)?);
    apis::publish(&local, &folder, &apis::files(None, &local.portal().config.public_url.origin())?).await?;
    let refused = |error: std::io::Error| CannotStart::Listen { address: options.listen.clone(), reason: error.to_string() };
    let stop = cli::stop().map_err(refused)?;
    cli::say(&format!(
        "listening on http://{address}\n\
         functions' variables   {}\n\
         administrator's token  {}\n\
         mails                  {}\n",
        folder.functions_environment().display(),
        folder.admin_token().display(),
        folder.outbox().display(),
    ));
    server::serve_table(local, listener, stop).await.map_err(refused)
}

/// What `infra/template.yaml` tells the functions, all of it, and where a laptop has what AWS has.
fn variables(portal: &Portal, folder: &DataFolder, address: &str) -> Result<Vec<(&'static str, String)>, Unusable> {
    let session = folder.session_key()?;
    let id = session.id();
    Ok(vec![
        ("AWS_ENDPOINT_URL", address.to_owned()),
        ("AWS_REGION", "local".to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("PORTICO_TABLE", TABLE.to_owned()),
        ("PORTICO_PORTAL_ID", portal.config.portal.to_string()),
        ("PORTICO_PUBLIC_URL", portal.config.public_url.origin()),
        ("PORTICO_SESSION_PUBLIC_KEYS", format!("{id}:{}", STANDARD.encode(session.public))),
        ("PORTICO_SESSION_PRIVATE_KEY", format!("{id}:{}", STANDARD.encode(&session.pkcs8))),
        ("PORTICO_REFRESH_KEY", STANDARD.encode(folder.key("refresh")?)),
        ("PORTICO_MAIL_KEY", STANDARD.encode(folder.key("mail")?)),
        ("PORTICO_SEALING_KEY", STANDARD.encode(folder.key("sealing")?)),
        ("PORTICO_BUS", BUS.to_owned()),
        ("PORTICO_SPECIFICATIONS", format!("file://{}", folder.specifications().display())),
        (laptop_routes::VARIABLE, address.to_owned()),
    ])
}

/// Answers DynamoDB's protocol, and what a laptop has beside the portal. Only this machine is answered: nothing looks at signatures.
pub(crate) async fn answer(local: &Local, request: Request<Body>, source: std::net::IpAddr) -> Response<Bytes> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, REQUEST_BYTES).await else { return Local::too_large() };
    if !from_here(&parts.headers, source) {
        return reply::message(StatusCode::FORBIDDEN, "Forbidden");
    }
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()?.split_once('.'));
    match target.map(|(service, operation)| (service, operation.to_owned())) {
        Some((EVENT_BUS, _)) => return played(Entrance(local.bus().sender().clone()), parts, body).await,
        Some((_, operation)) => return dynamodb(local.database(), &operation, &body).await,
        None => {}
    }
    let path = parts.uri.path();
    if path.starts_with("/v2/email/") {
        return played(Post::new(local.outbox().clone()), parts, body).await;
    }
    if path.starts_with("/_local/") || path.starts_with("/gateway/") {
        return local.answer(Request::from_parts(parts, body), source).await;
    }
    reply::message(StatusCode::NOT_FOUND, "Not Found")
}

async fn dynamodb(database: &Database, operation: &str, body: &Bytes) -> Response<Bytes> {
    let answer = match std::str::from_utf8(body) {
        Ok(body) => database.call_from_outside(operation, body.to_owned()).await,
        Err(_) => Ok(refusal(400, "com.amazon.coral.service#SerializationException")),
    };
    let answer = answer.unwrap_or_else(|_| refusal(500, "com.amazonaws.dynamodb.v20120810#InternalServerError"));
    let mut response = Response::new(Bytes::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/x-amz-json-1.0"));
    response
}

/// A service of AWS that is played here, for functions that reach it by HTTP.
async fn played(service: impl Service, parts: http::request::Parts, body: Bytes) -> Response<Bytes> {
    let failed = |error: &dyn std::fmt::Debug| {
        tracing::warn!(?error, "a call of a service that is played here failed");
        reply::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    };
    let request = match HttpRequest::try_from(Request::from_parts(parts, SdkBody::from(body))) {
        Ok(request) => request,
        Err(error) => return failed(&error),
    };
    let answer = match service.answer(request).await {
        Ok(answer) => answer,
        Err(error) => return failed(&error),
    };
    let mut response = Response::new(answer.body().bytes().map(Bytes::copy_from_slice).unwrap_or_default());
    *response.status_mut() = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

fn refusal(status: u16, name: &str) -> Answer {
    Answer { status, body: serde_json::json!({ "__type": name }).to_string() }
}
