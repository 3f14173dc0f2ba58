//! `end-session`: a developer ends one of the own sessions.

use http::Method;
use portico_domain::status::Status;
use portico_tests::account::PASSWORD;
use portico_tests::steps::NOBODYS;
use portico_tests::{Client, TestPortal};

const ADA: &str = "ada@example.test";
const SESSIONS: &str = "/api/portico/v1/developer/sessions";

async fn signed_in(portal: &TestPortal) -> Client {
    let ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    ada
}

/// The path of the session that a client has.
async fn own(client: &Client) -> String {
    let list = client.get(SESSIONS).await.expect(200).body;
    let current = list["data"].as_array().expect("a list").iter().find(|one| one["current"] == true).expect("the current one");
    format!("{SESSIONS}/{}", current["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn another_browser_is_signed_out_at_once_and_this_one_is_not() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let (laptop, phone) = (signed_in(&portal).await, signed_in(&portal).await);
    let path = own(&phone).await;
    let reply = laptop.delete(&path).await.expect(204);
    assert!(reply.cookie_lines().is_empty());
    phone.me().await.expect_problem(401, "unauthorized");
    phone.refresh().await.expect_problem(401, "unauthorized");
    laptop.me().await.expect(200);
    assert_eq!(laptop.get(SESSIONS).await.expect(200).total(), 1);
    laptop.delete(&path).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn ending_the_own_session_is_signing_out() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let ada = signed_in(&portal).await;
    let saved = ada.copy();
    let reply = ada.delete(&own(&ada).await).await.expect(204);
    assert!(reply.cookie_lines().len() == 2 && reply.cookie_lines().iter().all(|line| line.contains("Max-Age=0")));
    assert_eq!(reply.headers["clear-site-data"], "\"cache\", \"storage\"");
    saved.me().await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn anothers_session_one_that_is_over_and_one_that_never_was_are_the_same_404() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let ada = signed_in(&portal).await;
    let eve = portal.approved_developer("eve@example.test").await;
    let nothing = format!("{SESSIONS}/{NOBODYS}");
    eve.expect_same_404(Method::DELETE, &own(&ada).await, &nothing, None).await;
    ada.me().await.expect(200);
    let developer = portal.known(ADA).await;
    let over = own(&ada).await;
    portal.decide(developer.id, Status::Approved).await; // with another epoch
    let again = signed_in(&portal).await;
    again.expect_same_404(Method::DELETE, &over, &nothing, None).await;
    portal.end().await;
}
