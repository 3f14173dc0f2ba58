//! A trial of a provider before developers depend on it: what they would meet at the first sign-in is asked of the provider itself, and
//! what is wrong is said in sentences for an administrator. The provider's own words are never repeated.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response, StatusCode, header};
use portico_domain::sealed::{CannotOpen, ClientSecret};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::fetch::{FetchError, Fetcher, form_request};
use crate::provider::{Endpoints, Provider, ProviderError};

/// What is tried.
#[derive(Debug)]
pub struct Trial<'a> {
    /// The provider, as it is configured.
    pub issuer: &'a str,
    /// The portal's own client there.
    pub client_id: &'a str,
    /// Its secret, if it has one.
    pub secret: Result<Option<&'a ClientSecret>, CannotOpen>,
    /// Where the provider is to send browsers back to.
    pub redirect_uri: &'a str,
    /// What nobody could guess: a made-up code and the rest of what a sign-in begins with are made of it.
    pub random: [u8; 32],
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// Whether it is as it must be.
    pub passed: bool,
    /// What was found, in a sentence.
    pub detail: String,
}

/// What a token endpoint says of a refusal (RFC 6749, 5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Check {
    fn passed(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, passed: true, detail: detail.into() }
    }

    fn failed(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, passed: false, detail: detail.into() }
    }
}

impl Trial<'_> {
    /// Looks at one thing after the other. What cannot be asked for because of what was found is left out.
    pub async fn checks(&self, fetcher: &Fetcher) -> Vec<Check> {
        let provider = match Provider::discover(self.issuer, fetcher).await {
            Ok(provider) => provider,
            Err(error) => return vec![Check::failed("discovery", self.no_provider(&error))],
        };
        let discovered = "It describes itself by the issuer that is configured, and its keys can be read.";
        let mut checks = vec![Check::passed("discovery", discovered), endpoints(provider.endpoints())];
        if let Some(address) = &provider.endpoints().authorization {
            checks.push(self.redirect_uri(address, fetcher).await);
        }
        if let Some(address) = &provider.endpoints().token {
            checks.push(self.client(address, provider.takes_basic(), fetcher).await);
        }
        checks
    }

    fn no_provider(&self, error: &ProviderError) -> String {
        let configured = self.issuer;
        match error {
            ProviderError::OtherIssuer(Some(itself)) => format!(
                "The identity provider calls itself {itself}, and the issuer that is configured is {configured}: the two must be the \
                 same to the last character."
            ),
            ProviderError::Description(_)
            | ProviderError::OtherIssuer(None)
            | ProviderError::NoAlgorithm
            | ProviderError::Keys(_) => format!("The identity provider cannot be used: {error}."),
        }
    }

    /// Begins a sign-in that may show nobody anything: the provider sends it back at once, if it knows the client and where to.
    async fn redirect_uri(&self, endpoint: &str, fetcher: &Fetcher) -> Check {
        let name = "redirect_uri";
        let answer = match self.authorization_request(endpoint) {
            Some(request) => fetcher.answer(request).await,
            None => return Check::failed(name, "Its authorization endpoint is no URL."),
        };
        let uri = self.redirect_uri;
        match answer {
            Ok(answer) if self.leads_back(&answer) => Check::passed(name, format!("The redirect URI {uri} is registered.")),
            // A page is never so long that it leads back.
            Ok(_) | Err(FetchError::TooLong) => Check::failed(
                name,
                format!(
                    "The identity provider does not know the client, or has not registered the redirect URI {uri}: add exactly \
                     this one to the client."
                ),
            ),
            Err(error) => Check::failed(name, format!("Its authorization endpoint {error}.")),
        }
    }

    fn authorization_request(&self, endpoint: &str) -> Option<Request<Vec<u8>>> {
        let mut url = Url::parse(endpoint).ok()?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(self.made_up("verifier")));
        let (state, nonce) = (self.made_up("state"), self.made_up("nonce"));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("scope", "openid")
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("prompt", "none");
        Request::get(url.as_str()).body(Vec::new()).ok()
    }

    fn leads_back(&self, answer: &Response<Vec<u8>>) -> bool {
        let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok()).unwrap_or_default();
        let rest = location.strip_prefix(self.redirect_uri);
        answer.status().is_redirection() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#']))
    }

    /// Asks for tokens with a code that nobody was given: a provider that says so has taken the client for who it is.
    async fn client(&self, endpoint: &str, takes_basic: bool, fetcher: &Fetcher) -> Check {
        let name = "client";
        let Ok(secret) = self.secret else {
            let lost =
                "The secret cannot be opened: the key that it was kept with is not in force any more. Give the secret again.";
            return Check::failed(name, lost);
        };
        let answer = match self.token_request(endpoint, secret, takes_basic) {
            Some(request) => fetcher.answer(request).await,
            None => return Check::failed(name, "Its token endpoint is no URL."),
        };
        match answer {
            Ok(answer) => of_exchange(name, &answer),
            Err(error) => Check::failed(name, format!("Its token endpoint {error}.")),
        }
    }

    fn token_request(&self, endpoint: &str, secret: Option<&ClientSecret>, takes_basic: bool) -> Option<Request<Vec<u8>>> {
        let (code, verifier) = (self.made_up("code"), self.made_up("verifier"));
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", self.redirect_uri),
            ("code_verifier", &verifier),
        ];
        let basic = secret.filter(|_| takes_basic).map(|secret| (self.client_id, secret.expose()));
        if basic.is_none() {
            form.push(("client_id", self.client_id));
            form.extend(secret.map(|secret| ("client_secret", secret.expose())));
        }
        let mut request = form_request(endpoint, basic, &form).ok()?;
        request.headers_mut().insert(header::ACCEPT, header::HeaderValue::from_static("application/json"));
        Some(request)
    }

    /// A value of a purpose, of the length that a verifier must have at least (RFC 7636, 4.1).
    fn made_up(&self, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(self.random).chain_update(purpose).finalize())
    }
}

