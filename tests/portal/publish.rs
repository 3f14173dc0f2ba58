//! `portico publish` against a portal elsewhere: over HTTP, with an administrator's token from the environment.

use std::process::Output;

use reqwest::Method;
use serde_json::{Value, json};

use crate::command::{self, Folder};
use crate::operator::{portico, said};

const WEATHER: &str = "openapi: 3.1.0\ninfo: { title: Weather, version: '2.4', description: What the sky does. }\npaths: {}\n";

/// A running portal, and who administers it from elsewhere.
struct Elsewhere {
    folder: Folder,
    portal: command::Portal,
    token: String,
}

impl Elsewhere {
    fn start(name: &str) -> Self {
        let folder = Folder::new(name);
        let portal = command::Portal::start(&folder, &[]);
        let token = std::fs::read_to_string(folder.data().join("admin-token")).expect("the administrator's token");
        Self { folder, portal, token: token.trim().to_owned() }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let arguments = [&["publish"], arguments, &["--url", &self.portal.address]].concat();
        let output = portico(&self.folder.0, &arguments, &[("PORTICO_ADMIN_TOKEN", &self.token)]).await;
        let everything = format!("{}{}", said(&output), String::from_utf8_lossy(&output.stderr));
        assert!(!everything.contains(&self.token), "{everything}");
        output
    }

    #[track_caller]
    fn expect(output: &Output, says: &str) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(said(output), says);
    }

    #[track_caller]
    fn expect_refused(output: &Output, says: &str) {
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(says) && error.lines().count() == 1, "{error}");
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Value {
        let request = reqwest::Client::new().request(method, format!("{}{path}", self.portal.address)).bearer_auth(&self.token);
        let answer = request.json(&body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path} {}", answer.status());
        answer.json().await.expect("JSON")
    }

    async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, Value::Null).await
    }

    /// Everything that the portal says of an API, its versions and its publication.
    async fn state(&self, slug: &str) -> (Value, Value, Value) {
        let list = self.get("/v3/apis").await;
        let api = list["data"].as_array().expect("a list").iter().find(|api| api["slug"] == slug).expect("the API").clone();
        let id = api["id"].as_str().expect("an id");
        let portals = self.get("/v3/portals").await;
        let portal = portals["data"][0]["id"].as_str().expect("an id").to_owned();
        let versions = self.get(&format!("/v3/apis/{id}/versions?sort=created_at")).await;
        (api.clone(), versions["data"].clone(), self.get(&format!("/v3/apis/{id}/publications/{portal}")).await)
    }
}

fn labels(versions: &Value) -> Vec<&str> {
    versions.as_array().expect("a list").iter().map(|one| one["version"].as_str().expect("a label")).collect()
}

#[tokio::test]
async fn a_file_is_published_over_http_left_alone_and_given_a_version_when_it_changes() {
    let elsewhere = Elsewhere::start("publish-over-http");
    elsewhere.write("weather.yaml", WEATHER);
    let first = elsewhere.run(&["weather.yaml", "--visibility", "public", "--link", "a1b2c3/live"]).await;
    Elsewhere::expect(&first, "weather: made with version 2.4, linked to gateway a1b2c3, stage live, published\n");
    let before = elsewhere.state("weather").await;
    assert_eq!(before.0["name"], "Weather");
    assert_eq!(before.0["description"], "What the sky does.");
    assert_eq!(before.2["visibility"], "public");
    for arguments in [&["weather.yaml"][..], &["weather.yaml", "--visibility", "public", "--link", "a1b2c3/live"]] {
        Elsewhere::expect(&elsewhere.run(arguments).await, "weather: unchanged\n");
    }
    assert_eq!(elsewhere.state("weather").await, before, "nothing changed");

    // The same label, another content.
    let mended = WEATHER.replace("paths: {}", "paths: { /sky: { get: { responses: { '200': { description: The sky } } } } }");
    elsewhere.write("weather.yaml", &mended);
    Elsewhere::expect(&elsewhere.run(&["weather.yaml"]).await, "weather: version 2.4+2 added\n");
    Elsewhere::expect(&elsewhere.run(&["weather.yaml"]).await, "weather: unchanged\n");
    // As it was at first: that is a change too.
    elsewhere.write("weather.yaml", WEATHER);
    Elsewhere::expect(&elsewhere.run(&["weather.yaml"]).await, "weather: version 2.4+3 added\n");
    let next = WEATHER.replace("2.4", "3.0");
    elsewhere.write("weather.yaml", &next);
    Elsewhere::expect(&elsewhere.run(&["weather.yaml"]).await, "weather: version 3.0 added\n");
    let (api, versions, publication) = elsewhere.state("weather").await;
    assert_eq!(labels(&versions), ["2.4", "2.4+2", "2.4+3", "3.0"]);
    assert_eq!(api["version"], "3.0");
    assert_eq!(publication, before.2);
    let id = versions[3]["id"].as_str().expect("an id");
    let raw = reqwest::get(format!("{}/api/v3/apis/weather/versions/{id}/raw", elsewhere.portal.address)).await;
    assert_eq!(raw.expect("an answer").text().await.expect("text"), next, "byte for byte");
}

