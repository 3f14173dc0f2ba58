//! The operator's commands on a table that is not on this machine: reached over HTTP with credentials from the environment, as on AWS.

use std::path::Path;
use std::process::Output;

use portico_domain::api::Api;
use portico_domain::id::PortalId;
use portico_store::Store;
use portico_tests::bucket::FakeBucket;
use portico_tests::deployed::{client, dynamodb};

use crate::binaries;
use crate::command::{self, Folder};

const PORTAL: &str = "01a20784-5fe5-7f85-aa4a-19eb28099679";
const WEATHER: &str = "openapi: 3.1.0\ninfo: { title: Weather, version: '2.4' }\npaths: {}\n";

/// Runs the command with credentials in its environment and in no other place.
pub(crate) async fn portico(folder: &Path, arguments: &[&str], more: &[(&str, &str)]) -> Output {
    let binaries = tokio::task::spawn_blocking(binaries::binaries).await.expect("no panic");
    tokio::process::Command::new(binaries.join("portico"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_SESSION_TOKEN", "session")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(more.iter().copied())
        .kill_on_drop(true)
        .output()
        .await
        .expect("it runs")
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn expect_refused(output: &Output, says: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains(says), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[tokio::test]
async fn the_first_administrator_of_an_empty_table_makes_the_portal_and_no_command_makes_a_table() {
    let (folder, endpoint) = (Folder::new("operator"), dynamodb().await);
    let there = ["--table", "portico", "--endpoint-url", &endpoint];
    let run = async |arguments: &[&str]| portico(&folder.0, &[arguments, &there].concat(), &[]).await;
    for command in [&["verify"][..], &["admin-token", "create", "--name", "ada"], &["admin-token", "list"]] {
        expect_refused(&run(command).await, "there is no table portico");
    }
    assert!(client(&endpoint).list_tables().send().await.expect("a list").table_names().is_empty());
    // As the stack makes it: nothing is in it.
    portico::table::create(&client(&endpoint), "portico").await.expect("the table is made");
    expect_refused(&run(&["admin-token", "create", "--name", "ada"]).await, "give --portal-id");
    let made = run(&["admin-token", "create", "--name", "ada", "--portal-id", PORTAL]).await;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(said(&made).starts_with("portico_admin_") && said(&made).lines().count() == 1);
    assert_eq!(run(&["admin-token", "create", "--name", "eve"]).await.status.code(), Some(0), "now the table has a portal");
    let portals = Store::new(client(&endpoint), "portico").portals(10).await.expect("a list");
    assert_eq!(portals.iter().map(|portal| portal.id.to_string()).collect::<Vec<_>>(), [PORTAL]);
    let listed = said(&run(&["admin-token", "list"]).await);
    assert!(listed.contains("ada") && listed.contains("eve"), "{listed}");
    assert!(run(&["admin-token", "revoke", "eve"]).await.status.success());
    assert!(!said(&run(&["admin-token", "list"]).await).contains("eve"));
    let verified = run(&["verify"]).await;
    assert!(verified.status.success(), "{}", said(&verified));
    expect_refused(&portico(&folder.0, &["verify", "--endpoint-url", &endpoint], &[]).await, "needs --table");
    assert!(!folder.data().exists(), "nothing was made here");
}

#[tokio::test]
async fn a_file_is_published_into_a_table_and_a_bucket_and_the_commands_own_token_goes_with_it() {
    let (folder, endpoint, bucket) = (Folder::new("publish"), dynamodb().await, FakeBucket::start().await);
    portico::table::prepare(&client(&endpoint), "portico").await.expect("the table is made");
    std::fs::write(folder.0.join("weather.yaml"), WEATHER).expect("a file");
    let there = ["--table", "portico", "--endpoint-url", &endpoint];
    let s3 = [("AWS_ENDPOINT_URL_S3", bucket.endpoint.as_str())];
    let run = async |arguments: &[&str]| portico(&folder.0, &[arguments, &there].concat(), &s3).await;
    let publish = ["publish", "weather.yaml", "--bucket", "specifications", "--link", "a1b2c3/live"];
    expect_refused(&run(&publish).await, "no portal yet");
    assert!(run(&["admin-token", "create", "--name", "ada", "--portal-id", PORTAL]).await.status.success());
    expect_refused(&run(&["publish", "weather.yaml"]).await, "--bucket");
    for says in ["made with version 2.4, linked to gateway a1b2c3, stage live, published", "unchanged"] {
        let published = run(&publish).await;
        assert!(published.status.success(), "{}", String::from_utf8_lossy(&published.stderr));
        assert_eq!(said(&published), format!("weather: {says}\n"));
    }
    let objects = bucket.objects();
    assert_eq!(objects.into_values().collect::<Vec<_>>(), [WEATHER]);
    let store = Store::new(client(&endpoint), "portico");
    let (apis, _more) = store.list(portico_store::apis::APIS_LIST, 10).await.expect("a list");
    let apis: Vec<Api> = apis.iter().map(|api| api.read().expect("an API")).collect();
    assert_eq!(apis.iter().map(|api| api.name.as_str()).collect::<Vec<_>>(), ["Weather"]);
    let portal: PortalId = PORTAL.parse().expect("an id");
    assert!(apis[0].publications.contains_key(&portal), "{:?}", apis[0].publications);
    let tokens = said(&run(&["admin-token", "list"]).await);
    assert!(tokens.contains("ada") && tokens.lines().count() == 1, "{tokens}");
    let verified = run(&["verify"]).await;
    assert!(verified.status.success(), "{}", said(&verified));
    bucket.fail_always(Some(portico_tests::bucket::Fault::Denied));
    std::fs::write(folder.0.join("tides.yaml"), WEATHER.replace("Weather", "Tides")).expect("a file");
    let refused = run(&["publish", "tides.yaml", "--bucket", "specifications"]).await;
    let error = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && error.contains("403 Forbidden") && error.contains("tides.yaml"), "{error}");
    assert_eq!(said(&run(&["admin-token", "list"]).await).lines().count(), 1, "nor does the token outlive a failure");
}

#[tokio::test]
async fn a_file_is_published_into_the_data_folder_and_reached_at_the_next_start() {
    let folder = Folder::new("publish-here");
    std::fs::write(folder.0.join("weather.yaml"), WEATHER).expect("a file");
    let mut running = command::Portal::start(&folder, &[]);
    assert!(running.interrupt().success());
    let published = portico(&folder.0, &["publish", "weather.yaml"], &[]).await;
    assert_eq!(said(&published), "weather: made with version 2.4, linked to gateway local, stage weather, published\n");
    let running = command::Portal::start(&folder, &[]);
    let status =
        async |path: &str| reqwest::get(format!("{}{path}", running.address)).await.expect("an answer").status().as_u16();
    assert_eq!(status("/gateway/weather/now").await, 403, "the authorizer knows the API and misses a key");
    assert_eq!(status("/gateway/unknown/now").await, status("/gateway/weather/now").await);
}
