//! `change-password`: whoever is signed in sets another password.

use std::time::Duration;

use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::account::{CHANGE_PASSWORD, ME, PASSWORD, with_status};
use portico_tests::mails::{FakeSes, mail_due};
use portico_tests::{Client, TestPortal};
use serde_json::json;

const ADA: &str = "ada@example.test";
const OTHER: &str = "another tractor hums at noon";
const WRONG: &str = "violet tractor hums at dawn";

/// Ada at two browsers.
async fn ada() -> (TestPortal, Client, Client) {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let (laptop, phone) = (portal.anonymous(), portal.anonymous());
    laptop.authenticate(ADA, PASSWORD).await.expect(204);
    phone.authenticate(ADA, PASSWORD).await.expect(204);
    (portal, laptop, phone)
}

#[tokio::test]
async fn the_new_password_is_in_force_this_session_goes_on_and_every_other_one_is_over() {
    let (portal, laptop, phone) = ada().await;
    let reply = laptop.change_password(PASSWORD, OTHER).await.expect(204);
    assert!(reply.bytes.is_empty());
    phone.me().await.expect_problem(401, "unauthorized");
    phone.refresh().await.expect_problem(401, "unauthorized");
    laptop.me().await.expect(200);
    laptop.refresh().await.expect(204);
    laptop.me().await.expect(200);
    assert_eq!(laptop.get("/api/portico/v1/developer/sessions").await.expect(200).total(), 1);
    portal.anonymous().authenticate(ADA, PASSWORD).await.expect_problem(401, "invalid-credentials");
    portal.anonymous().authenticate(ADA, OTHER).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn the_owner_of_the_address_is_told_and_links_that_were_mailed_before_are_over() {
    let (portal, laptop, _) = ada().await;
    portal.anonymous().forgot_password(ADA).await.expect(200);
    let link = portal.mailed(ADA, Name::DeveloperPasswordRequested).await;
    laptop.change_password(PASSWORD, OTHER).await.expect(204);
    portal.anonymous().reset_password(&link, PASSWORD).await.expect_problem(410, "gone");
    let changed = |name: &&str| *name == Name::DeveloperPasswordChanged.as_str();
    assert_eq!(portal.history(ADA).await.iter().filter(|name| changed(name)).count(), 2, "the first one, and this one");
    let id = portal.known(ADA).await.id;
    let told = portal.events_of(id).await.into_iter().filter(|event| event.name == Name::DeveloperPasswordChanged);
    assert!(told.into_iter().all(|event| event.actor == portico_domain::event::Actor::Developer(id)));
    portal.end().await;
}

#[tokio::test]
async fn a_wrong_current_password_is_refused_as_at_sign_in_and_changes_nothing() {
    let (portal, laptop, phone) = ada().await;
    for wrong in [WRONG, "", OTHER] {
        laptop.change_password(wrong, OTHER).await.expect_problem(401, "invalid-credentials");
    }
    phone.me().await.expect(200);
    portal.anonymous().authenticate(ADA, PASSWORD).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_new_password_that_breaks_a_rule_is_told_first_and_counts_as_no_attempt() {
    let (portal, laptop, _) = ada().await;
    for _ in 0..12 {
        for weak in ["short", "ada@example.test1", &"x".repeat(129)] {
            laptop.change_password(WRONG, weak).await.expect_invalid(&["new_password"]);
        }
    }
    laptop.post(CHANGE_PASSWORD, json!({})).await.expect_invalid(&["current_password", "new_password"]);
    laptop.change_password(PASSWORD, OTHER).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn wrong_ones_count_as_failed_sign_ins_and_the_other_way_round() {
    let (portal, laptop, _) = ada().await;
    for _ in 0..5 {
        laptop.change_password(WRONG, OTHER).await.expect(401);
        portal.anonymous().authenticate(ADA, WRONG).await.expect(401);
    }
    let computed = portal.portal.passwords.computed();
    laptop.change_password(PASSWORD, OTHER).await.expect_problem(429, "too-many-requests");
    portal.anonymous().authenticate(ADA, PASSWORD).await.expect_problem(429, "too-many-requests");
    assert_eq!(portal.portal.passwords.computed(), computed, "nothing is hashed for them");
    portal.clock.advance(Duration::from_secs(6));
    laptop.change_password(PASSWORD, OTHER).await.expect(204);
    // A right one forgets the failures.
    for _ in 0..9 {
        laptop.change_password(WRONG, PASSWORD).await.expect(401);
    }
    laptop.change_password(OTHER, PASSWORD).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn the_failure_that_reaches_the_limit_is_told_of_by_the_developer_who_made_it() {
    let (portal, laptop, _) = ada().await;
    for _ in 0..10 {
        laptop.change_password(WRONG, OTHER).await.expect(401);
    }
    let told = portal.children(&Key::portal(portal.id()), "EVENT#").await;
    let throttled: Vec<_> = told.iter().filter(|event| event.text("name") == Some("sign_in.throttled")).collect();
    assert_eq!(throttled.len(), 1);
    assert_eq!(throttled[0].text("actor_type"), Some("developer"));
    portal.end().await;
}

#[tokio::test]
async fn of_many_at_the_same_time_no_more_are_answered_than_the_limit_lets_pass() {
    let (portal, laptop, _) = ada().await;
    let replies = laptop.race(30, |_, ada| async move { ada.change_password(WRONG, OTHER).await }).await;
    assert_eq!((with_status(&replies, 401), with_status(&replies, 429)), (10, 20));
    portal.end().await;
}

#[tokio::test]
async fn of_two_changes_at_the_same_time_one_is_made() {
    let (portal, laptop, phone) = ada().await;
    let (one, other) =
        tokio::join!(laptop.change_password(PASSWORD, OTHER), phone.change_password(PASSWORD, "a third tractor sings"));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 401]);
    let live = usize::from(laptop.get(ME).await.status == 200) + usize::from(phone.get(ME).await.status == 200);
    assert_eq!(live, 1, "the session that changed it goes on, and no other");
    portal.end().await;
}

#[tokio::test]
async fn it_is_a_401_without_a_session_and_a_403_where_nobody_has_a_password() {
    let (portal, laptop, _) = ada().await;
    portal.anonymous().change_password(PASSWORD, OTHER).await.expect_problem(401, "unauthorized");
    portal.set("basic_auth_enabled", false).await;
    laptop.change_password(PASSWORD, OTHER).await.expect_problem(403, "forbidden");
    portal.end().await;
}

#[tokio::test]
async fn the_notice_of_a_reset_is_sent_for_a_change_too() {
    let (portal, laptop, _) = ada().await;
    laptop.change_password(PASSWORD, OTHER).await.expect(204);
    let mails = FakeSes::default();
    let records = portal.event_records().await;
    for record in &records {
        let committed = portico_store::stream::committed(record).expect("an event that can be read").expect("an event");
        if committed.event.name == Name::DeveloperPasswordChanged {
            send_email::handle(&portal.portal, &mails.mailer(), mail_due(&committed)).await.expect("it is sent");
        }
    }
    assert_eq!(mails.take().len(), 2, "of the first password, and of the change");
    portal.end().await;
}
