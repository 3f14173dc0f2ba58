//! Secret keys: read from Parameter Store by those who need them and by nobody else, refused where they are wrong, and changed without
//! anybody noticing.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use portico_domain::event::Name;
use portico_domain::mail_token::Purpose;
use portico_domain::status::Status;
use portico_http::config::{Config, Environment};
use portico_identity::fetch::Fetcher;
use portico_identity::{Providers, Reach};
use portico_tests::account::PASSWORD;
use portico_tests::identity::{CLIENT_SECRET, provider};
use portico_tests::lying_provider::LyingProvider;
use portico_tests::mails::link;
use portico_tests::parameter_store::FakeParameterStore;
use portico_tests::portal::{MAIL_KEY, PUBLIC_URL};
use portico_tests::{Client, TestPortal};
use serde_json::json;

use crate::binaries;
use crate::send_email::World;

const ADA: &str = "ada@example.test";
const SESSION: &str = "PORTICO_SESSION_PRIVATE_KEY_PARAMETER";
const REFRESH: &str = "PORTICO_REFRESH_KEY_PARAMETER";
const MAIL: &str = "PORTICO_MAIL_KEY_PARAMETER";

/// KEYID:BASE64 of a private key, and of its public half.
fn pair(kid: &str, seed: u8) -> (String, String) {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let private = STANDARD.encode(key.to_pkcs8_der().expect("a key").as_bytes());
    (format!("{kid}:{private}"), format!("{kid}:{}", STANDARD.encode(key.verifying_key().to_bytes())))
}

/// What a function says when it starts in an environment in which it cannot.
async fn refused(function: &'static str, environment: BTreeMap<&'static str, String>) -> String {
    let binaries = tokio::task::spawn_blocking(binaries::binaries).await.expect("no panic");
    let ended =
        tokio::process::Command::new(binaries.join(function)).env_clear().envs(environment).output().await.expect("it starts");
    assert!(!ended.status.success(), "{function} starts");
    assert!(ended.stdout.is_empty(), "{}", String::from_utf8_lossy(&ended.stdout));
    String::from_utf8(ended.stderr).expect("text")
}

