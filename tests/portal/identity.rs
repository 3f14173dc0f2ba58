//! Tokens of an identity provider, and what is believed of the provider itself (reliability P27, P28, B18 to B21, B45).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use portico_domain::time::Timestamp;
use portico_identity::fetch::{FetchError, Fetcher};
use portico_identity::provider::{Provider, ProviderError};
use portico_identity::providers::{BETWEEN, MAX_AGE, STALE};
use portico_identity::token::{self, Refused};
use portico_identity::{Providers, Reach};
use portico_tests::lying_provider::{FIRST, Fault, LyingProvider, SECOND, Signing};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const STRANGER: Signing = Signing("first", [9; 32]);

async fn provider() -> (LyingProvider, Providers) {
    (LyingProvider::start().await, Providers::new(Fetcher::new(Reach::Private)))
}

fn claims(issuer: &str) -> Value {
    json!({ "iss": issuer, "azp": "weather", "exp": NOW.seconds() + 300, "scope": "read" })
}

async fn verify(token: &str, lying: &LyingProvider, providers: &Providers, now: Timestamp) -> Result<(), Refused> {
    token::verify(token, lying.issuer(), providers, now).await.map(drop)
}

#[tokio::test]
async fn a_token_that_the_provider_signed_is_believed_and_the_provider_asked_once() {
    let (lying, providers) = provider().await;
    for _ in 0..3 {
        let token = FIRST.sign(&claims(lying.issuer()));
        let believed = token::verify(&token, lying.issuer(), &providers, NOW).await.expect("it is believed");
        assert_eq!(believed.reference_id(&["azp".to_owned()]), Some("weather"));
        assert_eq!(token::claimed_issuer(&token).as_deref(), Some(lying.issuer()));
    }
    assert_eq!(lying.take_requests(), ["/.well-known/openid-configuration", "/keys"]);
}

#[tokio::test]
async fn a_new_key_costs_one_request_and_a_withdrawn_one_is_refused_when_its_time_is_over() {
    let (lying, providers) = provider().await;
    let (first, second) = (FIRST.sign(&claims(lying.issuer())), SECOND.sign(&claims(lying.issuer())));
    verify(&first, &lying, &providers, NOW).await.expect("the first");
    lying.take_requests();
    lying.publish(vec![FIRST.public(), SECOND.public()]);
    let later = NOW.plus(BETWEEN);
    verify(&second, &lying, &providers, later).await.expect("the new one");
    verify(&second, &lying, &providers, later).await.expect("the new one");
    assert_eq!(lying.take_key_requests(), 1);
    lying.publish(vec![SECOND.public()]);
    let last = later.plus(MAX_AGE - Duration::from_millis(1));
    verify(&first, &lying, &providers, last).await.expect("it was not asked again");
    assert_eq!(verify(&first, &lying, &providers, later.plus(MAX_AGE)).await, Err(Refused::NotTheirs));
    assert_eq!(lying.take_key_requests(), 1);
}

#[tokio::test]
async fn ten_thousand_unknown_key_ids_ask_once_in_thirty_seconds() {
    let (lying, providers) = provider().await;
    verify(&FIRST.sign(&claims(lying.issuer())), &lying, &providers, NOW).await.expect("a good one");
    lying.take_requests();
    let token = |number: usize| {
        let header = Header { kid: Some(format!("random-{number}")), ..Header::new(Algorithm::EdDSA) };
        STRANGER.sign_as(&header, &claims(lying.issuer()))
    };
    // 10,000 over 100 seconds of the clock.
    for number in 0..10_000_u64 {
        let now = NOW.plus(BETWEEN).plus(Duration::from_millis(number * 10));
        assert_eq!(
            verify(&token(usize::try_from(number).expect("small")), &lying, &providers, now).await,
            Err(Refused::NotTheirs)
        );
    }
    assert_eq!(lying.take_key_requests(), 4, "at 0, 30, 60 and 90 seconds");
}

