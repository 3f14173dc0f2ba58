//! Forty tokens that are none of the client's, by every trick that is known: each is refused, and nothing is fetched that they name.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use jsonwebtoken::{Algorithm, Header};
use portico_domain::strategy::OpenIdConnect;
use portico_tests::lying_provider::{FIRST, LyingProvider, SECOND, Signing, signed_by_secret};
use serde_json::{Value, json};

use super::open::{Open, terms, texts};

/// The key of whoever forges, under the id of the provider's.
const STRANGER: Signing = Signing("first", [9; 32]);
/// The modulus of an RSA key of 2,048 bits. Nobody has its private half.
const MODULUS: [u8; 256] = [0xC3; 256];
/// What stands around a modulus of 2,048 bits in the DER of a public key with the exponent 65,537.
const BEFORE: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA";
const AFTER: [u8; 5] = [2, 3, 1, 0, 1];

fn rsa() -> Value {
    json!({ "kty": "RSA", "kid": "rsa", "alg": "RS256", "use": "sig", "n": URL_SAFE_NO_PAD.encode(MODULUS), "e": "AQAB" })
}

fn rsa_der() -> Vec<u8> {
    [STANDARD.decode(BEFORE).expect("base64").as_slice(), &MODULUS, &AFTER].concat()
}

