//! Attempts to come in as somebody else (P29).

use portico_domain::status::Status;
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
    for verified in [json!(false), json!(null), json!("true"), json!("false"), json!(1), json!([true])] {
        // What is no boolean and no text is no ID token at all.
        let status = if verified.is_number() || verified.is_array() { 400 } else { 409 };
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
    for email in ["ADA@example.test", "ada@EXAMPLE.test.", "ａda@example.test", " ada@example.test "] {
        stays_hers(&on, json!({ "sub": "eve", "email": email }), 409).await;
    }
    on.portal.end().await;
}

#[tokio::test]
async fn with_the_rule_a_proven_address_links_once_and_then_the_subject_counts() {
    let on = with_ada(&["example.test"]).await;
    on.sign_in(json!({})).await.1.expect(303);
    assert!(on.portal.history(ADA).await.contains(&"developer.identity_linked"));
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
    let code = other.sign_in(&browser.begin_sso(BEGIN).await, on.now(), json!({ "email": "another@example.test" }));
    drop(code);
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
    on.sign_in_as(&ada, json!({ "email_verified": null })).await.expect(303);
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
async fn an_administrators_name_in_a_claim_makes_nobody_one() {
    let on = SignOn::start().await;
    let claims = json!({ "groups": ["administrators", "*"], "roles": ["admin"], "name": "test-admin" });
    let (ada, reply) = on.sign_in(claims).await;
    reply.expect(303);
    ada.get("/v3/portals").await.expect(401);
    assert!(on.portal.known(ADA).await.teams.is_empty());
    on.portal.end().await;
}
