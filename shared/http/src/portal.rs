//! What every handler has at hand: the table, the specifications, the configuration, time and randomness.

use std::sync::Arc;

use portico_domain::event::{Actor, Event, Name};
use portico_domain::id::{EventId, JobId, uuid_v7};
use portico_domain::job::{Job, Work};
use portico_domain::mail_token::MailKey;
use portico_domain::refresh_token::RefreshKey;
use portico_domain::sealed::SealingKey;
use portico_domain::time::Timestamp;
use portico_identity::Providers;
use portico_store::Store;
use portico_store::specifications::Specifications;
use uuid::Uuid;

use crate::clock::{Clock, Entropy};
use crate::config::{Config, Live};
use crate::links_seen::LinksSeen;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::session_tokens::Signer;

/// What every handler has at hand. One for each function, or for all of them on a laptop.
#[derive(Clone, Debug)]
pub struct Portal {
    /// The table.
    pub store: Store,
    /// The bodies of specifications.
    pub specifications: Specifications,
    /// What is not in the table.
    pub config: Arc<Config>,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The identity providers whose tokens are checked.
    pub providers: Providers,
    /// The links that the authorizer has seen.
    pub links_seen: LinksSeen,
}

impl Portal {
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Random bytes, fit for secrets.
    ///
    /// # Errors
    /// A 500 if the system gives none.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], Problem> {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(bytes)
    }

    /// A new id.
    ///
    /// # Errors
    /// A 500 if the system gives no random bytes.
    pub fn new_id<T: From<Uuid>>(&self) -> Result<T, Problem> {
        Ok(T::from(uuid_v7(self.now(), self.random()?)))
    }

    /// A new event of now.
    ///
    /// # Errors
    /// A 500 if the system gives no random bytes.
    pub fn event(&self, name: Name, actor: Actor, data: serde_json::Value) -> Result<Event, Problem> {
        Ok(Event { id: self.new_id::<EventId>()?, name, at: self.now(), actor, data })
    }

    /// A new job that the caller begins at once.
    ///
    /// # Errors
    /// A 500 if the system gives no random bytes.
    pub fn job(&self, work: Work) -> Result<Job, Problem> {
        Ok(Job::begun(self.new_id::<JobId>()?, work, self.now()))
    }

    /// The text with a digest: of a specification or a document.
    ///
    /// # Errors
    /// What the place for them says; a 500 if it is no text.
    pub async fn text_of(&self, digest: &str) -> Result<String, Problem> {
        let body = self.specifications.body(digest).await?;
        String::from_utf8(body.into()).map_err(|_| Problem::internal(format!("the body {digest} is not text")))
    }

    /// What signs sessions.
    ///
    /// # Errors
    /// A 500 in a function that was not given the key.
    pub fn signer(&self) -> Result<&Signer, Problem> {
        self.config.keys.signer.as_ref().ok_or_else(|| missing("PORTICO_SESSION_PRIVATE_KEY"))
    }

    /// What refresh tokens are derived from.
    ///
    /// # Errors
    /// A 500 in a function that was not given the key.
    pub fn refresh_keys(&self) -> Result<&Live<RefreshKey>, Problem> {
        self.config.keys.refresh.as_ref().ok_or_else(|| missing("PORTICO_REFRESH_KEY"))
    }

    /// What the tokens in mails are derived from.
    ///
    /// # Errors
    /// A 500 in a function that was not given the key.
    pub fn mail_keys(&self) -> Result<&Live<MailKey>, Problem> {
        self.config.keys.mail.as_ref().ok_or_else(|| missing("PORTICO_MAIL_KEY"))
    }

    /// What clients' secrets are encrypted with.
    ///
    /// # Errors
    /// A 500 in a function that was not given the key.
    pub fn sealing_keys(&self) -> Result<&Live<SealingKey>, Problem> {
        self.config.keys.sealing.as_ref().ok_or_else(|| missing("PORTICO_SEALING_KEY"))
    }
}

fn missing(variable: &str) -> Problem {
    Problem::internal(format!("{variable} is not set"))
}
