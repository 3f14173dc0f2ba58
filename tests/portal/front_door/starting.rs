//! How the command starts and ends: the greeting, one clear line for what stands in the way, and Ctrl-C.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use aws_sdk_dynamodb::types::AttributeValue;
use portico::engine::Database;

use crate::binaries::binaries;
use crate::command::{Folder, Portal};

/// `portico serve` that must not start: its one line on standard error.
fn refused(folder: &Folder, arguments: &[&str]) -> String {
    let ran =
        Command::new(binaries().join("portico")).arg("serve").args(arguments).current_dir(&folder.0).output().expect("it runs");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!((ran.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(ran.stdout.is_empty() && said.starts_with("portico: "), "{said}");
    said
}

#[test]
fn a_port_in_use_is_one_line_and_status_2() {
    let folder = Folder::new("port");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = refused(&folder, &["--listen", &address]);
    assert!(said.contains(&address) && said.contains("in use"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_used_is_one_line_and_status_2() {
    let folder = Folder::new("folder");
    std::fs::write(folder.0.join("file"), "").expect("a file");
    let said = refused(&folder, &["--listen", "127.0.0.1:0", "--data", "file/data"]);
    assert!(said.contains("file/data"), "{said}");
    let said = refused(&folder, &["--listen", "127.0.0.1:0", "--apis", "nowhere"]);
    assert!(said.contains("nowhere"), "{said}");
    let said = refused(&folder, &["--listen", "127.0.0.1:0", "--public-url", "portal.example.test/x"]);
    assert!(said.contains("--public-url"), "{said}");
}

#[tokio::test]
async fn a_table_of_a_newer_version_is_one_line_and_status_2() {
    let folder = Folder::new("newer");
    std::fs::create_dir_all(folder.data()).expect("a folder");
    let table = folder.data().join("table.db");
    newer(&table).await;
    let said = refused(&folder, &["--listen", "127.0.0.1:0"]);
    assert!(said.contains("newer"), "{said}");
}

async fn newer(table: &Path) {
    let client = Database::open(table).expect("the table's file").client();
    portico::table::prepare(&client, "portico").await.expect("the table is made");
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let item = client.put_item().table_name("portico").item("pk", text("TABLE")).item("sk", text("META"));
    item.item("kind", text("table")).item("format", AttributeValue::N("99".into())).send().await.expect("it is written");
}

#[test]
fn the_greeting_names_every_place_and_three_things_to_try() {
    let folder = Folder::new("greeting-of-places");
    let portal = Portal::start(&folder, &["--public-url", "http://portal.localhost:8080"]);
    let greeting = portal.greeting.join("\n");
    assert!(portal.address.starts_with("http://127.0.0.1:"), "{}", portal.address);
    let data = std::fs::canonicalize(folder.data()).expect("a folder");
    for place in [data.join("admin-token"), data.join("outbox")] {
        assert!(place.exists() && greeting.contains(&place.display().to_string()), "{greeting}");
    }
    for place in ["/register", "/_local/mail", "/gateway/tides/", "/gateway/weather-board/"] {
        assert!(greeting.contains(&format!("http://portal.localhost:8080{place}")), "{place} is missing from:\n{greeting}");
    }
}

#[test]
fn a_file_that_is_no_openapi_document_keeps_neither_the_portal_nor_the_others_from_starting() {
    let folder = Folder::new("broken-file");
    std::fs::write(folder.0.join("broken.json"), "{").expect("a file");
    let whole = "\u{feff}{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Whole\",\"version\":\"1\"},\"paths\":{}}";
    std::fs::write(folder.0.join("whole.json"), whole).expect("a file");
    let portal = Portal::start(&folder, &["--apis", "."]);
    let greeting = portal.greeting.join("\n");
    assert!(greeting.contains("/gateway/whole/") && !greeting.contains("/gateway/broken/"), "{greeting}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_token_and_the_keys() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("modes");
    let _portal = Portal::start(&folder, &[]);
    let keys = std::fs::read_dir(folder.data().join("keys")).expect("the keys").map(|entry| entry.expect("an entry").path());
    let secrets: Vec<_> = keys.chain([folder.data().join("admin-token")]).collect();
    assert_eq!(secrets.len(), 5, "{secrets:?}");
    for secret in secrets {
        let mode = std::fs::metadata(&secret).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", secret.display());
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly_even_while_somebody_never_ends_a_request() {
    let folder = Folder::new("ctrl-c");
    let mut portal = Portal::start(&folder, &[]);
    let mut slow = TcpStream::connect(portal.address.trim_start_matches("http://")).expect("a connection");
    slow.write_all(b"POST /api/v3/developer HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{")
        .expect("half a request");
    assert!(portal.interrupt().success());
    let verified = Command::new(portal.binary()).args(["verify", "--data"]).arg(folder.data()).output().expect("it runs");
    assert!(verified.status.success());
}
