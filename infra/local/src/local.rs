//! The local portal: one value that answers HTTP requests as the deployed portal would, plus what exists on a laptop only.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use portico_delivery::bus::EventBus;
use portico_delivery::mail::Mailer;
use portico_http::Portal;
use time::OffsetDateTime;
use tokio::sync::Mutex;

use crate::bus::entrance::Entrance;
use crate::bus::rules::Rules;
use crate::bus::{Bus, Sender};
use crate::bus_commands::bus_of;
use crate::data::DataFolder;
use crate::engine::Database;
use crate::gateway::event::{self, Incoming};
use crate::gateway::published::Published;
use crate::gateway::routes::{Routes, TEMPLATE};
use crate::gateway::{BODY_BYTES, reply};
use crate::in_process::sdk_config;
use crate::outbox::Outbox;
use crate::post::Post;
use crate::pump::Pump;
use crate::runtime::Runtime;
use crate::start::CannotStart;

/// What the only bus of a laptop is called.
pub(crate) const BUS: &str = "portico";
/// How often stream and bus are read for one [`Local::pump`].
const ROUNDS: usize = 8;

/// A portal on a laptop.
#[derive(Debug)]
pub struct Local {
    runtime: Runtime,
    routes: Routes,
    published: Published,
    outbox: Outbox,
    pump: Pump,
    bus: Bus,
    /// One at a time goes round: who finds nothing to do must know that nobody is half-way.
    round: Mutex<()>,
    database: Database,
}

impl Local {
    /// The local portal around a portal.
    ///
    /// # Errors
    /// [`CannotStart`] if the template or the stream's position cannot be read.
    pub fn new(portal: Portal, database: Database, folder: &DataFolder) -> Result<Self, CannotStart> {
        let outbox = Outbox::at(folder.outbox());
        let mailer = Mailer::new(&sdk_config(Post::new(outbox.clone())), None);
        let clock = portal.clock.clone();
        let sender = Sender::new(bus_of(folder)?, portal.clock.clone(), portal.entropy.clone());
        let entrance = EventBus::new(&sdk_config(Entrance(sender.clone())), BUS);
        Ok(Self {
            bus: Bus::new(sender, Rules::read(TEMPLATE)?),
            round: Mutex::default(),
            runtime: Runtime::new(portal, mailer, entrance),
            routes: Routes::read(TEMPLATE)?,
            published: Published::default(),
            outbox,
            pump: Pump::new(database.clone(), database.table(), Some(folder.cursor()))?.with_dead_letters(bus_of(folder)?, clock),
            database,
        })
    }

    /// What every function has at hand.
    #[must_use]
    pub fn portal(&self) -> &Portal {
        self.runtime.portal()
    }

