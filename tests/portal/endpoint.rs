//! `portico serve --endpoint-url`: the local portal over a table that is in another process.

use std::process::Command;

use portico_tests::deployed::dynamodb;
use serde_json::{Value, json};

use crate::binaries;
use crate::command::{Folder, Portal};

async fn mails(portal: &Portal) -> usize {
    let listed: Value =
        reqwest::get(format!("{}/_local/mail", portal.address)).await.expect("an answer").json().await.expect("JSON");
    listed.as_array().expect("a list").len()
}

async fn is_administrator(portal: &Portal, folder: &Folder) -> bool {
    let token = std::fs::read_to_string(folder.data().join("admin-token")).expect("a token");
    let asked = reqwest::Client::new().get(format!("{}/v3/portals", portal.address)).bearer_auth(token.trim()).send().await;
    asked.expect("an answer").status() == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_runs_over_an_endpoint_mails_each_thing_once_and_knows_another_table_when_it_sees_one() {
    let folder = Folder::new("endpoint");
    let first = dynamodb().await;
    let over = |endpoint: &str| Portal::start(&folder, &["--endpoint-url", endpoint, "--table", "elsewhere"]);
    let mut portal = over(&first);
    assert!(is_administrator(&portal, &folder).await);
    assert!(!folder.data().join("table.db").exists(), "the table is not here");
    let new = json!({ "email": "ada@example.test", "full_name": "Ada" });
    let made = reqwest::Client::new().post(format!("{}/api/v3/developer", portal.address)).json(&new).send().await;
    assert_eq!(made.expect("an answer").status(), 201);
    let link = reqwest::get(format!("{}/_local/mail?to=ada@example.test&link", portal.address)).await.expect("an answer");
    assert!(link.text().await.expect("text").contains("token="), "the stream was read and the mail is there");
    assert_eq!(mails(&portal).await, 1);
    assert!(portal.interrupt().success());

    let mut portal = over(&first);
    assert_eq!(mails(&portal).await, 1, "nothing is mailed again");
    assert!(is_administrator(&portal, &folder).await);
    assert!(portal.interrupt().success());
    // Without the endpoint, the folder is not taken for a new portal's.
    let binary = tokio::task::spawn_blocking(|| binaries::binaries().join("portico")).await.expect("no panic");
    let refused =
        Command::new(binary).args(["serve", "--listen", "127.0.0.1:0"]).current_dir(&folder.0).output().expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--endpoint-url"));

    // An emulation that keeps its tables in memory has been started anew.
    let mut portal = over(&dynamodb().await);
    assert!(is_administrator(&portal, &folder).await, "there is a token for the new table");
    assert_eq!(reqwest::get(format!("{}/gateway/tides/x", portal.address)).await.expect("an answer").status(), 403);
    assert!(portal.interrupt().success());
}
