//! What administrators do to a strategy, decided over the strategy as it was read.

use std::collections::BTreeMap;

use crate::id::StrategyId;
use crate::portal::Labels;
use crate::strategy::{KeyTtl, Method, OpenIdConnect, Strategy};
use crate::text::StrategyName;
use crate::time::Timestamp;

/// A header that may carry an API key: a field name of RFC 9110, kept as it was written, compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName(String);

/// Why a text cannot name the header of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// Nothing, too much, or a character that a field name does not have.
    #[error("must be the name of a header: 1 to {} letters, digits and ! # $ % & ' * + - . ^ _ ` | ~", KeyName::MAX_CHARS)]
    NoHeader,
    /// A header that HTTP, the browser or the gateway uses for itself.
    #[error("is a header that carries something else")]
    Reserved,
}

impl KeyName {
    /// The most characters that it has.
    pub const MAX_CHARS: usize = 256;
    /// Headers in which a key would not arrive, or would be taken for something else.
    const RESERVED: &[&str] = &[
        "accept",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "date",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "origin",
        "proxy-authorization",
        "proxy-connection",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "x-amzn-trace-id",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
    ];

    /// Reads the name of a header.
    ///
    /// # Errors
    /// [`KeyNameError`] names the first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, KeyNameError> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !(1..=Self::MAX_CHARS).contains(&text.len()) || !text.bytes().all(token) {
            return Err(KeyNameError::NoHeader);
        }
        if Self::RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(text)) {
            return Err(KeyNameError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }
}

/// 1 to [`Self::MAX`] headers, no two of them the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyNames(Vec<String>);

/// Two of the headers are the same, whatever the case of their letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {} different headers; upper and lower case are the same", KeyNames::MAX)]
pub struct InvalidKeyNames;

impl KeyNames {
    /// The most headers that a strategy names (contract, point 24).
    pub const MAX: usize = 10;

    /// Takes headers together.
    ///
    /// # Errors
    /// [`InvalidKeyNames`] if there are none, too many, or two that are the same.
    pub fn of(names: Vec<KeyName>) -> Result<Self, InvalidKeyNames> {
        let names: Vec<String> = names.into_iter().map(|name| name.0).collect();
        let mut lower: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        lower.sort_unstable();
        lower.dedup();
        if lower.len() == names.len() && (1..=Self::MAX).contains(&names.len()) { Ok(Self(names)) } else { Err(InvalidKeyNames) }
    }
}

impl Default for KeyNames {
    /// What a strategy takes that names none.
    fn default() -> Self {
        Self(vec![Strategy::DEFAULT_KEY_NAME.to_owned()])
    }
}

impl Method {
    /// API keys in headers.
    pub fn key_auth(names: KeyNames, ttl: Option<KeyTtl>) -> Self {
        Self::KeyAuth { key_names: names.0, ttl }
    }
}

/// What an administrator says of a strategy as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrategyTerms {
    /// Name.
    pub name: StrategyName,
    /// What developers read.
    pub display_name: StrategyName,
    /// What it asks for.
    pub method: Method,
    /// Labels.
    pub labels: Labels,
    /// Kept for clients that send it.
    pub principals: Option<bool>,
}

/// What is to be changed of a strategy; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StrategyChanges {
    /// Name.
    pub name: Option<StrategyName>,
    /// What developers read.
    pub display_name: Option<StrategyName>,
    /// Labels to set, or to take away; nothing at all takes every label away.
    pub labels: Option<Option<BTreeMap<String, Option<String>>>>,
    /// Settings.
    pub method: Option<MethodChanges>,
    /// Kept for clients that send it.
    pub principals: Option<bool>,
}

/// What is to be changed of what a strategy asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodChanges {
    /// Of API keys.
    KeyAuth {
        /// Headers.
        key_names: Option<KeyNames>,
        /// Lifetime of keys that are made from now on, or none.
        ttl: Option<Option<KeyTtl>>,
    },
    /// Of OpenID Connect.
    OpenidConnect {
        /// The issuer of the tokens.
        issuer: Option<String>,
        /// Claims that may hold the reference ID.
        credential_claim: Option<Vec<String>>,
        /// Scopes that a token needs.
        scopes: Option<Vec<String>>,
        /// How tokens may be presented.
        auth_methods: Option<Vec<String>>,
    },
}

/// A strategy stays of the type that it was made with: applications and their credentials rest on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the type of an auth strategy cannot change")]
pub struct OtherType;

