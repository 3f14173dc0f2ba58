//! An application: what a developer registers for APIs, with one auth strategy and a unique reference ID.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::developer::Developer;
use crate::id::{ApiId, ApplicationId, PortalId, RegistrationId, StrategyId};
use crate::owner::{Owner, Taker};
use crate::status::Status;
use crate::strategy::Strategy;
use crate::text::{ApplicationName, Description, ReferenceId};
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
    /// Whose it is.
    #[serde(flatten)]
    pub owner: Owner,
    /// The status of a developer who owns it, as calls see it: only `approved` lets them pass.
    pub standing: Status,
    /// The developer's `standing_ver` that `standing` is of.
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

/// What a developer says of a new application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApplication {
    /// What people call it.
    pub name: ApplicationName,
    /// What it is for.
    pub description: Option<Description>,
    /// Unique in the portal; needed for OpenID Connect.
    pub reference_id: Option<ReferenceId>,
    /// For OpenID Connect clients.
    pub redirect_uri: Option<String>,
    /// For OpenID Connect clients.
    pub scopes: Option<Vec<String>>,
}

/// Why an application cannot be created as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreateError {
    /// An OpenID Connect application is known to the provider by its reference ID (contract, point 12).
    #[error("is required: it is the client id at the identity provider")]
    ReferenceIdRequired,
}

impl Application {
    /// Standing, and its version, of an application of a team: calls depend on no developer's approval.
    pub const OF_A_TEAM: (Status, u64) = (Status::Approved, 0);

    /// A new application of a developer or a team.
    ///
    /// # Errors
    /// [`CreateError::ReferenceIdRequired`] without a reference ID where the strategy is OpenID Connect; with key authentication the
    /// id stands in for one, being a new UUID (contract, point 12).
    pub fn create(
        id: ApplicationId,
        new: NewApplication,
        owner: &Taker,
        strategy: &Strategy,
        now: Timestamp,
    ) -> Result<Self, CreateError> {
        let reference_id = match new.reference_id {
            Some(reference_id) => reference_id.as_str().to_owned(),
            None if strategy.is_key_auth() => id.to_string(),
            None => return Err(CreateError::ReferenceIdRequired),
        };
        let (standing, standing_ver) = owner.standing();
        Ok(Self {
            card: ApplicationCard {
                id,
                name: new.name.as_str().to_owned(),
                description: new.description.map(|description| description.as_str().to_owned()),
                reference_id: Some(reference_id),
                redirect_uri: new.redirect_uri,
                scopes: new.scopes,
                strategy: strategy.id,
                created_at: now,
                updated_at: now,
            },
            portal: owner.portal(),
            owner: owner.owner(),
            standing,
            standing_ver,
            grants: BTreeMap::new(),
            key_count: 0,
            ver: 1,
            deleted_at: None,
        })
    }

    /// Whether this is an application and not what is left of one.
    pub fn is_live(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// Whether a developer may see and change it: the own, and those of the teams that the developer is a member of.
    pub fn is_of(&self, developer: &Developer) -> bool {
        let owns = match self.owner {
            Owner::Developer(id) => id == developer.id,
            Owner::Team(id) => developer.teams.contains(&id),
        };
        self.is_live() && owns && self.portal == developer.portal
    }

    /// Whether its owner lets it call. A developer must be approved; a team must be there, which it is as long as it owns something.
    pub fn owner_stands(&self) -> bool {
        match self.owner {
            Owner::Developer(_) => self.standing == Status::Approved,
            Owner::Team(_) => true,
        }
    }

    /// What an event of it says: the portal, whose it is (`developer` or `team`), itself, and what this event says beside.
    pub fn told(&self, beside: Value) -> Value {
        let mut told = Map::new();
        told.insert("portal".to_owned(), json!(self.portal));
        told.insert(self.owner.kind().to_owned(), json!(self.owner.uuid()));
        told.insert("application".to_owned(), json!(self.card.id));
        if let Value::Object(beside) = beside {
            told.extend(beside);
        }
        Value::Object(told)
    }

    /// What the event says by which one of its registrations ends.
    pub fn registration_ended(&self, api: ApiId, grant: &Grant) -> Value {
        self.told(json!({ "api": api, "registration": grant.registration, "before": { "status": grant.status } }))
    }

    /// The API that a registration of this application is for, and what it grants.
    pub fn grant_of(&self, registration: RegistrationId) -> Option<(ApiId, Grant)> {
        self.grants.iter().find(|(_, grant)| grant.registration == registration).map(|(api, grant)| (*api, *grant))
    }
}
