//! A whole portal for one test: every function, a table of its own in memory, a clock that only the test moves.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use aws_lambda_events_types::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use portico::engine::Database;
use portico::faults::Call;
use portico::gateway::{event, reply, routes};
use portico::recorded::acting_as;
use portico::{functions, table};
use portico_domain::admin::AdminToken;
use portico_domain::email::EmailAddress;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{PortalId, StrategyId};
use portico_domain::mail_token::MailKey;
use portico_domain::portal::Portal as Settings;
use portico_domain::refresh_token::RefreshKey;
use portico_domain::sealed::SealingKey;
use portico_domain::strategy::Strategy;
use portico_http::clock::{Clock as _, SystemEntropy};
use portico_http::config::{Config, Keys, PublicUrl, SESSION_ABSOLUTE, SESSION_IDLE};
use portico_http::links_seen::LinksSeen;
use portico_http::passwords::Passwords;
use portico_http::session_tokens::{Signer, Verifier};
use portico_http::{Portal, edge};
use portico_identity::Providers;
use portico_store::specifications::Specifications;
use portico_store::verify::Report;
use portico_store::{Key, Store, sha256_hex};
use serde_json::json;
use time::OffsetDateTime;

use crate::client::Client;
use crate::clock::TestClock;

use lambda_http::aws_lambda_events::apigw as aws_lambda_events_types;

/// The table's name in tests.
pub const TABLE: &str = "portico";
/// Where the tests' portal is reached.
pub const PUBLIC_URL: &str = "https://portal.example.test";
/// The token of the administrator whom every test knows.
pub const ADMIN_TOKEN: &str = "test-administrator-token";
/// The administrators' address.
pub const NOTIFIED: &str = "owners@example.test";
/// The bytes that the tests' mail tokens are derived from.
pub const MAIL_KEY: [u8; 32] = [8; 32];

/// A whole portal.
#[derive(Clone)]
pub struct TestPortal {
    /// What the handlers have at hand.
    pub portal: Portal,
    /// The table's engine, with its faults and its record of calls.
    pub database: Database,
    /// The clock.
    pub clock: Arc<TestClock>,
    /// The portal's default strategy (key authentication, header `apikey`).
    pub strategy: StrategyId,
}

/// A database of this test alone: embedded, or of an access key of its own behind `PORTICO_TEST_ENDPOINT` (DynamoDB Local keeps a
/// database for each).
fn database() -> Database {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    match std::env::var("PORTICO_TEST_ENDPOINT") {
        Ok(endpoint) => {
            let number = STARTED.fetch_add(1, Ordering::Relaxed);
            Database::at(&endpoint, &format!("test{}x{number}", std::process::id()))
        }
        Err(_) => Database::memory().expect("the engine starts"),
    }
}

fn routes() -> &'static routes::Routes {
    static ROUTES: OnceLock<routes::Routes> = OnceLock::new();
    ROUTES.get_or_init(|| routes::Routes::read(routes::TEMPLATE).expect("the template can be read"))
}

impl TestPortal {
    /// A new portal with its default settings: asks for approval, private APIs.
    pub async fn start() -> Self {
        Self::on(database()).await
    }

    /// As [`TestPortal::start`], on an empty database.
    pub async fn on(database: Database) -> Self {
        let client = database.client();
        table::prepare(&client, TABLE).await.expect("the table is made");
        let clock = Arc::new(TestClock::default());
        let store = Store::new(client, TABLE);
        let entropy = Arc::new(SystemEntropy);
        let portal_id = PortalId::new(portico_domain::id::uuid_v7(clock.now(), [1; 10]));
        let portal = Portal {
            store,
            specifications: Specifications::in_memory(),
            config: Arc::new(config(portal_id)),
            passwords: Passwords::default(),
            clock: clock.clone(),
            entropy,
            providers: Providers::default(),
            links_seen: LinksSeen::default(),
        };
        let strategy = portal.new_id::<StrategyId>().expect("an id");
        let by = || Actor::System("test".to_owned());
        let events =
            [Name::PortalCreated, Name::StrategyCreated].map(|name| portal.event(name, by(), json!({})).expect("an event"));
        let (settings, default) =
            (Settings::new(portal_id, "Test portal", strategy, clock.now()), Strategy::key_auth_default(strategy, clock.now()));
        portal.store.create_portal(&settings, &default, [&events[0], &events[1]]).await.expect("the portal is made");
        let started = Self { portal, database, clock, strategy };
        started.keep_admin_token(ADMIN_TOKEN, "test-admin", None).await;
        started.database.faults().take_calls();
        started
    }

