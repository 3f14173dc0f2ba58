//! The keys that a function was given, and where they come from: its environment names a parameter for each, or holds the key itself.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use portico_aws::parameters::{self, ParameterError};
use portico_domain::mail_token::MailKey;
use portico_domain::refresh_token::RefreshKey;
use portico_domain::sealed::SealingKey;
use zeroize::Zeroizing;

use super::{ConfigError, Environment};
use crate::session_tokens::Signer;

/// The variable that holds each key, and the one that names its parameter. On AWS the second is set: an environment is shown to
/// everybody who may look at a function.
const SECRETS: [(&str, &str); 4] = [
    ("PORTICO_SESSION_PRIVATE_KEY", "PORTICO_SESSION_PRIVATE_KEY_PARAMETER"),
    ("PORTICO_REFRESH_KEY", "PORTICO_REFRESH_KEY_PARAMETER"),
    ("PORTICO_MAIL_KEY", "PORTICO_MAIL_KEY_PARAMETER"),
    ("PORTICO_SEALING_KEY", "PORTICO_SEALING_KEY_PARAMETER"),
];

/// The keys that a function was given. Only those who begin or renew sessions have the first two, only those who make links the third,
/// only those who keep or use clients' secrets the fourth.
#[derive(Debug, Default)]
pub struct Keys {
    /// Signs sessions.
    pub signer: Option<Signer>,
    /// Derives refresh tokens.
    pub refresh: Option<Live<RefreshKey>>,
    /// Derives the tokens in mails.
    pub mail: Option<Live<MailKey>>,
    /// Encrypts the secrets of the portal's clients at identity providers.
    pub sealing: Option<Live<SealingKey>>,
}

/// The keys of one purpose that are in force. There are two while one replaces the other: what was made with either is good.
#[derive(Debug)]
pub struct Live<K> {
    current: K,
    others: Vec<K>,
}

impl<K> Live<K> {
    /// What new things are made with.
    pub const fn current(&self) -> &K {
        &self.current
    }

    /// All that are in force, the current one first.
    pub fn all(&self) -> impl Iterator<Item = &K> {
        std::iter::once(&self.current).chain(&self.others)
    }
}

impl<K> From<K> for Live<K> {
    fn from(current: K) -> Self {
        Self { current, others: Vec::new() }
    }
}

/// What Parameter Store holds of the keys, by the variable that would hold each.
pub(crate) struct Looked(BTreeMap<&'static str, (&'static str, Zeroizing<String>)>);

impl Looked {
    /// Looks up what the environment names.
    ///
    /// # Errors
    /// [`ConfigError`] names the variable, and the parameter, never a value.
    pub(crate) async fn up<F: Fn(&str) -> Option<String>>(environment: &Environment<F>) -> Result<Self, ConfigError> {
        let mut named = Vec::new();
        for (variable, names) in SECRETS {
            let Some(name) = environment.optional(names) else { continue };
            if environment.optional(variable).is_some() {
                return Err(ConfigError {
                    variable: names,
                    rule: format!("is set, and {variable} is set too: give one of them"),
                });
            }
            named.push((variable, names, name));
        }
        let wanted: Vec<_> = named.iter().map(|(_, _, name)| name.as_str()).collect();
        let found = parameters::from_environment(&wanted).await.map_err(|error| {
            let at_fault = |name: &str| named.iter().find(|(_, _, named)| named == name);
            let one = match &error {
                ParameterError::Missing(name) | ParameterError::NotSecure(name) => at_fault(name),
                ParameterError::Call(_) => named.first(),
            };
            ConfigError { variable: one.map_or("PORTICO_…_PARAMETER", |(_, names, _)| names), rule: error.to_string() }
        })?;
        let of = |name: &str| found.get(name).cloned().unwrap_or_default();
        Ok(Self(named.iter().map(|(variable, names, name)| (*variable, (*names, of(name)))).collect()))
    }

    /// The value of a variable that was looked up.
    pub(crate) fn value(&self, variable: &str) -> Option<String> {
        self.0.get(variable).map(|(_, value)| value.to_string())
    }

    /// An error as it is to be told to an operator, who knows a key by its parameter.
    pub(crate) fn told(&self, error: ConfigError) -> ConfigError {
        match self.0.get(error.variable) {
            Some((names, _)) => ConfigError { variable: names, rule: format!("names a parameter whose value {}", error.rule) },
            None => error,
        }
    }
}

impl<F: Fn(&str) -> Option<String>> Environment<F> {
    /// Reads the keys. The private key must be the other half of a public one: sessions that nobody accepts are not begun.
    pub(super) fn keys(&self, public: &BTreeMap<String, Vec<u8>>) -> Result<Keys, ConfigError> {
        Ok(Keys {
            signer: self.signer(public)?,
            refresh: self.live("PORTICO_REFRESH_KEY", RefreshKey::new)?,
            mail: self.live("PORTICO_MAIL_KEY", MailKey::new)?,
            sealing: self.live("PORTICO_SEALING_KEY", SealingKey::new)?,
        })
    }

    fn signer(&self, public: &BTreeMap<String, Vec<u8>>) -> Result<Option<Signer>, ConfigError> {
        let variable = "PORTICO_SESSION_PRIVATE_KEY";
        let wrong = |rule: &str| ConfigError { variable, rule: rule.to_owned() };
        let form = || wrong("must be KEYID:BASE64 of an Ed25519 private key in PKCS#8");
        let Some(text) = self.optional(variable).map(Zeroizing::new) else { return Ok(None) };
        let (kid, key) = text.trim().split_once(':').ok_or_else(form)?;
        let der = Zeroizing::new(STANDARD.decode(key).map_err(|_| form())?);
        let key = SigningKey::from_pkcs8_der(&der).map_err(|_| form())?;
        match public.get(kid) {
            Some(public) if *public == key.verifying_key().to_bytes() => Ok(Some(Signer::new(kid, &der))),
            Some(_) => Err(wrong("must be the private half of the public key with its id in PORTICO_SESSION_PUBLIC_KEYS")),
            None => Err(wrong("must have the id of a key in PORTICO_SESSION_PUBLIC_KEYS")),
        }
    }

    fn live<K>(&self, variable: &'static str, key: impl Fn([u8; 32]) -> K) -> Result<Option<Live<K>>, ConfigError> {
        let rule =
            || ConfigError { variable, rule: "must be 32 bytes in base64, or several such keys with commas between".to_owned() };
        let Some(text) = self.optional(variable).map(Zeroizing::new) else { return Ok(None) };
        let mut keys = Vec::new();
        for one in text.split(',') {
            let bytes = Zeroizing::new(STANDARD.decode(one.trim()).map_err(|_| rule())?);
            keys.push(key(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| rule())?));
        }
        let others = keys.split_off(1.min(keys.len()));
        Ok(keys.pop().map(|current| Live { current, others }))
    }
}
