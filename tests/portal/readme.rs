//! The README's curl journey against the real command, and what the command greets with.

use portico_tests::journey;

use crate::command::{Folder, Portal};

#[test]
fn the_journey_of_the_readme_ends_with_a_200_a_refusal_and_a_refusal() {
    let folder = Folder::new("readme");
    let portal = Portal::start(&folder, &[]);
    journey::run(&portal.address, &folder.0);
}

/// DynamoDB Local where `make dynamodb-local` runs this.
#[tokio::test(flavor = "multi_thread")]
async fn the_journey_of_the_readme_works_over_an_endpoint() {
    let endpoint = match std::env::var("PORTICO_TEST_ENDPOINT") {
        Ok(endpoint) => endpoint,
        Err(_) => portico_tests::deployed::dynamodb().await,
    };
    let folder = Folder::new("readme-endpoint");
    let portal = Portal::start(&folder, &["--endpoint-url", &endpoint]);
    journey::run(&portal.address, &folder.0);
    assert!(!folder.data().join("table.db").exists());
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
