//! Tricks with session JWTs (reliability B18 to B20, promise P27): each is a 401 in the same words, without a store call.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_http::session_tokens::{Refused, Verifier};
use portico_tests::account::{ME, PASSWORD};
use portico_tests::lying_provider::signed_by_secret;
use portico_tests::portal::PUBLIC_URL;
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";
const ACCESS: &str = "portalaccesstoken";

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A JWT of any header and claims, as text, signed with a key.
fn signed(key: &SigningKey, header: &str, claims: &str) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "portico-session+jwt", "kid": "test" })
}

/// An object with members changed; null takes one away.
fn with(object: &Value, changes: Value) -> Value {
    let mut object = object.clone();
    for (name, value) in changes.as_object().expect("an object") {
        match value {
            Value::Null => object.as_object_mut().expect("an object").remove(name),
            value => object.as_object_mut().expect("an object").insert(name.clone(), value.clone()),
        };
    }
    object
}

/// A portal, a developer with a session, and the claims of the JWT in force.
async fn portal_and_claims() -> (TestPortal, Client, Value) {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    let token = ada.cookie(ACCESS).expect("a cookie");
    let claims = token.split('.').nth(1).expect("claims");
    let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("JSON");
    portal.take_calls();
    (portal, ada, claims)
}

async fn present(portal: &TestPortal, token: &str) -> portico_tests::Reply {
    let request = http::Request::builder().uri(ME).header("cookie", format!("{ACCESS}={token}"));
    portal.anonymous().send_raw(request.body(bytes::Bytes::new()).expect("a request")).await
}

