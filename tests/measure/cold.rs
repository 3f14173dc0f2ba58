//! Cold starts without AWS: each function's release binary, started as Lambda starts it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use portico_tests::bucket::FakeBucket;
use portico_tests::deployed::environment;
use portico_tests::lambda_service::{Invocation, invoke};
use portico_tests::parameter_store::FakeParameterStore;
use portico_tests::samples::ANSWERS;
use tokio::process::Command;

use crate::quota::Quota;
use crate::report::{Table, goal};
use crate::spread::Spread;
use crate::tls::Tls;

/// Starts of each.
const RUNS: usize = 30;
/// The read that others are compared by: one item.
const READ: &str = "browse-catalog";
/// Hashes a password with Argon2.
const HASHES: [&str; 2] = ["sign-in", "reset-password"];
/// Megabytes of a function whose template says nothing else.
const MEGABYTES: f64 = 1024.0 * 1024.0;

/// Something that can be started as a function.
struct Subject {
    name: String,
    program: Vec<OsString>,
    event: String,
    file: Option<PathBuf>,
    /// Megabytes that the template gives it.
    memory: u64,
}

/// Where it is started, and with what around it.
enum Place<'a> {
    Plain,
    Tls(&'a Tls),
    Quota(&'a BTreeMap<u64, Quota>),
}

/// What was measured of one subject in one place.
struct Starts {
    polled: Spread,
    answered: Spread,
    resident: u64,
}

/// Measures the functions of these names whose binaries are in `built`, or all that are there.
pub(crate) async fn part(root: &Path, built: &Path, only: &[String]) -> String {
    let subjects = subjects(root, built, only);
    let (keys, bucket) = (FakeParameterStore::start().await, FakeBucket::start().await);
    let environment = environment(&keys, &bucket).await;
    let folder = portico::data::DataFolder::temporary().expect("a folder");
    let tls = Tls::before(&environment["AWS_ENDPOINT_URL"], folder.outbox().parent().expect("its folder"), root).await;
    let plain = starts(&subjects, &environment, &Place::Plain).await;
    let secure = starts(&subjects, &environment, &Place::Tls(&tls)).await;
    let memories: BTreeSet<u64> = subjects.iter().map(|subject| subject.memory).collect();
    let quotas: std::io::Result<BTreeMap<u64, Quota>> =
        memories.into_iter().map(|megabytes| Quota::of_memory(megabytes).map(|quota| (megabytes, quota))).collect();
    let limited = match &quotas {
        Ok(quotas) => Ok(starts(&subjects, &environment, &Place::Quota(quotas)).await),
        Err(error) => Err(error.to_string()),
    };
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
            subject.file.as_deref().map_or_else(|| "-".to_owned(), |file| format!("{:.2}", zipped(file))),
            format!("{:.1}", plain[number].resident as f64 / MEGABYTES),
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
        if let Some(node) = of("node") {
            let times = plain[node].answered.times(&plain[read].answered);
            text.push_str(&format!("- Node takes {times:.1} times as long for the same read\n"));
        }
    }
    let own = || subjects.iter().enumerate().filter(|(_, subject)| subject.name != "node" && subject.name != "floor");
    let resident =
        own().filter(|(_, subject)| !HASHES.contains(&subject.name.as_str())).map(|(number, _)| plain[number].resident).max();
    text.push_str(&goal(
        "most memory that a function held which hashes no password, MB",
        resident.unwrap_or_default() as f64 / MEGABYTES,
        8.0,
    ));
    let largest = own().filter_map(|(_, subject)| subject.file.as_deref().map(zipped)).fold(0.0, f64::max);
    text.push_str(&goal("largest function, zipped, MB", largest, 2.5));
    text.push_str(&format!("\nWith TLS a client believes {} authorities, as on AWS with Amazon's own. ", tls.certificates));
    match &limited {
        Ok(_) => text.push_str("The quota is a control group's: memory / 1769 of a processor, given every 20 ms; the shell that joins it is measured too.\n"),
        Err(error) => text.push_str(&format!("This system lets nobody have a quota: {error}.\n")),
    }
    text
}

fn subjects(root: &Path, built: &Path, only: &[String]) -> Vec<Subject> {
    let event = |name: &str| std::fs::read_to_string(root.join(format!("events/{name}.json"))).expect("a sample");
    let binary = |name: &str, event: String| {
        let file = built.join(name);
        let file = if file.is_dir() { file.join("bootstrap") } else { file };
        file.is_file().then(|| Subject {
            name: name.to_owned(),
            program: vec![file.clone().into()],
            event,
            file: Some(file),
            memory: memory(name),
        })
    };
    let floor = binary("floor", event(READ)).expect("the floor is built: make measure does it");
    let wanted = |name: &&str| only.is_empty() || only.iter().any(|one| one == name);
    let functions = ANSWERS.iter().map(|(name, _)| *name).filter(wanted).filter_map(|name| binary(name, event(name)));
    let node = root.join("tests/measure/node");
    let node = node.join("node_modules").is_dir().then(|| Subject {
        name: "node".to_owned(),
        program: vec!["node".into(), node.join("index.mjs").into()],
        event: event(READ),
        file: None,
        memory: memory("node"),
    });
    std::iter::once(floor).chain(functions).chain(node).collect()
}

/// Starts each in turn, and that many times: what the machine does meanwhile strikes all of them.
async fn starts(subjects: &[Subject], environment: &BTreeMap<&'static str, String>, place: &Place<'_>) -> Vec<Starts> {
    let mut measured: Vec<Vec<Invocation>> = subjects.iter().map(|_| Vec::new()).collect();
    for _ in 0..RUNS {
        for (subject, measured) in subjects.iter().zip(&mut measured) {
            let invocation = invoke(command(subject, environment, place), &subject.name, subject.event.clone()).await;
            measured.push(invocation.unwrap_or_else(|error| panic!("{}: {error}", subject.name)));
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

fn command(subject: &Subject, environment: &BTreeMap<&'static str, String>, place: &Place<'_>) -> Command {
    let (program, arguments) = subject.program.split_first().expect("a program");
    let mut command = match place {
        Place::Quota(quotas) => {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(quotas[&subject.memory].joining()).arg(program).args(arguments);
            shell
        }
        Place::Plain | Place::Tls(_) => {
            let mut command = Command::new(program);
            command.args(arguments);
            command
        }
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).envs(environment.iter());
    if let Place::Tls(tls) = place {
        command
            .env("AWS_ENDPOINT_URL", &tls.endpoint)
            .env("SSL_CERT_FILE", &tls.believed)
            .env("NODE_EXTRA_CA_CERTS", &tls.believed);
    }
    command
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole megabytes, below ten thousand")]
fn memory(function: &str) -> u64 {
    portico::cost::memory_of(function).expect("the template can be read") as u64
}

/// Megabytes of a file, compressed as `.ci/sizes` does.
fn zipped(file: &Path) -> f64 {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&std::fs::read(file).expect("a binary")).expect("memory");
    encoder.finish().expect("memory").len() as f64 / 1_000_000.0
}
