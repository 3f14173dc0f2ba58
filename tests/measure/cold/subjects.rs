//! What is started: the floor, the functions, and the same read in Node.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};

use portico_tests::samples::{ANSWERS, Answer};
use portico_tests::template::told;

use super::{READ, SIGN_IN, WHO};

/// What most functions are written for today.
pub(super) const NODE: &str = "node";

/// Something that can be started as a function.
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) program: OsString,
    pub(super) arguments: Vec<OsString>,
    pub(super) event: String,
    pub(super) answer: Answer,
    /// What its environment tells it.
    pub(super) told: BTreeMap<&'static str, String>,
    /// Megabytes that the template gives it.
    pub(super) memory: u64,
    /// Megabytes of its binary, zipped.
    pub(super) zipped: Option<f64>,
}

impl Subject {
    /// The event of another caller, whom no throttle knows: nobody may ask for mails as often as this is measured.
    pub(super) fn next_event(&self) -> String {
        static CALLERS: AtomicU16 = AtomicU16::new(1);
        let number = CALLERS.fetch_add(1, Ordering::Relaxed);
        let [high, low] = number.to_be_bytes();
        let event = self.event.replace("192.0.2.1", &format!("198.18.{high}.{low}"));
        if self.name == SIGN_IN { event } else { event.replace(WHO.0, &format!("ada{number}@example.test")) }
    }

    /// Whether it is one of ours, rather than something that they are compared with.
    pub(super) fn is_own(&self) -> bool {
        self.name != "floor" && self.name != NODE
    }
}

/// The floor first; then the functions of these names whose binaries are in `built`, or all that are there; then Node, if it is there.
pub(super) fn subjects(root: &Path, built: &Path, only: &[String], environment: &BTreeMap<&'static str, String>) -> Vec<Subject> {
    let binary = |name: &str, sample: &str, answer: Answer| {
        let file = built.join(name);
        let file = if file.is_dir() { file.join("bootstrap") } else { file };
        let program = || file.clone().into();
        file.is_file().then(|| Subject {
            zipped: Some(zipped(&file)),
            ..subject(root, name, sample, program(), Vec::new(), answer, environment)
        })
    };
    let floor = binary("floor", READ, Answer::Status(200)).expect("the floor is built: make measure does it");
    let wanted = |name: &str| only.is_empty() || only.iter().any(|one| one == name);
    let functions = ANSWERS.iter().filter(|(name, _)| wanted(name)).filter_map(|(name, answer)| {
        // There is somebody here who can sign in, so that a hash is computed each time.
        binary(name, name, if *name == SIGN_IN { Answer::Status(204) } else { *answer })
    });
    let node = root.join("tests/measure").join(NODE);
    let node = node.join("node_modules").is_dir().then(|| {
        let script = vec![node.join("index.mjs").into()];
        subject(root, NODE, READ, NODE.into(), script, Answer::Status(200), environment)
    });
    std::iter::once(floor).chain(functions).chain(node).collect()
}

fn subject(
    root: &Path,
    name: &str,
    sample: &str,
    program: OsString,
    arguments: Vec<OsString>,
    answer: Answer,
    environment: &BTreeMap<&'static str, String>,
) -> Subject {
    let event = std::fs::read_to_string(root.join(format!("events/{sample}.json"))).expect("a sample");
    let told = told(sample, environment);
    Subject { name: name.to_owned(), program, arguments, event, answer, told, memory: memory(name), zipped: None }
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
