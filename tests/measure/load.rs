//! The local portal under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::json;

use crate::report::{Table, goal};
use crate::served::{Developer, PASSWORD, Served, from};
use crate::spread::Spread;

/// Who calls at the same time.
const CALLERS: usize = 16;
const SIGN_UPS: usize = 2_000;
/// Sign-ups from one address, below what is let through in an hour.
const PER_SOURCE: usize = 15;
const DEVELOPERS: usize = 8;
const APPLICATIONS: usize = 200;
const CALLS: usize = 20_000;
/// Sign-ins at once.
const OVERLOAD: usize = 200;

pub(crate) async fn part() -> String {
    let folder = portico::data::DataFolder::temporary().expect("a folder");
    let data = folder.table().with_file_name("portal");
    let portal = Served::start(&data).await;
    let address = portal.address.clone();
    let began = Instant::now();
    let mut developers = Vec::new();
    for number in 0..DEVELOPERS {
        developers.push(portal.journey(number).await);
    }
    let first = began.elapsed() / u32::try_from(DEVELOPERS).expect("few");

    let mut table = Table::new(["16 callers at once, over HTTP", "Done", "A second", "p50, ms", "p99, ms", "Errors"]);
    let sources: Arc<Vec<Client>> = Arc::new((0..SIGN_UPS.div_ceil(PER_SOURCE)).map(from).collect());
    table.row(
        measured("sign-ups", SIGN_UPS, 201, |number| {
            let body = json!({ "email": format!("crowd{number}@example.test"), "full_name": "One of many" });
            sources[number / PER_SOURCE].post(format!("{address}/api/v3/developer")).json(&body)
        })
        .await,
    );
    let client = from(0);
    table.row(
        measured("applications created", DEVELOPERS * APPLICATIONS, 201, |number| {
            let body = json!({ "name": format!("Board {number}") });
            client
                .post(format!("{address}/api/v3/applications"))
                .header("cookie", &developers[number % DEVELOPERS].cookie)
                .json(&body)
        })
        .await,
    );
    table.row(
        measured("authorized calls", CALLS, 200, |number| {
            client.get(format!("{address}/gateway/tides/harbours")).header("apikey", &developers[number % DEVELOPERS].key)
        })
        .await,
    );
    let mut text = table.end();
    text.push('\n');
    text.push_str(&overload(&portal, &developers).await);
    text.push_str(&format!(
        "- from sign-up to the first 200 of an API, by requests one after the other: {:.0} ms\n",
        first.as_secs_f64() * 1_000.0
    ));
    text
}

/// Sends so many requests, some at a time, and counts what is not answered as it should be.
async fn measured(name: &str, many: usize, expected: u16, request: impl Fn(usize) -> RequestBuilder) -> [String; 6] {
    let began = Instant::now();
    let (mut took, mut errors) = (Vec::with_capacity(many), 0);
    let mut running = tokio::task::JoinSet::new();
    for number in 0..many {
        if running.len() == CALLERS {
            collect(running.join_next().await, expected, &mut took, &mut errors);
        }
        let request = request(number);
        running.spawn(async move {
            let began = Instant::now();
            (request.send().await.map(|reply| reply.status()), began.elapsed())
        });
    }
    while let Some(ended) = running.join_next().await {
        collect(Some(ended), expected, &mut took, &mut errors);
    }
    let pace = f64::from(u32::try_from(many).expect("few")) / began.elapsed().as_secs_f64();
    let spread = Spread::of(took);
    let milliseconds = |percent| format!("{:.1}", spread.at(percent).as_secs_f64() * 1_000.0);
    [name.to_owned(), many.to_string(), format!("{pace:.0}"), milliseconds(50), milliseconds(99), errors.to_string()]
}

type Ended = Option<Result<(Result<StatusCode, reqwest::Error>, Duration), tokio::task::JoinError>>;

fn collect(ended: Ended, expected: u16, took: &mut Vec<Duration>, errors: &mut usize) {
    let (status, duration) = ended.expect("one runs").expect("no panic");
    took.push(duration);
    *errors += usize::from(status.map_or(0, |status| status.as_u16()) != expected);
}

/// Two hundred sign-ins at once, while somebody calls an API.
async fn overload(portal: &Served, developers: &[Developer]) -> String {
    let (address, before) = (&portal.address, portal.peak_resident());
    let (over, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let others = {
        let (over, served, key) = (Arc::clone(&over), Arc::clone(&served), developers[0].key.clone());
        let (client, place) = (from(0), format!("{address}/gateway/tides/harbours"));
        tokio::spawn(async move {
            let mut refused = 0_usize;
            while !over.load(Ordering::Acquire) {
                match client.get(&place).header("apikey", &key).send().await {
                    Ok(reply) if reply.status() == StatusCode::OK => drop(served.fetch_add(1, Ordering::Relaxed)),
                    _ => refused += 1,
                }
            }
            refused
        })
    };
    let began = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..OVERLOAD {
        let body = json!({ "username": developers[number % DEVELOPERS].email, "password": PASSWORD });
        let request = from(number).post(format!("{address}/api/v3/developer/authenticate")).json(&body);
        running.spawn(async move { request.send().await.map_or(0, |reply| reply.status().as_u16()) });
    }
    let statuses = running.join_all().await;
    let took = began.elapsed();
    over.store(true, Ordering::Release);
    let refused = others.await.expect("no panic");
    let count = |wanted: &[u16]| statuses.iter().filter(|status| wanted.contains(status)).count();
    let (accepted, told) = (count(&[204]), count(&[429, 503]));
    let after = portal.peak_resident();
    format!(
        "- {OVERLOAD} sign-ins at once, in {:.1} s: {accepted} signed in, {told} told to come back (429 or 503), {} answered otherwise; \
         meanwhile {} calls of an API served and {refused} not; most memory held: {:.0} MB before, {:.0} MB then\n{}",
        took.as_secs_f64(),
        OVERLOAD - accepted - told,
        served.load(Ordering::Relaxed),
        before,
        after,
        goal("sign-ins answered with anything else, and calls not served", (OVERLOAD - accepted - told + refused) as f64, 0.0),
    )
}
