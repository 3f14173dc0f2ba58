//! Configuration, parsed once. Each error names its variable.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_domain::email::EmailAddress;
use portico_domain::id::PortalId;
use portico_identity::Reach;

use crate::session_tokens::Verifier;

mod keys;

pub(crate) use keys::Looked;
pub use keys::{Keys, Live};

/// A variable is missing or wrong. The value is never repeated: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {rule}")]
pub struct ConfigError {
    /// Which variable.
    pub variable: &'static str,
    /// What it must be.
    pub rule: String,
}

/// Where people reach the portal: `https://portal.example.com`, without a path.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicUrl(url::Url);

impl fmt::Debug for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

impl PublicUrl {
    /// Reads an `http` or `https` URL without path, query and credentials.
    ///
    /// # Errors
    /// A sentence fragment that says what it must be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rule = || "must be an http or https URL without a path, such as https://portal.example.com".to_owned();
        let url = url::Url::parse(text).map_err(|_| rule())?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if matches!(url.scheme(), "http" | "https") && url.has_host() && bare { Ok(Self(url)) } else { Err(rule()) }
    }

    /// `https://portal.example.com`, with a port where it is not the scheme's own.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The host name.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether it is plain `http` on a loopback name: the only case in which cookies go without `Secure`.
    pub fn is_plain_loopback(&self) -> bool {
        self.0.scheme() == "http"
            && (matches!(self.host(), "localhost" | "127.0.0.1" | "[::1]") || self.host().ends_with(".localhost"))
    }
}

/// Everything that is not in the table.
#[derive(Debug)]
pub struct Config {
    /// The portal that this deployment serves to developers.
    pub portal: PortalId,
    /// Where people reach it.
    pub public_url: PublicUrl,
    /// A session ends when it was not refreshed for so long.
    pub session_idle: Duration,
    /// A session ends after so long in any case.
    pub session_absolute: Duration,
    /// The sender of mails.
    pub mail_from: String,
    /// The administrators' addresses: who is told that somebody waits for approval.
    pub notify: Vec<EmailAddress>,
    /// Verifies sessions.
    pub verifier: Verifier,
    /// Keys.
    pub keys: Keys,
}

/// Idle limit of sessions, unless the operator says otherwise.
pub const SESSION_IDLE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Absolute limit of sessions, unless the operator says otherwise.
pub const SESSION_ABSOLUTE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The environment as a function finds it.
pub struct Environment<F: Fn(&str) -> Option<String>>(pub F);

impl<F: Fn(&str) -> Option<String>> Environment<F> {
    /// A variable that must be there.
    ///
    /// # Errors
    /// [`ConfigError`] if it is not.
    pub fn required(&self, variable: &'static str) -> Result<String, ConfigError> {
        self.optional(variable).ok_or_else(|| ConfigError { variable, rule: "is not set".to_owned() })
    }

    /// A variable that may be there; empty counts as absent.
    pub fn optional(&self, variable: &'static str) -> Option<String> {
        (self.0)(variable).filter(|value| !value.is_empty())
    }

    fn parsed<T, E: fmt::Display>(
        &self,
        variable: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        parse(&self.required(variable)?).map_err(|error| ConfigError { variable, rule: error.to_string() })
    }

    /// How far requests to identity providers go: `PORTICO_PRIVATE_PROVIDERS` is `true` where they may lie in a private network.
    ///
    /// # Errors
    /// [`ConfigError`] for any other word than `true` and `false`.
    pub fn reach(&self) -> Result<Reach, ConfigError> {
        let variable = "PORTICO_PRIVATE_PROVIDERS";
        match self.optional(variable).as_deref() {
            None | Some("false") => Ok(Reach::Public),
            Some("true") => Ok(Reach::Private),
            Some(_) => Err(ConfigError { variable, rule: "must be true or false".to_owned() }),
        }
    }

