//! `register`: signing up.

use portico::faults::{Fault, Matching};
use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_tests::TestPortal;
use portico_tests::account::{SIGN_UP, with_status};
use serde_json::json;

const ADA: &str = "ada@example.test";

#[tokio::test]
async fn a_sign_up_makes_a_pending_developer_and_one_link_and_answers_an_empty_201() {
    let portal = TestPortal::start().await;
    let reply = portal.anonymous().sign_up(ADA).await.expect(201);
    assert!(reply.bytes.is_empty());
    let ada = portal.known(ADA).await;
    assert_eq!((ada.status, ada.verify_generation, ada.email_verified_at, ada.has_password), (Status::Pending, 1, None, false));
    assert_eq!(ada.full_name, "Ada Lovelace");
    let events = portal.events_of(ada.id).await;
    assert_eq!(events.iter().map(|event| event.name).collect::<Vec<_>>(), [Name::DeveloperSignedUp]);
    assert_eq!(events[0].data["developer"], ada.id.to_string());
    assert!(!serde_json::to_string(&events).expect("JSON").contains("ada@"), "events hold ids only");
    portal.anonymous().verify_email(&portal.mailed(ADA, Name::DeveloperSignedUp).await).await.expect(202);
    portal.end().await;
}

#[tokio::test]
async fn a_portal_that_approves_by_itself_approves_whoever_signs_up() {
    let portal = TestPortal::start().await;
    portal.set("auto_approve_developers", true).await;
    portal.anonymous().sign_up(ADA).await.expect(201);
    assert_eq!(portal.known(ADA).await.status, Status::Approved);
    portal.end().await;
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once_and_nothing_is_read() {
    let portal = TestPortal::start().await;
    let eve = portal.anonymous();
    eve.post(SIGN_UP, json!({ "email": "ada", "full_name": "", "password": "x" })).await.expect_invalid(&[
        "email",
        "full_name",
        "password",
    ]);
    eve.post(SIGN_UP, json!({})).await.expect_invalid(&["email", "full_name"]);
    eve.post(SIGN_UP, json!({ "email": ADA, "full_name": "x".repeat(251) })).await.expect_invalid(&["full_name"]);
    eve.post(SIGN_UP, json!({ "email": ADA, "full_name": "<img src=x onerror=…>\r\nBcc: x@y" }))
        .await
        .expect_invalid(&["full_name"]);
    assert_eq!(portal.take_calls().len(), 0);
    eve.post(SIGN_UP, json!({ "email": ADA, "full_name": "<img src=x onerror=…>" })).await.expect(201);
    assert_eq!(portal.known(ADA).await.full_name, "<img src=x onerror=…>", "a name is kept as it was written");
    portal.end().await;
}

#[tokio::test]
async fn a_known_address_gets_the_same_reply_and_its_owner_a_fresh_link_and_the_stored_name_stays() {
    let portal = TestPortal::start().await;
    let first = portal.anonymous().sign_up(ADA).await.expect(201);
    let old = portal.mailed(ADA, Name::DeveloperSignedUp).await;
    let again = portal.anonymous().post(SIGN_UP, json!({ "email": ADA, "full_name": "Eve" })).await.expect(201);
    assert_eq!(again.seen(), first.seen());
    let ada = portal.known(ADA).await;
    assert_eq!((ada.full_name.as_str(), ada.ver, ada.verify_generation), ("Ada Lovelace", 2, 2));
    let fresh = portal.mailed(ADA, Name::DeveloperSignedUpAgain).await;
    portal.anonymous().verify_email(&old).await.expect_problem(410, "gone");
    portal.anonymous().verify_email(&fresh).await.expect(202);
    portal.end().await;
}

#[tokio::test]
async fn the_owner_of_a_proven_address_is_told_but_no_new_token_is_made_whatever_the_status() {
    let portal = TestPortal::start().await;
    for (email, status) in [
        ("pending@example.test", Status::Pending),
        ("approved@example.test", Status::Approved),
        ("rejected@example.test", Status::Rejected),
        ("revoked@example.test", Status::Revoked),
    ] {
        let id = portal.developer_with_status(email, status).await;
        let reply = portal.anonymous().sign_up(email).await.expect(201);
        assert_eq!(reply.seen(), portal.anonymous().sign_up(&format!("new-{email}")).await.seen());
        let events = portal.events_of(id).await;
        let told: Vec<_> = events.iter().filter(|event| event.name == Name::DeveloperSignedUpAgain).collect();
        assert_eq!(told.iter().map(|event| event.data.get("generation")).collect::<Vec<_>>(), [None]);
        assert_eq!(portal.known(email).await.verify_generation, 1);
    }
    portal.end().await;
}

#[tokio::test]
async fn every_spelling_of_an_address_is_one_account_or_a_400() {
    let portal = TestPortal::start().await;
    for (spelling, status) in [
        ("mia@bücher.example", 201),
        ("MIA@BÜCHER.EXAMPLE", 201),
        ("mia@bücher.example.", 201),
        ("mia@xn--bcher-kva.example", 201),
        ("ｍｉａ@bücher.example", 201),
        (" mia@bücher.example ", 201),
        ("mıa@bücher.example", 400),
        ("mİa@bücher.example", 400),
    ] {
        portal.anonymous().sign_up(spelling).await.expect(status);
    }
    let (developers, _) = portal.portal.store.list(&format!("{}#DEVELOPERS", portal.id()), 100).await.expect("a list");
    assert_eq!(developers.len(), 1);
    assert_eq!(portal.known("mia@xn--bcher-kva.example").await.email, "mia@xn--bcher-kva.example");
    portal.end().await;
}

#[tokio::test]
async fn an_address_is_won_once_however_many_sign_up_at_the_same_time_in_whatever_spelling() {
    const SPELLINGS: [&str; 5] =
        ["mia@bücher.example", "MIA@BÜCHER.EXAMPLE", "mia@bücher.example.", "mia@xn--bcher-kva.example", "ｍｉａ@bücher.example"];
    let portal = TestPortal::start().await;
    let replies = portal.anonymous().race(64, |number, client| async move { client.sign_up(SPELLINGS[number % 5]).await }).await;
    assert_eq!(with_status(&replies, 201), 64);
    let (developers, _) = portal.portal.store.list(&format!("{}#DEVELOPERS", portal.id()), 100).await.expect("a list");
    assert_eq!(developers.len(), 1);
    let history = portal.history("mia@xn--bcher-kva.example").await;
    assert_eq!(history, ["developer.signed_up", "developer.signed_up_again", "developer.signed_up_again"], "three mails an hour");
    portal.end().await;
}

#[tokio::test]
async fn new_and_known_addresses_cost_the_same_calls_below_the_limit_and_above_it() {
    let portal = TestPortal::start().await;
    let eve = portal.anonymous();
    portal.developer_with_status("known@example.test", Status::Approved).await;
    let shape = async |email: &'static str| {
        portal.take_calls();
        eve.sign_up(email).await.expect(201);
        portal.take_calls().into_iter().map(|call| call.operation).collect::<Vec<_>>()
    };
    let new = shape(ADA).await;
    assert_eq!(new, ["BatchGetItem", "GetItem", "TransactWriteItems"]);
    assert_eq!(shape("known@example.test").await, new);
    for number in 0..18 {
        eve.sign_up(&format!("x{number}@example.test")).await.expect(201);
    }
    assert_eq!(shape("known@example.test").await, new, "a known address, too many mails");
    assert_eq!(shape("late@example.test").await, new, "a new address, too many mails");
    assert_eq!(portal.portal.passwords.computed(), 0);
    portal.end().await;
}

#[tokio::test]
async fn an_acknowledged_sign_up_is_kept_even_if_its_reply_from_the_table_was_lost() {
    let portal = TestPortal::start().await;
    for (number, fault) in [Fault::LostReply, Fault::ServerError, Fault::Conflict { position: 0 }].into_iter().enumerate() {
        let email = format!("ada{number}@example.test");
        portal.database.faults().next(Matching::operation("TransactWriteItems"), fault);
        portal.anonymous().sign_up(&email).await.expect(201);
        assert_eq!(portal.history(&email).await, ["developer.signed_up"]);
    }
    portal.end().await;
}

#[tokio::test]
async fn where_nobody_has_a_password_nobody_signs_up_with_one() {
    let portal = TestPortal::start().await;
    for setting in ["authentication_enabled", "basic_auth_enabled"] {
        portal.set(setting, false).await;
        portal.anonymous().sign_up(ADA).await.expect_problem(403, "forbidden");
        portal.set(setting, true).await;
    }
    assert_eq!(portal.developer(ADA).await, None);
    portal.end().await;
}
