//! People whom the lying provider signs in: the codes that browsers come back with, and the ID tokens that they are good for.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::clients::basic;
use super::registered::fields;
use super::{FIRST, LyingProvider};

/// What a code is good for.
struct Issued {
    challenge: String,
    redirect_uri: String,
    client_id: String,
    token: String,
    used: bool,
}

/// The codes, and what else is said of people.
#[derive(Default)]
pub(super) struct People {
    codes: BTreeMap<String, Issued>,
    /// The secret of the portal's client.
    secret: Option<String>,
    /// Whether codes can be used again and again, by anybody.
    pub(super) careless: bool,
    /// What else the description says.
    pub(super) also: Map<String, Value>,
    /// What is said of whoever shows an access token.
    pub(super) userinfo: Option<Value>,
}

impl LyingProvider {
    /// Asks for this secret of the portal's client.
    pub fn expect_secret(&self, secret: &str) {
        self.change(|says| says.people.secret = Some(secret.to_owned()));
    }

    /// Takes codes again and again, and looks at no proof.
    pub fn be_careless(&self) {
        self.change(|says| says.people.careless = true);
    }

    /// Says something more, or something else, of itself.
    pub fn describe(&self, name: &str, value: Value) {
        self.change(|says| drop(says.people.also.insert(name.to_owned(), value)));
    }

    /// Says this of whoever shows an access token.
    pub fn tell(&self, userinfo: Value) {
        self.change(|says| says.people.userinfo = Some(userinfo));
    }

    /// Signs Ada in, for what a browser asked at `asked`: the code that it comes back with. `claims` are what is said otherwise of her; null
    /// takes a claim away. `now` in seconds.
    pub fn sign_in(&self, asked: &Url, now: i64, claims: Value) -> String {
        let token = FIRST.sign(&self.claims(asked, now, claims));
        self.sign_in_with(asked, &token)
    }

    /// Signs somebody in with a token made elsewhere.
    pub fn sign_in_with(&self, asked: &Url, token: &str) -> String {
        let said = |name: &str| asked.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        let issued = Issued {
            challenge: said("code_challenge").expect("a proof key"),
            redirect_uri: said("redirect_uri").expect("a way back"),
            client_id: said("client_id").expect("a client"),
            token: token.to_owned(),
            used: false,
        };
        let mut code = String::new();
        self.change(|says| {
            code = format!("code-{}", says.people.codes.len());
            says.people.codes.insert(code.clone(), issued);
        });
        code
    }

    /// What is true of Ada, but for some claims.
    pub fn claims(&self, asked: &Url, now: i64, claims: Value) -> Value {
        let said = |name: &str| asked.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        let mut all = json!({
            "iss": self.issuer(), "aud": said("client_id"), "sub": "ada-at-work", "nonce": said("nonce"),
            "iat": now, "exp": now + 300, "name": "Ada Lovelace", "email": "ada@example.test", "email_verified": true,
        });
        for (name, value) in claims.as_object().expect("claims") {
            all[name] = value.clone();
        }
        all.as_object_mut().expect("claims").retain(|_, value| !value.is_null());
        all
    }
}

impl People {
    /// Whether a form brings a code that was given to somebody.
    pub(super) fn gave_code(&self, form: &[u8]) -> bool {
        fields(form).get("code").is_some_and(|code| self.codes.contains_key(code))
    }

    /// Answers a form with a code, as RFC 6749 (4.1.3) and RFC 7636 (4.6) say.
    pub(super) fn redeem(&mut self, headers: &HeaderMap, form: &[u8]) -> Response {
        let sent = fields(form);
        let said = |name: &str| sent.get(name).map_or("", String::as_str);
        let shown = basic(headers);
        let wrong_secret = self.secret.as_ref().is_some_and(|secret| shown.as_ref().is_none_or(|(_, shown)| shown != secret));
        if wrong_secret {
            return refused(StatusCode::UNAUTHORIZED, "invalid_client");
        }
        let careless = self.careless;
        let Some(issued) = self.codes.get_mut(said("code")) else { return refused(StatusCode::BAD_REQUEST, "invalid_grant") };
        let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(said("code_verifier")));
        let client = shown.map_or_else(|| said("client_id").to_owned(), |(id, _)| id);
        let theirs = proof == issued.challenge && said("redirect_uri") == issued.redirect_uri && client == issued.client_id;
        if !careless && (issued.used || !theirs) {
            return refused(StatusCode::BAD_REQUEST, "invalid_grant");
        }
        issued.used = true;
        let answer =
            json!({ "access_token": "an-access-token", "token_type": "Bearer", "expires_in": 300, "id_token": issued.token });
        ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
    }
}

fn refused(status: StatusCode, error: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], json!({ "error": error }).to_string()).into_response()
}
