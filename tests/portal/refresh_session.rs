//! `refresh`: rotating a session, and what happens to copies of its tokens.

use std::time::Duration;

use portico::faults::{Fault, Matching};
use portico_domain::refresh_token::{RefreshClaims, RefreshKey, RefreshToken};
use portico_domain::session::{REFRESH_GRACE, Session};
use portico_domain::status::Status;
use portico_http::config::{SESSION_ABSOLUTE, SESSION_IDLE};
use portico_store::Key;
use portico_tests::account::{PASSWORD, with_status};
use portico_tests::{Client, Reply, TestPortal};

const ADA: &str = "ada@example.test";
const ACCESS: &str = "portalaccesstoken";
const COOKIE: &str = "portalrefreshtoken";
const MINUTE: Duration = Duration::from_secs(60);

async fn signed_in() -> (TestPortal, Client) {
    let portal = TestPortal::start().await;
    let id = portal.account(ADA, Status::Approved).await;
    let mut ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    ada.developer = Some(id);
    portal.take_calls();
    (portal, ada)
}

fn refresh_token(client: &Client) -> String {
    client.cookie(COOKIE).expect("a refresh cookie")
}

/// The client with another refresh token, in a browser of its own.
fn with_token(client: &Client, token: &str) -> Client {
    let copy = client.copy();
    copy.set_cookie(COOKIE, token);
    copy
}

#[track_caller]
fn expect_cleared(reply: Reply) {
    let reply = reply.expect_problem(401, "unauthorized");
    let lines = reply.cookie_lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("=; ") && line.contains("Max-Age=0")), "{lines:?}");
}