/// As providers publish it: the text that a careless reader takes for a secret.
fn rsa_pem() -> String {
    let text = STANDARD.encode(rsa_der());
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

fn base64(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A text as a token that the provider's first key signed, whatever it is.
fn signed(header: &str, claims: &str) -> String {
    let text = format!("{}.{}", base64(header), base64(claims));
    let signature = SigningKey::from_bytes(&FIRST.1).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// The collection, each with its trick.
fn forty(open: &Open, evil: &LyingProvider) -> Vec<(&'static str, String)> {
    let (good, now, from) = (good(open), open.now(), evil.issuer());
    let (text, issuer) = (good.to_string(), open.lying.issuer());
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        FIRST.sign(&claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().expect("an object").remove(name);
        FIRST.sign(&claims)
    };
    let named = |key: Signing, change: &dyn Fn(&mut Header)| {
        let mut header = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::EdDSA) };
        change(&mut header);
        key.sign_as(&header, &good)
    };
    let hmac = |kid: &str, secret: &[u8]| signed_by_secret(&json!({ "typ": "JWT", "alg": "HS256", "kid": kid }), &good, secret);
    let real = FIRST.sign(&good);
    let (head_and_claims, signature) = real.rsplit_once('.').expect("a signature");
    let (head, claims) = head_and_claims.split_once('.').expect("claims");
    let public = FIRST.public()["x"].as_str().expect("a public half").to_owned();
    let evil_key = || Some(serde_json::from_value(STRANGER.public()).expect("a key"));
    let keys = format!("{from}/keys");
    let text_of = |kid: &str| Some(kid.to_owned());
    vec![
        // What is no token.
        ("no token", "weather".to_owned()),
        ("two parts", head_and_claims.to_owned()),
        ("no signature", format!("{head_and_claims}.")),
        ("another signature", format!("{head_and_claims}.{}", signature.chars().rev().collect::<String>())),
        ("the claims of another token", format!("{head}.{}.{signature}", base64(&text.replace("weather", "other")))),
        ("padding", format!("{real}=")),
        ("a huge header", signed(&format!(r#"{{"alg":"EdDSA","kid":"first","x":"{}"}}"#, "x".repeat(20_000)), &text)),
        // Algorithms.
        ("alg none", format!("{}.{claims}.", base64(r#"{"alg":"none"}"#))),
        ("alg nOnE with a signature", signed(r#"{"alg":"nOnE","kid":"first"}"#, &text)),
        ("alg missing", signed(r#"{"kid":"first"}"#, &text)),
        ("alg twice", signed(r#"{"alg":"EdDSA","alg":"none","kid":"first"}"#, &text)),
        ("HS256 with the RSA key as PEM", hmac("rsa", rsa_pem().as_bytes())),
        ("HS256 with the RSA key as DER", hmac("rsa", &rsa_der())),
        ("HS256 with the Ed25519 key", hmac("first", &URL_SAFE_NO_PAD.decode(&public).expect("base64"))),
        ("HS256 with an empty secret", hmac("first", b"")),
        ("RS256 by name, with a key of another type", signed(r#"{"alg":"RS256","kid":"first"}"#, &text)),
        ("EdDSA by name, with the RSA key's id", signed(r#"{"alg":"EdDSA","kid":"rsa"}"#, &text)),
        // Keys that the header brings or names.
        ("the id of a known key", STRANGER.sign(&good)),
        ("the id of no key", SECOND.sign(&good)),
        ("a path as the key's id", named(STRANGER, &|header| header.kid = text_of("../../../../dev/null"))),
        ("an address as the key's id", named(STRANGER, &|header| header.kid = text_of(&keys))),
        ("jku", named(STRANGER, &|header| header.jku = text_of(&keys))),
        ("x5u", named(STRANGER, &|header| header.x5u = text_of(&keys))),
        ("jwk", named(STRANGER, &|header| header.jwk = evil_key())),
        ("x5c", named(STRANGER, &|header| header.x5c = Some(vec!["AAAA".to_owned()]))),
        ("crit", named(FIRST, &|header| header.crit = Some(vec!["exp".to_owned()]))),
        // Tokens for something else.
        ("an ID token by its type", with("typ", json!("ID"))),
        ("an ID token by its nonce", with("nonce", json!("n-0S6_WzA2Mj"))),
        ("a refresh token", with("typ", json!("Refresh"))),
        ("a logout token", with("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} }))),
        ("a session of the portal", open.ada.cookie("portalaccesstoken").expect("a session")),
        // Claims.
        ("another issuer, signed by its own key", {
            let mut claims = good.clone();
            claims["iss"] = json!(from);
            STRANGER.sign(&claims)
        }),
        ("the issuer with a slash", with("iss", json!(format!("{issuer}/")))),
        ("the issuer among others", with("iss", json!([issuer, from]))),
        ("no exp", without("exp")),
        ("exp 61 seconds ago", with("exp", json!(now - 61))),
        ("nbf in 61 seconds", with("nbf", json!(now + 61))),
        ("no aud", without("aud")),
        ("the audience among others", with("aud", json!(["weather", "other"]))),
        ("a claim twice", signed(r#"{"alg":"EdDSA","kid":"first"}"#, &text.replacen('{', r#"{"aud":"other","#, 1))),
    ]
}

/// What a good token says.
fn good(open: &Open) -> Value {
    let mut claims = open.claims();
    claims["aud"] = json!("weather");
    claims
}

#[tokio::test]
async fn forty_forged_tokens_are_refused_and_fetch_nothing() {
    let open = Open::with(|issuer| OpenIdConnect { credential_claim: texts(&["aud"]), ..terms(issuer) }).await;
    open.lying.list_algorithms(&["RS256", "EdDSA"]);
    open.lying.publish(vec![FIRST.public(), rsa()]);
    let evil = LyingProvider::start().await;
    evil.publish(vec![STRANGER.public()]);
    assert!(open.call(&FIRST.sign(&good(&open))).await.is_some(), "the one that they are forged from");
    open.lying.take_requests();
    let forty = forty(&open, &evil);
    assert_eq!(forty.iter().map(|(trick, _)| trick).collect::<std::collections::BTreeSet<_>>().len(), 40);
    for (trick, token) in &forty {
        let gates = open.refused(token).await;
        let by_token = ["untrusted-token", "expired-token", "no-reference-id"];
        assert!(gates.len() == 1 && by_token.contains(&gates.first().map_or("", String::as_str)), "{trick}: {gates:?}");
    }
    assert_eq!((open.lying.take_requests(), evil.take_requests()), (Vec::new(), Vec::new()));
    assert!(open.call(&FIRST.sign(&good(&open))).await.is_some(), "it passes all the same");
    open.portal.end().await;
}
