//! What a deployed function finds around it, on loopback addresses: the table and the bus over HTTP, a portal, its keys, and the
//! environment that leads there.

use std::collections::BTreeMap;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use axum::Router;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use portico_domain::developer::Developer;
use portico_domain::event::{Actor, Event, Name};
use portico_domain::id::{DeveloperId, EventId, PortalId, StrategyId, uuid_v7};
use portico_domain::portal::Portal;
use portico_domain::status::Status;
use portico_domain::strategy::Strategy;
use portico_domain::time::Timestamp;
use portico_http::clock::{Clock as _, SystemClock};
use portico_store::{Store, StoreError, Transaction};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::bucket::FakeBucket;
use crate::parameter_store::FakeParameterStore;
use crate::seed;

/// DynamoDB's protocol on a loopback address, over a database of its own.
pub async fn dynamodb() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let database = dynoxide::Database::memory().expect("the engine starts");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = listener.into_std().expect("a listener");
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).expect("a listener");
            let _ = dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()).await;
        });
    });
    endpoint
}

/// A client of such a table.
pub fn client(endpoint: &str) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_dynamodb::config::Region::new("eu-central-1"))
        .credentials_provider(aws_sdk_dynamodb::config::Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_dynamodb::Client::from_conf(config.build())
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

/// An approved developer with a password, in the table that an environment leads to.
pub async fn account(environment: &BTreeMap<&'static str, String>, email: &str, password: &str) {
    let now = SystemClock.now();
    let id = DeveloperId::new(uuid_v7(now, [5; 10]));
    let event = Event {
        id: EventId::new(uuid_v7(now, [6; 10])),
        name: Name::DeveloperCreated,
        at: now,
        actor: Actor::System("test".to_owned()),
        data: json!({ "developer": id }),
    };
    let portal = environment["PORTICO_PORTAL_ID"].parse().expect("an id");
    let developer = Developer { has_password: true, ..seed::developer(id, portal, email, Status::Approved, now) };
    // Its defaults are ours: 19 MiB, 2 passes.
    let phc = Argon2::default().hash_password_with_salt(password.as_bytes(), b"portico-measured").expect("a hash").to_string();
    seed::put_developer(Transaction::<StoreError>::new(), &developer, &event)
        .put(seed::password(id, &phc, now))
        .commit(&Store::new(client(&environment["AWS_ENDPOINT_URL"]), &environment["PORTICO_TABLE"]))
        .await
        .expect("the developer is written");
}

/// A table over HTTP with a portal in it, and the environment that leads a function there.
pub async fn environment(keys: &FakeParameterStore, bucket: &FakeBucket) -> BTreeMap<&'static str, String> {
    let endpoint = dynamodb().await;
    let client = client(&endpoint);
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
    keys.keep("/portico/sealing-key", &STANDARD.encode([7; 32]));
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
        ("PORTICO_SEALING_KEY_PARAMETER", "/portico/sealing-key".to_owned()),
        ("PORTICO_SPECIFICATIONS", "s3://specifications".to_owned()),
    ])
}
