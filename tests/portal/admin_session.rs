//! `create-admin-session` and `delete-admin-session`: an administrator in a browser.

use std::time::Duration;

use http::Method;
use portico::admin_tokens;
use portico::faults::Matching;
use portico_domain::admin::{ADMIN_SESSION_LIFETIME, AdminSession};
use portico_http::clock::Clock as _;
use portico_http::cookies::ADMIN;
use portico_store::verify::Rule;
use portico_store::{Key, sha256_hex};
use portico_tests::crashes::each_crash;
use portico_tests::management::ADMIN_SESSION;
use portico_tests::portal::{ADMIN_TOKEN, PUBLIC_URL};
use portico_tests::{Client, TestPortal};
use serde_json::json;

const PORTALS: &str = "/v3/portals";

/// A browser with a session of the administrator.
async fn browser(portal: &TestPortal) -> Client {
    let admin = portal.anonymous();
    admin.open_admin_session(ADMIN_TOKEN).await.expect(204);
    admin
}

/// The sessions of a token, as the table has them.
async fn sessions(portal: &TestPortal, token: &str) -> Vec<AdminSession> {
    let root = Key::admin_token(&sha256_hex(token));
    portal.portal.store.children_as(root.pk(), "SESSION#").await.expect("the store answers")
}

#[tokio::test]
async fn a_token_is_exchanged_for_a_cookie_that_scripts_other_sites_and_plain_http_never_see() {
    let portal = TestPortal::start().await;
    let admin = portal.anonymous();
    let reply = admin.open_admin_session(ADMIN_TOKEN).await.expect(204);
    let lines = reply.cookie_lines();
    assert_eq!(lines.len(), 1);
    let attributes: Vec<_> = lines[0].split("; ").skip(1).collect();
    assert_eq!(attributes, ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict", "Secure"]);
    assert!(!lines[0].contains(ADMIN_TOKEN) && reply.bytes.is_empty());
    portal.take_calls();
    admin.get(PORTALS).await.expect(200);
    let calls = portal.take_calls();
    assert_eq!(calls[0].keys.len(), 2, "the session and its token, in one call");
    let event = json!({ "description": "Seas and skies" });
    admin.patch(&format!("{PORTALS}/{}", portal.id()), event).await.expect(200);
    let events = portal.children(&Key::portal(portal.id()), "EVENT#").await;
    assert!(events.iter().any(|event| event.text("actor") == Some("test-admin")), "its token's name is the actor");
    let secret = admin.cookie(ADMIN).expect("a cookie").split_once('.').expect("two parts").1.to_owned();
    assert!(!portal.dump().await.contains(&secret));
    portal.end().await;
}

#[tokio::test]
async fn a_wrong_an_expired_and_an_empty_token_get_the_same_401_and_no_cookie() {
    let portal = TestPortal::start().await;
    let admin = portal.anonymous();
    let wrong = admin.open_admin_session("a-wrong-token").await.expect_problem(401, "unauthorized");
    assert_eq!(wrong.without_trace(), portal.anonymous().get(PORTALS).await.expect(401).without_trace());
    portal.clock.advance(Duration::from_secs(24 * 60 * 60));
    for token in ["", " ", ADMIN_TOKEN, &sha256_hex(ADMIN_TOKEN), &"x".repeat(60_000)] {
        let reply = admin.open_admin_session(token).await.expect_problem(401, "unauthorized");
        assert!(reply.cookie_lines().is_empty());
        assert_eq!(reply.without_trace(), wrong.without_trace());
    }
    admin.post(ADMIN_SESSION, json!({})).await.expect_invalid(&["token"]);
    assert!(sessions(&portal, ADMIN_TOKEN).await.is_empty());
    portal.end().await;
}

#[tokio::test]
async fn a_planted_cookie_is_replaced_and_the_session_behind_it_is_over() {
    let portal = TestPortal::start().await;
    let eve = browser(&portal).await;
    let admin = portal.anonymous();
    admin.set_cookie(ADMIN, &eve.cookie(ADMIN).expect("a cookie"));
    admin.open_admin_session(ADMIN_TOKEN).await.expect(204);
    assert_ne!(admin.cookie(ADMIN), eve.cookie(ADMIN));
    eve.get(PORTALS).await.expect_problem(401, "unauthorized");
    admin.get(PORTALS).await.expect(200);
    // What has the form of a session and is none names nothing that could be ended.
    admin.set_cookie(ADMIN, &format!("{}.{}", sha256_hex(ADMIN_TOKEN), "A".repeat(43)));
    admin.get(PORTALS).await.expect_problem(401, "unauthorized");
    admin.open_admin_session(ADMIN_TOKEN).await.expect(204);
    assert_eq!(sessions(&portal, ADMIN_TOKEN).await.len(), 2);
    portal.end().await;
}

#[tokio::test]
async fn of_two_cookies_of_the_name_neither_is_believed() {
    let portal = TestPortal::start().await;
    let cookie = browser(&portal).await.cookie(ADMIN).expect("a cookie");
    portal.take_calls();
    let twice = |method: &str, path: &str| {
        let request = http::Request::builder().method(method).uri(path);
        request.header("cookie", format!("{ADMIN}={cookie}; {ADMIN}={cookie}")).body(bytes::Bytes::new()).expect("a request")
    };
    portal.anonymous().send_raw(twice("GET", PORTALS)).await.expect_problem(401, "unauthorized");
    portal.anonymous().send_raw(twice("DELETE", ADMIN_SESSION)).await.expect(204);
    assert_eq!(portal.take_calls(), []);
    assert_eq!(sessions(&portal, ADMIN_TOKEN).await.len(), 1);
    portal.end().await;
}

#[tokio::test]
async fn a_header_counts_before_the_cookie_whatever_it_says() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    admin.clone().with_bearer("a-wrong-token").get(PORTALS).await.expect_problem(401, "unauthorized");
    admin.clone().with_header("authorization", "Basic YTpi").get(PORTALS).await.expect_problem(401, "unauthorized");
    portal.keep_admin_token("only-this-portal", "local", Some(vec![portal.id()])).await;
    let strategy = json!({
        "name": "keys", "display_name": "Keys", "strategy_type": "key_auth", "configs": { "key-auth": { "key_names": ["k"] } },
    });
    let narrow = admin.clone().with_bearer("only-this-portal");
    narrow.post("/v2/application-auth-strategies", strategy).await.expect_problem(403, "forbidden");
    portal.end().await;
}

