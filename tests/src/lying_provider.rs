//! An identity provider on a loopback address that says what it is told to, the truth or not, and counts who asks.

mod clients;
mod people;
mod registered;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::clients::Clients;
use self::people::People;
use self::registered::{Registered, brings_a_code};

/// Where providers describe themselves.
const DESCRIPTION: &str = "/.well-known/openid-configuration";

/// What the provider does instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 500.
    Broken,
    /// Nothing, for ever.
    Silent,
    /// A page for people.
    Html,
    /// 50 MB of keys.
    Endless,
    /// A redirect to where the truth is.
    Redirect,
}

#[derive(Default)]
struct Says {
    address: String,
    issuer: Option<String>,
    algorithms: Option<Vec<String>>,
    keys: Vec<Value>,
    fault: Option<Fault>,
    requests: Vec<String>,
    clients: Clients,
    people: People,
    registered: Registered,
    hidden: Vec<&'static str>,
}

/// The provider. Its issuer is where it listens.
#[derive(Clone)]
pub struct LyingProvider {
    says: Arc<Mutex<Says>>,
    issuer: String,
}

/// A key of the provider: its id, and what its private half is made of.
#[derive(Clone, Copy, Debug)]
pub struct Signing(pub &'static str, pub [u8; 32]);

impl Signing {
    fn encoding(self) -> EncodingKey {
        let der = SigningKey::from_bytes(&self.1).to_pkcs8_der().expect("a key can be written");
        EncodingKey::from_ed_der(der.as_bytes())
    }

    /// What the provider publishes of it.
    pub fn public(self) -> Value {
        let public = URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&self.1).verifying_key().as_bytes());
        json!({ "kty": "OKP", "crv": "Ed25519", "x": public, "kid": self.0, "alg": "EdDSA" })
    }

    /// A token of any claims, with a header that names this key.
    pub fn sign(self, claims: &Value) -> String {
        self.sign_as(&Header { kid: Some(self.0.to_owned()), ..Header::new(Algorithm::EdDSA) }, claims)
    }

    /// A token with a header of its own.
    pub fn sign_as(self, header: &Header, claims: &Value) -> String {
        portico_identity::signatures::encode(header, claims, &self.encoding()).expect("it can be signed")
    }
}

/// A token that a secret signs (HS256), which no key of ours verifies.
pub fn signed_by_secret(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let tag = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret), text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The key that a new provider has.
pub const FIRST: Signing = Signing("first", [3; 32]);
/// The next one.
pub const SECOND: Signing = Signing("second", [4; 32]);

impl LyingProvider {
    /// One that tells the truth, with [`FIRST`] as its key.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let says = Says { address: issuer.clone(), keys: vec![FIRST.public()], ..Says::default() };
        let says = Arc::new(Mutex::new(says));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&says));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { says, issuer }
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Publishes these keys and no others.
    pub fn publish(&self, keys: Vec<Value>) {
        self.change(|says| says.keys = keys);
    }

    /// Calls itself otherwise.
    pub fn call_itself(&self, issuer: &str) {
        self.change(|says| says.issuer = Some(issuer.to_owned()));
    }

    /// Lists these algorithms.
    pub fn list_algorithms(&self, names: &[&str]) {
        self.change(|says| says.algorithms = Some(names.iter().map(|name| (*name).to_owned()).collect()));
    }

    /// Does not say where these endpoints are.
    pub fn hide(&self, endpoints: &[&'static str]) {
        self.change(|says| says.hidden = endpoints.to_vec());
    }

    /// Meets every request with a fault, or with none any more.
    pub fn fail(&self, fault: Option<Fault>) {
        self.change(|says| says.fault = fault);
    }

    /// The paths that were asked for since the last time.
    pub fn take_requests(&self) -> Vec<String> {
        let mut taken = Vec::new();
        self.change(|says| taken = std::mem::take(&mut says.requests));
        taken
    }

    /// How often its keys were asked for since the last time.
    pub fn take_key_requests(&self) -> usize {
        self.take_requests().iter().filter(|path| *path == "/keys").count()
    }

    fn change(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().expect("nobody panics with it"));
    }
}

async fn answer(State(says): State<Arc<Mutex<Says>>>, uri: Uri, headers: HeaderMap, form: Bytes) -> Response {
    let (fault, body) = {
        let mut says = says.lock().expect("nobody panics with it");
        says.requests.push(uri.path().to_owned());
        match uri.path() {
            "/token" if says.fault.is_none() && says.people.gave_code(&form) => return says.people.redeem(&headers, &form),
            "/token" if says.fault.is_none() && brings_a_code(&form) => return says.registered.exchange(&headers, &form),
            "/token" if says.fault.is_none() => return says.clients.exchange(&headers, &form),
            "/authorize" if says.fault.is_none() => return says.registered.authorize(uri.query().unwrap_or_default()),
            _ => {}
        }
        let address = &says.address;
        let algorithms = says.algorithms.clone().unwrap_or_else(|| vec!["EdDSA".to_owned()]);
        let body = match uri.path().trim_end_matches("/truth") {
            DESCRIPTION => {
                let mut description = json!({
                    "issuer": says.issuer.as_ref().unwrap_or(address),
                    "jwks_uri": format!("{address}/keys"),
                    "authorization_endpoint": format!("{address}/authorize"),
                    "token_endpoint": format!("{address}/token"),
                    "id_token_signing_alg_values_supported": algorithms,
                });
                says.people.also.iter().for_each(|(name, value)| description[name] = value.clone());
                description.as_object_mut().expect("an object").retain(|name, _| !says.hidden.contains(&name.as_str()));
                Some(description)
            }
            "/userinfo" => says.people.userinfo.clone(),
            "/keys" => Some(json!({ "keys": says.keys })),
            _ => None,
        };
        (says.fault, body)
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    match fault {
        None => {}
        Some(Fault::Redirect) if uri.path().ends_with("/truth") => {}
        Some(Fault::Broken) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fault::Silent) => std::future::pending().await,
        Some(Fault::Html) => return axum::response::Html("<p>Sign in</p>").into_response(),
        Some(Fault::Endless) => return (json, " ".repeat(50_000_000)).into_response(),
        Some(Fault::Redirect) => return axum::response::Redirect::temporary(&format!("{}/truth", uri.path())).into_response(),
    }
    body.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |body| (json, body.to_string()).into_response())
}
