//! A registration: an application asking for an API.

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, ApplicationId, PortalId, RegistrationId};
use crate::status::Status;
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
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its status last changed.
    pub updated_at: Timestamp,
}
