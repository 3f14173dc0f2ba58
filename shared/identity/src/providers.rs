//! The providers that were asked, and for how long what they said is believed.
//!
//! What was fetched is used for [`MAX_AGE`]. A token whose key is not there makes the provider be asked again, at most once in
//! [`BETWEEN`], however many such tokens come. Whoever cannot be reached is believed for up to [`STALE`] since the last answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portico_domain::time::Timestamp;

use crate::clients::ClientTokens;
use crate::fetch::Fetcher;
use crate::provider::{Provider, ProviderError, ProviderKey};
use crate::reach::Reach;

/// For how long keys are used without asking again: a key that was withdrawn is refused after it.
pub const MAX_AGE: Duration = Duration::from_secs(10 * 60);
/// The least time between two requests for the same provider's keys.
pub const BETWEEN: Duration = Duration::from_secs(30);
/// For how long keys are used while their provider cannot be reached.
pub const STALE: Duration = Duration::from_secs(60 * 60);
/// The most providers that are kept.
const MOST: usize = 100;

/// The provider cannot be asked, and what it said is too old, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the identity provider cannot be asked")]
pub struct Unavailable;

/// Every provider that was asked. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Providers {
    fetcher: Fetcher,
    known: Arc<Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Known>>>>>,
    pub(crate) client_tokens: ClientTokens,
}

/// What is known of a provider.
#[derive(Debug, Default)]
struct Known {
    provider: Option<(Arc<Provider>, Timestamp)>,
    asked_at: Option<Timestamp>,
}

impl Known {
    fn within(&self, age: Duration, now: Timestamp) -> Option<&Arc<Provider>> {
        self.provider.as_ref().filter(|(_, fetched_at)| now < fetched_at.plus(age)).map(|(provider, _)| provider)
    }

    fn may_ask(&self, now: Timestamp) -> bool {
        self.asked_at.is_none_or(|asked_at| now >= asked_at.plus(BETWEEN))
    }
}

impl Providers {
    /// None yet.
    pub fn new(fetcher: Fetcher) -> Self {
        Self { fetcher, ..Self::default() }
    }

    /// What providers are asked with.
    pub const fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// How far requests to providers go.
    pub const fn reach(&self) -> Reach {
        self.fetcher.reach()
    }

    /// The provider's key with an id, asking the provider if it has to be; nothing, if the provider has none.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn key(&self, issuer: &str, id: Option<&str>, now: Timestamp) -> Result<Option<ProviderKey>, Unavailable> {
        Ok(self.provider_with_key(issuer, id, now).await?.key(id).cloned())
    }

    /// A provider as it describes itself.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn provider(&self, issuer: &str, now: Timestamp) -> Result<Arc<Provider>, Unavailable> {
        self.find(issuer, now, |_| true).await
    }

    /// A provider as it describes itself, asked again if it has no key with an id.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub(crate) async fn provider_with_key(
        &self,
        issuer: &str,
        id: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<Provider>, Unavailable> {
        self.find(issuer, now, |provider| provider.key(id).is_some()).await
    }

    async fn find(&self, issuer: &str, now: Timestamp, enough: impl Fn(&Provider) -> bool) -> Result<Arc<Provider>, Unavailable> {
        let entry = self.entry(issuer);
        // Whoever comes meanwhile waits for the answer of the one request.
        let mut known = entry.lock().await;
        if let Some(provider) = known.within(MAX_AGE, now).filter(|provider| enough(provider)) {
            return Ok(Arc::clone(provider));
        }
        if known.may_ask(now) {
            known.asked_at = Some(now);
            match Box::pin(Provider::discover(issuer, &self.fetcher)).await {
                Ok(provider) => known.provider = Some((Arc::new(provider), now)),
                Err(error) => told(issuer, &error),
            }
        }
        known.within(STALE, now).cloned().ok_or(Unavailable)
    }

    fn entry(&self, issuer: &str) -> Arc<tokio::sync::Mutex<Known>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(issuer) {
            known.clear();
        }
        Arc::clone(known.entry(issuer.to_owned()).or_default())
    }
}

fn told(issuer: &str, error: &ProviderError) {
    tracing::warn!(provider.issuer = issuer, cause = %error, "an identity provider cannot be used");
}
