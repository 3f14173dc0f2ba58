//! What the authorizer's decision costs beside the one read that it makes, and how soon it knows of a revocation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use portico_domain::status::Status;
use portico_tests::portal::TABLE;
use portico_tests::{ApiCall, TestPortal};
use serde_json::{Value, json};

use crate::report::{Table, goal};
use crate::spread::Spread;

/// Decisions, and as many reads.
const DECISIONS: usize = 5_000;
/// Before anything is measured.
const WARM: usize = 500;
/// For how long the throughput is measured.
const BUSY: Duration = Duration::from_secs(5);
/// Who calls at the same time.
const CALLERS: usize = 16;
/// Calls that start after a revocation was acknowledged.
const REVOKED: u64 = 100_000;

pub(crate) async fn part() -> String {
    let portal = TestPortal::start().await;
    let api = portal.published_api("Tides").await;
    let ada = portal.approved_developer("ada@example.test").await;
    let application = portal.application_of(&ada, "Weather board").await;
    let registration = portal.registration(application, api, Status::Approved).await;
    let key = portal.api_key(application).await;
    let call = ApiCall::to("tides").key(&key).http_api();
    portal.database.faults().take_calls();
    assert!(allowed(&portal, &call).await, "the key is good");
    let read: Vec<_> = portal.database.faults().take_calls();
    assert_eq!(read.iter().map(|call| call.operation.as_str()).collect::<Vec<_>>(), ["BatchGetItem"]);
    let keys: Vec<(String, String)> = read[0].keys.iter().map(|key| (key.pk.clone(), key.sk.clone())).collect();
    let refused = refused_without_a_read(&portal, &key).await;
    portal.database.faults().rest();

    let client = portal.database.client();
    let (mut bare, mut decided) = (Vec::new(), Vec::new());
    for number in 0..WARM + DECISIONS {
        let event = call.clone();
        let began = Instant::now();
        batch(&client, &keys).await;
        let between = Instant::now();
        assert!(is_allowed(&portal, event).await);
        if number >= WARM {
            bare.push(between - began);
            decided.push(between.elapsed());
        }
    }
    let (bare, decided) = (Spread::of(bare), Spread::of(decided));
    let mut table = Table::new(["In one process, on the embedded engine", "µs, median (5 to 95 of 100)"]);
    table.row([format!("bare `BatchGetItem` of the same {} items", keys.len()), bare.microseconds()]);
    table.row(["a decision that lets a key through".to_owned(), decided.microseconds()]);
    table.row(["a key whose checksum is wrong, refused".to_owned(), refused.microseconds()]);
    let mut text = table.end();
    text.push('\n');
    text.push_str(&goal("a decision, times the bare read", decided.times(&bare), 1.15));
    text.push_str("- calls of the store for a wrong checksum: 0 of 5000\n");
    text.push_str(&throughput(&portal, &call).await);
    text.push_str(&revocation(&portal, &call, &application.to_string(), &registration.to_string()).await);
    text
}

async fn allowed(portal: &TestPortal, call: &Value) -> bool {
    is_allowed(portal, call.clone()).await
}

async fn is_allowed(portal: &TestPortal, call: Value) -> bool {
    authorize::handle(&portal.portal, call).await.expect("it decides")["isAuthorized"] == json!(true)
}

async fn batch(client: &aws_sdk_dynamodb::Client, keys: &[(String, String)]) {
    let mut asked = KeysAndAttributes::builder();
    for (pk, sk) in keys {
        let key = [("pk", pk), ("sk", sk)].map(|(name, value)| (name.to_owned(), AttributeValue::S(value.clone())));
        asked = asked.keys(key.into());
    }
    let asked = asked.consistent_read(true).build().expect("keys");
    let read = client.batch_get_item().request_items(TABLE, asked).send().await.expect("the engine answers");
    assert_eq!(read.responses.expect("a response")[TABLE].len(), keys.len());
}

/// How long it takes to refuse a key with a wrong checksum, which no call of the store may be made for.
async fn refused_without_a_read(portal: &TestPortal, key: &str) -> Spread {
    let last = if key.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{last}", &key[..key.len() - 1]);
    let call = ApiCall::to("tides").key(&wrong).http_api();
    let mut took = Vec::new();
    for _ in 0..DECISIONS {
        let began = Instant::now();
        assert!(!allowed(portal, &call).await);
        took.push(began.elapsed());
    }
    assert_eq!(portal.database.faults().take_calls(), [], "refused without a read");
    Spread::of(took)
}

/// Decisions a second, by many callers at once.
async fn throughput(portal: &TestPortal, call: &Value) -> String {
    let until = Instant::now() + BUSY;
    let callers = (0..CALLERS).map(|_| {
        let (portal, call) = (portal.clone(), call.clone());
        tokio::spawn(async move {
            let mut decisions = 0_u32;
            while Instant::now() < until {
                assert!(allowed(&portal, &call).await);
                decisions += 1;
            }
            decisions
        })
    });
    let mut decisions = 0;
    for caller in callers.collect::<Vec<_>>() {
        decisions += caller.await.expect("no panic");
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "- throughput of {CALLERS} callers on {processors} processors: {:.0} decisions a second; the embedded engine has one thread\n",
        f64::from(decisions) / BUSY.as_secs_f64()
    )
}

/// Calls without pause, before and after an administrator revokes the registration.
async fn revocation(portal: &TestPortal, call: &Value, application: &str, registration: &str) -> String {
    let (acknowledged, late, accepted, before) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (portal, call) = (portal.clone(), call.clone());
            let (acknowledged, late, accepted, before) =
                (Arc::clone(&acknowledged), Arc::clone(&late), Arc::clone(&accepted), Arc::clone(&before));
            tokio::spawn(async move {
                while late.load(Ordering::Relaxed) < REVOKED {
                    let is_late = acknowledged.load(Ordering::Acquire);
                    let let_through = allowed(&portal, &call).await;
                    if is_late {
                        late.fetch_add(1, Ordering::Relaxed);
                        accepted.fetch_add(u64::from(let_through), Ordering::Relaxed);
                    } else {
                        before.fetch_add(u64::from(let_through), Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    while before.load(Ordering::Relaxed) < 1_000 {
        tokio::task::yield_now().await;
    }
    let path = format!("/v3/portals/{}/applications/{application}/registrations/{registration}", portal.id());
    portal.admin().patch(&path, json!({ "status": "revoked" })).await.expect(200);
    acknowledged.store(true, Ordering::Release);
    for caller in callers {
        caller.await.expect("no panic");
    }
    let (late, accepted) = (late.load(Ordering::Relaxed), accepted.load(Ordering::Relaxed));
    assert_eq!(accepted, 0, "a call that began after the revocation was let through");
    format!("- calls that began after an acknowledged revocation: {late}, of which were let through: {accepted} (goal: 0)\n")
}
