//! Tokens that clients are given for their id and secret (RFC 6749, 4.4), kept for as long as they are good.
//!
//! What is kept is a token, by a digest of who asked for it and for what: neither a secret nor a refusal. Each time it is verified as any
//! other token is.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portico_domain::presented_client::PresentedClient;
use portico_domain::time::Timestamp;
use portico_domain::token::Claims;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::fetch::FetchError;
use crate::providers::{Providers, Unavailable};
use crate::token::{Refused, verify};

/// The longest that a token is kept: a client that the provider withdraws is refused after it, whatever life its token has.
pub const MOST_KEPT: Duration = Duration::from_secs(60 * 60);
/// The most tokens that are kept.
const MOST: usize = 1_000;

/// Why a client has no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    /// The provider gives it none: the id or the secret is wrong, or the client may not have one with these scopes.
    #[error("the identity provider gives this client no token")]
    Refused,
    /// What the provider gave is no token that it signed.
    #[error("the identity provider gave a token that is not one that it signed")]
    NotTheirs,
    /// The provider cannot be asked.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<Refused> for NoToken {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotTheirs => Self::NotTheirs,
            Refused::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

/// A client, and what it asks a provider for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// The client.
    pub client: &'a PresentedClient,
    /// What the token must be good for.
    pub scopes: &'a [String],
}

/// The tokens that are kept. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClientTokens(Arc<Mutex<BTreeMap<[u8; 32], Kept>>>);

struct Kept {
    token: String,
    until: Timestamp,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("until", &self.until).finish_non_exhaustive()
    }
}

/// What a token endpoint answers.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    token_type: String,
    #[serde(default)]
    expires_in: Option<f64>,
}

impl Wanted<'_> {
    /// Different for each issuer, id, secret and scopes, and nothing that leads back to a secret.
    fn digest(&self) -> [u8; 32] {
        let parts = [self.issuer, self.client.id(), self.client.secret()];
        let mut digest = Sha256::new();
        for part in parts.into_iter().chain(self.scopes.iter().map(String::as_str)) {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}

impl ClientTokens {
    fn get(&self, wanted: &Wanted<'_>, now: Timestamp) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&wanted.digest()).filter(|kept| now < kept.until).map(|kept| kept.token.clone())
    }

    fn keep(&self, wanted: &Wanted<'_>, token: String, until: Timestamp, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.retain(|_, one| now < one.until);
        }
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(wanted.digest(), Kept { token, until });
    }
}

impl Providers {
    /// What the token says that this client was given and that is still good. Nobody is asked for a token.
    pub async fn kept_for(&self, wanted: &Wanted<'_>, now: Timestamp) -> Option<Claims> {
        let token = self.client_tokens.get(wanted, now)?;
        verify(&token, wanted.issuer, self, now).await.ok()
    }

    /// What the token says that this client is given for its id and secret: the one that is kept, or another one.
    ///
    /// # Errors
    /// [`NoToken`]; it is not remembered.
    pub async fn exchange(&self, wanted: &Wanted<'_>, now: Timestamp) -> Result<Claims, NoToken> {
        if let Some(claims) = self.kept_for(wanted, now).await {
            return Ok(claims);
        }
        let provider = self.provider(wanted.issuer, now).await?;
        let endpoint = provider.endpoints().token.as_deref().ok_or(Unavailable)?;
        let scopes = wanted.scopes.join(" ");
        let mut form = vec![("grant_type", "client_credentials")];
        if !scopes.is_empty() {
            form.push(("scope", &scopes));
        }
        let (id, secret) = (wanted.client.id(), wanted.client.secret());
        let client = if provider.takes_basic() {
            Some((id, secret))
        } else {
            form.extend([("client_id", id), ("client_secret", secret)]);
            None
        };
        let answer: Answer = match self.fetcher().post(endpoint, client, &form).await {
            Ok(answer) => answer,
            Err(FetchError::Status(400 | 401 | 403)) => return Err(NoToken::Refused),
            Err(error) => {
                tracing::warn!(provider.issuer = wanted.issuer, cause = %error, "an identity provider exchanges no clients for tokens");
                return Err(NoToken::Unavailable(Unavailable));
            }
        };
        if !answer.token_type.eq_ignore_ascii_case("bearer") {
            return Err(NoToken::NotTheirs);
        }
        let claims = verify(&answer.access_token, wanted.issuer, self, now).await?;
        if let Some(life) = life(&answer, &claims, now) {
            self.client_tokens.keep(wanted, answer.access_token, now.plus(life), now);
        }
        Ok(claims)
    }
}

/// How long a token is kept: as long as both the provider and the token say, at most [`MOST_KEPT`].
fn life(answer: &Answer, claims: &Claims, now: Timestamp) -> Option<Duration> {
    let said = answer
        .expires_in
        .map_or(MOST_KEPT, |seconds| Duration::try_from_secs_f64(seconds.min(MOST_KEPT.as_secs_f64())).unwrap_or_default());
    let left = u64::try_from(claims.expires_at()?.millis().saturating_sub(now.millis())).ok()?;
    Some(said.min(Duration::from_millis(left)).min(MOST_KEPT))
}
