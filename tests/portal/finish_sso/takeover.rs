//! Attempts to come in as somebody else (P29).

use portico_domain::event::{Actor, Name};
use portico_domain::status::Status;
use portico_http::decisions::{By, DecideError};
use portico_tests::account::PASSWORD;
use portico_tests::lying_provider::LyingProvider;
use portico_tests::sign_on::{BEGIN, SignOn};
use serde_json::{Value, json};

use super::ADA;

/// A portal in which Ada has an account with a password, and a provider that is trusted with some domains.
async fn with_ada(domains: &[&str]) -> SignOn {
    let on = SignOn::start().await;
    for domain in domains {
        on.trust(domain).await;
    }
    on.portal.account(ADA, Status::Approved).await;
    on
}

/// Nobody came in, and Ada's account is as it was.
async fn stays_hers(on: &SignOn, claims: Value, status: u16) {
    let before = on.portal.known(ADA).await;
    let (browser, reply) = on.sign_in(claims.clone()).await;
    assert_eq!(reply.status, status, "{claims}: {}", reply.page());
    assert_eq!(browser.cookie("portalaccesstoken"), None, "{claims}");
    assert_eq!(on.portal.known(ADA).await, before, "{claims}");
}

#[tokio::test]
async fn an_address_that_was_not_proven_leads_to_nobody() {
    let on = with_ada(&["example.test"]).await;
    for (verified, status) in [
        (json!(false), 403),
        (json!("true"), 403),
        (json!("false"), 403),
        // For somebody new it would do that the domain is trusted, not for who is there already.
        (json!(null), 409),
        // What is neither a boolean nor a text is no ID token at all.
        (json!(1), 400),
        (json!([true]), 400),
    ] {
        stays_hers(&on, json!({ "sub": "eve", "email_verified": verified }), status).await;
    }
    on.portal.end().await;
}

#[tokio::test]
async fn a_proven_address_leads_to_nobody_without_a_rule_for_its_very_domain() {
    for domains in [&[][..], &["test"], &["example.test.evil.test"], &["sub.example.test"]] {
        let on = with_ada(domains).await;
        stays_hers(&on, json!({ "sub": "eve" }), 409).await;
        on.portal.end().await;
    }
}

#[tokio::test]
async fn no_spelling_of_the_address_is_another_one() {
    let on = with_ada(&[]).await;
    for (email, status) in
        [("ADA@example.test", 409), ("ada@EXAMPLE.test.", 409), (" ada@example.test ", 409), ("ａda@example.test", 403)]
    {
        stays_hers(&on, json!({ "sub": "eve", "email": email }), status).await;
    }
    on.trust("example.test").await;
    stays_hers(&on, json!({ "sub": "eve", "email": "ａda@example.test" }), 403).await;
    on.portal.end().await;
}

#[tokio::test]
async fn with_the_rule_a_proven_address_links_once_and_then_the_subject_counts() {
    let on = with_ada(&["example.test"]).await;
    let there = on.portal.anonymous();
    there.authenticate(ADA, PASSWORD).await.expect(204);
    let (ada, reply) = on.sign_in(json!({})).await;
    reply.expect(303);
    assert!(on.portal.history(ADA).await.contains(&"developer.identity_linked"));
    ada.me().await.expect(200);
    there.me().await.expect(401);
    let linked = on.portal.known(ADA).await;
    assert_eq!(linked.identities.len(), 1);
    assert!(linked.has_password, "the password still works");
    on.portal.anonymous().authenticate(ADA, PASSWORD).await.expect(204);
    // The address was given to somebody else at the provider.
    stays_hers(&on, json!({ "sub": "the-next-ada" }), 409).await;
    on.portal.end().await;
}

#[tokio::test]
async fn the_same_subject_at_another_issuer_is_somebody_else() {
    let on = with_ada(&["example.test"]).await;
    on.sign_in(json!({})).await.1.expect(303);
    let other = LyingProvider::start().await;
    on.edit(|all| {
        let mut after = all.clone();
        let provider = after.providers.get_mut(&on.provider).expect("there");
        provider.settings.issuer = other.issuer().to_owned();
        provider.domains.clear();
        provider.secret = None;
        after
    })
    .await;
    let browser = on.portal.anonymous();
    let asked = browser.begin_sso(BEGIN).await;
    let code = other.sign_in(&asked, on.now(), json!({}));
    browser.come_back(&asked, &code).await.expect(409);
    let asked = browser.begin_sso(BEGIN).await;
    let code = other.sign_in(&asked, on.now(), json!({ "email": "another@example.test" }));
    browser.come_back(&asked, &code).await.expect(303);
    assert_ne!(on.portal.known("another@example.test").await.id, on.portal.known(ADA).await.id);
    on.portal.end().await;
}

