//! A registration: an application asking for an API.

use serde::{Deserialize, Serialize};

use crate::application::{Application, Grant};
use crate::id::{ApiId, ApplicationId, PortalId, RegistrationId, StrategyId};
use crate::limits::REGISTRATIONS_PER_APPLICATION;
use crate::owner::Owner;
use crate::portal::Portal;
use crate::publication::Publication;
use crate::reader::Reader;
use crate::status::Status;
use crate::team::Team;
use crate::text::DecisionReason;
use crate::time::Timestamp;

/// A registration. There is at most one for each application and API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Id.
    pub id: RegistrationId,
    /// Who asks.
    pub application: ApplicationId,
    /// For what.
    pub api: ApiId,
    /// The portal of both.
    pub portal: PortalId,
    /// Approval; only `approved` lets calls pass.
    pub status: Status,
    /// What whoever decided the status said of it, to the developer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DecisionReason>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its status last changed.
    pub updated_at: Timestamp,
}

/// Why an application cannot be registered for an API (contract, points 14, 17 and 19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The API is not published here, or its developer may not see it.
    #[error("there is no such API in this portal")]
    UnknownApi,
    /// The developer sees the API, but no team of theirs has the role to register for it.
    #[error("the role API Consumer for this API is needed to register for it; your teams have API Viewer")]
    RoleNeeded,
    /// The application is a team's, and the team lacks the role, whatever else its members may do (contract, point 18).
    #[error("the team that owns the application needs the role API Consumer for this API")]
    TeamRoleNeeded,
    /// The API is published without application authentication.
    #[error("takes no registrations: it is published without an auth strategy")]
    TakesNone,
    /// The API wants another auth strategy than the application has.
    #[error("is published with another auth strategy")]
    OtherStrategy {
        /// What the application has.
        application: StrategyId,
        /// What the API wants.
        api: StrategyId,
    },
    /// It was asked for before, whatever came of it.
    #[error("the application is already registered for this API; the registration is {status}")]
    AlreadyRegistered {
        /// What came of it.
        status: Status,
    },
    /// The application has as many as one can have.
    #[error("an application has at most {REGISTRATIONS_PER_APPLICATION} registrations")]
    TooMany,
}

impl Registration {
    /// A new registration of an application for an API as it is published in a portal, which `reader` asks for. For an application
    /// of a team its `owner` must have the role.
    ///
    /// # Errors
    /// [`RequestError`] names the rule that it would break.
    pub fn request(
        id: RegistrationId,
        application: &Application,
        publication: Option<&Publication>,
        reader: &Reader,
        owner: Option<&Team>,
        portal: &Portal,
        now: Timestamp,
    ) -> Result<Self, RequestError> {
        let publication = publication.filter(|card| card.is_visible_to(reader)).ok_or(RequestError::UnknownApi)?;
        match application.owner {
            Owner::Developer(_) if !publication.lets_register(reader) => return Err(RequestError::RoleNeeded),
            Owner::Team(_) if !owner.is_some_and(|team| team.may_register(publication.api)) => {
                return Err(RequestError::TeamRoleNeeded);
            }
            Owner::Developer(_) | Owner::Team(_) => {}
        }
        let wanted = publication.strategy.ok_or(RequestError::TakesNone)?;
        if let Some(grant) = application.grants.get(&publication.api) {
            return Err(RequestError::AlreadyRegistered { status: grant.status });
        }
        if wanted != application.card.strategy {
            return Err(RequestError::OtherStrategy { application: application.card.strategy, api: wanted });
        }
        if application.grants.len() >= REGISTRATIONS_PER_APPLICATION as usize {
            return Err(RequestError::TooMany);
        }
        Ok(Self {
            id,
            application: application.card.id,
            api: publication.api,
            portal: portal.id,
            status: Status::initial(portal.auto_approve_applications || publication.auto_approve_registrations),
            reason: None,
            created_at: now,
            updated_at: now,
        })
    }

    /// What it lets the application do.
    pub fn grant(&self) -> Grant {
        Grant { registration: self.id, status: self.status }
    }
}

#[cfg(test)]
mod tests;
