//! Answers that are none: not begun here, used before, changed on the way, or not the provider's (B42, P27, P29).

use std::time::Duration;

use jsonwebtoken::{Algorithm, Header};
use portico_domain::sign_on_attempt::PATIENCE;
use portico_tests::lying_provider::{FIRST, Fault, SECOND, Signing, signed_by_secret};
use portico_tests::sign_on::{ATTEMPT, BEGIN, CLIENT_SECRET, SignOn};
use portico_tests::{Client, Reply};
use serde_json::{Value, json};
use url::Url;

use super::ADA;

/// Nobody is signed in by an answer, and nobody was made.
async fn nobody(on: &SignOn, browser: &Client, reply: Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.page());
    assert_eq!(browser.cookie("portalaccesstoken"), None);
    assert_eq!(browser.cookie(ATTEMPT), None, "the attempt is over");
    assert!(on.portal.developer(ADA).await.is_none());
}

fn state(asked: &Url) -> String {
    asked.query_pairs().find(|(name, _)| name == "state").map(|(_, state)| state.into_owned()).expect("a state")
}

#[tokio::test]
async fn a_callback_that_this_browser_did_not_begin_is_refused_without_asking_the_provider() {
    let on = SignOn::start().await;
    let ada = on.portal.anonymous();
    let asked = ada.begin_sso(BEGIN).await;
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    on.lying.take_requests();
    let eve = on.portal.anonymous();
    let reply = eve.come_back(&asked, &code).await;
    nobody(&on, &eve, reply, 400).await;
    eve.begin_sso(BEGIN).await;
    let reply = eve.come_back(&asked, &code).await;
    nobody(&on, &eve, reply, 400).await;
    for said in [&[("code", code.as_str())][..], &[("code", &code), ("state", "")], &[("code", &code), ("state", "x")], &[]] {
        let again = on.portal.anonymous();
        again.set_cookie(ATTEMPT, &ada.cookie(ATTEMPT).expect("an attempt"));
        let reply = again.come_back_with(said).await;
        nobody(&on, &again, reply, 400).await;
    }
    assert_eq!(on.lying.take_requests(), Vec::<String>::new());
    on.portal.end().await;
}

#[tokio::test]
async fn a_planted_or_changed_cookie_fits_no_answer() {
    let on = SignOn::start().await;
    let ada = on.portal.anonymous();
    let asked = ada.begin_sso(BEGIN).await;
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    let cookie = ada.cookie(ATTEMPT).expect("an attempt");
    let parts: Vec<_> = cookie.split('.').collect();
    let elsewhere = ["L2FkbWlu", ""].map(|to| format!("{}.{}.{}.{to}", parts[0], parts[1], parts[2]));
    let later = format!("{}.{}.{}.{}", parts[0], parts[1], on.portal.portal.now().millis() + 1, parts[3]);
    for changed in elsewhere.iter().chain([&later]) {
        let browser = on.portal.anonymous();
        browser.set_cookie(ATTEMPT, changed);
        let reply = browser.come_back(&asked, &code).await;
        nobody(&on, &browser, reply, 400).await;
    }
    // Two of one name: one of them may have been planted.
    let twice = on.portal.anonymous().with_header("cookie", &format!("{ATTEMPT}={cookie}; {ATTEMPT}={cookie}"));
    let reply = twice.come_back(&asked, &code).await;
    nobody(&on, &twice, reply, 400).await;
    on.portal.end().await;
}

#[tokio::test]
async fn an_attempt_lasts_ten_minutes() {
    let on = SignOn::start().await;
    let ada = on.portal.anonymous();
    let asked = ada.begin_sso(BEGIN).await;
    on.portal.clock.advance(PATIENCE);
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    let reply = ada.come_back(&asked, &code).await;
    nobody(&on, &ada, reply, 400).await;
    on.portal.end().await;
}