impl Strategy {
    /// A new strategy.
    pub fn create(id: StrategyId, terms: StrategyTerms, now: Timestamp) -> Self {
        Self {
            id,
            name: terms.name.into(),
            display_name: terms.display_name.into(),
            method: terms.method,
            labels: terms.labels,
            principals: terms.principals,
            use_count: 0,
            ver: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The strategy with other terms: equal to it, if nothing changes.
    ///
    /// # Errors
    /// [`OtherType`].
    pub fn replaced(&self, terms: StrategyTerms, now: Timestamp) -> Result<Self, OtherType> {
        if terms.method.type_name() != self.method.type_name() {
            return Err(OtherType);
        }
        let after = Self {
            name: terms.name.into(),
            display_name: terms.display_name.into(),
            method: terms.method,
            labels: terms.labels,
            principals: terms.principals,
            ..self.clone()
        };
        Ok(self.at(after, now))
    }

    /// The strategy with changes: equal to it, if nothing changes.
    ///
    /// # Errors
    /// [`OtherType`] if the settings are of another type.
    pub fn changed(&self, changes: StrategyChanges, now: Timestamp) -> Result<Self, OtherType> {
        let mut after = self.clone();
        if let Some(name) = changes.name {
            after.name = name.into();
        }
        if let Some(name) = changes.display_name {
            after.display_name = name.into();
        }
        match changes.labels {
            None => {}
            Some(None) => after.labels.clear(),
            Some(Some(labels)) => {
                for (key, value) in labels {
                    match value {
                        Some(value) => after.labels.insert(key, value),
                        None => after.labels.remove(&key),
                    };
                }
            }
        }
        after.principals = changes.principals.or(after.principals);
        if let Some(changes) = changes.method {
            after.method.change(changes)?;
        }
        Ok(self.at(after, now))
    }

    fn at(&self, after: Self, now: Timestamp) -> Self {
        if after == *self { after } else { Self { updated_at: now, ..after } }
    }
}

impl Method {
    /// The word of the contract.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::KeyAuth { .. } => "key_auth",
            Self::OpenidConnect { .. } => "openid_connect",
        }
    }

    fn change(&mut self, changes: MethodChanges) -> Result<(), OtherType> {
        match (self, changes) {
            (Self::KeyAuth { key_names, ttl }, MethodChanges::KeyAuth { key_names: names, ttl: lifetime }) => {
                if let Some(names) = names {
                    *key_names = names.0;
                }
                if let Some(lifetime) = lifetime {
                    *ttl = lifetime;
                }
                Ok(())
            }
            (Self::OpenidConnect { oidc }, MethodChanges::OpenidConnect { issuer, credential_claim, scopes, auth_methods }) => {
                let OpenIdConnect { issuer: old, credential_claim: claims, scopes: asked, auth_methods: methods } = oidc;
                *old = issuer.unwrap_or_else(|| std::mem::take(old));
                *claims = credential_claim.unwrap_or_else(|| std::mem::take(claims));
                *asked = scopes.unwrap_or_else(|| std::mem::take(asked));
                *methods = auth_methods.unwrap_or_else(|| std::mem::take(methods));
                Ok(())
            }
            (Self::KeyAuth { .. }, MethodChanges::OpenidConnect { .. })
            | (Self::OpenidConnect { .. }, MethodChanges::KeyAuth { .. }) => Err(OtherType),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Result<KeyNames, InvalidKeyNames> {
        KeyNames::of(texts.iter().map(|text| KeyName::parse(text).expect("a header")).collect())
    }

    #[test]
    fn a_key_travels_in_a_header_of_its_own() {
        assert!(KeyName::parse("X-API-Key").is_ok());
        assert!(KeyName::parse("authorization").is_ok());
        for text in ["", "a b", "a:b", "schlüssel", "a\r\nb", &"a".repeat(257)] {
            assert_eq!(KeyName::parse(text), Err(KeyNameError::NoHeader), "{text:?}");
        }
        for text in ["Cookie", "host", "CONTENT-LENGTH", "Transfer-Encoding"] {
            assert_eq!(KeyName::parse(text), Err(KeyNameError::Reserved), "{text:?}");
        }
    }

    #[test]
    fn one_to_ten_headers_differ_in_more_than_case() {
        assert_eq!(names(&["apikey", "X-Key"]).map(|names| names.0), Ok(vec!["apikey".to_owned(), "X-Key".to_owned()]));
        assert_eq!(names(&["apikey", "APIKey"]), Err(InvalidKeyNames));
        assert_eq!(names(&[]), Err(InvalidKeyNames));
        assert_eq!(names(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]), Err(InvalidKeyNames));
    }
}
