//! An application auth strategy: how the applications that use it prove who they are.

mod edit;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::StrategyId;
use crate::portal::Labels;
use crate::time::Timestamp;

pub use self::edit::{
    InvalidKeyNames, KeyName, KeyNameError, KeyNames, MethodChanges, OtherType, StrategyChanges, StrategyTerms,
};

/// The unit of a key's lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TtlUnit {
    /// 24 hours.
    Days,
    /// 7 days.
    Weeks,
    /// 365 days.
    Years,
}

impl TtlUnit {
    /// One of them.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Days => "day",
            Self::Weeks => "week",
            Self::Years => "year",
        }
    }
}

/// How long keys live that are made after it was set (contract, point 23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyTtl {
    /// At least 1.
    pub value: u32,
    /// Unit.
    pub unit: TtlUnit,
}

/// The lifetime is longer than anybody waits, and longer than dates reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be at most {} years", KeyTtl::MAX_YEARS)]
pub struct TtlTooLong;

impl KeyTtl {
    /// The longest lifetime.
    pub const MAX_YEARS: u64 = 100;

    /// A lifetime.
    ///
    /// # Errors
    /// [`TtlTooLong`].
    pub fn new(value: u32, unit: TtlUnit) -> Result<Self, TtlTooLong> {
        let ttl = Self { value, unit };
        let longest = Duration::from_secs(Self::MAX_YEARS * 365 * 24 * 60 * 60);
        if ttl.duration() > longest { Err(TtlTooLong) } else { Ok(ttl) }
    }

    /// The lifetime as a duration.
    pub fn duration(self) -> Duration {
        let days = match self.unit {
            TtlUnit::Days => 1,
            TtlUnit::Weeks => 7,
            TtlUnit::Years => 365,
        };
        Duration::from_secs(u64::from(self.value) * days * 24 * 60 * 60)
    }
}

/// The settings of an OpenID Connect strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenIdConnect {
    /// The issuer of the tokens.
    pub issuer: String,
    /// Claims that may hold the reference ID, in order.
    pub credential_claim: Vec<String>,
    /// Scopes that a token needs.
    pub scopes: Vec<String>,
    /// How tokens may be presented.
    pub auth_methods: Vec<String>,
}

/// What a strategy asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "strategy_type", rename_all = "snake_case")]
pub enum Method {
    /// API keys that the portal makes.
    KeyAuth {
        /// 1 to 10 headers, any of which may carry the key.
        key_names: Vec<String>,
        /// Lifetime of new keys.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ttl: Option<KeyTtl>,
    },
    /// Tokens of an identity provider.
    OpenidConnect {
        /// Its settings.
        oidc: OpenIdConnect,
    },
}

/// An application auth strategy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strategy {
    /// Id.
    pub id: StrategyId,
    /// Name.
    pub name: String,
    /// What developers read.
    pub display_name: String,
    /// What it asks for.
    #[serde(flatten)]
    pub method: Method,
    /// Labels.
    #[serde(default)]
    pub labels: Labels,
    /// Kept for clients that send it; has no effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principals: Option<bool>,
    /// Publications and applications that use it: at 0 it can be deleted.
    pub use_count: u64,
    /// Number of its events.
    pub ver: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Strategy {
    /// The header that a new portal's strategy takes keys from.
    pub const DEFAULT_KEY_NAME: &'static str = "apikey";

    /// The strategy that a new portal starts with.
    pub fn key_auth_default(id: StrategyId, now: Timestamp) -> Self {
        Self {
            id,
            name: "key-auth".to_owned(),
            display_name: "API key".to_owned(),
            method: Method::KeyAuth { key_names: vec![Self::DEFAULT_KEY_NAME.to_owned()], ttl: None },
            labels: Labels::new(),
            principals: None,
            use_count: 0,
            ver: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Headers that may carry a key; none for OpenID Connect.
    pub fn key_names(&self) -> &[String] {
        match &self.method {
            Method::KeyAuth { key_names, .. } => key_names,
            Method::OpenidConnect { .. } => &[],
        }
    }

    /// The settings of OpenID Connect; none for key authentication.
    pub const fn oidc(&self) -> Option<&OpenIdConnect> {
        match &self.method {
            Method::KeyAuth { .. } => None,
            Method::OpenidConnect { oidc } => Some(oidc),
        }
    }

    /// Whether credentials are API keys.
    pub const fn is_key_auth(&self) -> bool {
        matches!(self.method, Method::KeyAuth { .. })
    }
}
