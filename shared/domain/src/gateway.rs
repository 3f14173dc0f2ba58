//! The gateway link: which API a stage of a gateway serves, and which strategy each portal asks for there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, ImplementationId, PortalId, StrategyId};
use crate::strategy::{OpenIdConnect, Strategy};

/// The id of a gateway, or the name of one of its stages: 1 to [`Self::MAX_CHARS`] ASCII letters, digits and `.` `_` `$` `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayName(String);

/// The text is not the name of a gateway or a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {} letters, digits and . _ $ -", GatewayName::MAX_CHARS)]
pub struct InvalidGatewayName;

impl GatewayName {
    /// The most characters that it has.
    pub const MAX_CHARS: usize = 128;

    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidGatewayName`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidGatewayName> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._$-".contains(&byte);
        if (1..=Self::MAX_CHARS).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidGatewayName)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What calls through one portal's publication need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPublication {
    /// The strategy that the application must have.
    pub strategy: StrategyId,
    /// Headers that may carry an API key; empty for a strategy without keys.
    #[serde(default)]
    pub key_names: Vec<String>,
    /// Whose tokens are taken, for a strategy with tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OpenIdConnect>,
}

impl LinkedPublication {
    /// What a publication with a strategy asks for.
    pub fn of(strategy: &Strategy) -> Self {
        Self { strategy: strategy.id, key_names: strategy.key_names().to_vec(), oidc: strategy.oidc().cloned() }
    }
}

/// A link. Where there is none, calls are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The gateway's id.
    pub gateway: String,
    /// The stage.
    pub stage: String,
    /// The API that is served there.
    pub api: ApiId,
    /// The implementation that made the link.
    pub implementation: ImplementationId,
    /// The portals where the API is published with application authentication.
    #[serde(default)]
    pub portals: BTreeMap<PortalId, LinkedPublication>,
}
