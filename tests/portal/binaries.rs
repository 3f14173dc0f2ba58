//! Each function's own binary answers its sample in `events/`: started as Lambda starts it, over a stub of the Lambda Runtime API
//! and a table that it reaches by HTTP.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use portico_tests::bucket::FakeBucket;
use portico_tests::deployed::environment;
use portico_tests::lambda_service;
use portico_tests::parameter_store::FakeParameterStore;
use portico_tests::samples::ANSWERS;
use portico_tests::template::told;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Builds every binary of the workspace, once, in the profile and the folder that this test was built in. Returns where they are.
pub(crate) fn binaries() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

fn build() -> PathBuf {
    let this = std::env::current_exe().expect("this test has a path");
    let profile = this.parent().and_then(Path::parent).expect("target/PROFILE/deps").to_owned();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let built = std::process::Command::new(cargo)
        .args(["build", "--quiet", "--workspace", "--bins", "--examples", "--target-dir"])
        .arg(profile.parent().expect("target"))
        .current_dir(root())
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the binaries are built");
    profile
}

/// Starts a binary as a function, gives it the function's sample and returns its reply.
async fn invoke(binary: &Path, name: &str, environment: &BTreeMap<&str, String>) -> Result<Value, String> {
    let event = std::fs::read_to_string(root().join(format!("events/{name}.json"))).map_err(|error| error.to_string())?;
    let mut command = tokio::process::Command::new(binary);
    command.env_clear().envs(environment);
    lambda_service::invoke(command, name, event).await?.reply
}

#[tokio::test(flavor = "multi_thread")]
async fn every_functions_own_binary_answers_its_sample() {
    let folders = std::fs::read_dir(root().join("functions")).expect("the functions are there");
    let mut names: Vec<_> = folders.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    assert_eq!(names, ANSWERS.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "every function has an answer here");
    let binaries = tokio::task::spawn_blocking(binaries).await.expect("no panic");
    let (keys, bucket) = (FakeParameterStore::start().await, FakeBucket::start().await);
    let environment = environment(&keys, &bucket).await;
    for (name, expected) in ANSWERS {
        let told = told(name, &environment);
        let reply = tokio::time::timeout(std::time::Duration::from_secs(60), invoke(&binaries.join(name), name, &told)).await;
        expected.check(name, reply.expect("it answers"));
        let named = told.iter().filter(|(variable, _)| variable.ends_with("_PARAMETER"));
        let mut named: Vec<_> = named.map(|(_, parameter)| parameter.clone()).collect();
        named.sort();
        assert_eq!(keys.take_asked(), named, "{name} reads the keys that are named to it, once, and no others");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_batch_of_the_stream_is_an_error_of_the_function_and_never_a_reply() {
    let binaries = tokio::task::spawn_blocking(binaries).await.expect("no panic");
    let environment = environment(&FakeParameterStore::start().await, &FakeBucket::start().await).await;
    let environment = told("relay-events", &environment);
    let panicking = binaries.join("examples/panicking_function");
    let reply = tokio::time::timeout(std::time::Duration::from_secs(60), invoke(&panicking, "relay-events", &environment)).await;
    let error = reply.expect("Lambda hears of it").expect_err("the third record panics");
    assert!(error.contains("the third record"), "{error}");
}

#[tokio::test]
async fn a_function_without_its_configuration_says_which_variable_is_missing() {
    let binaries = tokio::task::spawn_blocking(binaries).await.expect("no panic");
    let ended = std::process::Command::new(binaries.join("create-app"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
        .output()
        .expect("it starts");
    assert!(!ended.status.success());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("PORTICO_PORTAL_ID"), "{said}");
}
