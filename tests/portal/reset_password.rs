//! `reset-password`: setting a password with a token, and which passwords there are.

use std::time::Duration;

use portico_domain::event::Name;
use portico_domain::id::DeveloperId;
use portico_domain::status::Status;
use portico_store::Key;
use portico_store::developers::StoredPassword;
use portico_tests::TestPortal;
use portico_tests::account::{PASSWORD, RESET_PASSWORD, with_status};
use serde_json::json;

const ADA: &str = "ada@example.test";

/// A developer and a token to set a password.
async fn asked(status: Status) -> (TestPortal, DeveloperId, String) {
    let portal = TestPortal::start().await;
    let id = portal.developer_with_status(ADA, status).await;
    let token = ask(&portal).await;
    (portal, id, token)
}

async fn ask(portal: &TestPortal) -> String {
    portal.anonymous().forgot_password(ADA).await.expect(200);
    portal.mailed(ADA, Name::DeveloperPasswordRequested).await
}

#[tokio::test]
async fn a_reset_ends_sessions_and_links_and_signs_nobody_in() {
    let (portal, id, first) = asked(Status::Approved).await;
    let browser = portal.sign_in(id).await;
    let ada = portal.anonymous();
    let reply = ada.reset_password(&first, PASSWORD).await.expect(204);
    assert!(reply.cookie_lines().is_empty());
    browser.me().await.expect_problem(401, "unauthorized");
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    let phone = portal.anonymous();
    phone.authenticate(ADA, PASSWORD).await.expect(204);
    let token = ask(&portal).await;
    ada.reset_password(&token, "another tractor hums at dawn").await.expect(204);
    for client in [&ada, &phone] {
        client.me().await.expect_problem(401, "unauthorized");
        client.refresh().await.expect_problem(401, "unauthorized");
    }
    ada.reset_password(&first, PASSWORD).await.expect_problem(410, "gone");
    ada.reset_password(&token, PASSWORD).await.expect_problem(410, "gone");
    ada.authenticate(ADA, PASSWORD).await.expect_problem(401, "invalid-credentials");
    ada.authenticate(ADA, "another tractor hums at dawn").await.expect(204);
    let changed = portal.history(ADA).await.iter().filter(|name| **name == "developer.password_changed").count();
    assert_eq!(changed, 2, "each change is told in a mail");
    portal.end().await;
}

#[tokio::test]
async fn a_rejected_or_revoked_developer_sets_no_password_and_is_not_activated() {
    let (portal, id, token) = asked(Status::Approved).await;
    for status in [Status::Rejected, Status::Revoked] {
        portal.decide(id, status).await;
        portal.anonymous().reset_password(&token, PASSWORD).await.expect_problem(410, "gone");
        let ada = portal.known(ADA).await;
        assert_eq!((ada.status, ada.has_password), (status, false));
    }
    assert_eq!(portal.portal.passwords.computed(), 0, "nothing is hashed for a token that is over");
    portal.end().await;
}

#[tokio::test]
async fn a_pending_developer_sets_a_password_and_it_proves_an_address_that_was_not() {
    let portal = TestPortal::start().await;
    portal.anonymous().sign_up(ADA).await.expect(201);
    let token = ask(&portal).await;
    portal.anonymous().reset_password(&token, PASSWORD).await.expect(204);
    let ada = portal.known(ADA).await;
    assert!(ada.email_verified_at.is_some());
    assert_eq!(ada.status, Status::Pending);
    portal.end().await;
}