#[tokio::test]
async fn an_answer_is_good_once_even_where_the_provider_takes_its_codes_again() {
    let on = SignOn::start().await;
    let ada = on.portal.anonymous();
    let asked = ada.begin_sso(BEGIN).await;
    let attempt = ada.cookie(ATTEMPT).expect("an attempt");
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    ada.come_back(&asked, &code).await.expect(303);
    for careless in [false, true] {
        if careless {
            on.lying.be_careless();
        }
        let eve = on.portal.anonymous();
        eve.set_cookie(ATTEMPT, &attempt);
        eve.come_back(&asked, &code).await.expect(400);
        assert_eq!(eve.cookie("portalaccesstoken"), None, "careless: {careless}");
    }
    on.portal.end().await;
}

#[tokio::test]
async fn a_code_that_was_given_to_another_browser_is_refused_by_its_proof_and_by_its_nonce() {
    let on = SignOn::start().await;
    let (ada, eve) = (on.portal.anonymous(), on.portal.anonymous());
    let (hers, eves) = (ada.begin_sso(BEGIN).await, eve.begin_sso(BEGIN).await);
    let code = on.lying.sign_in(&hers, on.now(), json!({}));
    let reply = eve.come_back(&eves, &code).await;
    nobody(&on, &eve, reply, 400).await;
    on.lying.be_careless();
    let eves = eve.begin_sso(BEGIN).await;
    let reply = eve.come_back(&eves, &code).await;
    nobody(&on, &eve, reply, 400).await;
    on.portal.end().await;
}

#[tokio::test]
async fn an_id_token_that_is_not_for_this_sign_in_is_refused() {
    let on = SignOn::start().await;
    let now = on.now();
    for claims in [
        json!({ "iss": "https://evil.test" }),
        json!({ "iss": format!("{}/", on.lying.issuer()) }),
        json!({ "iss": null }),
        json!({ "aud": "another" }),
        json!({ "aud": ["portal", "another"] }),
        json!({ "aud": null }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "exp": now - 61 }),
        json!({ "exp": null }),
        json!({ "iat": now + 61 }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
    ] {
        let (browser, reply) = on.sign_in(claims.clone()).await;
        assert_eq!(reply.status, 400, "{claims}");
        nobody(&on, &browser, reply, 400).await;
    }
    // What differs by less than clocks may is good.
    on.sign_in(json!({ "exp": now - 30, "iat": now + 30 })).await.1.expect(303);
    on.portal.end().await;
}

#[tokio::test]
async fn an_id_token_that_the_provider_did_not_sign_is_refused() {
    let on = SignOn::start().await;
    let forged = |asked: &Url, forge: &dyn Fn(&Value) -> String| forge(&on.lying.claims(asked, on.now(), json!({})));
    let unsigned = |claims: &Value| {
        let parts = [json!({ "alg": "none" }), claims.clone()].map(|part| base64_url(&part.to_string()));
        format!("{}.{}.", parts[0], parts[1])
    };
    let by_secret = |claims: &Value| {
        signed_by_secret(&json!({ "typ": "JWT", "alg": "HS256", "kid": "first" }), claims, CLIENT_SECRET.as_bytes())
    };
    let forgeries: [&dyn Fn(&Value) -> String; 7] = [
        &unsigned,
        &by_secret,
        &|claims| SECOND.sign(claims),
        &|claims| Signing("first", [9; 32]).sign(claims),
        &|claims| {
            FIRST.sign_as(
                &Header { kid: Some("first".to_owned()), typ: Some("logout+jwt".to_owned()), ..Header::new(Algorithm::EdDSA) },
                claims,
            )
        },
        &|claims| format!("{}x", FIRST.sign(claims)),
        &|_| "no-token".to_owned(),
    ];
    for (number, forge) in forgeries.iter().enumerate() {
        let browser = on.portal.anonymous();
        let asked = browser.begin_sso(BEGIN).await;
        let code = on.lying.sign_in_with(&asked, &forged(&asked, *forge));
        let reply = browser.come_back(&asked, &code).await;
        assert_eq!(reply.status, 400, "forgery {number}");
        nobody(&on, &browser, reply, 400).await;
    }
    on.portal.end().await;
}