#[tokio::test]
async fn many_tokens_at_once_wait_for_one_request() {
    let (lying, providers) = provider().await;
    let token = FIRST.sign(&claims(lying.issuer()));
    let all = futures_util::future::join_all((0..64).map(|_| verify(&token, &lying, &providers, NOW))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(lying.take_key_requests(), 1);
}

#[tokio::test]
async fn a_provider_that_is_down_is_believed_for_an_hour_and_unknown_keys_are_not() {
    for fault in [Fault::Broken, Fault::Html, Fault::Endless, Fault::Redirect] {
        let (lying, providers) = provider().await;
        let token = FIRST.sign(&claims(lying.issuer()));
        verify(&token, &lying, &providers, NOW).await.expect("a good one");
        lying.fail(Some(fault));
        let ten_minutes = NOW.plus(MAX_AGE);
        verify(&token, &lying, &providers, ten_minutes).await.expect("stale, and good enough");
        assert_eq!(verify(&SECOND.sign(&claims(lying.issuer())), &lying, &providers, ten_minutes).await, Err(Refused::NotTheirs));
        verify(&token, &lying, &providers, NOW.plus(STALE - Duration::from_millis(1))).await.expect("the last moment");
        let over = verify(&token, &lying, &providers, NOW.plus(STALE)).await;
        assert!(matches!(over, Err(Refused::Unavailable(_))), "{fault:?}: {over:?}");
        lying.fail(None);
        verify(&token, &lying, &providers, NOW.plus(STALE).plus(BETWEEN)).await.expect("it is back");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_provider_is_said() {
    let fetcher = Fetcher::new(Reach::Private);
    let lying = LyingProvider::start().await;
    let discover = || Provider::discover(lying.issuer(), &fetcher);
    lying.call_itself("https://id.example.test");
    let itself = Some("https://id.example.test".to_owned());
    assert_eq!(discover().await.expect_err("refused"), ProviderError::OtherIssuer(itself));
    lying.call_itself("<b>see our page</b>");
    assert_eq!(discover().await.expect_err("refused"), ProviderError::OtherIssuer(None), "a stranger's words are not repeated");
    lying.call_itself(lying.issuer());
    lying.list_algorithms(&["HS256", "none", "RS512"]);
    assert_eq!(discover().await.expect_err("refused"), ProviderError::NoAlgorithm);
    lying.list_algorithms(&["RS256", "EdDSA"]);
    let found = discover().await.expect("good");
    assert!(found.key(Some("first")).is_some() && found.key(None).is_some());
    assert_eq!(found.endpoints().token.as_deref(), Some(format!("{}/token", lying.issuer()).as_str()));
    for (fault, said) in [
        (Fault::Broken, FetchError::Status(500)),
        (Fault::Silent, FetchError::TooSlow),
        (Fault::Html, FetchError::NotJson),
        (Fault::Endless, FetchError::TooLong),
        (Fault::Redirect, FetchError::Status(307)),
    ] {
        lying.fail(Some(fault));
        assert_eq!(discover().await.expect_err("refused"), ProviderError::Description(said));
    }
    let public = Provider::discover(lying.issuer(), &Fetcher::default()).await.expect_err("refused");
    assert!(matches!(public, ProviderError::Description(FetchError::OutOfReach(_))), "{public}");
    let looked_up = lying.issuer().replace("http://127.0.0.1", "https://localhost");
    let private = Provider::discover(&looked_up, &Fetcher::default()).await.expect_err("refused");
    assert_eq!(private, ProviderError::Description(FetchError::Unreachable), "a name that leads to a private address");
}

#[tokio::test]
async fn keys_that_are_weak_or_for_something_else_are_passed_over() {
    let (lying, providers) = provider().await;
    let with = |changes: Value| {
        let mut key = FIRST.public();
        key.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        key
    };
    let weak = json!({ "kty": "RSA", "kid": "first", "alg": "RS256", "n": URL_SAFE_NO_PAD.encode([200; 128]), "e": "AQAB" });
    for key in [with(json!({ "use": "enc" })), with(json!({ "alg": "RS256" })), weak, json!({ "kty": "new" }), json!("key")] {
        lying.publish(vec![key.clone()]);
        let fresh = Providers::new(Fetcher::new(Reach::Private));
        let token = FIRST.sign(&claims(lying.issuer()));
        assert_eq!(verify(&token, &lying, &fresh, NOW).await, Err(Refused::NotTheirs), "{key}");
    }
    lying.publish(vec![with(json!({ "use": "sig" })), SECOND.public()]);
    verify(&FIRST.sign(&claims(lying.issuer())), &lying, &providers, NOW).await.expect("a good one");
    let nameless = FIRST.sign_as(&Header::new(Algorithm::EdDSA), &claims(lying.issuer()));
    assert_eq!(verify(&nameless, &lying, &providers, NOW).await, Err(Refused::NotTheirs), "which of two keys?");
}
