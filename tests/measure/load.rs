//! The local portal under load, in a process of its own: this binary started once more as the `portico` command.

use std::net::{IpAddr, Ipv4Addr};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use portico_tests::lambda_service::peak_resident;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::report::{Table, goal};
use crate::spread::Spread;

/// What makes this binary the portal instead of the measurement.
pub(crate) const AS_PORTAL: &str = "portico-serve";

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
const PASSWORD: &str = "a quiet harbour at dawn";
/// Megabytes.
const MEGABYTE: f64 = 1024.0 * 1024.0;

/// A developer with a session and a key.
#[derive(Clone)]
struct Developer {
    email: String,
    cookie: String,
    key: String,
}

pub(crate) async fn part() -> String {
    let folder = portico::data::DataFolder::temporary().expect("a folder");
    let data = folder.table().with_file_name("portal");
    let mut portal = tokio::process::Command::new(std::env::current_exe().expect("this binary has a path"))
        .arg(AS_PORTAL)
        .args(["serve", "--auto-approve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut said = BufReader::new(portal.stdout.take().expect("its output")).lines();
    let address = loop {
        let line = said.next_line().await.expect("text").expect("it says where it listens");
        if let Some((_, address)) = line.split_once("http://") {
            break format!("http://{}", address.split_whitespace().next().expect("an address").trim_end_matches('/'));
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
    let began = Instant::now();
    let mut developers = Vec::new();
    for number in 0..DEVELOPERS {
        developers.push(journey(&address, number).await);
    }
    let first = began.elapsed() / u32::try_from(DEVELOPERS).expect("few");
    let process = portal.id().expect("it runs");

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
    text.push_str(&overload(&address, &developers, process).await);
    text.push_str(&format!(
        "- from sign-up to the first 200 of an API, by requests one after the other: {:.0} ms\n",
        first.as_secs_f64() * 1_000.0
    ));
    text
}

/// Somebody at an address of their own.
fn from(number: usize) -> Client {
    let number = u16::try_from(number).expect("few");
    let [high, low] = number.to_be_bytes();
    Client::builder().local_address(IpAddr::V4(Ipv4Addr::new(127, 1, high, low.max(1)))).build().expect("a client")
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
async fn overload(address: &str, developers: &[Developer], process: u32) -> String {
    let before = peak_resident(process).unwrap_or_default();
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
    let after = peak_resident(process).unwrap_or_default();
    format!(
        "- {OVERLOAD} sign-ins at once, in {:.1} s: {accepted} signed in, {told} told to come back (429 or 503), {} answered otherwise; \
         meanwhile {} calls of an API served and {refused} not; most memory held: {:.0} MB before, {:.0} MB then\n{}",
        took.as_secs_f64(),
        OVERLOAD - accepted - told,
        served.load(Ordering::Relaxed),
        before as f64 / MEGABYTE,
        after as f64 / MEGABYTE,
        goal("sign-ins answered with anything else, and calls not served", (OVERLOAD - accepted - told + refused) as f64, 0.0),
    )
}

/// From sign-up to a call of an API, as a developer goes.
async fn journey(address: &str, number: usize) -> Developer {
    let client = from(200 + number);
    let email = format!("ada{number}@example.test");
    let post = async |path: &str, cookie: &str, body: Value| {
        let reply = client.post(format!("{address}{path}")).header("cookie", cookie).json(&body).send().await.expect("an answer");
        assert!(reply.status().is_success(), "{path}: {}", reply.status());
        let cookies: Vec<String> = reply
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|line| line.to_str().ok()?.split(';').next().map(str::to_owned))
            .collect();
        (cookies.join("; "), reply.json::<Value>().await.unwrap_or_default())
    };
    post("/api/v3/developer", "", json!({ "email": email, "full_name": "Ada" })).await;
    let mail = client.get(format!("{address}/_local/mail?to={email}&link")).send().await.expect("an answer");
    let link = mail.text().await.expect("a link");
    let token = link.trim().split_once("token=").expect("its token").1.to_owned();
    let (_, verified) = post("/api/v3/developer/verify-email", "", json!({ "token": token })).await;
    post("/api/v3/developer/reset-password", "", json!({ "token": verified["token"], "password": PASSWORD })).await;
    let (cookie, _) = post("/api/v3/developer/authenticate", "", json!({ "username": email, "password": PASSWORD })).await;
    let api: Value = client
        .get(format!("{address}/api/v3/apis/tides"))
        .header("cookie", &cookie)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let (_, application) = post("/api/v3/applications", &cookie, json!({ "name": "Harbour clock" })).await;
    let application = format!("/api/v3/applications/{}", application["id"].as_str().expect("an id"));
    post(&format!("{application}/registrations"), &cookie, json!({ "api_id": api["id"] })).await;
    let (_, made) = post(&format!("{application}/credentials"), &cookie, json!({ "display_name": "Key" })).await;
    let key = made["credential"].as_str().expect("a key").to_owned();
    let called = client.get(format!("{address}/gateway/tides/harbours")).header("apikey", &key).send().await.expect("an answer");
    assert_eq!(called.status(), StatusCode::OK);
    Developer { email, cookie, key }
}
