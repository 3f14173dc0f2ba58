//! `logout`: ending a session.

use std::time::Duration;

use portico::faults::{Fault, Matching};
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::account::{LOGOUT, PASSWORD};

const ADA: &str = "ada@example.test";

#[tokio::test]
async fn a_sign_out_ends_this_session_at_once_and_no_other() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let (laptop, phone) = (portal.anonymous(), portal.anonymous());
    laptop.authenticate(ADA, PASSWORD).await.expect(204);
    phone.authenticate(ADA, PASSWORD).await.expect(204);
    let saved = laptop.copy();
    let reply = laptop.logout().await.expect(204);
    let lines = reply.cookie_lines();
    assert!(lines.len() == 2 && lines.iter().all(|line| line.contains("=; ") && line.contains("Max-Age=0")), "{lines:?}");
    assert_eq!(reply.headers["clear-site-data"], "\"cache\", \"storage\"");
    assert_eq!(reply.headers["cache-control"], "no-store");
    saved.me().await.expect_problem(401, "unauthorized");
    saved.refresh().await.expect_problem(401, "unauthorized");
    phone.me().await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn an_expired_but_genuine_token_still_ends_its_session() {
    let portal = TestPortal::start().await;
    let id = portal.account(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    let saved = ada.copy();
    portal.clock.advance(Duration::from_secs(60 * 60));
    ada.logout().await.expect(204);
    let sessions = portal.portal.store.children(Key::developer(id).pk(), "SESSION#").await.expect("rows");
    assert!(sessions.is_empty());
    saved.refresh().await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn it_is_a_204_for_everyone_and_a_forged_token_ends_nothing() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    let genuine = ada.cookie("portalaccesstoken").expect("a cookie");
    let forged = format!("{}A", &genuine[..genuine.len() - 2]);
    portal.take_calls();
    for token in ["x", "a.b.c", &forged] {
        let eve = portal.anonymous();
        eve.set_cookie("portalaccesstoken", token);
        assert_eq!(eve.logout().await.expect(204).cookie_lines().len(), 2);
    }
    portal.anonymous().logout().await.expect(204);
    let twice = http::Request::builder()
        .method("POST")
        .uri(LOGOUT)
        .header("cookie", format!("portalaccesstoken={genuine}; portalaccesstoken={genuine}"))
        .body(bytes::Bytes::new())
        .expect("a request");
    portal.anonymous().send_raw(twice).await.expect(204);
    assert_eq!(portal.take_calls().len(), 0);
    ada.me().await.expect(200);
    ada.logout().await.expect(204);
    ada.logout().await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_session_that_could_not_be_ended_is_not_reported_as_ended() {
    use portico::faults::{Fault, Matching};
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    portal.database.faults().always(Matching::operation("DeleteItem"), Fault::ServerError);
    assert!(ada.logout().await.expect_problem(503, "busy").cookie_lines().is_empty());
    portal.database.faults().heal();
    ada.logout().await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_session_that_a_transaction_holds_ends_all_the_same() {
    let portal = TestPortal::start().await;
    let id = portal.account(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    portal.database.faults().next(Matching::operation("DeleteItem"), Fault::Conflict { position: 0 });
    ada.logout().await.expect(204);
    let sessions = portal.portal.store.children(Key::developer(id).pk(), "SESSION#").await.expect("rows");
    assert!(sessions.is_empty());
    portal.end().await;
}
