//! Cold starts without AWS: each function's release binary, started as Lambda starts it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use portico_tests::bucket::FakeBucket;
use portico_tests::deployed::{account, client, environment};
use portico_tests::lambda_service::{Invocation, invoke, invoke_by};
use portico_tests::parameter_store::FakeParameterStore;
use tokio::process::Command;

use crate::quota::Quota;
use crate::report::{Table, goal};
use crate::spread::Spread;
use crate::tls::Tls;

mod subjects;

use subjects::{NODE, Subject, subjects};

/// Starts of each.
const RUNS: usize = 30;
/// Starts of Node under a quota, where one takes seconds.
const NODE_RUNS: usize = 10;
/// The read that others are compared by: one item.
const READ: &str = "browse-catalog";
/// Hashes the password of its sample with Argon2.
const SIGN_IN: &str = "sign-in";
/// Who signs in with what, in its sample.
const WHO: (&str, &str) = ("ada@example.test", "correct horse battery staple");
/// Megabytes that sign-in is tried with.
const SHARES: [u64; 4] = [256, 512, 1024, 1769];
const MEGABYTE: f64 = 1024.0 * 1024.0;

/// Where it is started, and with what around it.
#[derive(Clone, Copy)]
enum Place<'a> {
    Plain,
    Tls(&'a Tls),
    /// With the share of so many megabytes, or of its own.
    Quota(Option<u64>),
}

/// What was measured of one subject in one place.
struct Starts {
    polled: Spread,
    answered: Spread,
    resident: u64,
}

/// Measures the functions of these names whose binaries are in `built`, or all that are there.
pub(crate) async fn part(root: &Path, built: &Path, only: &[String]) -> String {
    let (keys, bucket) = (FakeParameterStore::start().await, FakeBucket::start().await);
    let environment = environment(&keys, &bucket).await;
    account(&environment, WHO.0, WHO.1).await;
    let subjects = subjects(root, built, only, &environment);
    let folder = portico::data::DataFolder::temporary().expect("a folder");
    let tls = Tls::before(&environment["AWS_ENDPOINT_URL"], folder.outbox().parent().expect("its folder"), root).await;
    let plain = starts(&subjects, Place::Plain).await;
    let secure = starts(&subjects, Place::Tls(&tls)).await;
    let limited = match Quota::of_memory(subjects[0].memory).map(drop) {
        Ok(()) => Ok(starts(&subjects, Place::Quota(None)).await),
        Err(error) => Err(error),
    };
    let resident = |number: usize| plain[number].resident.max(secure[number].resident) as f64 / MEGABYTE;
    let mut table = Table::new([
        "Function",
        "Zipped, MB",
        "Resident, MB",
        "Init, ms",
        "First response, ms",
        "× floor",
        "With TLS, ms",
        "× floor",
        "Memory",
        "Under its quota, ms",
    ]);
    for (number, subject) in subjects.iter().enumerate() {
        table.row([
            format!("`{}`", subject.name),
            subject.zipped.map_or_else(|| "-".to_owned(), |megabytes| format!("{megabytes:.2}")),
            format!("{:.1}", resident(number)),
            plain[number].polled.milliseconds(),
            plain[number].answered.milliseconds(),
            format!("{:.2}", plain[number].answered.times(&plain[0].answered)),
            secure[number].answered.milliseconds(),
            format!("{:.2}", secure[number].answered.times(&secure[0].answered)),
            subject.memory.to_string(),
            limited.as_ref().map_or_else(|_| "-".to_owned(), |limited| limited[number].answered.milliseconds()),
        ]);
    }
    let mut text = table.end();
    text.push('\n');
    let of = |name: &str| subjects.iter().position(|subject| subject.name == name);
    if let Some(read) = of(READ) {
        text.push_str(&goal(
            "first response of a read over plain HTTP, times the floor",
            plain[read].answered.times(&plain[0].answered),
            1.5,
        ));
        text.push_str(&goal("the same with TLS, times the floor", secure[read].answered.times(&secure[0].answered), 1.7));
        if let Some(node) = of(NODE) {
            let times = plain[node].answered.times(&plain[read].answered);
            text.push_str(&format!("- Node takes {times:.1} times as long for the same read\n"));
        }
    }
    text.push_str(&format!(
        "- the table's answer to a client that is warm, a part of every first read: {}\n",
        warm_read(&environment).await
    ));
    let own = || subjects.iter().enumerate().filter(|(_, subject)| subject.is_own());
    text.push_str(&goal(
        "most memory that a function held which hashes no password, MB",
        own().filter(|(_, subject)| subject.name != SIGN_IN).map(|(number, _)| resident(number)).fold(0.0, f64::max),
        8.0,
    ));
    text.push_str(&goal(
        "largest function, zipped, MB",
        own().filter_map(|(_, subject)| subject.zipped).fold(0.0, f64::max),
        2.5,
    ));
    if let (Some(sign_in), Ok(_)) = (of(SIGN_IN), &limited) {
        text.push_str("- first sign-in, with its hash, under the quota of");
        for megabytes in SHARES {
            let took = starts(&subjects[sign_in..=sign_in], Place::Quota(Some(megabytes))).await;
            text.push_str(&format!(" {megabytes} MB: {} ms;", took[0].answered.milliseconds()));
        }
        text.push_str(&format!(" the template gives it {}\n", subjects[sign_in].memory));
    }
    text.push_str(&format!("\nWith TLS a client believes {} authorities, as on AWS with Amazon's own. ", tls.certificates));
    match &limited {
        Ok(_) => text.push_str(&format!(
            "The quota is a control group's: memory / 1769 of a processor, given every 20 ms, and whole at the start. \
             Node was started {NODE_RUNS} times under it, which takes long.\n",
        )),
        Err(error) => text.push_str(&format!("This system lets nobody have a quota: {error}.\n")),
    }
    text
}