#[tokio::test]
async fn a_key_that_is_missing_or_wrong_ends_the_start_with_one_line_that_does_not_show_it() {
    let store = FakeParameterStore::start().await;
    let (private, public) = pair("k1", 7);
    let (stranger, _) = pair("k1", 8);
    let (unknown, _) = pair("k2", 7);
    let environment = BTreeMap::from([
        ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1".to_owned()),
        ("AWS_ENDPOINT_URL_SSM", store.endpoint.clone()),
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("PORTICO_TABLE", "portico".to_owned()),
        ("PORTICO_PORTAL_ID", "01a20784-5fe5-7f85-aa4a-19eb28099679".to_owned()),
        ("PORTICO_PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("PORTICO_SESSION_PUBLIC_KEYS", public),
        (SESSION, "/portico/session".to_owned()),
        (REFRESH, "/portico/refresh".to_owned()),
    ]);
    let good = [("/portico/session", private.as_str()), ("/portico/refresh", &STANDARD.encode([9; 32]))];
    let keep_good = || good.iter().for_each(|(name, value)| store.keep(name, value));
    for (name, value, variable, says) in [
        ("/portico/session", None, SESSION, "does not have"),
        ("/portico/refresh", None, REFRESH, "does not have"),
        ("/portico/session", Some("garbled-secret"), SESSION, "PKCS#8"),
        ("/portico/session", Some("k1:Z2FyYmxlZC1zZWNyZXQ="), SESSION, "PKCS#8"),
        ("/portico/session", Some(stranger.as_str()), SESSION, "private half"),
        ("/portico/session", Some(unknown.as_str()), SESSION, "must have the id"),
        ("/portico/refresh", Some("garbled-secret"), REFRESH, "32 bytes"),
        ("/portico/refresh", Some("c2hvcnQ="), REFRESH, "32 bytes"),
    ] {
        keep_good();
        match value {
            Some(value) => store.keep(name, value),
            None => store.forget(name),
        }
        let said = refused("sign-in", environment.clone()).await;
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(variable) && said.contains(says), "{said}");
        for secret in value.into_iter().flat_map(|value| value.split(':')).filter(|part| part.len() > 2) {
            assert!(!said.contains(secret), "{said}");
        }
    }
    keep_good();
    store.keep_as("/portico/refresh", "String", &STANDARD.encode([9; 32]));
    let said = refused("sign-in", environment.clone()).await;
    assert!(said.contains(REFRESH) && said.contains("not a SecureString"), "{said}");
    store.refuse(Some((StatusCode::BAD_REQUEST, "AccessDeniedException")));
    let said = refused("sign-in", environment.clone()).await;
    assert!(said.contains("AccessDeniedException") && said.lines().count() == 1, "{said}");
    store.refuse(Some((StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError")));
    store.take_asked();
    let said = refused("sign-in", environment.clone()).await;
    assert!(said.contains("InternalServerError"), "{said}");
    assert_eq!(store.take_asked().len(), 3 * 2, "three tries for two parameters");
    let mut of_links = environment.clone();
    of_links.retain(|variable, _| ![SESSION, REFRESH].contains(variable));
    of_links.insert(MAIL, "/portico/mail".to_owned());
    store.refuse(None);
    let said = refused("signup", of_links).await;
    assert!(said.contains(MAIL) && said.contains("/portico/mail, which Parameter Store does not have"), "{said}");
    assert_eq!(store.take_asked(), ["/portico/mail"]);
    let mut twice = environment;
    twice.insert("PORTICO_REFRESH_KEY", STANDARD.encode([9; 32]));
    let said = refused("sign-in", twice).await;
    assert!(said.contains("give one of them") && said.contains(REFRESH), "{said}");
    assert!(store.take_asked().is_empty());
}

/// The portal as it is after its keys were changed in Parameter Store and its functions have started anew.
fn restarted(portal: &TestPortal, session: &str, public: &str, refresh: &[[u8; 32]], mail: &[[u8; 32]]) -> TestPortal {
    let keys = |keys: &[[u8; 32]]| keys.iter().map(|key| STANDARD.encode(key)).collect::<Vec<_>>().join(",");
    let variables = BTreeMap::from([
        ("PORTICO_PORTAL_ID", portal.id().to_string()),
        ("PORTICO_PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("PORTICO_SESSION_PUBLIC_KEYS", public.to_owned()),
        ("PORTICO_SESSION_PRIVATE_KEY", session.to_owned()),
        ("PORTICO_REFRESH_KEY", keys(refresh)),
        ("PORTICO_MAIL_KEY", keys(mail)),
    ]);
    let config: Config = Environment(|name: &str| variables.get(name).cloned()).config_with_keys().expect("a configuration");
    let mut after = portal.clone();
    after.portal.config = Arc::new(config);
    after
}

/// The same browser, in front of that portal.
fn moved(browser: &Client, to: &TestPortal) -> Client {
    let there = to.anonymous();
    for name in ["portalaccesstoken", "portalrefreshtoken"] {
        there.set_cookie(name, &browser.cookie(name).expect("a cookie"));
    }
    there
}

#[tokio::test]
async fn nobody_is_signed_out_while_keys_are_changed_and_the_old_keys_are_worth_nothing_afterwards() {
    let (old, old_public) = pair("old", 1);
    let (new, new_public) = pair("new", 2);
    let both = format!("{old_public},{new_public}");
    let base = TestPortal::start().await;
    let before = restarted(&base, &old, &old_public, &[[1; 32]], &[MAIL_KEY]);
    before.account(ADA, Status::Approved).await;
    let ada = before.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    let copy = moved(&ada, &before);
    // First both keys everywhere, then the new one for what is made, then the new one alone.
    let both_known = restarted(&base, &old, &both, &[[1; 32], [2; 32]], &[MAIL_KEY]);
    let changed = restarted(&base, &new, &both, &[[2; 32], [1; 32]], &[MAIL_KEY]);
    let after = restarted(&base, &new, &new_public, &[[2; 32]], &[MAIL_KEY]);
    let ada = moved(&ada, &both_known);
    ada.me().await.expect(200);
    let ada = moved(&ada, &changed);
    ada.me().await.expect(200);
    ada.refresh().await.expect(204);
    // A function that has not started anew yet knows what the others make.
    moved(&ada, &both_known).me().await.expect(200);
    let ada = moved(&ada, &after);
    ada.me().await.expect(200);
    ada.refresh().await.expect(204);
    let copy = moved(&copy, &after);
    copy.me().await.expect_problem(401, "unauthorized");
    copy.refresh().await.expect_problem(401, "unauthorized");
    ada.me().await.expect(200);
    base.end().await;
}

#[tokio::test]
async fn a_link_that_was_issued_with_the_old_key_is_the_one_that_is_mailed() {
    let (private, public) = pair("k1", 1);
    let base = TestPortal::start().await;
    base.anonymous().sign_up(ADA).await.expect(201);
    let ada = base.known(ADA).await;
    let new = [77; 32];
    let changed = restarted(&base, &private, &public, &[[1; 32]], &[new, MAIL_KEY]);
    let token = |portal: TestPortal, of: portico_domain::developer::Developer| async move {
        let token = portal.portal.issued_token(&of, Purpose::Verify, of.verify_generation).await.expect("a token");
        token.expose().to_string()
    };
    changed.take_calls();
    let mailed = token(changed.clone(), ada.clone()).await;
    assert_eq!(changed.take_calls().len(), 1, "which key it was is asked while there are two");
    assert_eq!(mailed, token(base.clone(), ada).await);
    assert!(base.take_calls().is_empty(), "and not where there is one");
    changed.anonymous().verify_email(&mailed).await.expect(202);
    // What is issued from now on is made with the new key, and a function that has both finds it too.
    let eve = "eve@example.test";
    changed.anonymous().sign_up(eve).await.expect(201);
    let eve = changed.known(eve).await;
    let after = restarted(&base, &private, &public, &[[1; 32]], &[new]);
    let reversed = restarted(&base, &private, &public, &[[1; 32]], &[MAIL_KEY, new]);
    let mailed = token(after.clone(), eve.clone()).await;
    assert_eq!(token(reversed, eve.clone()).await, mailed);
    assert_ne!(token(base.clone(), eve).await, mailed);
    after.anonymous().verify_email(&mailed).await.expect(202);
    base.end().await;
}

#[tokio::test]
async fn send_email_mails_the_link_of_the_old_key_while_both_are_in_force() {
    let (private, public) = pair("k1", 1);
    let mut world = World::start().await;
    world.signed_up(ADA, "Ada").await;
    let issued = world.portal.mailed(ADA, Name::DeveloperSignedUp).await;
    world.portal = restarted(&world.portal, &private, &public, &[[1; 32]], &[[77; 32], MAIL_KEY]);
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    assert!(link(&mails[0]).ends_with(&issued), "the link that was issued, not one that nobody knows");
    world.portal.anonymous().verify_email(&issued).await.expect(202);
    world.portal.end().await;
}

/// The portal with these keys for the secrets of its clients, the first of which seals.
fn sealing_with(portal: &TestPortal, keys: &[[u8; 32]]) -> TestPortal {
    let (_, public) = pair("k1", 1);
    let keys = keys.iter().map(|key| STANDARD.encode(key)).collect::<Vec<_>>().join(",");
    let variables = BTreeMap::from([
        ("PORTICO_PORTAL_ID", portal.id().to_string()),
        ("PORTICO_PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("PORTICO_SESSION_PUBLIC_KEYS", public),
        ("PORTICO_SEALING_KEY", keys),
    ]);
    let mut with_keys = portal.clone();
    with_keys.portal.config =
        Arc::new(Environment(|name: &str| variables.get(name).cloned()).config_with_keys().expect("a configuration"));
    with_keys
}

#[tokio::test]
async fn a_clients_secret_is_opened_with_either_key_and_with_the_new_one_alone_once_it_was_given_again() {
    let (mut base, lying) = (TestPortal::start().await, LyingProvider::start().await);
    base.portal.providers = Providers::new(Fetcher::new(Reach::Private));
    lying.register("portal", Some(CLIENT_SECRET), &format!("{PUBLIC_URL}/login/sso/callback"));
    let (old, new) = ([1; 32], [2; 32]);
    let before = sealing_with(&base, &[old]);
    let id = before.identity_provider(lying.issuer(), true).await;
    let passes = async |portal: &TestPortal| {
        let path = format!("/portico/v1/portals/{}/identity-providers/{id}/test", portal.id());
        portal.admin().post(&path, json!({})).await.expect(200).body["passed"] == true
    };
    let (both, after) = (sealing_with(&base, &[new, old]), sealing_with(&base, &[new]));
    assert_eq!((passes(&before).await, passes(&both).await, passes(&after).await), (true, true, false));
    let one = format!("{}/{id}", both.providers_path());
    both.admin().patch(&one, provider(lying.issuer(), true)).await.expect(200);
    assert_eq!((passes(&before).await, passes(&both).await, passes(&after).await), (false, true, true));
    base.end().await;
}