#[tokio::test]
async fn visibility_and_strategy_change_in_a_publication_when_they_are_named_and_nothing_else_does() {
    let elsewhere = Elsewhere::start("publish-terms");
    elsewhere.write("weather.yaml", WEATHER);
    let partners = json!({ "name": "partners", "display_name": "Partner keys", "strategy_type": "key_auth",
        "configs": { "key-auth": { "key_names": ["x-partner-key"] } } });
    let partners = elsewhere.send(Method::POST, "/v2/application-auth-strategies", partners).await;
    Elsewhere::expect_refused(&elsewhere.run(&["weather.yaml", "--strategy", "friends"]).await, "partners");
    Elsewhere::expect(
        &elsewhere.run(&["weather.yaml", "--strategy", "partners"]).await,
        "weather: made with version 2.4, published\n",
    );
    let (_, _, made) = elsewhere.state("weather").await;
    assert_eq!(made["auth_strategy_ids"], json!([partners["id"]]));
    let id = partners["id"].as_str().expect("an id");
    Elsewhere::expect(&elsewhere.run(&["weather.yaml", "--strategy", id]).await, "weather: unchanged\n");
    let other = if made["visibility"] == "public" { "private" } else { "public" };
    Elsewhere::expect(&elsewhere.run(&["weather.yaml", "--visibility", other]).await, "weather: publication changed\n");
    let (_, _, seen) = elsewhere.state("weather").await;
    assert_eq!((&seen["visibility"], &seen["auth_strategy_ids"]), (&json!(other), &made["auth_strategy_ids"]));
    Elsewhere::expect(&elsewhere.run(&["weather.yaml", "--strategy", "none"]).await, "weather: publication changed\n");
    Elsewhere::expect(&elsewhere.run(&["weather.yaml"]).await, "weather: unchanged\n");
    let (_, _, open) = elsewhere.state("weather").await;
    assert_eq!((&open["visibility"], &open["auth_strategy_ids"]), (&json!(other), &Value::Null));
}

#[tokio::test]
async fn of_a_folder_exactly_the_files_that_changed_are_published_again() {
    let elsewhere = Elsewhere::start("publish-folder");
    let name = |number: usize| format!("apis/api-{number}.yaml");
    let text = |number: usize, version: &str| WEATHER.replace("Weather", &format!("API {number}")).replace("2.4", version);
    for number in 1..=6 {
        elsewhere.write(&name(number), &text(number, "1.0.0"));
    }
    elsewhere.write("apis/README.md", "nothing to publish");
    let lines =
        |says: &dyn Fn(usize) -> String| (1..=6).map(|number| format!("api-{number}: {}\n", says(number))).collect::<String>();
    Elsewhere::expect_refused(&elsewhere.run(&["apis", "--link", "a1/live"]).await, "{slug}");
    Elsewhere::expect_refused(&elsewhere.run(&["apis", "--slug", "one"]).await, "--slug is for one file");
    let linked = ["apis", "--link", "a1/{slug}"];
    let made = lines(&|number| format!("made with version 1.0.0, linked to gateway a1, stage api-{number}, published"));
    Elsewhere::expect(&elsewhere.run(&linked).await, &made);
    Elsewhere::expect(&elsewhere.run(&linked).await, &lines(&|_| "unchanged".to_owned()));
    for number in [2, 4, 6] {
        elsewhere.write(&name(number), &text(number, "1.1.0"));
    }
    let changed = lines(&|number| if number % 2 == 0 { "version 1.1.0 added".to_owned() } else { "unchanged".to_owned() });
    Elsewhere::expect(&elsewhere.run(&linked).await, &changed);
    // A stage belongs to one API.
    elsewhere.write("other.yaml", &text(7, "1.0.0"));
    for file in ["other.yaml", "apis/api-2.yaml"] {
        Elsewhere::expect_refused(&elsewhere.run(&[file, "--link", "a1/api-1"]).await, "is linked to another API");
    }
    // One file that is none names itself, and what came before it is published.
    elsewhere.write("apis/api-1.yaml", &text(1, "1.2.0"));
    elsewhere.write("apis/api-3.yaml", "no: document");
    let stopped = elsewhere.run(&["apis"]).await;
    Elsewhere::expect_refused(&stopped, "api-3.yaml: is no OpenAPI document: line 1");
    assert_eq!(said(&stopped), "api-1: version 1.2.0 added\napi-2: unchanged\n");
}

#[tokio::test]
async fn a_token_comes_from_the_environment_and_goes_over_tls_or_to_this_machine() {
    let elsewhere = Elsewhere::start("publish-token");
    elsewhere.write("weather.yaml", WEATHER);
    let run = async |url: &str, token: &[(&str, &str)]| {
        portico(&elsewhere.folder.0, &["publish", "weather.yaml", "--url", url], token).await
    };
    let (here, token) = (elsewhere.portal.address.as_str(), elsewhere.token.as_str());
    Elsewhere::expect_refused(&run(here, &[]).await, "PORTICO_ADMIN_TOKEN");
    Elsewhere::expect_refused(&run(here, &[("PORTICO_ADMIN_TOKEN", "wrong")]).await, "401");
    let refused = run("http://portal.example.test", &[("PORTICO_ADMIN_TOKEN", token)]).await;
    Elsewhere::expect_refused(&refused, "must be an https origin");
    let refused = run(here, &[("PORTICO_ADMIN_TOKEN", "two\nlines")]).await;
    Elsewhere::expect_refused(&refused, "the token or the path is none");
    let gone = run("http://127.0.0.1:9", &[("PORTICO_ADMIN_TOKEN", token)]).await;
    Elsewhere::expect_refused(&gone, "cannot be reached");
    assert!(elsewhere.get("/v3/apis").await["data"].as_array().expect("a list").iter().all(|api| api["slug"] != "weather"));
}