    /// The portal's id.
    pub fn id(&self) -> PortalId {
        self.portal.config.portal
    }

    /// Makes a token of an administrator valid for a day, for some portals or for all.
    pub async fn keep_admin_token(&self, token: &str, name: &str, portals: Option<Vec<PortalId>>) {
        let now = self.clock.now();
        let entry = AdminToken {
            name: name.to_owned(),
            portals,
            expires_at: now.plus(std::time::Duration::from_secs(24 * 60 * 60)),
            created_at: now,
        };
        self.portal.store.keep_admin_token(&sha256_hex(token), &entry).await.expect("the token is kept");
    }

    /// Changes one setting of the portal, beside the management contract.
    pub async fn set(&self, setting: &str, value: impl serde::Serialize) {
        let update = portico_store::Update::of(Key::portal(self.id())).set(setting, &value);
        self.portal.store.edit(update).await.expect("the setting is changed");
    }

    /// Somebody without session or token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.clone())
    }

    /// The administrator.
    pub fn admin(&self) -> Client {
        Client::new(self.clone()).with_bearer(ADMIN_TOKEN)
    }

    /// The store calls since the last time.
    pub fn take_calls(&self) -> Vec<Call> {
        self.database.faults().take_calls()
    }

    /// Ends a test: the whole table must be in order, and no job may be left.
    pub async fn end(self) {
        let report = self.end_with_jobs().await;
        assert!(report.jobs.is_empty(), "jobs are left: {report}");
    }

    /// Ends a test that leaves jobs unfinished: what they are not at must be in order.
    pub async fn end_with_jobs(self) -> Report {
        self.database.faults().heal();
        let report = self.portal.store.verify().await.expect("the table can be read");
        assert!(report.is_whole(), "{report}");
        crate::roles::hold_against_roles(self.database.faults().uses());
        report
    }

    /// Sends a request through the gateway and the function behind its route.
    pub async fn send(&self, request: http::Request<Bytes>, source: IpAddr) -> http::Response<Bytes> {
        let (parts, body) = request.into_parts();
        let request_id = event::request_id().expect("randomness");
        let matched = routes().find(parts.method.as_str(), parts.uri.path());
        let at = OffsetDateTime::from_unix_timestamp(self.clock.now().seconds()).expect("a moment");
        let incoming = event::Incoming { parts: &parts, body: &body, source, stage: "$default", request_id: &request_id, at };
        let event = match event::for_route(&incoming, &matched) {
            Ok(event) => event,
            Err(refused) => return reply::message(refused.status(), &refused.to_string()),
        };
        let event: ApiGatewayV2httpRequest = serde_json::from_str(&event).expect("the gateway makes events that Lambda reads");
        let handler = functions::handler(&matched.route.function).expect("the template names functions that exist");
        let work = edge::serve(&self.portal, event, |request| handler(&self.portal, request));
        let answer: ApiGatewayV2httpResponse = acting_as(&matched.route.function, work).await;
        let answer = serde_json::to_string(&answer).expect("an answer is JSON");
        reply::response(&answer).expect("the gateway reads the functions' answers")
    }
}

/// The configuration of a portal that mails no administrator.
pub fn config_without_notification(portal: PortalId) -> Config {
    Config { notify: Vec::new(), ..config(portal) }
}

/// Where requests of tests come from, unless they say otherwise.
pub const SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

fn config(portal: PortalId) -> Config {
    let key = SigningKey::from_bytes(&[7; 32]);
    let pkcs8 = key.to_pkcs8_der().expect("a key can be written");
    let public = BTreeMap::from([("test".to_owned(), key.verifying_key().to_bytes().to_vec())]);
    Config {
        portal,
        public_url: PublicUrl::parse(PUBLIC_URL).expect("a URL"),
        session_idle: SESSION_IDLE,
        session_absolute: SESSION_ABSOLUTE,
        mail_from: "no-reply@portal.example.test".to_owned(),
        notify: vec![EmailAddress::parse(NOTIFIED).expect("an address")],
        verifier: Verifier::new(public, PUBLIC_URL, portal),
        keys: Keys {
            signer: Some(Signer::new("test", pkcs8.as_bytes())),
            refresh: Some(RefreshKey::new([9; 32]).into()),
            sealing: Some(SealingKey::new([8; 32]).into()),
            mail: Some(MailKey::new(MAIL_KEY).into()),
        },
    }
}
