//! Tokens of an identity provider, and what is believed of the provider itself (reliability P27, P28, B18 to B21, B45).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
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

/// Tokens that only look like one of the provider's, by what is wrong with them.
fn forged(lying: &LyingProvider) -> Vec<(&'static str, String)> {
    let issuer = lying.issuer();
    let good = claims(issuer);
    let header = || Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::EdDSA) };
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        FIRST.sign(&claims)
    };
    let text = |header: &str, claims: &str, signature: &str| {
        format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    };
    let by_hmac = |secret: &[u8]| {
        let header = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &good, &EncodingKey::from_secret(secret)).expect("it can be signed")
    };
    let public = FIRST.public()["x"].as_str().expect("a public half").to_owned();
    let raw_public = URL_SAFE_NO_PAD.decode(&public).expect("base64");
    let signed = FIRST.sign(&good);
    let (signed_part, signature) = signed.rsplit_once('.').expect("a signature");
    let (head, payload) = signed_part.split_once('.').expect("a payload");
    let own_key = || Some(serde_json::from_value(STRANGER.public()).expect("a key"));
    let named = |change: &dyn Fn(&mut Header)| {
        let mut header = header();
        change(&mut header);
        header
    };
    vec![
        ("no token", "weather".to_owned()),
        ("empty parts", "..".to_owned()),
        ("two parts", signed_part.to_owned()),
        ("four parts", format!("{signed}.x")),
        ("no signature", format!("{signed_part}.")),
        ("another signature", format!("{signed_part}.{}", signature.chars().rev().collect::<String>())),
        (
            "the payload of another token",
            format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(good.to_string().replace("weather", "other"))),
        ),
        ("padding", format!("{signed}=")),
        ("alg none", text(r#"{"alg":"none"}"#, &good.to_string(), "")),
        ("alg None", text(r#"{"alg":"None","kid":"first"}"#, &good.to_string(), "")),
        ("alg missing", text(r#"{"kid":"first"}"#, &good.to_string(), signature)),
        ("alg twice", text(r#"{"alg":"EdDSA","alg":"none","kid":"first"}"#, &good.to_string(), signature)),
        ("HS256 with the public key", by_hmac(&raw_public)),
        ("HS256 with the public key as text", by_hmac(public.as_bytes())),
        ("HS256 with nothing", by_hmac(b"")),
        ("ES256 by name", {
            let (_, rest) = signed.split_once('.').expect("parts");
            format!("{}.{rest}", URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"first"}"#))
        }),
        ("somebody else's key", STRANGER.sign(&good)),
        ("a key id that is not there", SECOND.sign(&good)),
        ("a key id that is a path", FIRST.sign_as(&named(&|header| header.kid = Some("../../first".to_owned())), &good)),
        ("a key id that is an address", FIRST.sign_as(&named(&|header| header.kid = Some(format!("{issuer}/evil"))), &good)),
        ("an empty key id", FIRST.sign_as(&named(&|header| header.kid = Some(String::new())), &good)),
        ("jku", STRANGER.sign_as(&named(&|header| header.jku = Some(format!("{issuer}/evil"))), &good)),
        ("x5u", STRANGER.sign_as(&named(&|header| header.x5u = Some(format!("{issuer}/evil"))), &good)),
        ("jwk", STRANGER.sign_as(&named(&|header| header.jwk = own_key()), &good)),
        ("x5c", STRANGER.sign_as(&named(&|header| header.x5c = Some(vec!["AAAA".to_owned()])), &good)),
        ("crit", FIRST.sign_as(&named(&|header| header.crit = Some(vec!["exp".to_owned()])), &good)),
        ("a session of Portico", FIRST.sign_as(&named(&|header| header.typ = Some("portico-session+jwt".to_owned())), &good)),
        ("a logout token by type", FIRST.sign_as(&named(&|header| header.typ = Some("logout+jwt".to_owned())), &good)),
        ("a nested token", FIRST.sign_as(&named(&|header| header.typ = Some("JWE".to_owned())), &good)),
        ("another issuer", with("iss", json!("https://id.example.test"))),
        ("the issuer with a slash", with("iss", json!(format!("{issuer}/")))),
        ("the issuer in capitals", with("iss", json!(issuer.to_uppercase()))),
        ("issuers", with("iss", json!([issuer, "https://id.example.test"]))),
        ("no issuer", with("iss", Value::Null)),
        ("no exp", {
            let mut claims = good.clone();
            claims.as_object_mut().expect("an object").remove("exp");
            FIRST.sign(&claims)
        }),
        ("claims that are a list", FIRST.sign(&json!([good]))),
        ("claims that are a text", FIRST.sign(&json!("weather"))),
        ("claims that are no JSON", format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode("{"))),
        ("a huge token", with("filler", json!("x".repeat(20_000)))),
        (
            "a huge header",
            text(&format!(r#"{{"alg":"EdDSA","kid":"first","filler":"{}"}}"#, "x".repeat(20_000)), payload, signature),
        ),
    ]
}

#[tokio::test]
async fn forty_forged_tokens_are_refused_and_fetch_nothing() {
    let (lying, providers) = provider().await;
    verify(&FIRST.sign(&claims(lying.issuer())), &lying, &providers, NOW).await.expect("a good one");
    lying.take_requests();
    let forged = forged(&lying);
    assert_eq!(forged.len(), 40);
    for (what, token) in &forged {
        assert_eq!(verify(token, &lying, &providers, NOW).await, Err(Refused::NotTheirs), "{what}");
    }
    assert_eq!(lying.take_requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_claim_that_is_there_twice_is_refused() {
    use ed25519_dalek::{Signer as _, SigningKey};
    let (lying, providers) = provider().await;
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","kid":"first"}"#),
        URL_SAFE_NO_PAD.encode(format!(
            r#"{{"iss":"{}","exp":{},"azp":"other","azp":"weather"}}"#,
            lying.issuer(),
            NOW.seconds() + 300
        ))
    );
    let signature = SigningKey::from_bytes(&FIRST.1).sign(text.as_bytes());
    let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()));
    assert_eq!(verify(&token, &lying, &providers, NOW).await, Err(Refused::NotTheirs));
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
    assert_eq!(discover().await.expect_err("refused"), ProviderError::OtherIssuer);
    lying.call_itself(lying.issuer());
    lying.list_algorithms(&["HS256", "none", "RS512"]);
    assert_eq!(discover().await.expect_err("refused"), ProviderError::NoAlgorithm);
    lying.list_algorithms(&["RS256", "EdDSA"]);
    let found = discover().await.expect("good");
    assert!(found.key(Some("first")).is_some() && found.key(None).is_some());
    assert_eq!(found.token_endpoint(), Some(format!("{}/token", lying.issuer()).as_str()));
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
