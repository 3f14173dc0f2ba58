//! An application: what a developer registers for APIs, with one auth strategy and a unique reference ID.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, ApplicationId, DeveloperId, PortalId, RegistrationId, StrategyId};
use crate::status::Status;
use crate::time::Timestamp;

/// What a registration lets the credentials of its application do: the grant of one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The registration behind it.
    pub registration: RegistrationId,
    /// The status of that registration.
    pub status: Status,
}

/// The members of an application that its owner sees and edits; also the card in the owner's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApplicationCard {
    /// Id.
    pub id: ApplicationId,
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Unique in the portal; `client_id` on the wire (contract, point 12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// For OpenID Connect clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// For OpenID Connect clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The auth strategy, which never changes (contract, point 13).
    pub strategy: StrategyId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// What the owner sees.
    #[serde(flatten)]
    pub card: ApplicationCard,
    /// The portal that it belongs to.
    pub portal: PortalId,
    /// The developer who owns it.
    pub owner: DeveloperId,
    /// The owner's status as calls see it: only `approved` lets them pass.
    pub standing: Status,
    /// The owner's `standing_ver` that `standing` is of.
    pub standing_ver: u64,
    /// What it may call, by API; absent on a tombstone.
    #[serde(default)]
    pub grants: BTreeMap<ApiId, Grant>,
    /// Number of its API keys.
    pub key_count: u32,
    /// Number of its events.
    pub ver: u64,
    /// Set on a tombstone: nothing of it works any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

impl Application {
    /// Whether this is an application and not what is left of one.
    pub fn is_live(&self) -> bool {
        self.deleted_at.is_none()
    }
}