#[tokio::test]
async fn one_of_many_at_the_same_time_uses_a_token() {
    let (portal, _, token) = asked(Status::Approved).await;
    let replies = portal
        .anonymous()
        .race(20, |number, client| {
            let token = token.clone();
            async move { client.reset_password(&token, &format!("violet tractor hums at {number} o'clock")).await }
        })
        .await;
    assert_eq!((with_status(&replies, 204), with_status(&replies, 410)), (1, 19));
    let winner = replies.iter().position(|reply| reply.status == 204).expect("a winner");
    portal.anonymous().authenticate(ADA, &format!("violet tractor hums at {winner} o'clock")).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_token_for_a_password_works_for_an_hour() {
    let (portal, _, token) = asked(Status::Approved).await;
    portal.clock.advance(Duration::from_secs(3600));
    portal.anonymous().reset_password(&token, PASSWORD).await.expect_problem(410, "gone");
    let token = ask(&portal).await;
    portal.clock.advance(Duration::from_millis(3_599_999));
    portal.anonymous().reset_password(&token, PASSWORD).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn passwords_that_are_short_long_or_easy_to_guess_are_refused_and_the_token_stays_good() {
    let (portal, _, token) = asked(Status::Approved).await;
    let ada = portal.anonymous();
    let refused = [
        "elevenchars".to_owned(),
        "aaaaaaaaaaaaaaaa".to_owned(),
        "password1234".to_owned(),
        "qwertyuiop12".to_owned(),
        "Test portal 2027".to_owned(),
        "ada@example.test1".to_owned(),
        "ada202720272027".to_owned(),
        "x".repeat(129),
        "é".repeat(513),
    ];
    for password in &refused {
        ada.reset_password(&token, password).await.expect_invalid(&["password"]);
    }
    assert_eq!(portal.portal.passwords.computed(), 0, "a refused password is not hashed");
    ada.reset_password(&token, PASSWORD).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn an_oversized_password_is_refused_before_anything_is_read_and_every_wrong_field_is_named() {
    let (portal, _, token) = asked(Status::Approved).await;
    let ada = portal.anonymous();
    portal.take_calls();
    ada.reset_password(&token, &"x".repeat(1_025)).await.expect_invalid(&["password"]);
    ada.reset_password(&token, &"x".repeat(1_000_000)).await.expect_problem(413, "too-large");
    ada.post(RESET_PASSWORD, json!({ "password": "short", "token": "x", "email": ADA }))
        .await
        .expect_invalid(&["password", "token", "email"]);
    assert_eq!((portal.take_calls().len(), portal.portal.passwords.computed()), (0, 0));
    portal.end().await;
}

#[tokio::test]
async fn long_passphrases_and_both_normal_forms_sign_in_and_no_character_is_ignored() {
    let portal = TestPortal::start().await;
    portal.developer_with_status(ADA, Status::Approved).await;
    let passphrase64 = "violet tractor hums at dusk while nine badgers knit quiet jumper";
    let passphrase128 = format!("{passphrase64}{}", passphrase64.chars().rev().collect::<String>());
    assert_eq!((passphrase64.chars().count(), passphrase128.chars().count()), (64, 128));
    for (set, typed) in [
        ("tractor hums 🚜", "tractor hums 🚜"),
        ("dusk violet lamp ", "dusk violet lamp "),
        (passphrase64, passphrase64),
        (passphrase128.as_str(), passphrase128.as_str()),
        ("cafe\u{301} violet tractor", "caf\u{e9} violet tractor"),
        ("caf\u{e9} badger lantern", "cafe\u{301} badger lantern"),
    ] {
        let token = ask(&portal).await;
        let ada = portal.anonymous();
        ada.reset_password(&token, set).await.expect(204);
        ada.authenticate(ADA, typed).await.expect(204);
        let mut changed: String = typed.chars().take(typed.chars().count() - 1).collect();
        changed.push('!');
        ada.authenticate(ADA, &changed).await.expect_problem(401, "invalid-credentials");
        portal.clock.advance(Duration::from_secs(3600));
    }
    portal.end().await;
}

#[tokio::test]
async fn a_password_is_stored_as_argon2id_at_the_owasp_floor_or_above() {
    let (portal, id, token) = asked(Status::Approved).await;
    portal.anonymous().reset_password(&token, PASSWORD).await.expect(204);
    let stored: StoredPassword =
        portal.portal.store.find(&Key::password(id)).await.expect("the store answers").expect("a password");
    let mut parts = stored.phc.split('$').skip(1);
    assert_eq!(parts.next(), Some("argon2id"));
    let parameters = parts.nth(1).expect("parameters");
    let value = |name: &str| {
        let found = parameters.split(',').find_map(|pair| pair.strip_prefix(name)).expect("a parameter");
        found.parse::<u32>().expect("a number")
    };
    assert!(value("m=") >= 19 * 1024 && value("t=") >= 2 && value("p=") >= 1, "{parameters}");
    assert_eq!(portal.portal.passwords.computed(), 1);
    portal.end().await;
}

#[tokio::test]
async fn nobody_has_a_password_on_an_address_before_its_owner_proved_it() {
    let portal = TestPortal::start().await;
    portal.set("auto_approve_developers", true).await;
    let eve = portal.anonymous();
    eve.sign_up(ADA).await.expect(201);
    eve.authenticate(ADA, PASSWORD).await.expect_problem(401, "invalid-credentials");
    // Ada, the victim, proves the address: nothing of what eve did is on it.
    let token = portal.mailed(ADA, Name::DeveloperSignedUp).await;
    let verified = portal.anonymous().verify_email(&token).await.expect(202);
    let id = portal.known(ADA).await.id;
    let rows = portal.portal.store.children(&format!("DEV#{id}"), "").await.expect("rows");
    assert!(rows.iter().all(|row| !matches!(row.kind(), "password" | "session")));
    portal.anonymous().reset_password(verified.body["token"].as_str().expect("a token"), PASSWORD).await.expect(204);
    portal.end().await;
}
