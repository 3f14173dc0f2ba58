//! `kill -9` in the middle of a stream of sign-ups: what was acknowledged is there after the restart, and the table is whole.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::command::{Folder, Portal};

/// Sign-ups in flight at the same time.
const AT_ONCE: usize = 8;
/// Acknowledged sign-ups after which the portal is killed.
const ENOUGH: usize = 120;

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_sign_up_is_lost_by_a_kill_and_the_table_is_whole() {
    let folder = Folder::new("kill");
    let mut portal = Portal::start(&folder, &[]);
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let address = portal.address.clone();
    let streams: Vec<_> = (0..AT_ONCE)
        .map(|stream| {
            let (address, acknowledged) = (address.clone(), acknowledged.clone());
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                let mut mine = Vec::new();
                for number in 0.. {
                    let email = format!("developer-{stream}-{number}@example.test");
                    let sent =
                        client.post(format!("{address}/api/v3/developer")).json(&json!({ "email": email, "full_name": "Dev" }));
                    match sent.send().await {
                        Ok(reply) if reply.status() == 201 => mine.push(email),
                        _ => break, // killed
                    }
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
                mine
            })
        })
        .collect();
    while acknowledged.load(Ordering::SeqCst) < ENOUGH {
        tokio::task::yield_now().await;
    }
    portal.kill();
    let mut emails = Vec::new();
    for stream in streams {
        emails.extend(stream.await.expect("no panic"));
    }
    assert!(emails.len() >= ENOUGH);

    let verified = Command::new(portal.binary()).args(["verify", "--data"]).arg(folder.data()).output().expect("it runs");
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success() && said.contains("the table is whole"), "{said}");

    let portal = Portal::start(&folder, &[]);
    let token = std::fs::read_to_string(folder.data().join("admin-token")).expect("the administrator's token");
    let client = reqwest::Client::new();
    let get = async |path: String| -> Value {
        let reply = client.get(format!("{}{path}", portal.address)).bearer_auth(token.trim()).send().await.expect("an answer");
        reply.json().await.expect("JSON")
    };
    let id = get("/v3/portals".to_owned()).await["data"][0]["id"].as_str().expect("a portal").to_owned();
    for email in emails {
        let found = get(format!("/v3/portals/{id}/developers?filter[email][eq]={email}")).await;
        assert_eq!(found["meta"]["page"]["total"], 1, "{email} was acknowledged");
    }
}