#[tokio::test]
async fn a_refresh_replaces_both_cookies_and_revives_an_expired_access_token_in_two_store_calls() {
    let (portal, ada) = signed_in().await;
    let (access, refresh) = (ada.cookie(ACCESS), refresh_token(&ada));
    portal.clock.advance(20 * MINUTE);
    ada.me().await.expect_problem(401, "unauthorized");
    portal.take_calls();
    ada.refresh().await.expect(204);
    assert_eq!(portal.take_calls().len(), 2);
    assert_ne!(ada.cookie(ACCESS), access);
    assert_ne!(refresh_token(&ada), refresh);
    ada.me().await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn fifty_refreshes_at_the_same_time_have_one_successor() {
    let (portal, ada) = signed_in().await;
    let replies = ada.race(50, |_, client| async move { client.refresh().await }).await;
    assert_eq!(with_status(&replies, 204), 50);
    let mut successors: Vec<_> = replies
        .iter()
        .flat_map(Reply::cookie_lines)
        .filter_map(|line| line.strip_prefix("portalrefreshtoken=")?.split(';').next().map(str::to_owned))
        .collect();
    successors.dedup();
    assert_eq!(successors.len(), 1, "the grace returns the same successor, never a second one");
    with_token(&ada, &successors[0]).refresh().await.expect(204);
    let id = ada.developer.expect("ada");
    let sessions: Vec<Session> = portal.portal.store.children_as(Key::developer(id).pk(), "SESSION#").await.expect("rows");
    assert_eq!(sessions.iter().map(|session| session.generation).collect::<Vec<_>>(), [3]);
    portal.end().await;
}

#[tokio::test]
async fn a_refresh_that_was_held_up_does_not_bring_an_older_generation_back() {
    let (portal, ada) = signed_in().await;
    let gate = portal.database.faults().hold(Matching::operation("UpdateItem"));
    let slow = ada.copy();
    let slow = tokio::spawn(async move { slow.refresh().await });
    gate.arrived().await;
    ada.refresh().await.expect(204);
    ada.refresh().await.expect(204);
    gate.open();
    expect_cleared(slow.await.expect("no panic"));
    expect_cleared(ada.refresh().await);
    portal.end().await;
}

#[tokio::test]
async fn the_previous_token_gets_the_same_successor_for_ten_seconds_and_kills_the_session_after_them() {
    let (portal, ada) = signed_in().await;
    let first = refresh_token(&ada);
    ada.refresh().await.expect(204);
    let second = refresh_token(&ada);
    portal.clock.advance(REFRESH_GRACE);
    let late = with_token(&ada, &first);
    late.refresh().await.expect(204);
    assert_eq!(refresh_token(&late), second);
    portal.clock.advance(Duration::from_millis(1));
    expect_cleared(with_token(&ada, &first).refresh().await);
    expect_cleared(ada.refresh().await);
    late.me().await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_token_older_than_the_previous_one_kills_the_session_at_once_whatever_the_clock_does() {
    for step_back in [false, true] {
        let (portal, ada) = signed_in().await;
        let first = refresh_token(&ada);
        ada.refresh().await.expect(204);
        let second = refresh_token(&ada);
        if step_back {
            portal.clock.step_back(MINUTE);
            expect_cleared(with_token(&ada, &first).refresh().await);
        } else {
            ada.refresh().await.expect(204);
            expect_cleared(with_token(&ada, &first).refresh().await);
        }
        expect_cleared(with_token(&ada, &second).refresh().await);
        ada.me().await.expect_problem(401, "unauthorized");
        portal.end().await;
    }
}

#[tokio::test]
async fn a_reply_that_was_lost_on_the_way_from_the_table_is_the_same_successor() {
    let (portal, ada) = signed_in().await;
    portal.database.faults().next(Matching::operation("UpdateItem"), Fault::LostReply);
    ada.refresh().await.expect(204);
    ada.refresh().await.expect(204);
    ada.me().await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn a_session_ends_at_its_idle_limit_and_no_refresh_passes_the_absolute_one() {
    let (portal, ada) = signed_in().await;
    let mut lived = Duration::ZERO;
    let step = SESSION_IDLE - MINUTE;
    while lived + step < SESSION_ABSOLUTE {
        portal.clock.advance(step);
        lived += step;
        ada.refresh().await.expect(204);
    }
    portal.clock.advance(SESSION_ABSOLUTE - lived);
    expect_cleared(ada.refresh().await);
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    portal.clock.advance(SESSION_IDLE);
    expect_cleared(ada.refresh().await);
    portal.end().await;
}

#[tokio::test]
async fn a_revoked_developer_refreshes_nothing() {
    let (portal, ada) = signed_in().await;
    portal.decide(ada.developer.expect("ada"), Status::Revoked).await;
    expect_cleared(ada.refresh().await);
    portal.end().await;
}

#[tokio::test]
async fn what_is_no_refresh_token_of_ours_is_refused_before_anything_is_read() {
    let (portal, ada) = signed_in().await;
    let genuine = refresh_token(&ada);
    let claims = RefreshToken::verify(&RefreshKey::new([9; 32]), &genuine).expect("genuine");
    let forged = RefreshToken::derive(&RefreshKey::new([1; 32]), claims);
    let access = ada.cookie(ACCESS).expect("an access cookie");
    for token in ["x", "", &genuine[..genuine.len() - 1], forged.expose(), &access] {
        let eve = with_token(&portal.anonymous(), "x");
        eve.set_cookie(COOKIE, if token.is_empty() { "x" } else { token });
        expect_cleared(eve.refresh().await);
    }
    // A refresh token in the cookie of the other name, and none at all.
    let eve = portal.anonymous();
    eve.set_cookie(ACCESS, &genuine);
    expect_cleared(eve.refresh().await);
    expect_cleared(portal.anonymous().refresh().await);
    // Two of one name: one of them may have been planted.
    let twice = http::Request::builder()
        .method("POST")
        .uri(portico_tests::account::REFRESH)
        .header("cookie", format!("{COOKIE}={genuine}; {COOKIE}={genuine}"))
        .body(bytes::Bytes::new())
        .expect("a request");
    expect_cleared(portal.anonymous().send_raw(twice).await);
    assert_eq!(portal.take_calls().len(), 0);
    ada.refresh().await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_genuine_token_of_a_generation_that_is_not_yet_ends_the_session() {
    let (portal, ada) = signed_in().await;
    let key = RefreshKey::new([9; 32]);
    let claims = RefreshToken::verify(&key, &refresh_token(&ada)).expect("genuine");
    let ahead = RefreshToken::derive(&key, RefreshClaims { generation: 9, ..claims });
    expect_cleared(with_token(&ada, ahead.expose()).refresh().await);
    expect_cleared(ada.refresh().await);
    portal.end().await;
}

#[tokio::test]
async fn a_busy_store_is_a_503_and_takes_no_cookies_away() {
    let (portal, ada) = signed_in().await;
    portal.database.faults().always(Matching::any(), Fault::Throttled);
    let reply = ada.refresh().await.expect_problem(503, "busy");
    assert!(reply.cookie_lines().is_empty());
    portal.database.faults().heal();
    ada.refresh().await.expect(204);
    portal.end().await;
}
