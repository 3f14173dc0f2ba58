//! The local portal's bus, from the stream to the functions and back: decisions that arrive, failures, dead letters, a killed portal.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use portico::bus_commands::{self, bus_of};
use portico::data::DataFolder;
use portico::engine::Database;
use portico::local::Local;
use portico::start::{self, Setup};
use portico_domain::mail_token::{MailKey, MailToken, Purpose};
use portico_http::clock::SystemEntropy;
use portico_store::sha256_hex;
use portico_tests::clock::TestClock;
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";
const PASSWORD: &str = "a quiet harbour at dawn";

/// A portal as it is served on a laptop, without a socket.
struct Laptop {
    local: Local,
    database: Database,
    folder: DataFolder,
    clock: Arc<TestClock>,
}

async fn local(database: &Database, folder: &DataFolder, clock: &Arc<TestClock>) -> Local {
    let setup = Setup {
        database,
        folder,
        public_url: "http://127.0.0.1:8080",
        auto_approve: false,
        notify: &[],
        clock: clock.clone(),
        entropy: Arc::new(SystemEntropy),
    };
    let portal = start::portal(setup).await.expect("the portal starts");
    Local::new(portal, database.clone(), folder).expect("the portal starts")
}

impl Laptop {
    async fn start() -> Self {
        let (folder, clock) = (DataFolder::temporary().expect("a folder"), Arc::new(TestClock::default()));
        let database = Database::memory().expect("the engine starts");
        Self { local: local(&database, &folder, &clock).await, database, folder, clock }
    }

