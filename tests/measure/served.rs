//! The local portal in a process of its own: this binary started once more as the `portico` command.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Stdio;

use portico_tests::lambda_service::peak_resident;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

/// What makes this binary the portal instead of the measurement.
pub(crate) const AS_PORTAL: &str = "portico-serve";
/// Everybody's.
pub(crate) const PASSWORD: &str = "a quiet harbour at dawn";

/// A developer with a session and a key.
#[derive(Clone)]
pub(crate) struct Developer {
    pub(crate) email: String,
    pub(crate) cookie: String,
    pub(crate) key: String,
}

/// A portal that listens. It ends with this value.
pub(crate) struct Served {
    process: Child,
    pub(crate) address: String,
}

impl Served {
    /// Over a data folder, with `--auto-approve`.
    pub(crate) async fn start(data: &Path) -> Self {
        let mut process = tokio::process::Command::new(std::env::current_exe().expect("this binary has a path"))
            .arg(AS_PORTAL)
            .args(["serve", "--auto-approve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let mut said = BufReader::new(process.stdout.take().expect("its output")).lines();
        let address = loop {
            let line = said.next_line().await.expect("text").expect("it says where it listens");
            if let Some((_, address)) = line.split_once("http://") {
                break format!("http://{}", address.split_whitespace().next().expect("an address").trim_end_matches('/'));
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Self { process, address }
    }

    /// The most memory that it held, in megabytes.
    pub(crate) fn peak_resident(&self) -> f64 {
        self.process.id().and_then(peak_resident).unwrap_or_default() as f64 / (1024.0 * 1024.0)
    }

    /// Ends it, and waits for that.
    pub(crate) async fn end(mut self) {
        self.process.kill().await.expect("it ends");
    }

    /// From sign-up to a call of an API, as a developer goes.
    pub(crate) async fn journey(&self, number: usize) -> Developer {
        let address = &self.address;
        let client = from(200 + number);
        let email = format!("ada{number}@example.test");
        let post = async |path: &str, cookie: &str, body: Value| {
            let reply =
                client.post(format!("{address}{path}")).header("cookie", cookie).json(&body).send().await.expect("an answer");
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
        let called =
            client.get(format!("{address}/gateway/tides/harbours")).header("apikey", &key).send().await.expect("an answer");
        assert_eq!(called.status(), StatusCode::OK);
        Developer { email, cookie, key }
    }
}

/// Somebody at an address of their own.
pub(crate) fn from(number: usize) -> Client {
    let number = u16::try_from(number).expect("few");
    let [high, low] = number.to_be_bytes();
    Client::builder().local_address(IpAddr::V4(Ipv4Addr::new(127, 1, high, low.max(1)))).build().expect("a client")
}
