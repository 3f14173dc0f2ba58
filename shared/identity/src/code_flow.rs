//! Signing people in: OpenID Connect's authorization code flow, with proof keys (OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9207).
//!
//! The protocol is the crate's `openidconnect`. What it asks goes through [`Fetcher`], and the keys that it
//! verifies with are those that [`Providers`] keep.

use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier,
    CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret as WireSecret, CsrfToken,
    EndSessionUrl, HttpRequest, HttpResponse, IssuerUrl, JsonWebKeySet, LogoutRequest, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse,
    TokenResponse as _, TokenUrl,
};
use portico_domain::sealed::ClientSecret;
use portico_domain::session::LEEWAY;
use portico_domain::sign_on_attempt::Attempt;
use portico_domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::fetch::{FetchError, Fetcher};
use crate::provider::Provider;
use crate::providers::{Providers, Unavailable};
use crate::token::{Payload, claimed_issuer};

/// The portal, as a client of a provider.
#[derive(Clone, Copy, Debug)]
pub struct RelyingParty<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// The portal's own client there.
    pub client_id: &'a str,
    /// Its secret, unless it is a public one.
    pub secret: Option<&'a ClientSecret>,
    /// Where the provider sends browsers back to.
    pub redirect_uri: &'a str,
    /// What is asked for.
    pub scopes: &'a [String],
    /// Claims that are asked for once more where the ID token does not have them.
    pub wanted: &'a [&'a str],
}

