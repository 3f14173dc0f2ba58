//! The clients that sign people in with the lying provider: where they may be sent back to, and the secrets that they show.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use url::form_urlencoded;

use super::LyingProvider;
use super::clients::basic;

/// What is registered of a client.
struct Client {
    redirect_uri: String,
    secret: Option<String>,
}

/// The clients that are registered, by id.
#[derive(Default)]
pub(super) struct Registered {
    known: BTreeMap<String, Client>,
    /// How the token endpoint refuses every code, whoever shows it.
    refusal: Option<(StatusCode, &'static str)>,
}

impl LyingProvider {
    /// Registers a client with the one place that it may have people sent back to.
    pub fn register(&self, id: &str, secret: Option<&str>, redirect_uri: &str) {
        let client = Client { redirect_uri: redirect_uri.to_owned(), secret: secret.map(str::to_owned) };
        self.change(|says| drop(says.registered.known.insert(id.to_owned(), client)));
    }

    /// Refuses every code in this way, or in the right one again.
    pub fn refuse_codes(&self, refusal: Option<(StatusCode, &'static str)>) {
        self.change(|says| says.registered.refusal = refusal);
    }
}

impl Registered {
    /// Whom nobody may be asked who they are is sent back at once (`prompt=none`), if where to is registered.
    pub(super) fn authorize(&self, query: &str) -> Response {
        let sent = fields(query.as_bytes());
        let of = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
        let whole = [of("state"), of("nonce"), of("code_challenge")].iter().all(|value| value.len() >= 43);
        let asks = of("response_type") == "code" && of("code_challenge_method") == "S256" && of("prompt") == "none";
        let registered = self.known.get(of("client_id")).is_some_and(|client| client.redirect_uri == of("redirect_uri"));
        if !registered || !whole || !asks {
            return (StatusCode::BAD_REQUEST, axum::response::Html("<p>Invalid parameter: redirect_uri</p>")).into_response();
        }
        let back = format!("{}?error=login_required&state={}", of("redirect_uri"), of("state"));
        (StatusCode::FOUND, [(header::LOCATION, back)]).into_response()
    }

    /// Nobody was given a code: what is told is whether the client is who it says.
    pub(super) fn exchange(&self, headers: &HeaderMap, form: &[u8]) -> Response {
        let says =
            |status: StatusCode, body: String| (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        if let Some((status, body)) = self.refusal {
            return says(status, body.to_owned());
        }
        let sent = fields(form);
        let shown = basic(headers).map(|(id, secret)| (id, Some(secret)));
        let (id, secret) = shown.unwrap_or_else(|| {
            let of = |name: &str| sent.get(name).cloned();
            (of("client_id").unwrap_or_default(), of("client_secret"))
        });
        match self.known.get(&id) {
            Some(client) if client.secret == secret => says(StatusCode::BAD_REQUEST, r#"{"error":"invalid_grant"}"#.to_owned()),
            _ => says(StatusCode::UNAUTHORIZED, r#"{"error":"invalid_client"}"#.to_owned()),
        }
    }
}

/// Whether a form brings a code.
pub(super) fn brings_a_code(form: &[u8]) -> bool {
    fields(form).get("grant_type").is_some_and(|grant| grant == "authorization_code")
}

pub(super) fn fields(encoded: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(encoded).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}
