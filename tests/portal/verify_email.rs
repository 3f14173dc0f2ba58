//! `verify-email`: the link of a verification mail.

use std::time::Duration;

use portico::faults::Matching;
use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_tests::TestPortal;
use portico_tests::account::{PASSWORD, VERIFY_EMAIL, with_status};
use serde_json::json;

const ADA: &str = "ada@example.test";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn signed_up() -> (TestPortal, String) {
    let portal = TestPortal::start().await;
    portal.anonymous().sign_up(ADA).await.expect(201);
    let token = portal.mailed(ADA, Name::DeveloperSignedUp).await;
    (portal, token)
}

#[tokio::test]
async fn a_link_proves_the_address_once_and_answers_a_token_for_the_first_password() {
    let (portal, token) = signed_up().await;
    let reply = portal.anonymous().verify_email(&token.to_uppercase()).await.expect(202);
    assert_eq!(reply.body["email"], ADA);
    let ada = portal.known(ADA).await;
    assert!(ada.email_verified_at.is_some());
    assert_eq!((ada.status, ada.password_generation), (Status::Pending, 1), "approval is asked for at sign-in");
    assert_eq!(portal.history(ADA).await, ["developer.signed_up", "developer.verified"]);
    portal.anonymous().verify_email(&token).await.expect_problem(410, "gone");
    portal.anonymous().reset_password(reply.body["token"].as_str().expect("a token"), PASSWORD).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_token_is_unknown_malformed_or_over_and_the_body_says_what_the_status_says() {
    let (portal, token) = signed_up().await;
    let eve = portal.anonymous();
    for malformed in ["", "x", &token.replace('-', ""), &format!("{{{token}}}")] {
        eve.verify_email(malformed).await.expect_invalid(&["token"]);
    }
    eve.post(VERIFY_EMAIL, json!({ "token": 7, "email": ADA })).await.expect_invalid(&["token", "email"]);
    let unknown = eve.verify_email("0198a2c4-1111-7abc-8def-0123456789ab").await.expect_problem(404, "not-found");
    assert_eq!(unknown.body["status"], 404);
    // A token for a password is none for an address, and the other way round.
    eve.forgot_password(ADA).await.expect(200);
    let other = portal.mailed(ADA, Name::DeveloperPasswordRequested).await;
    eve.verify_email(&other).await.expect_problem(404, "not-found");
    eve.reset_password(&token, PASSWORD).await.expect_problem(404, "not-found");
    eve.verify_email(&token).await.expect(202);
    portal.end().await;
}

#[tokio::test]
async fn a_link_works_for_a_day() {
    let (portal, token) = signed_up().await;
    portal.clock.advance(DAY);
    assert_eq!(portal.anonymous().verify_email(&token).await.expect_problem(410, "gone").body["status"], 410);
    portal.anonymous().sign_up(ADA).await.expect(201);
    let fresh = portal.mailed(ADA, Name::DeveloperSignedUpAgain).await;
    portal.clock.advance(DAY - Duration::from_millis(1));
    portal.anonymous().verify_email(&fresh).await.expect(202);
    portal.end().await;
}

#[tokio::test]
async fn one_of_many_at_the_same_time_uses_a_link() {
    let (portal, token) = signed_up().await;
    let replies = portal
        .anonymous()
        .race(32, |_, client| {
            let token = token.clone();
            async move { client.verify_email(&token).await }
        })
        .await;
    assert_eq!((with_status(&replies, 202), with_status(&replies, 410)), (1, 31));
    assert_eq!(portal.history(ADA).await, ["developer.signed_up", "developer.verified"]);
    portal.end().await;
}

#[tokio::test]
async fn a_link_of_a_rejected_or_revoked_developer_or_of_a_proven_address_is_over() {
    let (portal, token) = signed_up().await;
    let id = portal.known(ADA).await.id;
    for status in [Status::Rejected, Status::Revoked] {
        portal.decide(id, status).await;
        portal.anonymous().verify_email(&token).await.expect_problem(410, "gone");
    }
    portal.decide(id, Status::Pending).await;
    // The link to a password proves the address as well; the other link would lead to a second password.
    portal.anonymous().forgot_password(ADA).await.expect(200);
    let password = portal.mailed(ADA, Name::DeveloperPasswordRequested).await;
    portal.anonymous().reset_password(&password, PASSWORD).await.expect(204);
    portal.anonymous().verify_email(&token).await.expect_problem(410, "gone");
    portal.end().await;
}

#[tokio::test]
async fn it_costs_three_store_calls_and_the_table_holds_no_token() {
    let (portal, token) = signed_up().await;
    assert_eq!(portal.calls_of(portal.anonymous().verify_email(&token)).await, 3);
    let ada = portal.known(ADA).await;
    let rows = portal.portal.store.children(&format!("DEV#{}", ada.id), "").await.expect("rows");
    assert!(!format!("{rows:?}").contains(&token));
    portal.end().await;
}

#[tokio::test]
async fn a_password_that_is_asked_for_at_the_same_time_does_not_spend_the_link() {
    let (portal, token) = signed_up().await;
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let late = tokio::spawn({
        let (ada, token) = (portal.anonymous(), token.clone());
        async move { ada.verify_email(&token).await }
    });
    gate.arrived().await;
    portal.anonymous().forgot_password(ADA).await.expect(200);
    gate.open();
    let reply = late.await.expect("no panic").expect(202);
    portal.anonymous().reset_password(reply.body["token"].as_str().expect("a token"), PASSWORD).await.expect(204);
    portal.end().await;
}