/// How the library asks a provider.
struct Http(Fetcher);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let answer = self.0.answer(request).await?;
            // Trouble is no refusal, whatever body it comes with.
            if answer.status().is_server_error() || answer.status() == StatusCode::TOO_MANY_REQUESTS {
                return Err(FetchError::Status(answer.status().as_u16()));
            }
            Ok(answer)
        })
    }
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignOnError {
    /// The provider does not take the code: it was used, is too old, or was given to somebody else.
    #[error("the identity provider does not take the code")]
    Code,
    /// The provider does not take the portal's client or its secret, or lacks an endpoint.
    #[error("the portal is not set up at the identity provider as it is here")]
    NotSetUp,
    /// What the provider gave is no ID token for this portal and this attempt.
    #[error("the ID token is not one for this sign-in")]
    NotTheirs,
    /// The provider cannot be asked.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Somebody whom a provider has signed in.
#[derive(Clone)]
pub struct SignedOn {
    /// What it says of them.
    pub claims: Map<String, Value>,
    /// The ID token, for signing out there.
    pub id_token: String,
}

impl Providers {
    /// Where a browser goes to sign in.
    ///
    /// # Errors
    /// [`SignOnError::Unavailable`]; [`SignOnError::NotSetUp`] if the provider signs nobody in.
    pub async fn authorization_url(
        &self,
        party: &RelyingParty<'_>,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<String, SignOnError> {
        let provider = self.provider(party.issuer, now).await?;
        let endpoint = self.within_reach(provider.endpoints().authorization.as_deref())?;
        let endpoint = AuthUrl::new(endpoint.to_owned()).map_err(|_| SignOnError::NotSetUp)?;
        let client = client(party, &provider)?.set_auth_uri(endpoint);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(attempt.verifier()));
        let (state, nonce) = (CsrfToken::new(attempt.state(party.issuer, party.client_id)), Nonce::new(attempt.nonce()));
        let request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scopes(party.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        let (url, _, _) = request.url();
        Ok(url.into())
    }

    /// Who the provider signed in, for the code that a browser came back with.
    ///
    /// # Errors
    /// [`SignOnError`].
    pub async fn redeem(
        &self,
        party: &RelyingParty<'_>,
        attempt: &Attempt,
        code: &str,
        now: Timestamp,
    ) -> Result<SignedOn, SignOnError> {
        let provider = self.provider(party.issuer, now).await?;
        let answer = self.exchange_code(party, &provider, attempt, code).await?;
        let id_token = answer.id_token().ok_or(SignOnError::NotTheirs)?;
        let raw = id_token.to_string();
        let key_id = jsonwebtoken::decode_header(&raw).map_err(|_| SignOnError::NotTheirs)?.kid;
        let provider = self.provider_with_key(party.issuer, key_id.as_deref(), now).await?;
        let verified = verified(id_token, &Nonce::new(attempt.nonce()), party, &provider, now)?;
        access_token_belongs(&answer, id_token, verified, party, &provider)?;
        let mut claims = Payload::of(&raw).ok_or(SignOnError::NotTheirs)?;
        if party.wanted.iter().any(|name| !claims.contains_key(*name)) {
            self.add_userinfo(&mut claims, &provider, answer.access_token().secret()).await?;
        }
        Ok(SignedOn { claims, id_token: raw })
    }

    /// Whether the provider has to say who it is in what a browser brings, and whether it does.
    ///
    /// # Errors
    /// [`SignOnError::NotTheirs`] if another provider answers, or one that always says so does not.
    pub async fn is_answer_of(&self, issuer: &str, said: Option<&str>, now: Timestamp) -> Result<(), SignOnError> {
        let provider = self.provider(issuer, now).await?;
        match said {
            Some(said) if said == issuer => Ok(()),
            None if !provider.names_itself() => Ok(()),
            _ => Err(SignOnError::NotTheirs),
        }
    }

    /// Where a browser goes to be signed out at the provider too, if the provider has such a place (OpenID Connect RP-Initiated Logout
    /// 1.0). An ID token of another issuer is not handed on.
    ///
    /// # Errors
    /// [`SignOnError::Unavailable`].
    pub async fn sign_out_url(
        &self,
        party: &RelyingParty<'_>,
        id_token: &str,
        back_to: &str,
        now: Timestamp,
    ) -> Result<Option<String>, SignOnError> {
        let provider = self.provider(party.issuer, now).await?;
        let Ok(endpoint) = self.within_reach(provider.endpoints().end_session.as_deref()) else { return Ok(None) };
        let wrong = |_| SignOnError::NotSetUp;
        let endpoint = EndSessionUrl::new(endpoint.to_owned()).map_err(wrong)?;
        let request = LogoutRequest::from(endpoint)
            .set_client_id(ClientId::new(party.client_id.to_owned()))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back_to.to_owned()).map_err(wrong)?);
        let theirs = claimed_issuer(id_token).is_some_and(|issuer| issuer == party.issuer);
        let hint = id_token.parse::<CoreIdToken>().ok().filter(|_| theirs);
        let request = match &hint {
            Some(hint) => request.set_id_token_hint(hint),
            None => request,
        };
        Ok(Some(request.http_get_url().into()))
    }

    async fn exchange_code(
        &self,
        party: &RelyingParty<'_>,
        provider: &Provider,
        attempt: &Attempt,
        code: &str,
    ) -> Result<CoreTokenResponse, SignOnError> {
        let endpoint = self.within_reach(provider.endpoints().token.as_deref())?;
        let endpoint = TokenUrl::new(endpoint.to_owned()).map_err(|_| SignOnError::NotSetUp)?;
        let client = client(party, provider)?.set_token_uri(endpoint);
        let http = Http(self.fetcher().clone());
        let asked = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()))
            .request_async(&http);
        Box::pin(asked).await.map_err(|error| {
            let refused = match &error {
                RequestTokenError::ServerResponse(refused) if *refused.error() == CoreErrorResponseType::InvalidGrant => {
                    SignOnError::Code
                }
                RequestTokenError::ServerResponse(_) => SignOnError::NotSetUp,
                RequestTokenError::Parse(..) => SignOnError::NotTheirs,
                RequestTokenError::Request(_) | RequestTokenError::Other(_) => SignOnError::Unavailable(Unavailable),
            };
            told(party.issuer, &error);
            refused
        })
    }

    /// Adds what the provider says elsewhere, if it does: what the ID token says counts first (OpenID Connect Core 1.0, 5.3).
    async fn add_userinfo(
        &self,
        claims: &mut Map<String, Value>,
        provider: &Provider,
        access_token: &str,
    ) -> Result<(), SignOnError> {
        let Some(endpoint) = &provider.endpoints().userinfo else { return Ok(()) };
        let said: Map<String, Value> = self.fetcher().json_as(endpoint, access_token).await.map_err(|error| {
            // Nothing said is not the same as no groups, or no name.
            tracing::warn!(provider.issuer = provider.issuer(), cause = %error, "an identity provider says no more of somebody");
            Unavailable
        })?;
        if said.get("sub") != claims.get("sub") {
            return Err(SignOnError::NotTheirs);
        }
        // Whether an address is proven is said of the address beside it.
        let same_address = claims.get("email").is_none_or(|email| said.get("email") == Some(email));
        for (name, value) in said.into_iter().filter(|(name, _)| name != "email_verified" || same_address) {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn within_reach<'e>(&self, endpoint: Option<&'e str>) -> Result<&'e str, SignOnError> {
        let endpoint = endpoint.ok_or(SignOnError::NotSetUp)?;
        self.reach().url(endpoint).map_err(|_| SignOnError::NotSetUp)?;
        Ok(endpoint)
    }
}

/// A cause that says nothing of what the provider answered.
fn told(issuer: &str, error: &RequestTokenError<FetchError, StandardErrorResponse<CoreErrorResponseType>>) {
    let cause = match error {
        RequestTokenError::ServerResponse(refused) => format!("it refuses: {}", known(refused.error())),
        RequestTokenError::Request(error) => error.to_string(),
        RequestTokenError::Parse(..) => "it answers something else than tokens".to_owned(),
        RequestTokenError::Other(_) => "its answer cannot be read".to_owned(),
    };
    tracing::warn!(provider.issuer = issuer, cause, "an identity provider exchanges no code");
}