#[tokio::test]
async fn nothing_from_another_site_begins_uses_or_ends_a_session() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let path = format!("{PORTALS}/{}", portal.id());
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.test")] {
        let there = admin.clone().with_header(name, value);
        there.open_admin_session(ADMIN_TOKEN).await.expect_problem(403, "cross-site-request");
        there.delete(ADMIN_SESSION).await.expect_problem(403, "cross-site-request");
        there.patch(&path, json!({ "description": "Theirs" })).await.expect_problem(403, "cross-site-request");
    }
    admin.clone().with_header("origin", PUBLIC_URL).patch(&path, json!({ "description": "Ours" })).await.expect(200);
    assert_eq!(admin.get(&path).await.expect(200).body["description"], "Ours");
    assert_eq!(sessions(&portal, ADMIN_TOKEN).await.len(), 1);
    portal.end().await;
}

#[tokio::test]
async fn a_session_is_over_after_twelve_hours_and_with_its_token() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    portal.clock.advance(ADMIN_SESSION_LIFETIME - Duration::from_millis(1));
    admin.get(PORTALS).await.expect(200);
    let late = browser(&portal).await;
    portal.clock.advance(Duration::from_millis(1));
    admin.get(PORTALS).await.expect_problem(401, "unauthorized");
    late.get(PORTALS).await.expect(200);
    // The token has 12 hours left.
    portal.clock.advance(ADMIN_SESSION_LIFETIME);
    late.get(PORTALS).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_sign_out_ends_the_session_for_whoever_kept_its_cookie() {
    let portal = TestPortal::start().await;
    let (admin, other) = (browser(&portal).await, browser(&portal).await);
    let saved = admin.copy();
    let reply = admin.delete(ADMIN_SESSION).await.expect(204);
    let lines = reply.cookie_lines();
    assert!(lines.len() == 1 && lines[0].starts_with("porticoadmin=; ") && lines[0].contains("Max-Age=0"), "{lines:?}");
    assert_eq!(reply.headers["clear-site-data"], "\"cache\", \"storage\"");
    saved.get(PORTALS).await.expect_problem(401, "unauthorized");
    other.get(PORTALS).await.expect(200);
    saved.delete(ADMIN_SESSION).await.expect(204);
    portal.anonymous().delete(ADMIN_SESSION).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn revoking_a_token_ends_its_sessions_and_leaves_nothing_of_them() {
    let portal = TestPortal::start().await;
    let store = &portal.portal.store;
    let token = admin_tokens::create(store, "ada", portal.clock.now()).await.expect("a token");
    let (ada, others) = (portal.anonymous(), browser(&portal).await);
    ada.open_admin_session(&token).await.expect(204);
    // One is begun while the token is being revoked: it ends, too.
    let late = portal.anonymous();
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let revoking = tokio::spawn({
        let store = store.clone();
        async move { admin_tokens::revoke(&store, "ada").await }
    });
    gate.arrived().await;
    late.open_admin_session(&token).await.expect(204);
    gate.open();
    revoking.await.expect("no panic").expect("the token is revoked");
    for client in [&ada, &late] {
        client.get(PORTALS).await.expect_problem(401, "unauthorized");
    }
    assert!(sessions(&portal, &token).await.is_empty());
    portal.anonymous().open_admin_session(&token).await.expect_problem(401, "unauthorized");
    others.get(PORTALS).await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn a_session_without_its_token_is_an_orphan_and_opens_nothing() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let token = Key::admin_token(&sha256_hex(ADMIN_TOKEN));
    portal.portal.store.remove(&token).await.expect("the token is removed");
    admin.get(PORTALS).await.expect_problem(401, "unauthorized");
    let report = portal.portal.store.verify().await.expect("the table can be read");
    let session = portal.children(&token, "SESSION#").await.remove(0).key();
    assert!(report.violations.iter().any(|one| one.rule == Rule::Orphan && one.keys == [session.clone(), token.clone()]));
    portal.portal.store.remove(&session).await.expect("the session is removed");
    portal.end().await;
}

#[tokio::test]
async fn a_session_is_begun_and_ended_whatever_crashes() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        204,
        async |_| browser(&portal).await,
        async |admin| admin.open_admin_session(ADMIN_TOKEN).await,
        async |admin, crash| {
            assert_eq!(crash.answer(), 204, "{crash:?}");
            admin.get(PORTALS).await.expect(200);
        },
    )
    .await;
    each_crash(
        &portal,
        204,
        async |_| {
            let admin = browser(&portal).await;
            (admin.copy(), admin)
        },
        async |(_, admin)| admin.send(Method::DELETE, ADMIN_SESSION, None).await,
        async |(saved, _), crash| {
            assert_eq!(crash.answer(), 204, "{crash:?}");
            saved.get(PORTALS).await.expect_problem(401, "unauthorized");
        },
    )
    .await;
    portal.end().await;
}