fn endpoints(known: &Endpoints) -> Check {
    let name = "endpoints";
    match (&known.authorization, &known.token) {
        (Some(_), Some(_)) => Check::passed(name, "It says where people sign in and where codes are exchanged."),
        (None, Some(_)) => Check::failed(name, "It names no authorization_endpoint: nobody can sign in there."),
        (Some(_), None) => Check::failed(name, "It names no token_endpoint: no code can be exchanged there."),
        (None, None) => {
            Check::failed(name, "It names neither an authorization_endpoint nor a token_endpoint: nobody can sign in there.")
        }
    }
}

/// What the answer to a made-up code says of the client.
fn of_exchange(name: &'static str, answer: &Response<Vec<u8>>) -> Check {
    let said = serde_json::from_slice::<Refusal>(answer.body()).map(|refusal| refusal.error).unwrap_or_default();
    match (answer.status(), said.as_str()) {
        (StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED, "invalid_grant") => {
            Check::passed(name, "The client's id and secret are accepted: of a made-up code nothing is wrong but the code.")
        }
        // Keycloak calls a client with a wrong secret unauthorized, too: the status says which of the two it is.
        (StatusCode::UNAUTHORIZED, _) | (_, "invalid_client") => {
            Check::failed(name, "The identity provider does not accept the client's id or its secret.")
        }
        (_, "unauthorized_client") => {
            Check::failed(name, "The client may not exchange codes there: allow it the authorization code flow.")
        }
        (status, _) if status.is_success() => Check::failed(name, "Its token endpoint takes a code that nobody was given."),
        (status, _) => Check::failed(
            name,
            format!(
                "Its token endpoint answered a made-up code with status {}, which says nothing of the client.",
                status.as_u16()
            ),
        ),
    }
}
