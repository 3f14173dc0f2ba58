//! Clients of the lying provider, and the tokens that they get for their secrets.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use url::form_urlencoded;

use super::LyingProvider;

/// What a client gets for its secret.
struct Given {
    secret: String,
    token: String,
    expires_in: Option<u64>,
}

/// The clients, and the forms that they sent.
#[derive(Default)]
pub(super) struct Clients {
    known: BTreeMap<String, Given>,
    forms: Vec<String>,
}

impl LyingProvider {
    /// Gives a client this token for its secret.
    pub fn give(&self, id: &str, secret: &str, token: &str, expires_in: Option<u64>) {
        let given = Given { secret: secret.to_owned(), token: token.to_owned(), expires_in };
        self.change(|says| drop(says.clients.known.insert(id.to_owned(), given)));
    }

    /// Knows a client no more.
    pub fn withdraw(&self, id: &str) {
        self.change(|says| drop(says.clients.known.remove(id)));
    }

    /// The forms that were sent for tokens since the last time.
    pub fn take_exchanges(&self) -> Vec<String> {
        let mut taken = Vec::new();
        self.change(|says| taken = std::mem::take(&mut says.clients.forms));
        taken
    }
}

impl Clients {
    /// Answers a form, as RFC 6749 says: the id and the secret are form-encoded before they are encoded as a pair.
    pub(super) fn exchange(&mut self, headers: &HeaderMap, form: &[u8]) -> Response {
        self.forms.push(String::from_utf8_lossy(form).into_owned());
        let json = [(header::CONTENT_TYPE, "application/json")];
        match basic(headers).and_then(|(id, secret)| self.known.get(&id).filter(|known| known.secret == secret)) {
            Some(given) => {
                let mut answer = json!({ "access_token": given.token, "token_type": "Bearer" });
                if let Some(seconds) = given.expires_in {
                    answer["expires_in"] = json!(seconds);
                }
                (json, answer.to_string()).into_response()
            }
            None => (StatusCode::UNAUTHORIZED, json, r#"{"error":"invalid_client"}"#).into_response(),
        }
    }
}

/// The id and the secret in a header.
pub(super) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded = |text: &str| {
        let (name, _) = form_urlencoded::parse(text.as_bytes()).next()?;
        Some(name.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}