    /// The mails.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The table, with its faults and its record of calls.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Answers a request from that address, as the cloud would.
    pub async fn answer(&self, request: Request<Bytes>, source: IpAddr) -> Response<Bytes> {
        let path = request.uri().path();
        let is_mail = path == "/_local/mail" || path.starts_with("/_local/mail/");
        if is_mail && from_here(request.headers(), source) {
            return self.mail(&request).await;
        }
        let (parts, body) = request.into_parts();
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "the gateway answers in a function's place");
            reply::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        };
        let request_id = match event::request_id() {
            Ok(id) => id,
            Err(error) => return failed(&error),
        };
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.portal().now().millis()) * 1_000_000);
        let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let incoming = Incoming { parts: &parts, body: &body, source, stage: "$default", request_id: &request_id, at };
        if parts.uri.path().starts_with("/gateway/") {
            return self.published.answer(&self.runtime, &incoming).await;
        }
        let matched = self.routes.find(parts.method.as_str(), parts.uri.path());
        let event = match event::for_route(&incoming, &matched) {
            Ok(event) => event,
            Err(refused) => return reply::message(refused.status(), &refused.to_string()),
        };
        match self.runtime.http(&matched.route.function, &event).await {
            Ok(answer) => reply::response(&answer).unwrap_or_else(|malformed| {
                tracing::error!(error = %malformed, function = matched.route.function, "a reply that Lambda would not carry");
                reply::message(StatusCode::BAD_GATEWAY, "Bad Gateway")
            }),
            Err(error) => failed(&error),
        }
    }

    /// A request that is larger than the gateway takes, before it is read.
    #[must_use]
    pub fn too_large() -> Response<Bytes> {
        reply::message(StatusCode::PAYLOAD_TOO_LARGE, &event::Refused::TooLarge.to_string())
    }

    /// The largest body that [`Local::answer`] takes.
    pub const BODY_BYTES: usize = BODY_BYTES;

    /// Hands over what the stream and the bus hold, and what comes of it. Decisions that wait are made and mails that are due are in
    /// the outbox afterwards, but for what failed and is tried again later.
    pub async fn pump(&self) {
        let _round = self.round.lock().await;
        self.go_round().await;
    }

    async fn go_round(&self) {
        // A decision makes an event, an event a mail; nothing goes round more often.
        for _ in 0..ROUNDS {
            if let Err(error) = self.pump.drain(|event| self.runtime.stream(event)).await {
                tracing::error!(%error, "the table's stream is not read on");
            }
            if self.give().await == 0 {
                return;
            }
        }
    }

    /// Gives what waits on the bus to its functions, and hands over what comes of it.
    pub async fn deliver(&self) {
        let _round = self.round.lock().await;
        if self.give().await > 0 {
            self.go_round().await;
        }
    }

    async fn give(&self) -> usize {
        let given = self.bus.deliver(|function, event| self.runtime.event(function, event)).await;
        given.unwrap_or_else(|error| {
            tracing::error!(%error, "the bus is not read on");
            0
        })
    }

    /// The bus.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Does what a crash left of a deletion or a revocation.
    pub async fn run_jobs(&self) {
        if let Err(error) = self.runtime.timer().await {
            tracing::error!(%error, "jobs are left");
        }
    }

    async fn mail(&self, request: &Request<Bytes>) -> Response<Bytes> {
        if request.method() != http::Method::GET {
            return reply::message(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
        }
        // So that a mail is there as soon as the request that caused it has been answered.
        self.pump().await;
        let query: Vec<(String, String)> = query(request.uri().query().unwrap_or_default());
        let to = query.iter().find(|(name, _)| name == "to").map(|(_, value)| value.as_str());
        let id = request.uri().path().strip_prefix("/_local/mail/");
        let found = match (id, to) {
            (Some(id), _) => self.outbox.show(id).map(|mail| mail.map(|mail| json(&mail))),
            (None, Some(to)) if query.iter().any(|(name, _)| name == "link") => {
                self.outbox.last_link(to).map(|link| link.map(|link| ok("text/plain; charset=utf-8", format!("{link}\n").into())))
            }
            (None, to) => self.outbox.list(to).map(|mails| Some(json(&mails))),
        };
        match found {
            Ok(Some(answer)) => answer,
            Ok(None) => reply::message(StatusCode::NOT_FOUND, "Not Found"),
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                reply::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
        }
    }
}

/// Whether a request was made on this machine, under a name that no other site can have: mails hold links that set passwords.
pub(crate) fn from_here(headers: &HeaderMap, source: IpAddr) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = host.rsplit_once(':').filter(|(_, end)| port(end)).map_or(host.as_str(), |(name, _)| name);
    let named = matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost");
    // Whoever comes through a proxy on this machine is not on it.
    let direct = !["forwarded", "via", "x-forwarded-for"].iter().any(|header| headers.contains_key(*header));
    source.to_canonical().is_loopback() && named && direct
}

fn query(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| crate::gateway::routes::decoded(text);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn json(value: &impl serde::Serialize) -> Response<Bytes> {
    ok("application/json", serde_json::to_vec_pretty(value).unwrap_or_default().into())
}

fn ok(media: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media));
    response
}

#[cfg(test)]
mod tests;
