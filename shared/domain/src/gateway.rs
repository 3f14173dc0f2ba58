//! The gateway link: which API a stage of a gateway serves, and which strategy each portal asks for there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, ImplementationId, PortalId, StrategyId};

/// What calls through one portal's publication need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPublication {
    /// The strategy that the application must have.
    pub strategy: StrategyId,
    /// Headers that may carry an API key; empty for a strategy without keys.
    #[serde(default)]
    pub key_names: Vec<String>,
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
