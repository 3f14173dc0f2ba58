//! `forgot-password`: asking for a link to set a password.

use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_tests::TestPortal;
use portico_tests::account::{FORGOT_PASSWORD, PASSWORD};
use serde_json::json;

const ADA: &str = "ada@example.test";

#[tokio::test]
async fn whoever_asks_gets_the_same_200_and_the_same_calls_are_made() {
    let portal = TestPortal::start().await;
    let eve = portal.anonymous();
    let mut shapes = Vec::new();
    for (email, status, mailed) in [
        ("pending@example.test", Some(Status::Pending), true),
        ("approved@example.test", Some(Status::Approved), true),
        ("rejected@example.test", Some(Status::Rejected), false),
        ("revoked@example.test", Some(Status::Revoked), false),
        ("unknown@example.test", None, false),
    ] {
        if let Some(status) = status {
            portal.developer_with_status(email, status).await;
        }
        portal.take_calls();
        let reply = eve.forgot_password(email).await.expect(200);
        assert!(reply.bytes.is_empty());
        let calls: Vec<_> = portal.take_calls().into_iter().map(|call| call.operation).collect();
        shapes.push((calls, reply.seen()));
        if status.is_some() {
            let asked = portal.history(email).await.contains(&"developer.password_requested");
            assert_eq!(asked, mailed, "{email}");
        }
    }
    assert!(shapes.windows(2).all(|pair| pair[0] == pair[1]), "{shapes:?}");
    portal.end().await;
}

#[tokio::test]
async fn a_developer_without_a_password_gets_the_first_one_this_way_and_a_newer_link_replaces_an_older_one() {
    let portal = TestPortal::start().await;
    let id = portal.developer_with_status(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    ada.forgot_password(ADA).await.expect(200);
    let older = portal.mailed(ADA, Name::DeveloperPasswordRequested).await;
    ada.forgot_password(" ADA@example.test.").await.expect(200);
    let newer = portal.mailed(ADA, Name::DeveloperPasswordRequested).await;
    assert_ne!(older, newer);
    ada.reset_password(&older, PASSWORD).await.expect_problem(410, "gone");
    ada.reset_password(&newer, PASSWORD).await.expect(204);
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    assert_eq!(portal.events_of(id).await.len(), 4);
    portal.end().await;
}

#[tokio::test]
async fn wrong_fields_are_named_and_a_portal_without_passwords_says_so_to_everyone() {
    let portal = TestPortal::start().await;
    let eve = portal.anonymous();
    eve.post(FORGOT_PASSWORD, json!({ "email": "ada", "name": 1 })).await.expect_invalid(&["email", "name"]);
    portal.developer_with_status(ADA, Status::Approved).await;
    portal.set("basic_auth_enabled", false).await;
    let known = eve.forgot_password(ADA).await.expect_problem(403, "forbidden");
    assert_eq!(known.seen(), eve.forgot_password("unknown@example.test").await.seen());
    portal.end().await;
}

#[tokio::test]
async fn what_the_request_says_of_hosts_reaches_neither_event_nor_table() {
    let portal = TestPortal::start().await;
    let id = portal.developer_with_status(ADA, Status::Approved).await;
    let eve = portal
        .anonymous()
        .with_header("x-forwarded-host", "evil.test")
        .with_header("forwarded", "host=evil.test")
        .with_header("host", "evil.test");
    eve.forgot_password(ADA).await.expect(200);
    let rows = portal.portal.store.children(&format!("DEV#{id}"), "").await.expect("rows");
    assert!(!format!("{rows:?}").contains("evil"));
    portal.end().await;
}
