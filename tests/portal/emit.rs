//! `portico emit` and `portico events` as processes of their own, beside a portal that runs, is killed, or is not there.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::command::{Folder, Portal};

const PASSWORD: &str = "a quiet harbour at dawn";

fn portico() -> PathBuf {
    crate::binaries::binaries().join("portico")
}

/// Runs the command in a folder.
fn run(folder: &Folder, arguments: &[&str]) -> Output {
    Command::new(portico()).args(arguments).current_dir(&folder.0).output().expect("it runs")
}

fn decision_file(folder: &Folder, id: &str, decision: &str, decision_id: &str) -> String {
    let mut event: Value = serde_json::from_str(include_str!("../../events/approval-decided.json")).expect("the sample is JSON");
    event["detail"] = json!({
        "subject": "developer", "id": id, "decision": decision, "decided_by": "approval-bot", "reason": null, "decision_id": decision_id,
    });
    std::fs::write(folder.0.join("decision.json"), event.to_string()).expect("a file");
    "decision.json".to_owned()
}

/// Somebody at the portal's door.
struct Door<'a> {
    portal: &'a Portal,
    http: reqwest::Client,
    token: String,
}

impl<'a> Door<'a> {
    fn to(portal: &'a Portal, folder: &Folder) -> Self {
        let token = std::fs::read_to_string(folder.data().join("admin-token")).expect("the administrator's token");
        Self { portal, http: reqwest::Client::new(), token: token.trim().to_owned() }
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let reply = self.http.post(format!("{}{path}", self.portal.address)).json(&body).send().await.expect("an answer");
        (reply.status().as_u16(), reply.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> String {
        let get = self.http.get(format!("{}{path}", self.portal.address)).bearer_auth(&self.token);
        get.send().await.expect("an answer").text().await.expect("text")
    }

    async fn pending(&self, email: &str) -> String {
        self.post("/api/v3/developer", json!({ "email": email, "full_name": "Ada" })).await;
        let link = self.get(&format!("/_local/mail?to={email}&link")).await;
        let token = link.trim().rsplit("token=").next().expect("a token").to_owned();
        let (_, reset) = self.post("/api/v3/developer/verify-email", json!({ "token": token })).await;
        self.post("/api/v3/developer/reset-password", json!({ "token": reset["token"], "password": PASSWORD })).await;
        let portals: Value = serde_json::from_str(&self.get("/v3/portals").await).expect("JSON");
        let portal = portals["data"][0]["id"].as_str().expect("an id").to_owned();
        let found = self.get(&format!("/v3/portals/{portal}/developers?filter[email]={email}")).await;
        serde_json::from_str::<Value>(&found).expect("JSON")["data"][0]["id"].as_str().expect("an id").to_owned()
    }

    async fn signs_in(&self, email: &str) -> bool {
        self.post("/api/v3/developer/authenticate", json!({ "username": email, "password": PASSWORD })).await.0 == 204
    }

    /// The subjects of the mails, after everything that is due has been done.
    async fn mails(&self, email: &str) -> Vec<String> {
        let mails: Vec<Value> = serde_json::from_str(&self.get(&format!("/_local/mail?to={email}")).await).expect("JSON");
        mails.iter().map(|mail| mail["subject"].as_str().expect("a subject").to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_emitted_to_a_portal_that_runs_and_to_one_that_starts_later() {
    let folder = Folder::new("emit");
    let mut portal = Portal::start(&folder, &[]);
    let door = Door::to(&portal, &folder);
    let id = door.pending("ada@example.test").await;
    assert!(!door.signs_in("ada@example.test").await);
    let file = decision_file(&folder, &id, "approved", "ticket-1");
    for _ in 0..3 {
        let emitted = run(&folder, &["emit", &file]);
        assert!(emitted.status.success(), "{}", String::from_utf8_lossy(&emitted.stderr));
    }
    let approvals = door.mails("ada@example.test").await.into_iter().filter(|subject| subject == "You are approved").count();
    assert_eq!(approvals, 1);
    assert!(door.signs_in("ada@example.test").await);
    portal.kill();

    let file = decision_file(&folder, &id, "revoked", "ticket-2");
    let data = folder.data().display().to_string();
    let elsewhere = Command::new(portico()).args(["emit", "decision.json", "--data", &data]).current_dir(&folder.0).output();
    assert!(elsewhere.expect("it runs").status.success(), "{file}");
    let portal = Portal::start(&folder, &[]);
    let door = Door::to(&portal, &folder);
    assert!(door.mails("ada@example.test").await.contains(&"Your access was revoked".to_owned()));
    assert!(!door.signs_in("ada@example.test").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_shows_what_is_there_follows_and_ends_when_the_reader_goes() {
    let folder = Folder::new("events");
    let portal = Portal::start(&folder, &[]);
    let door = Door::to(&portal, &folder);
    let id = door.pending("ada@example.test").await;
    let mut tail =
        Command::new(portico()).arg("events").current_dir(&folder.0).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(tail.stdout.take().expect("its output")).lines();
    let mut next = |wanted: &str| loop {
        let event: Value = serde_json::from_str(&lines.next().expect("it follows").expect("a line")).expect("one line of JSON");
        if event["detail-type"] == wanted {
            break event;
        }
    };
    assert_eq!(next("developer.registered")["source"], "portico");
    let file = decision_file(&folder, &id, "approved", "ticket-1");
    assert!(run(&folder, &["emit", &file]).status.success());
    let decided = next("approval.decided");
    assert_eq!((&decided["source"], &decided["detail"]["decision_id"]), (&json!("example.approval-bot"), &json!("ticket-1")));
    next("developer.approved");
    // Nobody reads any more, and nothing is written.
    drop(lines);
    assert!(tail.wait().expect("it ends").success());
}

#[test]
fn emit_names_what_is_wrong_with_a_file_and_puts_nothing_on_the_bus() {
    let folder = Folder::new("emit-wrong");
    let refused = |file: &str, said: &str| {
        let output = run(&folder, &["emit", file]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.lines().count() == 1 && text.contains(said) && text.contains(file), "{said}: {text}");
    };
    std::fs::write(folder.0.join("good.json"), include_str!("../../events/approval-decided.json")).expect("a file");
    let no_table = run(&folder, &["emit", "good.json"]);
    assert!(String::from_utf8_lossy(&no_table.stderr).contains("--data"), "no folder is made by a slip of the path");
    assert!(!folder.data().exists());
    drop(Portal::start(&folder, &[]));
    refused("missing.json", "No such file");
    let write = |text: &str| std::fs::write(folder.0.join("wrong.json"), text).expect("a file");
    for (text, said) in [
        ("{", "JSON"),
        ("[]", "the event must be an object"),
        (r#"{"source":"a","source":"b"}"#, "`source` twice"),
        (r#"{"detail-type":"t","detail":{}}"#, "source is required"),
        (r#"{"source":"bot","detail":{}}"#, "detail-type is required"),
        (r#"{"source":"bot","detail-type":"t"}"#, "detail is required"),
        (r#"{"source":"bot","detail-type":"t","detail":"x"}"#, "detail must be an object"),
        (r#"{"source":"aws.events","detail-type":"t","detail":{}}"#, "source must not begin with aws."),
        (r#"{"source":"bot","detail-type":"t","detail":{},"time":"now"}"#, "time must be"),
        (r#"{"source":"bot","detail-type":"t","detail":{},"detailtype":1}"#, "detailtype is not a known property"),
    ] {
        write(text);
        refused("wrong.json", said);
    }
    assert_eq!(waiting(&folder.data()), 0);
    // A decision that will be refused goes on the bus all the same, with a word of warning.
    write(r#"{"source":"bot","detail-type":"approval.decided","detail":{}}"#);
    let warned = run(&folder, &["emit", "wrong.json"]);
    assert!(warned.status.success());
    assert!(String::from_utf8_lossy(&warned.stderr).contains("detail.decision_id is required"));
    assert_eq!(waiting(&folder.data()), 1);
}

fn waiting(data: &Path) -> usize {
    let entries = std::fs::read_dir(data.join("bus")).expect("the bus").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_decision_is_lost_when_the_portal_is_killed_while_they_arrive() {
    let folder = Folder::new("emit-kill");
    let mut portal = Portal::start(&folder, &[]);
    let door = Door::to(&portal, &folder);
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(door.pending(&format!("ada{number}@example.test")).await);
    }
    for (number, id) in ids.iter().enumerate() {
        let file = decision_file(&folder, id, "approved", &format!("ticket-{number}"));
        assert!(run(&folder, &["emit", &file]).status.success());
        if number == 3 {
            portal.kill(); // whatever it is at with the first four; the others come while nobody is there
        }
    }
    let portal = Portal::start(&folder, &[]);
    let door = Door::to(&portal, &folder);
    for number in 0..ids.len() {
        let email = format!("ada{number}@example.test");
        let approvals = door.mails(&email).await.into_iter().filter(|subject| subject == "You are approved").count();
        assert_eq!(approvals, 1, "{email}");
        assert!(door.signs_in(&email).await, "{email}");
    }
    drop(portal);
    let verified = run(&folder, &["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let mut report = String::new();
    verified.stdout.as_slice().read_to_string(&mut report).expect("text");
    assert!(report.contains("the table is whole"), "{report}");
}
