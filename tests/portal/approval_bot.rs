//! The bot in `infra/examples/approval-bot.yaml` does what `docs/events.md` says: its own code, over a stub of the AWS SDK for Python.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const STUB: &str = r#"
import json, os, sys, types

class Client:
    def put_events(self, Entries):
        print(json.dumps(Entries))
        return {"FailedEntryCount": int(os.environ["REFUSED"])}

boto3 = types.ModuleType("boto3")
boto3.client = lambda name: Client()
sys.modules["boto3"] = boto3
"#;

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).expect("the file is there")
}

fn bot() -> Value {
    let template: Value = serde_saphyr::from_str(&file("infra/examples/approval-bot.yaml")).expect("the template can be read");
    template["Resources"]["ApprovalBot"]["Properties"].clone()
}

/// The sample of a developer who proved an address, as the bot gets it where the portal's setting allows names.
fn verified(email: Option<&str>) -> Value {
    let mut event: Value = serde_json::from_str(&file("events/developer.verified.json")).expect("JSON");
    if let Some(email) = email {
        event["detail"]["developer"] = json!({ "full_name": "Ada", "email": email });
    }
    event
}

/// What the bot puts on the bus for an event, if it ends well.
fn decides(event: &Value, refused: u32) -> Option<Vec<Value>> {
    let code = bot()["InlineCode"].as_str().expect("code").to_owned();
    let mut child = Command::new("python3")
        .args(["-c", &format!("{STUB}\n{code}\nhandle(json.load(sys.stdin), None)")])
        .env("BUS", "portico")
        .env("DOMAIN", "example.com")
        .env("REFUSED", refused.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python3 is installed");
    child.stdin.take().expect("an input").write_all(event.to_string().as_bytes()).expect("it reads");
    let ended = child.wait_with_output().expect("it ends");
    let lines = String::from_utf8(ended.stdout).expect("text");
    let entries = lines.lines().flat_map(|line| serde_json::from_str::<Vec<Value>>(line).expect("entries"));
    ended.status.success().then(|| entries.collect())
}

#[test]
fn the_bot_approves_addresses_of_its_domain_under_one_decision_id_and_nobody_else() {
    let event = verified(Some("ada@example.com"));
    let put = decides(&event, 0).expect("it ends well");
    assert_eq!(put.len(), 1);
    assert_eq!((&put[0]["EventBusName"], &put[0]["DetailType"]), (&json!("portico"), &json!("approval.decided")));
    let decision: Value = serde_json::from_str(put[0]["Detail"].as_str().expect("text")).expect("JSON");
    let mut members: Vec<_> = decision.as_object().expect("an object").keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["decided_by", "decision", "decision_id", "id", "reason", "subject"]);
    assert_eq!((&decision["subject"], &decision["decision"]), (&json!("developer"), &json!("approved")));
    assert_eq!(decision["id"], event["detail"]["ids"]["developer"]);
    assert_eq!(decides(&event, 0), Some(put), "the same again");
    for nobody in [None, Some("eve@example.com.evil.test"), Some("eve@sub-example.com")] {
        assert_eq!(decides(&verified(nobody), 0), Some(Vec::new()), "{nobody:?}");
    }
}

#[test]
fn a_decision_that_the_bus_did_not_take_is_an_error_so_that_lambda_tries_again() {
    assert_eq!(decides(&verified(Some("ada@example.com")), 1), None);
}

#[test]
fn the_bots_rule_asks_for_what_its_sample_is() {
    let pattern = &bot()["Events"]["Verified"]["Properties"]["Pattern"];
    let event = verified(None);
    assert_eq!(pattern["source"], json!([event["source"]]));
    assert_eq!(pattern["detail-type"], json!([event["detail-type"]]));
    assert_eq!(pattern["detail"], json!({ "status": { "after": [event["detail"]["status"]["after"]] } }));
}
