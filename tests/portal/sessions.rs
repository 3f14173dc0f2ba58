//! Sessions and their cookies across the account functions (reliability B13 to B16, B20, promise P12).

use std::time::Duration;

use bytes::Bytes;
use portico_domain::event::Name;
use portico_domain::session::{ACCESS_LIFETIME, LEEWAY};
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::account::{AUTHENTICATE, PASSWORD, SIGN_UP};
use portico_tests::logs::Logs;
use serde_json::json;

const ADA: &str = "ada@example.test";
const ACCESS: &str = "portalaccesstoken";

fn attributes(line: &str) -> Vec<&str> {
    let mut attributes: Vec<_> = line.split("; ").skip(1).filter(|attribute| !attribute.starts_with("Max-Age")).collect();
    attributes.sort_unstable();
    attributes
}

#[tokio::test]
async fn the_cookies_are_secure_limited_to_their_paths_and_without_a_domain() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    let begun = ada.authenticate(ADA, PASSWORD).await.expect(204);
    let rotated = ada.refresh().await.expect(204);
    let ended = ada.logout().await.expect(204);
    for reply in [&begun, &rotated, &ended] {
        let lines = reply.cookie_lines();
        let [access, refresh] = lines.as_slice() else { panic!("two lines: {lines:?}") };
        assert!(access.starts_with("portalaccesstoken=") && refresh.starts_with("portalrefreshtoken="), "{lines:?}");
        assert_eq!(attributes(access), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
        assert_eq!(attributes(refresh), ["HttpOnly", "Path=/api/v3/developer/refresh", "SameSite=Strict", "Secure"]);
        assert!(lines.iter().all(|line| line.split(';').next().is_some_and(|pair| pair.len() < 4_096)));
    }
    let age = |line: &str| line.split("; ").find_map(|part| part.strip_prefix("Max-Age=").map(str::to_owned));
    assert_eq!(age(begun.cookie_lines()[0]), age(begun.cookie_lines()[1]), "the access cookie lives as long as the other");
    portal.end().await;
}

#[tokio::test]
async fn a_sign_in_never_continues_a_session_that_was_there_before() {
    let portal = TestPortal::start().await;
    let ada = portal.account(ADA, Status::Approved).await;
    let eve = portal.account("eve@example.test", Status::Approved).await;
    // Eve plants her own cookie in Ada's browser.
    let planted = portal.anonymous();
    planted.authenticate("eve@example.test", PASSWORD).await.expect(204);
    let browser = planted.copy();
    browser.authenticate(ADA, PASSWORD).await.expect(204);
    assert_eq!(browser.me().await.expect(200).body["email"], ADA);
    planted.me().await.expect_problem(401, "unauthorized");
    assert!(portal.portal.store.children(Key::developer(eve).pk(), "SESSION#").await.expect("rows").is_empty());
    // Ada signs in again, hours later: a new session, and the old one is over.
    let before = browser.copy();
    portal.clock.advance(Duration::from_secs(3 * 3600));
    browser.authenticate(ADA, PASSWORD).await.expect(204);
    before.refresh().await.expect_problem(401, "unauthorized");
    assert_eq!(portal.portal.store.children(Key::developer(ada).pk(), "SESSION#").await.expect("rows").len(), 1);
    portal.end().await;
}

#[tokio::test]
async fn a_failed_sign_in_leaves_the_session_that_was_there_alone() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    portal.account("eve@example.test", Status::Pending).await;
    let ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    ada.authenticate(ADA, "violet tractor hums at dawn").await.expect_problem(401, "invalid-credentials");
    ada.authenticate("eve@example.test", PASSWORD).await.expect_problem(401, "approval-required");
    ada.me().await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn two_cookies_of_one_name_are_a_401_and_not_first_wins() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer(ADA).await;
    let eve = portal.approved_developer("eve@example.test").await;
    let (one, two) = (ada.cookie(ACCESS).expect("a cookie"), eve.cookie(ACCESS).expect("a cookie"));
    for (first, second) in [(&one, &two), (&two, &one), (&one, &one)] {
        let request =
            http::Request::builder().uri("/api/v3/developer/me").header("cookie", format!("{ACCESS}={first}; {ACCESS}={second}"));
        let reply = portal.anonymous().send_raw(request.body(Bytes::new()).expect("a request")).await;
        reply.expect_problem(401, "unauthorized");
    }
    portal.end().await;
}

#[tokio::test]
async fn a_request_from_another_site_changes_nothing() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    portal.take_calls();
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.test"),
        ("origin", "null"),
        ("origin", "https://portal.example.test.evil.test"),
    ] {
        let eve = portal.anonymous().with_header(name, value);
        eve.sign_up("new@example.test").await.expect_problem(403, "cross-site-request");
        eve.authenticate(ADA, PASSWORD).await.expect_problem(403, "cross-site-request");
        eve.forgot_password(ADA).await.expect_problem(403, "cross-site-request");
        eve.refresh().await.expect_problem(403, "cross-site-request");
        eve.logout().await.expect_problem(403, "cross-site-request");
    }
    assert_eq!(portal.take_calls().len(), 0);
    for (name, value) in
        [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), ("origin", "https://portal.example.test")]
    {
        portal.anonymous().with_header(name, value).authenticate(ADA, PASSWORD).await.expect(204);
    }
    portal.end().await;
}