/// How long the read of [`READ`] takes a client that has been asking for a while.
async fn warm_read(environment: &BTreeMap<&'static str, String>) -> String {
    let client = client(&environment["AWS_ENDPOINT_URL"]);
    let mut took = Vec::new();
    for _ in 0..10 * RUNS {
        let began = Instant::now();
        let read = client
            .get_item()
            .table_name(&environment["PORTICO_TABLE"])
            .key("pk", AttributeValue::S(format!("PORTAL#{}", environment["PORTICO_PORTAL_ID"])))
            .key("sk", AttributeValue::S("META".to_owned()));
        let item = read.send().await.expect("the table answers").item;
        assert!(item.is_some(), "the portal is there");
        took.push(began.elapsed());
    }
    format!("{} ms", Spread::of(took.split_off(RUNS)).milliseconds())
}

/// Starts each by turns, and Node, which comes last, when all others are through: what it leaves of the processor's caches would strike
/// whoever comes after it, which is the floor.
async fn starts(subjects: &[Subject], place: Place<'_>) -> Vec<Starts> {
    let (rust, node) = subjects.split_at(subjects.iter().position(|subject| subject.name == NODE).unwrap_or(subjects.len()));
    let mut measured = by_turns(rust, place, RUNS).await;
    measured.extend(by_turns(node, place, if matches!(place, Place::Quota(_)) { NODE_RUNS } else { RUNS }).await);
    measured
}

/// Starts each in turn, and that many times: what the machine does meanwhile strikes all of them. The order is drawn anew every time,
/// or each would always find the same one's traces in the caches. Once more before, which reads files into the page cache.
async fn by_turns(subjects: &[Subject], place: Place<'_>, runs: usize) -> Vec<Starts> {
    let mut measured: Vec<Vec<Invocation>> = subjects.iter().map(|_| Vec::new()).collect();
    let mut order: Vec<usize> = (0..subjects.len()).collect();
    let mut draw = fastrand::Rng::with_seed(0);
    for run in 0..=runs {
        draw.shuffle(&mut order);
        for &number in &order {
            let subject = &subjects[number];
            let invocation = start(subject, place).await.unwrap_or_else(|error| panic!("{}: {error}", subject.name));
            subject.answer.check(&subject.name, invocation.reply.clone());
            if run > 0 {
                measured[number].push(invocation);
            }
        }
    }
    let spread = |all: &[Invocation], of: fn(&Invocation) -> Duration| Spread::of(all.iter().map(of).collect());
    let starts = |all: Vec<Invocation>| Starts {
        polled: spread(&all, |one| one.polled),
        answered: spread(&all, |one| one.answered),
        resident: all.iter().map(|one| one.peak_resident).max().unwrap_or_default(),
    };
    measured.into_iter().map(starts).collect()
}

async fn start(subject: &Subject, place: Place<'_>) -> Result<Invocation, String> {
    let (name, event) = (&subject.name, subject.next_event());
    let Place::Quota(megabytes) = place else {
        let mut command = Command::new(&subject.program);
        command.args(&subject.arguments);
        tell(&mut command, subject, place);
        return invoke(command, name, event).await;
    };
    let quota = Quota::of_memory(megabytes.unwrap_or(subject.memory)).map_err(|error| error.to_string())?;
    let mut held = Quota::held(&subject.program, &subject.arguments);
    tell(&mut held, subject, place);
    invoke_by(held, name, event, async |held| quota.start(held).await).await
}

fn tell(command: &mut Command, subject: &Subject, place: Place<'_>) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).envs(&subject.told);
    if let Place::Tls(tls) = place {
        command
            .env("AWS_ENDPOINT_URL", &tls.endpoint)
            .env("SSL_CERT_FILE", &tls.believed)
            .env("NODE_EXTRA_CA_CERTS", &tls.believed);
    }
}
