//! Events: what happened, who did it and when. Each is the audit record and the outbox entry of one change, written in
//! the transaction of that change. Events hold ids and words of the contract, never names, addresses or secrets.

use serde::{Deserialize, Serialize};

use crate::id::{DeveloperId, EventId};
use crate::time::Timestamp;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "actor_type", content = "actor", rename_all = "snake_case")]
pub enum Actor {
    /// A developer, by id.
    Developer(DeveloperId),
    /// An administrator, by the name of the token.
    Administrator(String),
    /// Who decided by an event on the bus, as that event calls them: nobody has checked it.
    Automation(String),
    /// Portico itself, by what did it (`start`, `run-jobs`).
    System(String),
    /// Somebody who is not signed in (sign-up, forgotten password).
    Anonymous(String),
}

macro_rules! names {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Name {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Name {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// `root.what_happened`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

names! {
    /// Somebody signed up: the verification mail is due.
    DeveloperSignedUp = "developer.signed_up",
    /// Somebody signed up with a known address: its owner is told.
    DeveloperSignedUpAgain = "developer.signed_up_again",
    /// A developer was created without a mail: by an administrator, or by a sign-up when enough mails went out already.
    DeveloperCreated = "developer.created",
    /// An administrator created a developer and sends an invitation.
    DeveloperInvited = "developer.invited",
    /// The address was proven.
    DeveloperVerified = "developer.verified",
    /// A link to set a password was asked for.
    DeveloperPasswordRequested = "developer.password_requested",
    /// A password was set.
    DeveloperPasswordChanged = "developer.password_changed",
    /// The profile changed: by the developer, or by what the identity provider says.
    DeveloperUpdated = "developer.updated",
    /// From now on the developer signs in with an identity provider, too.
    DeveloperIdentityLinked = "developer.identity_linked",
    /// Approved.
    DeveloperApproved = "developer.approved",
    /// Rejected.
    DeveloperRejected = "developer.rejected",
    /// Revoked.
    DeveloperRevoked = "developer.revoked",
    /// Deleted.
    DeveloperDeleted = "developer.deleted",
    /// A mail to the developer will never arrive.
    DeveloperMailFailed = "developer.mail_failed",
    /// Mails to the developer leave, or arrive, again.
    DeveloperMailRestored = "developer.mail_restored",
    /// Created.
    ApplicationCreated = "application.created",
    /// Edited.
    ApplicationUpdated = "application.updated",
    /// Deleted; the event lists its registrations.
    ApplicationDeleted = "application.deleted",
    /// An application asks for an API.
    RegistrationRequested = "registration.requested",
    /// Approved by an administrator.
    RegistrationApproved = "registration.approved",
    /// Rejected by an administrator.
    RegistrationRejected = "registration.rejected",
    /// Revoked by an administrator.
    RegistrationRevoked = "registration.revoked",
    /// Deleted.
    RegistrationDeleted = "registration.deleted",
    /// An API key was made.
    CredentialCreated = "credential.created",
    /// Renamed.
    CredentialRenamed = "credential.renamed",
    /// Deleted.
    CredentialDeleted = "credential.deleted",
    /// Created.
    ApiCreated = "api.created",
    /// Edited.
    ApiUpdated = "api.updated",
    /// Deleted.
    ApiDeleted = "api.deleted",
    /// A version was added.
    ApiVersionCreated = "api.version_created",
    /// A version or its specification changed.
    ApiVersionUpdated = "api.version_updated",
    /// A version was deleted.
    ApiVersionDeleted = "api.version_deleted",
    /// A document was added.
    ApiDocumentCreated = "api.document_created",
    /// A document changed.
    ApiDocumentUpdated = "api.document_updated",
    /// A document moved to another place of the tree.
    ApiDocumentMoved = "api.document_moved",
    /// A document was deleted, and what lay below it.
    ApiDocumentDeleted = "api.document_deleted",
    /// Published, or a publication changed.
    ApiPublished = "api.published",
    /// No longer published.
    ApiUnpublished = "api.unpublished",
    /// Linked to a gateway.
    ApiLinked = "api.linked",
    /// No longer linked.
    ApiUnlinked = "api.unlinked",
    /// Created.
    TeamCreated = "team.created",
    /// Edited.
    TeamUpdated = "team.updated",
    /// Deleted.
    TeamDeleted = "team.deleted",
    /// A developer became a member.
    TeamMemberAdded = "team.member_added",
    /// A developer is no longer a member.
    TeamMemberRemoved = "team.member_removed",
    /// A role was given.
    TeamRoleAssigned = "team.role_assigned",
    /// A role was taken away.
    TeamRoleRemoved = "team.role_removed",
    /// Created.
    StrategyCreated = "strategy.created",
    /// Edited.
    StrategyUpdated = "strategy.updated",
    /// Deleted.
    StrategyDeleted = "strategy.deleted",
    /// Created.
    PortalCreated = "portal.created",
    /// A setting changed.
    PortalUpdated = "portal.updated",
    /// An identity provider was added.
    IdentityProviderCreated = "portal.identity_provider_created",
    /// An identity provider, the groups that it makes teams of, or the domains that it is trusted with changed.
    IdentityProviderUpdated = "portal.identity_provider_updated",
    /// An identity provider was deleted.
    IdentityProviderDeleted = "portal.identity_provider_deleted",
    /// Too many sign-ins failed: more are refused for a while.
    SignInThrottled = "sign_in.throttled",
}

impl Name {
    /// Whether an event of this name may be a reason for a mail: such events go to `send-email`, which decides.
    pub const fn may_be_mailed(self) -> bool {
        match self {
            Self::DeveloperSignedUp
            | Self::DeveloperSignedUpAgain
            | Self::DeveloperInvited
            | Self::DeveloperVerified
            | Self::DeveloperPasswordRequested
            | Self::DeveloperPasswordChanged
            | Self::DeveloperApproved
            | Self::DeveloperRejected
            | Self::DeveloperRevoked
            | Self::RegistrationRequested
            | Self::RegistrationApproved
            | Self::RegistrationRejected
            | Self::RegistrationRevoked => true,
            Self::DeveloperCreated
            | Self::DeveloperUpdated
            | Self::DeveloperIdentityLinked
            | Self::DeveloperDeleted
            | Self::DeveloperMailFailed
            | Self::DeveloperMailRestored
            | Self::ApplicationCreated
            | Self::ApplicationUpdated
            | Self::ApplicationDeleted
            | Self::RegistrationDeleted
            | Self::CredentialCreated
            | Self::CredentialRenamed
            | Self::CredentialDeleted
            | Self::ApiCreated
            | Self::ApiUpdated
            | Self::ApiDeleted
            | Self::ApiVersionCreated
            | Self::ApiVersionUpdated
            | Self::ApiVersionDeleted
            | Self::ApiDocumentCreated
            | Self::ApiDocumentUpdated
            | Self::ApiDocumentMoved
            | Self::ApiDocumentDeleted
            | Self::ApiPublished
            | Self::ApiUnpublished
            | Self::ApiLinked
            | Self::ApiUnlinked
            | Self::TeamCreated
            | Self::TeamUpdated
            | Self::TeamDeleted
            | Self::TeamMemberAdded
            | Self::TeamMemberRemoved
            | Self::TeamRoleAssigned
            | Self::TeamRoleRemoved
            | Self::StrategyCreated
            | Self::StrategyUpdated
            | Self::StrategyDeleted
            | Self::PortalCreated
            | Self::PortalUpdated
            | Self::IdentityProviderCreated
            | Self::IdentityProviderUpdated
            | Self::IdentityProviderDeleted
            | Self::SignInThrottled => false,
        }
    }
}

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Id; consumers tell repeats by it.
    pub id: EventId,
    /// What happened.
    pub name: Name,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    #[serde(flatten)]
    pub actor: Actor,
    /// Ids, and what was before and after, without secrets.
    pub data: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_written_as_it_is_called() {
        for name in Name::ALL {
            assert_eq!(serde_json::to_value(name).expect("a name is a string"), name.as_str());
        }
    }
}