#[tokio::test]
async fn a_token_made_by_hand_from_the_same_parts_is_accepted_so_that_the_zoo_proves_something() {
    let (portal, _, claims) = portal_and_claims().await;
    let token = signed(&signing_key(), &header().to_string(), &claims.to_string());
    present(&portal, &token).await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn no_trick_with_the_header_gets_in() {
    let (portal, _, claims) = portal_and_claims().await;
    let key = signing_key();
    let claims_text = claims.to_string();
    let mut zoo: Vec<(String, String)> = Vec::new();
    for changes in [
        json!({ "alg": "none" }),
        json!({ "alg": "None" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": null }),
        json!({ "alg": ["EdDSA"] }),
        json!({ "typ": null }),
        json!({ "typ": "JWT" }),
        json!({ "typ": "at+jwt" }),
        json!({ "typ": "id_token" }),
        json!({ "typ": "logout+jwt" }),
        json!({ "kid": null }),
        json!({ "kid": "" }),
        json!({ "kid": "other" }),
        json!({ "kid": "../../../../dev/null" }),
        json!({ "kid": "test' OR '1'='1" }),
        json!({ "kid": 7 }),
    ] {
        zoo.push((changes.to_string(), signed(&key, &with(&header(), changes).to_string(), &claims_text)));
    }
    // Another key, which the header itself offers, by value or by address.
    let own = SigningKey::from_bytes(&[66; 32]);
    let x = URL_SAFE_NO_PAD.encode(own.verifying_key().to_bytes());
    for changes in [
        json!({}),
        json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": x } }),
        json!({ "jku": "https://evil.test/jwks.json" }),
        json!({ "x5u": "https://evil.test/cert.pem" }),
        json!({ "kid": "evil", "jku": "https://evil.test/jwks.json" }),
    ] {
        zoo.push((format!("own key {changes}"), signed(&own, &with(&header(), changes).to_string(), &claims_text)));
    }
    // The public key as the secret of an HMAC.
    let public = key.verifying_key().to_bytes();
    for secret in [public.as_slice(), b"", b"secret"] {
        let hmac = with(&header(), json!({ "alg": "HS256" }));
        zoo.push(("HMAC".to_owned(), signed_by_secret(&hmac, &claims, secret)));
    }
    let good = signed(&key, &header().to_string(), &claims_text);
    let parts: Vec<&str> = good.split('.').collect();
    let huge = with(&header(), json!({ "x": "x".repeat(5_000) })).to_string();
    let twice = r#"{"alg":"none","alg":"EdDSA","typ":"portico-session+jwt","kid":"test"}"#;
    for (name, token) in [
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{good}.{}", parts[2])),
        ("another signature", format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86))),
        ("a huge header", signed(&key, &huge, &claims_text)),
        ("alg twice", signed(&key, twice, &claims_text)),
        ("not JSON", signed(&key, "EdDSA", &claims_text)),
        ("dots", "..".to_owned()),
    ] {
        zoo.push((name.to_owned(), token));
    }
    refused(&portal, zoo).await;
    portal.end().await;
}

#[tokio::test]
async fn no_trick_with_the_claims_gets_in() {
    let (portal, ada, claims) = portal_and_claims().await;
    let key = signing_key();
    let now = portal.clock.now().seconds();
    let header = header().to_string();
    let mut zoo: Vec<(String, String)> = Vec::new();
    for changes in [
        json!({ "aud": null }),
        json!({ "aud": [] }),
        json!({ "aud": [claims["aud"], "other"] }),
        json!({ "aud": "0198a2c4-1111-7abc-8def-0123456789ab" }),
        json!({ "iss": null }),
        json!({ "iss": format!("{PUBLIC_URL}/") }),
        json!({ "iss": "http://portal.example.test" }),
        json!({ "iss": "https://evil.test" }),
        json!({ "iss": [PUBLIC_URL] }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": "ada@example.test" }),
        json!({ "sid": null }),
        json!({ "sid": "x" }),
        json!({ "exp": null }),
        json!({ "exp": now - 61 }),
        json!({ "exp": "tomorrow" }),
        json!({ "exp": -1 }),
        json!({ "nbf": null }),
        json!({ "nbf": now + 61 }),
        json!({ "iat": null }),
    ] {
        zoo.push((changes.to_string(), signed(&key, &header, &with(&claims, changes).to_string())));
    }
    let sub_twice = claims.to_string().replacen('{', r#"{"sub":"0198a2c4-1111-7abc-8def-0123456789ab","#, 1);
    zoo.push(("sub twice".to_owned(), signed(&key, &header, &sub_twice)));
    zoo.push(("an array".to_owned(), signed(&key, &header, &format!("[{claims}]"))));
    zoo.push(("a refresh token".to_owned(), ada.cookie("portalrefreshtoken").expect("a cookie")));
    zoo.push(("an administrator's token".to_owned(), portico_tests::portal::ADMIN_TOKEN.to_owned()));
    refused(&portal, zoo).await;
    for inside in [json!({ "exp": now - 30 }), json!({ "nbf": now + 30 })] {
        present(&portal, &signed(&key, &header, &with(&claims, inside).to_string())).await.expect(200);
    }
    portal.end().await;
}

#[tokio::test]
async fn a_genuine_token_of_a_session_or_a_developer_that_is_not_there_is_a_401() {
    let (portal, _, claims) = portal_and_claims().await;
    let other = "0198a2c4-1111-7abc-8def-0123456789ab";
    for changes in [json!({ "sid": other }), json!({ "sub": other }), json!({ "sub": other, "sid": other })] {
        let token = signed(&signing_key(), &header().to_string(), &with(&claims, changes).to_string());
        present(&portal, &token).await.expect_problem(401, "unauthorized");
    }
    portal.end().await;
}

#[tokio::test]
async fn a_session_token_is_no_administrators_token() {
    let (portal, ada, _) = portal_and_claims().await;
    let token = ada.cookie(ACCESS).expect("a cookie");
    let eve = portal.anonymous().with_bearer(&token);
    eve.get(&format!("/v3/portals/{}", portal.id())).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_rotated_signing_key_verifies_while_it_is_listed_and_not_after() {
    let (portal, _, claims) = portal_and_claims().await;
    let (old, new) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
    let raw = |key: &SigningKey| key.verifying_key().to_bytes().to_vec();
    let of = |kid: &str, key: &SigningKey| signed(key, &with(&header(), json!({ "kid": kid })).to_string(), &claims.to_string());
    let both = BTreeMap::from([("old".to_owned(), raw(&old)), ("new".to_owned(), raw(&new))]);
    let both = Verifier::new(both, PUBLIC_URL, portal.id());
    let after = Verifier::new(BTreeMap::from([("new".to_owned(), raw(&new))]), PUBLIC_URL, portal.id());
    let now = portal.clock.now();
    assert!(both.verify(&of("old", &old), now).is_ok() && both.verify(&of("new", &new), now).is_ok());
    assert!(after.verify(&of("new", &new), now).is_ok());
    assert_eq!(after.verify(&of("old", &old), now), Err(Refused::NotOurs));
    assert_eq!(both.verify(&of("new", &old), now), Err(Refused::NotOurs), "a key goes by its own id");
    portal.end().await;
}

/// Each is refused in the same words, and nothing is read for it.
async fn refused(portal: &TestPortal, zoo: Vec<(String, String)>) {
    let mut first = None;
    for (name, token) in zoo {
        let reply = present(portal, &token).await;
        assert_eq!(reply.status, 401, "{name}: {}", reply.body);
        let seen = reply.seen();
        assert_eq!(first.get_or_insert_with(|| seen.clone()), &seen, "{name}");
    }
    assert_eq!(portal.take_calls().len(), 0);
}