#[tokio::test]
async fn an_answer_says_whose_it_is_where_its_provider_always_says_so() {
    let on = SignOn::start().await;
    let with_issuer = async |issuer: Option<&str>| {
        let browser = on.portal.anonymous();
        let asked = browser.begin_sso(BEGIN).await;
        let code = on.lying.sign_in(&asked, on.now(), json!({}));
        let (state, mut said) = (state(&asked), vec![("code", code.as_str())]);
        said.push(("state", &state));
        said.extend(issuer.map(|issuer| ("iss", issuer)));
        browser.come_back_with(&said).await.status.as_u16()
    };
    assert_eq!(with_issuer(Some("https://evil.test")).await, 400);
    assert_eq!(with_issuer(Some(on.lying.issuer())).await, 303);
    assert_eq!(with_issuer(None).await, 303);
    on.lying.describe("authorization_response_iss_parameter_supported", json!(true));
    on.portal.clock.advance(Duration::from_secs(11 * 60));
    assert_eq!(with_issuer(None).await, 400);
    assert_eq!(with_issuer(Some(on.lying.issuer())).await, 303);
    on.portal.end().await;
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_in_words_and_signs_nobody_in() {
    let on = SignOn::start().await;
    for (error, status, words) in [
        ("access_denied", 400, "You did not sign in"),
        ("login_required", 400, "You did not sign in"),
        ("invalid_scope", 503, "not set up"),
        ("temporarily_unavailable", 503, "cannot be asked"),
        ("<script>alert(1)</script>", 400, "did not sign you in"),
    ] {
        let browser = on.portal.anonymous();
        let asked = browser.begin_sso(BEGIN).await;
        let reply = browser.come_back_with(&[("error", error), ("state", &state(&asked))]).await;
        assert!(reply.page().contains(words) && !reply.page().contains("<script"), "{error}: {}", reply.page());
        nobody(&on, &browser, reply, status).await;
    }
    on.lying.expect_secret("another secret by now");
    let (browser, reply) = on.sign_in(json!({})).await;
    assert!(reply.page().contains("not set up"));
    nobody(&on, &browser, reply, 503).await;
    on.portal.end().await;
}

#[tokio::test]
async fn a_provider_that_is_down_signs_nobody_in_and_takes_nothing_from_passwords() {
    let on = SignOn::start().await;
    on.portal.account("grace@example.test", portico_domain::status::Status::Approved).await;
    for fault in [Fault::Broken, Fault::Html, Fault::Redirect] {
        let browser = on.portal.anonymous();
        let asked = browser.begin_sso(BEGIN).await;
        let code = on.lying.sign_in(&asked, on.now(), json!({}));
        on.lying.fail(Some(fault));
        let reply = browser.come_back(&asked, &code).await;
        nobody(&on, &browser, reply, 503).await;
        on.lying.fail(None);
    }
    on.lying.fail(Some(Fault::Broken));
    let grace = on.portal.anonymous();
    grace.authenticate("grace@example.test", portico_tests::account::PASSWORD).await.expect(204);
    on.portal.end().await;
}

#[tokio::test]
async fn where_somebody_goes_on_is_a_place_of_this_portal() {
    let on = SignOn::start().await;
    for (to, place) in [
        ("/apps?page=2", "/apps?page=2"),
        ("//evil.test", "/apps"),
        ("/\\evil.test", "/apps"),
        ("https:evil.test", "/apps"),
        ("https://evil.test/", "/apps"),
        ("/%09/evil.test", "/%09/evil.test"),
        ("javascript:alert(1)", "/apps"),
    ] {
        let browser = on.portal.anonymous();
        let query: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
        let asked = browser.begin_sso(&format!("{BEGIN}?to={query}")).await;
        let code = on.lying.sign_in(&asked, on.now(), json!({}));
        assert_eq!(browser.come_back(&asked, &code).await.expect(303).location(), place, "{to}");
    }
    on.portal.end().await;
}

fn base64_url(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}
