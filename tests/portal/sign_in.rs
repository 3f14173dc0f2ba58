//! `authenticate`: signing in with a password.

use portico_domain::status::Status;
use portico_store::{Key, Update};
use portico_tests::account::{AUTHENTICATE, PASSWORD};
use portico_tests::{Reply, TestPortal};
use serde_json::json;

const ADA: &str = "ada@example.test";
const WRONG: &str = "violet tractor hums at dawn";

#[tokio::test]
async fn the_right_password_gives_a_204_and_both_cookies_with_one_hash() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let hashes = portal.portal.passwords.computed();
    let ada = portal.anonymous();
    let reply = ada.authenticate(" ADA@Example.test.", PASSWORD).await.expect(204);
    assert_eq!(portal.portal.passwords.computed() - hashes, 1);
    assert!(reply.bytes.is_empty());
    assert_eq!(reply.cookie_lines().len(), 2);
    assert_eq!(ada.me().await.expect(200).body["email"], ADA);
    portal.end().await;
}

#[tokio::test]
async fn every_wrong_credential_gets_the_same_401_for_the_same_calls_and_one_hash() {
    let portal = TestPortal::start().await;
    for (email, status) in [
        ("approved@example.test", Status::Approved),
        ("pending@example.test", Status::Pending),
        ("rejected@example.test", Status::Rejected),
        ("revoked@example.test", Status::Revoked),
    ] {
        portal.account(email, status).await;
    }
    portal.anonymous().sign_up("unverified@example.test").await.expect(201);
    portal.developer_with_status("no-password@example.test", Status::Approved).await;
    let mut seen = Vec::new();
    for name in ["approved", "pending", "rejected", "revoked", "unverified", "no-password", "unknown"] {
        let hashes = portal.portal.passwords.computed();
        portal.take_calls();
        let reply = portal.anonymous().authenticate(&format!("{name}@example.test"), WRONG).await;
        let reply = reply.expect_problem(401, "invalid-credentials");
        let calls: Vec<_> = portal.take_calls().into_iter().map(|call| (call.operation, call.keys.len())).collect();
        assert_eq!(portal.portal.passwords.computed() - hashes, 1, "{name}");
        seen.push((reply.seen(), calls));
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
    let ((_, _, body), calls) = &seen[0];
    assert_eq!(body["title"], "Invalid Credentials");
    assert_eq!(body["detail"], "The e-mail address or the password is wrong.");
    assert_eq!(calls.len(), 3);
    portal.end().await;
}

#[tokio::test]
async fn approval_required_is_said_only_after_the_right_password() {
    let portal = TestPortal::start().await;
    for (email, status, kind) in [
        ("pending@example.test", Status::Pending, "approval-required"),
        ("rejected@example.test", Status::Rejected, "access-refused"),
        ("revoked@example.test", Status::Revoked, "access-refused"),
    ] {
        let id = portal.account(email, status).await;
        let eve = portal.anonymous();
        eve.authenticate(email, WRONG).await.expect_problem(401, "invalid-credentials");
        portal.take_calls();
        let reply = eve.authenticate(email, PASSWORD).await.expect_problem(401, kind);
        assert_eq!(portal.take_calls().len(), 3);
        assert_eq!(reply.body["title"], "Approval Required");
        assert!(reply.cookie_lines().is_empty());
        let sessions = portal.portal.store.children(Key::developer(id).pk(), "SESSION#").await.expect("rows");
        assert!(sessions.is_empty());
        portal.decide(id, Status::Approved).await;
        eve.authenticate(email, PASSWORD).await.expect(204);
    }
    portal.end().await;
}

#[tokio::test]
async fn wrong_fields_are_named_and_cost_nothing() {
    let portal = TestPortal::start().await;
    let eve = portal.anonymous();
    eve.post(AUTHENTICATE, json!({ "username": "ada", "password": 1, "x": 0 }))
        .await
        .expect_invalid(&["username", "password", "x"]);
    eve.authenticate(ADA, &"x".repeat(1_025)).await.expect_invalid(&["password"]);
    eve.authenticate(ADA, &"x".repeat(1_000_000)).await.expect_problem(413, "too-large");
    assert_eq!((portal.take_calls().len(), portal.portal.passwords.computed()), (0, 0));
    portal.end().await;
}

#[tokio::test]
async fn where_nobody_has_a_password_nobody_signs_in_with_one() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    for setting in ["authentication_enabled", "basic_auth_enabled"] {
        portal.set(setting, false).await;
        let known: Reply = portal.anonymous().authenticate(ADA, PASSWORD).await.expect_problem(403, "forbidden");
        assert_eq!(known.seen(), portal.anonymous().authenticate("eve@example.test", WRONG).await.seen());
        portal.set(setting, true).await;
    }
    portal.anonymous().authenticate(ADA, PASSWORD).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_developer_who_is_revoked_or_gets_another_password_during_the_sign_in_gets_no_session() {
    use portico::faults::Matching;
    let portal = TestPortal::start().await;
    for (email, revoke, kind) in
        [("ada@example.test", true, "approval-required"), ("bob@example.test", false, "invalid-credentials")]
    {
        let id = portal.account(email, Status::Approved).await;
        let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
        let client = portal.anonymous();
        let asked = tokio::spawn(async move { client.authenticate(email, PASSWORD).await });
        gate.arrived().await;
        let update = Update::of(Key::developer(id)).add("epoch", 1);
        let update = if revoke { update.set("status", &Status::Revoked) } else { update };
        portal.portal.store.edit(update).await.expect("the developer changes");
        gate.open();
        asked.await.expect("no panic").expect_problem(401, kind);
        let sessions = portal.portal.store.children(Key::developer(id).pk(), "SESSION#").await.expect("rows");
        assert!(sessions.is_empty());
    }
    portal.end().await;
}