    /// Another process on the same folder.
    async fn restart(&mut self) {
        self.local = local(&self.database, &self.folder, &self.clock).await;
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let token = std::fs::read_to_string(self.folder.admin_token()).expect("the administrator's token");
        let mut request = http::Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        if path.starts_with("/v3/") {
            request = request.header("authorization", format!("Bearer {}", token.trim()));
        }
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = request.header("content-type", "application/json").body(body).expect("a request");
        let answer = self.local.answer(request, IpAddr::from([127, 0, 0, 1])).await;
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    /// A developer with a password who waits for approval; the id.
    async fn pending(&self, email: &str) -> String {
        self.ask("POST", "/api/v3/developer", json!({ "email": email, "full_name": "Ada" })).await;
        self.local.pump().await;
        let link = self.local.outbox().last_link(email).expect("the outbox").expect("a link");
        let token = link.rsplit("token=").next().expect("a token").to_owned();
        let (_, reset) = self.ask("POST", "/api/v3/developer/verify-email", json!({ "token": token })).await;
        let password = json!({ "token": reset["token"], "password": PASSWORD });
        assert_eq!(self.ask("POST", "/api/v3/developer/reset-password", password).await.0, 204);
        let portal = self.local.portal().config.portal;
        let (_, found) =
            self.ask("GET", &format!("/v3/portals/{portal}/developers?filter%5Bemail%5D={email}"), Value::Null).await;
        found["data"][0]["id"].as_str().expect("an id").to_owned()
    }

    async fn signs_in(&self, email: &str) -> bool {
        let body = json!({ "username": email, "password": PASSWORD });
        self.ask("POST", "/api/v3/developer/authenticate", body).await.0 == 204
    }

    /// Puts a file on the bus, as another process does.
    fn emit(&self, event: &Value) {
        let file = std::env::temp_dir().join(format!("portico-emit-{}-{:p}.json", std::process::id(), self));
        std::fs::write(&file, event.to_string()).expect("a file");
        let put = bus_commands::read(&file).expect("an event");
        std::fs::remove_file(file).expect("it goes");
        bus_commands::emit(&self.folder, put).expect("it is put");
    }

    fn subjects(&self, email: &str) -> Vec<String> {
        self.local.outbox().list(Some(email)).expect("the outbox").into_iter().map(|mail| mail.subject).collect()
    }

    /// Every event of the bus.
    fn events(&self) -> Vec<Value> {
        let mut reader = bus_commands::Reader::new(bus_of(&self.folder).expect("the bus"));
        let lines = reader.lines().expect("the bus can be read");
        lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    fn dead_letters(&self) -> Vec<(PathBuf, Value)> {
        let paths =
            std::fs::read_dir(self.folder.dead_letters()).expect("the folder").map(|entry| entry.expect("an entry").path());
        paths.map(|path| (path.clone(), serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON"))).collect()
    }

    /// Everything that is due in the next seconds.
    async fn seconds_pass(&self) {
        for _ in 0..8 {
            self.clock.advance(Duration::from_secs(1));
            self.local.pump().await;
        }
    }

    async fn end(self) {
        let report = self.local.portal().store.verify().await.expect("the table can be read");
        assert!(report.is_whole() && report.jobs.is_empty(), "{report}");
    }
}

fn decision(id: &str, decision: &str, decision_id: &str) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/approval-decided.json")).expect("the sample is JSON");
    event["detail"]["id"] = json!(id);
    event["detail"]["decision"] = json!(decision);
    event["detail"]["decision_id"] = json!(decision_id);
    event
}

#[tokio::test]
async fn an_emitted_approval_lets_a_pending_developer_sign_in_once_with_one_mail_however_often_it_is_repeated() {
    let laptop = Laptop::start().await;
    let id = laptop.pending(ADA).await;
    assert!(!laptop.signs_in(ADA).await);
    for round in 0..5 {
        laptop.emit(&decision(&id, "approved", "ticket-1"));
        if round % 2 == 0 {
            laptop.local.pump().await;
        }
    }
    laptop.seconds_pass().await;
    assert!(laptop.signs_in(ADA).await);
    let approvals = laptop.subjects(ADA).into_iter().filter(|subject| subject == "You are approved").count();
    assert_eq!(approvals, 1);
    let of_type = |name: &str| laptop.events().into_iter().filter(|event| event["detail-type"] == name).count();
    assert_eq!((of_type("approval.decided"), of_type("developer.approved")), (5, 1));
    assert!(laptop.dead_letters().is_empty());
    laptop.end().await;
}

#[tokio::test]
async fn a_decision_that_was_put_while_no_portal_ran_or_before_one_was_killed_is_made_at_the_next_start() {
    let mut laptop = Laptop::start().await;
    let id = laptop.pending(ADA).await;
    laptop.emit(&decision(&id, "approved", "ticket-1"));
    laptop.restart().await;
    laptop.local.pump().await;
    assert!(laptop.signs_in(ADA).await);
    assert!(laptop.subjects(ADA).contains(&"You are approved".to_owned()));
    // Killed at any point of delivering: the next one goes on.
    for (number, steps) in (0..40).enumerate() {
        let (to, name) = if number % 2 == 0 { ("revoked", false) } else { ("approved", true) };
        laptop.emit(&decision(&id, to, &format!("step-{number}")));
        {
            let mut pumping = std::pin::pin!(laptop.local.pump());
            for _ in 0..steps {
                if futures_util::poll!(pumping.as_mut()).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        laptop.restart().await;
        laptop.local.pump().await;
        laptop.local.run_jobs().await;
        assert_eq!(laptop.signs_in(ADA).await, name, "killed after {steps} steps");
    }
    let mails = laptop.subjects(ADA);
    let count = |wanted: &str| mails.iter().filter(|subject| *subject == wanted).count();
    assert_eq!((count("You are approved"), count("Your access was revoked")), (21, 20));
    laptop.clock.advance(portico_domain::job::LEASE);
    laptop.local.run_jobs().await;
    laptop.end().await;
}

#[tokio::test]
async fn what_is_no_decision_is_tried_again_and_then_a_dead_letter_that_names_the_field() {
    let laptop = Laptop::start().await;
    let id = laptop.pending(ADA).await;
    laptop.emit(&decision(&id, "perhaps", "ticket-1"));
    laptop.local.pump().await;
    assert!(laptop.dead_letters().is_empty(), "it is tried again first");
    // What comes after it is not held up.
    laptop.emit(&decision(&id, "approved", "ticket-2"));
    laptop.local.pump().await;
    assert!(laptop.signs_in(ADA).await);
    laptop.seconds_pass().await;
    let dead = laptop.dead_letters();
    assert_eq!(dead.len(), 1, "{dead:?}");
    let (path, letter) = &dead[0];
    assert!(path.to_string_lossy().ends_with(".decide-approval.json"), "{path:?}");
    assert_eq!((&letter["function"], &letter["tries"]), (&json!("decide-approval"), &json!(3)));
    assert!(letter["reason"].as_str().is_some_and(|reason| reason.contains("detail.decision")), "{letter}");
    assert_eq!(letter["event"]["detail"]["decision"], "perhaps");
    laptop.end().await;
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_holds_nothing_up_and_neither_event_nor_dead_letter_holds_a_secret() {
    let laptop = Laptop::start().await;
    let outbox = laptop.local.outbox().folder().to_owned();
    laptop.pending(ADA).await;
    std::fs::remove_dir_all(&outbox).expect("the outbox goes");
    laptop.ask("POST", "/api/v3/developer", json!({ "email": "eve@example.test", "full_name": "Eve of the letters" })).await;
    laptop.ask("POST", "/api/v3/developer/forgot-password", json!({ "email": ADA })).await;
    laptop.seconds_pass().await;
    let dead = laptop.dead_letters();
    assert!(dead.len() >= 2 && dead.iter().all(|(_, letter)| letter["function"] == "send-email"), "{dead:?}");
    std::fs::create_dir_all(&outbox).expect("the outbox is back");
    laptop.pending("grace@example.test").await;

    let mut texts: Vec<String> = dead.iter().map(|(_, letter)| letter.to_string()).collect();
    texts.extend(laptop.events().iter().map(Value::to_string));
    let token = std::fs::read_to_string(laptop.folder.admin_token()).expect("the administrator's token");
    let mut secrets = vec![token.trim().to_owned(), PASSWORD.to_owned(), "Eve of the letters".to_owned()];
    secrets.extend([ADA, "eve@example.test", "grace@example.test"].map(str::to_owned));
    let portal = laptop.local.portal();
    let key = MailKey::new(laptop.folder.key("mail").expect("the key"));
    for event in laptop.events() {
        let root = event["detail"]["root"].as_str().unwrap_or_default();
        let Some(developer) = root.strip_prefix("DEV#").and_then(|id| id.parse().ok()) else { continue };
        for (purpose, generation) in
            [Purpose::Verify, Purpose::Password].into_iter().flat_map(|purpose| [(purpose, 1), (purpose, 2)])
        {
            let token = MailToken::derive(&key, portal.config.portal, purpose, developer, generation).expose().to_string();
            secrets.extend([sha256_hex(&token), token]);
        }
    }
    assert!(secrets.len() > 20);
    for text in &texts {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in {text}");
        }
    }
    laptop.end().await;
}