#[tokio::test]
async fn a_body_of_another_type_is_a_415() {
    let portal = TestPortal::start().await;
    for path in [SIGN_UP, AUTHENTICATE] {
        let body = json!({ "email": ADA, "full_name": "Ada", "username": ADA, "password": PASSWORD }).to_string();
        for media in ["text/plain", "application/xml", "multipart/form-data; boundary=x"] {
            let request = http::Request::builder().method("POST").uri(path).header("content-type", media);
            let reply = portal.anonymous().send_raw(request.body(Bytes::from(body.clone())).expect("a request")).await;
            reply.expect_problem(415, "unsupported-media-type");
        }
    }
    assert_eq!(portal.take_calls().len(), 0);
    portal.end().await;
}

#[tokio::test]
async fn an_access_token_lives_a_quarter_of_an_hour_and_a_minute_of_leeway() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer(ADA).await;
    assert!(ACCESS_LIFETIME <= Duration::from_secs(15 * 60));
    portal.clock.advance(ACCESS_LIFETIME + LEEWAY);
    ada.me().await.expect(200);
    portal.clock.advance(Duration::from_secs(1));
    ada.me().await.expect_problem(401, "unauthorized");
    portal.clock.step_back(ACCESS_LIFETIME + LEEWAY + Duration::from_secs(1) + LEEWAY);
    ada.me().await.expect(200);
    portal.clock.step_back(Duration::from_secs(1));
    ada.me().await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn an_expired_token_stops_nobody_from_signing_up_in_or_out() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    portal.clock.advance(Duration::from_secs(3600));
    let old = ada.copy();
    old.sign_up("bob@example.test").await.expect(201);
    old.forgot_password(ADA).await.expect(200);
    old.copy().logout().await.expect(204);
    old.authenticate(ADA, PASSWORD).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_session_of_one_portal_is_none_in_another() {
    let here = TestPortal::start().await;
    let there = TestPortal::start().await;
    there.clock.advance(Duration::from_secs(1));
    let ada = here.approved_developer(ADA).await;
    let stranger = there.anonymous();
    stranger.set_cookie(ACCESS, &ada.cookie(ACCESS).expect("a cookie"));
    stranger.me().await.expect_problem(401, "unauthorized");
    there.end().await;
    here.end().await;
}

#[tokio::test]
async fn neither_the_table_nor_the_log_holds_a_password_a_token_or_a_cookie() {
    let logs = Logs::capture();
    let portal = TestPortal::start().await;
    portal.set("auto_approve_developers", true).await;
    let ada = portal.anonymous();
    ada.sign_up(ADA).await.expect(201);
    let verify = portal.mailed(ADA, Name::DeveloperSignedUp).await;
    let first = ada.verify_email(&verify).await.expect(202).body["token"].as_str().expect("a token").to_owned();
    ada.reset_password(&first, PASSWORD).await.expect(204);
    ada.forgot_password(ADA).await.expect(200);
    let second = portal.mailed(ADA, Name::DeveloperPasswordRequested).await;
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    let cookies = |client: &portico_tests::Client| {
        ["portalaccesstoken", "portalrefreshtoken"].map(|name| client.cookie(name).expect("a cookie"))
    };
    let before = cookies(&ada);
    ada.refresh().await.expect(204);
    let after = cookies(&ada);
    ada.authenticate(ADA, "violet tractor hums at dawn").await.expect(401);
    ada.reset_password(&second, "short").await.expect(400);
    let (table, log) = (portal.dump().await, logs.text());
    assert!(table.contains("SESSION#") && log.contains("invalid-credentials"), "there is something to look at");
    for secret in [PASSWORD, "violet tractor hums at dawn", &verify, &first, &second]
        .into_iter()
        .chain(before.iter().chain(&after).map(String::as_str))
    {
        assert!(!table.contains(secret) && !log.contains(secret), "{secret}");
    }
    assert!(!log.contains("ada@"), "no address in the log");
    portal.end().await;
}

#[tokio::test]
async fn api_keys_go_on_working_after_their_owner_sets_another_password() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer(ADA).await;
    let api = portal.published_api("Tides").await;
    let application = portal.application_of(&ada, "Weather board").await;
    portal.registration(application, api, Status::Approved).await;
    let call = portico_tests::ApiCall::to("tides").key(&portal.api_key(application).await);
    ada.forgot_password(ADA).await.expect(200);
    ada.reset_password(&portal.mailed(ADA, Name::DeveloperPasswordRequested).await, PASSWORD).await.expect(204);
    ada.me().await.expect_problem(401, "unauthorized");
    assert!(portal.call(&call).await.is_some());
    portal.end().await;
}
