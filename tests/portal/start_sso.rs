//! `authenticate-sso` and `begin-sign-on`: a browser goes to the identity provider, with what it has to show when it comes back.

use std::sync::Arc;
use std::time::Duration;

use portico_http::config::{Config, PublicUrl};
use portico_tests::lying_provider::Fault;
use portico_tests::portal::config_without_notification;
use portico_tests::sign_on::{BEGIN, CALLBACK, SignOn};
use serde_json::json;

/// Where programs begin.
const AUTHENTICATE: &str = "/api/v3/developer/authenticate/sso";

#[tokio::test]
async fn a_browser_goes_to_the_provider_with_a_proof_key_and_keeps_what_it_needs_to_come_back() {
    let on = SignOn::start().await;
    for path in [BEGIN, AUTHENTICATE] {
        let ada = on.portal.anonymous();
        on.portal.take_calls();
        let begun = ada.get(path).await.expect(302);
        assert_eq!(on.portal.take_calls().len(), 1, "{path}");
        let lines = begun.cookie_lines();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with("__Host-portalsso="), "{path}");
        assert!(lines[0].ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"), "{path}");
        let asked = url::Url::parse(begun.location()).expect("a place");
        assert!(asked.as_str().starts_with(&format!("{}/authorize?", on.lying.issuer())), "{asked}");
        let said = |name: &str| asked.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        assert_eq!(said("response_type").as_deref(), Some("code"));
        assert_eq!(said("client_id").as_deref(), Some("portal"));
        assert_eq!(said("redirect_uri"), Some(format!("https://portal.example.test{CALLBACK}")));
        assert_eq!(said("code_challenge_method").as_deref(), Some("S256"));
        assert_eq!(said("scope").as_deref(), Some("openid email profile"));
    }
    on.portal.end().await;
}

#[tokio::test]
async fn no_two_attempts_are_alike() {
    let on = SignOn::start().await;
    let browser = on.portal.anonymous();
    let (one, two) = (browser.begin_sso(BEGIN).await, browser.begin_sso(BEGIN).await);
    for name in ["state", "nonce", "code_challenge"] {
        let of = |asked: &url::Url| asked.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        assert_ne!(of(&one), of(&two), "{name}");
        assert_eq!(of(&one).map(|value| value.len()), Some(43), "{name}");
    }
    on.portal.end().await;
}

#[tokio::test]
async fn a_portal_without_single_sign_on_begins_none() {
    let on = SignOn::start().await;
    on.edit(|all| all.without(on.provider).expect("it is there")).await;
    let browser = on.portal.anonymous();
    browser.get(AUTHENTICATE).await.expect_problem(400, "invalid-request");
    let page = browser.get(BEGIN).await.expect(400);
    assert!(page.page().contains("no single sign-on"));
    let policy = page.headers.get("content-security-policy").and_then(|policy| policy.to_str().ok());
    assert_eq!(policy, Some("default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"));
    on.portal.end().await;
}

#[tokio::test]
async fn a_portal_that_lets_nobody_sign_in_begins_no_single_sign_on_either() {
    let on = SignOn::start().await;
    on.portal.set("authentication_enabled", false).await;
    on.portal.anonymous().get(AUTHENTICATE).await.expect_problem(400, "invalid-request");
    on.portal.end().await;
}

#[tokio::test]
async fn where_the_provider_cannot_be_asked_a_page_says_so_and_when_to_come_again() {
    let on = SignOn::start().await;
    on.lying.fail(Some(Fault::Broken));
    let page = on.portal.anonymous().get(BEGIN).await.expect(503);
    assert!(page.page().contains("cannot be reached") && page.headers.contains_key("retry-after"));
    on.portal.anonymous().get(AUTHENTICATE).await.expect_problem(503, "busy");
    on.lying.fail(None);
    on.portal.clock.advance(Duration::from_secs(30));
    on.portal.anonymous().begin_sso(BEGIN).await;
    on.portal.end().await;
}

#[tokio::test]
async fn an_endpoint_that_is_out_of_reach_is_no_place_to_go() {
    let on = SignOn::start().await;
    for endpoint in
        [json!("javascript:alert(1)"), json!("https://ada:secret@id.example.test/authorize"), json!("no address"), json!(null)]
    {
        on.lying.describe("authorization_endpoint", endpoint.clone());
        on.portal.clock.advance(Duration::from_secs(11 * 60));
        let reply = on.portal.anonymous().get(BEGIN).await;
        assert_eq!(reply.status, 503, "{endpoint}");
    }
    on.portal.end().await;
}

#[tokio::test]
async fn on_a_laptop_a_browser_begins_at_the_name_that_it_comes_back_to() {
    let mut on = SignOn::start().await;
    let public_url = PublicUrl::parse("http://127.0.0.1:8080").expect("a URL");
    on.portal.portal.config = Arc::new(Config { public_url, ..config_without_notification(on.portal.id()) });
    let browser = on.portal.anonymous().with_header("host", "localhost:8080");
    let reply = browser.get("/login/sso?to=/apps%3Fpage=2").await.expect(302);
    assert_eq!(reply.location(), "http://127.0.0.1:8080/login/sso?to=%2Fapps%3Fpage%3D2");
    assert!(reply.cookie_lines().is_empty());
    let there = on.portal.anonymous().with_header("host", "127.0.0.1:8080");
    assert!(there.get(BEGIN).await.expect(302).location().starts_with(on.lying.issuer()));
    on.portal.end().await;
}