    fn hours(&self, variable: &'static str, default: Duration) -> Result<Duration, ConfigError> {
        let rule = || ConfigError { variable, rule: "must be a number of hours from 1 to 8760".to_owned() };
        let Some(text) = self.optional(variable) else { return Ok(default) };
        match text.parse::<u64>() {
            Ok(hours @ 1..=8760) => Ok(Duration::from_secs(hours * 3600)),
            _ => Err(rule()),
        }
    }

    fn addresses(&self, variable: &'static str) -> Result<Vec<EmailAddress>, ConfigError> {
        let rule = || ConfigError { variable, rule: "must be addresses separated by commas".to_owned() };
        let text = self.optional(variable).unwrap_or_default();
        let addresses = text.split(',').map(str::trim).filter(|address| !address.is_empty());
        addresses.map(|address| EmailAddress::parse(address).map_err(|_| rule())).collect()
    }

    /// Reads the configuration, without keys.
    ///
    /// # Errors
    /// [`ConfigError`] for the first variable that is missing or wrong.
    pub fn config(&self) -> Result<Config, ConfigError> {
        self.config_with(|_| Ok(Keys::default()))
    }

    /// Reads the configuration, and the keys that are there.
    ///
    /// # Errors
    /// [`ConfigError`] for the first variable that is missing or wrong.
    pub fn config_with_keys(&self) -> Result<Config, ConfigError> {
        self.config_with(|public| self.keys(public))
    }

    fn config_with(
        &self,
        keys: impl FnOnce(&BTreeMap<String, Vec<u8>>) -> Result<Keys, ConfigError>,
    ) -> Result<Config, ConfigError> {
        let portal = self.parsed("PORTICO_PORTAL_ID", str::parse::<PortalId>)?;
        let public_url = self.parsed("PORTICO_PUBLIC_URL", PublicUrl::parse)?;
        let variable = "PORTICO_SESSION_PUBLIC_KEYS";
        let rule = || ConfigError {
            variable,
            rule: "must be KEYID:BASE64 pairs of Ed25519 public keys, separated by commas".to_owned(),
        };
        let mut public_keys = BTreeMap::new();
        for pair in self.required(variable)?.split(',') {
            let (kid, key) = pair.trim().split_once(':').ok_or_else(rule)?;
            let raw = STANDARD.decode(key).ok().filter(|raw| raw.len() == 32).ok_or_else(rule)?;
            public_keys.insert(kid.to_owned(), raw);
        }
        let keys = keys(&public_keys)?;
        Ok(Config {
            verifier: Verifier::new(public_keys, &public_url.origin(), portal),
            session_idle: self.hours("PORTICO_SESSION_IDLE_HOURS", SESSION_IDLE)?,
            session_absolute: self.hours("PORTICO_SESSION_ABSOLUTE_HOURS", SESSION_ABSOLUTE)?,
            mail_from: self.optional("PORTICO_MAIL_FROM").unwrap_or_else(|| format!("no-reply@{}", public_url.host())),
            notify: self.addresses("PORTICO_NOTIFY")?,
            keys,
            portal,
            public_url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_to_notify_are_read_one_by_one_and_a_wrong_one_names_the_variable_alone() {
        let read = |text: &str| {
            let text = text.to_owned();
            Environment(move |_: &str| Some(text.clone())).addresses("PORTICO_NOTIFY")
        };
        let canonical = |text: &str| read(text).map(|all| all.iter().map(|one| one.canonical().to_owned()).collect::<Vec<_>>());
        assert_eq!(canonical(""), Ok(Vec::new()));
        assert_eq!(
            canonical("Ada@Example.TEST, eve@example.test,"),
            Ok(vec!["ada@example.test".into(), "eve@example.test".into()])
        );
        let wrong = read("ada@example.test,nobody").map(|_| ()).expect_err("it is no address");
        assert_eq!(wrong.to_string(), "PORTICO_NOTIFY must be addresses separated by commas");
    }
}
