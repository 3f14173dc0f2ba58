//! The README's curl journey, taken out of the README and run in `sh` against the real command.

use std::path::Path;
use std::process::Command;

use crate::command::{Folder, Portal};

fn journey() -> String {
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).expect("the README is there");
    let block = readme.split("<!-- journey:").nth(1).expect("the README has the journey");
    let block = block.split("```sh\n").nth(1).expect("it is a block of sh");
    block.split("```").next().expect("it ends").to_owned()
}

#[test]
fn the_journey_of_the_readme_ends_with_a_200_a_refusal_and_a_refusal() {
    let folder = Folder::new("readme");
    let portal = Portal::start(&folder, &[]);
    let script = journey().replace("PORTAL=http://localhost:8080", &format!("PORTAL={}", portal.address));
    assert!(script.contains(&portal.address), "the journey names the portal in one line");
    let ran = Command::new("sh").arg("-euc").arg(&script).current_dir(&folder.0).output().expect("sh runs");
    let output = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{output}\n{}", String::from_utf8_lossy(&ran.stderr));
    let last: Vec<_> = output.lines().rev().take(3).collect();
    assert_eq!(last, ["after it was deleted: 403", "without it: 403", "with the key: 200"], "{output}");
}

#[test]
fn the_greeting_says_where_everything_is() {
    let folder = Folder::new("greeting");
    let portal = Portal::start(&folder, &["--auto-approve"]);
    let greeting = portal.greeting.join("\n");
    for wanted in ["/register", "admin-token", "outbox", "/_local/mail", "/gateway/tides/", "/gateway/weather-board/"] {
        assert!(greeting.contains(wanted), "{wanted} is missing from:\n{greeting}");
    }
}