#[tokio::test]
async fn an_account_that_somebody_began_with_a_foreign_address_is_the_owners_with_nothing_of_theirs() {
    let on = SignOn::start().await;
    on.trust("example.test").await;
    on.portal.anonymous().sign_up(ADA).await.expect(201);
    let began = on.portal.known(ADA).await;
    assert!(began.email_verified_at.is_none());
    let (ada, reply) = on.sign_in(json!({ "name": "Ada Herself" })).await;
    reply.expect(303);
    let hers = on.portal.known(ADA).await;
    assert_eq!((hers.id, hers.full_name.as_str(), hers.has_password), (began.id, "Ada Herself", false));
    assert!(hers.email_verified_at.is_some() && hers.status == Status::Approved);
    ada.me().await.expect(200);
    on.portal.end().await;
}

#[tokio::test]
async fn whoever_is_signed_in_with_the_password_links_the_identity_by_coming_back_from_the_provider() {
    let on = with_ada(&[]).await;
    let ada = on.portal.anonymous();
    let page = on.sign_in_as(&ada, json!({})).await.expect(409).page();
    assert!(page.contains("/login?to=/login/sso"), "{page}");
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    for verified in [json!(null), json!(false)] {
        on.sign_in_as(&ada, json!({ "sub": "eve", "email_verified": verified })).await.expect(403);
    }
    let elsewhere = ada.copy();
    on.sign_in_as(&ada, json!({})).await.expect(303);
    elsewhere.me().await.expect(401);
    on.sign_in(json!({})).await.1.expect(303);
    assert_eq!(on.portal.known(ADA).await.identities.len(), 1);
    // Somebody else's session is no way to Ada's account.
    on.portal.account("grace@example.test", Status::Approved).await;
    let eve = on.portal.anonymous();
    on.portal.account("eve@example.test", Status::Approved).await;
    eve.authenticate("eve@example.test", PASSWORD).await.expect(204);
    on.sign_in_as(&eve, json!({ "sub": "eve", "email": "grace@example.test" })).await.expect(409);
    on.portal.end().await;
}

#[tokio::test]
async fn a_link_in_a_mail_to_an_address_that_is_theirs_no_more_is_over() {
    let on = SignOn::start().await;
    on.sign_in(json!({})).await.1.expect(303);
    on.portal.anonymous().forgot_password(ADA).await.expect(200);
    let link = on.portal.mailed(ADA, Name::DeveloperPasswordRequested).await;
    on.sign_in(json!({ "email": "king@example.test" })).await.1.expect(303);
    on.portal.anonymous().reset_password(&link, PASSWORD).await.expect(410);
    assert!(!on.portal.known("king@example.test").await.has_password);
    on.portal.end().await;
}

#[tokio::test]
async fn whoever_is_rejected_while_they_sign_in_is_not_approved_by_that() {
    let on = SignOn::start().await;
    on.portal.account(ADA, Status::Pending).await;
    let waiting = on.portal.known(ADA).await;
    let by = By::request(Actor::Administrator("test-admin".to_owned()));
    on.portal.portal.decide_about_developer(waiting.clone(), Status::Rejected, &by).await.expect("rejected");
    let own = By::as_seen(Actor::System("single-sign-on".to_owned()));
    let decided = on.portal.portal.decide_about_developer(waiting, Status::Approved, &own).await;
    assert!(matches!(decided, Err(DecideError::Overtaken(Status::Rejected))), "{decided:?}");
    assert_eq!(on.portal.known(ADA).await.status, Status::Rejected);
    on.portal.end().await;
}

#[tokio::test]
async fn an_administrators_name_in_a_claim_makes_nobody_one() {
    let on = SignOn::start().await;
    let claims = json!({ "groups": ["administrators", "*"], "roles": ["admin"], "name": "test-admin" });
    let (ada, reply) = on.sign_in(claims).await;
    reply.expect(303);
    ada.get("/v3/portals").await.expect(401);
    assert!(on.portal.known(ADA).await.teams.is_empty());
    on.portal.end().await;
}