/// The word of the standard for an error, and none of the provider's own.
const fn known(error: &CoreErrorResponseType) -> &'static str {
    match error {
        CoreErrorResponseType::InvalidClient => "invalid_client",
        CoreErrorResponseType::InvalidGrant => "invalid_grant",
        CoreErrorResponseType::InvalidRequest => "invalid_request",
        CoreErrorResponseType::InvalidScope => "invalid_scope",
        CoreErrorResponseType::UnauthorizedClient => "unauthorized_client",
        CoreErrorResponseType::UnsupportedGrantType => "unsupported_grant_type",
        CoreErrorResponseType::Extension(_) => "for a reason of its own",
    }
}

fn client(party: &RelyingParty<'_>, provider: &Provider) -> Result<CoreClient, SignOnError> {
    let redirect = RedirectUrl::new(party.redirect_uri.to_owned()).map_err(|_| SignOnError::NotSetUp)?;
    let client = CoreClient::new(ClientId::new(party.client_id.to_owned()), issuer(party)?, JsonWebKeySet::default())
        .set_redirect_uri(redirect)
        .set_auth_type(if provider.takes_basic() { AuthType::BasicAuth } else { AuthType::RequestBody });
    Ok(match party.secret {
        Some(secret) => client.set_client_secret(WireSecret::new(secret.expose().to_owned())),
        None => client,
    })
}

fn issuer(party: &RelyingParty<'_>) -> Result<IssuerUrl, SignOnError> {
    IssuerUrl::new(party.issuer.to_owned()).map_err(|_| SignOnError::NotSetUp)
}

/// The claims of an ID token that this provider signed, for this portal and this attempt, and that is in time.
fn verified<'t>(
    token: &'t CoreIdToken,
    nonce: &Nonce,
    party: &RelyingParty<'_>,
    provider: &Arc<Provider>,
    now: Timestamp,
) -> Result<&'t CoreIdTokenClaims, SignOnError> {
    let moment = DateTime::<Utc>::from_timestamp_millis(now.millis()).ok_or(SignOnError::NotTheirs)?;
    let leeway = TimeDelta::from_std(LEEWAY).map_err(|_| SignOnError::NotTheirs)?;
    let verifier = verifier(party, provider)?.set_time_fn(move || moment - leeway).set_issue_time_verifier_fn(move |issued_at| {
        if issued_at <= moment + leeway { Ok(()) } else { Err("it is of the future".to_owned()) }
    });
    token.claims(&verifier, nonce).map_err(|error| {
        tracing::warn!(provider.issuer = party.issuer, cause = reason(&error), "an ID token is refused");
        SignOnError::NotTheirs
    })
}

/// What is wrong with a token, in words of our own.
const fn reason(error: &openidconnect::ClaimsVerificationError) -> &'static str {
    use openidconnect::ClaimsVerificationError as Error;
    match error {
        Error::Expired(_) => "it is over, or of the future",
        Error::InvalidAudience(_) => "it is for somebody else",
        Error::InvalidIssuer(_) => "it is of another issuer",
        Error::InvalidNonce(_) => "it is for another attempt",
        Error::SignatureVerification(_) => "its signature is not the issuer's",
        _ => "it cannot be used",
    }
}

/// Public, also for a client with a secret: the secret is no key that ID tokens may be signed with.
fn verifier<'v>(party: &RelyingParty<'_>, provider: &Arc<Provider>) -> Result<CoreIdTokenVerifier<'v>, SignOnError> {
    let keys: Vec<CoreJsonWebKey> =
        provider.published_keys().iter().filter_map(|key| serde_json::from_value(key.clone()).ok()).collect();
    let algorithms = provider.algorithms().iter().filter_map(|algorithm| match algorithm {
        jsonwebtoken::Algorithm::RS256 => Some(CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
        jsonwebtoken::Algorithm::PS256 => Some(CoreJwsSigningAlgorithm::RsaSsaPssSha256),
        jsonwebtoken::Algorithm::ES256 => Some(CoreJwsSigningAlgorithm::EcdsaP256Sha256),
        jsonwebtoken::Algorithm::EdDSA => Some(CoreJwsSigningAlgorithm::EdDsa),
        _ => None,
    });
    let client_id = ClientId::new(party.client_id.to_owned());
    Ok(CoreIdTokenVerifier::new_public_client(client_id, issuer(party)?, JsonWebKeySet::new(keys)).set_allowed_algs(algorithms))
}

/// Whether the access token came with this ID token, where the ID token says (OpenID Connect Core 1.0, 3.1.3.8).
fn access_token_belongs(
    answer: &CoreTokenResponse,
    token: &CoreIdToken,
    claims: &CoreIdTokenClaims,
    party: &RelyingParty<'_>,
    provider: &Arc<Provider>,
) -> Result<(), SignOnError> {
    let Some(expected) = claims.access_token_hash() else { return Ok(()) };
    let verifier = verifier(party, provider)?;
    let algorithm = token.signing_alg().map_err(|_| SignOnError::NotTheirs)?;
    let key = token.signing_key(&verifier).map_err(|_| SignOnError::NotTheirs)?;
    let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(|_| SignOnError::NotTheirs)?;
    if actual == *expected { Ok(()) } else { Err(SignOnError::NotTheirs) }
}
