//! Which notices an event of the table is: its public type, and what its transaction wrote for it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    ApplicationIds, Change, CredentialIds, DeletedApplicationIds, DeveloperIds, Moved, Notice, OfApplication, OfCredential,
    OfDeletedApplication, OfDeveloper, OfPublication, OfRegistration, OfThrottle, Presence, PublicationIds, Publicity,
    RegistrationIds, Who,
};
use crate::event::{Event, Name};
use crate::id::{DeveloperId, EventId, PortalId, TeamId};
use crate::status::Status;

/// An event does not say what a notice of it has to say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event {name} lacks {member}, or another version wrote it")]
pub struct Unreadable {
    name: &'static str,
    member: &'static str,
}

/// Reads the facts that an event's transaction wrote into it.
struct Reading<'a> {
    event: &'a Event,
}

impl Notice {
    /// The notices of an event: none for what concerns nobody outside, one for most, and one for each portal where an API was deleted
    /// that several had published. `sequence` is the event's place in the table's stream.
    ///
    /// # Errors
    /// [`Unreadable`] if the event lacks what its notice must say.
    pub fn of(event: &Event, sequence: &str) -> Result<Vec<Self>, Unreadable> {
        let reading = Reading { event };
        if event.name == Name::ApiDeleted {
            let portals: Vec<PortalId> = reading.need("portals")?;
            let change = Change::ApiUnpublished(reading.publication(Some(Publicity::Published), None)?);
            let notice = |portal| reading.notice(one_of(event.id, portal), portal, sequence, change.clone());
            return Ok(portals.into_iter().map(notice).collect());
        }
        let Some(change) = reading.change()? else { return Ok(Vec::new()) };
        Ok(vec![reading.notice(event.id, reading.need("portal")?, sequence, change)])
    }
}

/// The id of one portal's part of an event, the same at every delivery (RFC 9562, 5.8).
fn one_of(event: EventId, portal: PortalId) -> EventId {
    let digest: [u8; 32] =
        Sha256::new().chain_update(event.uuid().as_bytes()).chain_update(portal.uuid().as_bytes()).finalize().into();
    let (bytes, _) = digest.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    EventId::new(uuid::Builder::from_custom_bytes(*bytes).into_uuid())
}

impl Reading<'_> {
    /// A fact that may be left out.
    fn fact<T: DeserializeOwned>(&self, member: &'static str) -> Result<Option<T>, Unreadable> {
        match self.event.data.get(member) {
            None | Some(Value::Null) => Ok(None),
            Some(fact) => T::deserialize(fact).map(Some).map_err(|_| self.unreadable(member)),
        }
    }

    fn need<T: DeserializeOwned>(&self, member: &'static str) -> Result<T, Unreadable> {
        self.fact(member)?.ok_or_else(|| self.unreadable(member))
    }

    const fn unreadable(&self, member: &'static str) -> Unreadable {
        Unreadable { name: self.event.name.as_str(), member }
    }

    fn notice(&self, id: EventId, portal: PortalId, sequence: &str, change: Change) -> Notice {
        let root = change.root(portal);
        // As wide as the stream's numbers can be, so that text compares as they do.
        let sequence = format!("{sequence:0>40}");
        Notice { id, time: self.event.at, portal, actor: Who::from(self.event.actor.clone()), root, sequence, change }
    }

    fn change(&self) -> Result<Option<Change>, Unreadable> {
        let (created, kept, deleted) = (
            Moved { before: None, after: Some(Presence::Active) },
            Moved { before: Some(Presence::Active), after: Some(Presence::Active) },
            Moved { before: Some(Presence::Active), after: None },
        );
        Ok(Some(match self.event.name {
            Name::DeveloperSignedUp | Name::DeveloperCreated | Name::DeveloperInvited => {
                Change::DeveloperRegistered(self.developer()?)
            }
            Name::DeveloperVerified => Change::DeveloperVerified(self.developer()?),
            Name::DeveloperApproved => Change::DeveloperApproved(self.developer()?),
            Name::DeveloperRejected => Change::DeveloperRejected(self.developer()?),
            Name::DeveloperRevoked => Change::DeveloperRevoked(self.developer()?),
            Name::DeveloperDeleted => Change::DeveloperDeleted(self.developer()?),
            Name::ApplicationCreated => Change::ApplicationCreated(self.application(created)?),
            Name::ApplicationUpdated => Change::ApplicationUpdated(self.application(kept)?),
            Name::ApplicationDeleted => {
                let OfApplication { ids: ApplicationIds { application, developer, team }, status, .. } =
                    self.application(deleted)?;
                let registrations = self.need("registrations")?;
                let ids = DeletedApplicationIds { application, developer, team };
                Change::ApplicationDeleted(OfDeletedApplication { ids, status, registrations, developer: None })
            }
            Name::RegistrationRequested => Change::RegistrationRequested(self.registration()?),
            Name::RegistrationApproved => Change::RegistrationApproved(self.registration()?),
            Name::RegistrationRejected => Change::RegistrationRejected(self.registration()?),
            Name::RegistrationRevoked => Change::RegistrationRevoked(self.registration()?),
            Name::RegistrationDeleted => Change::RegistrationDeleted(self.registration()?),
            Name::CredentialCreated => Change::CredentialCreated(self.credential(created)?),
            Name::CredentialRenamed => Change::CredentialRenamed(self.credential(kept)?),
            Name::CredentialDeleted => Change::CredentialDeleted(self.credential(deleted)?),
            Name::ApiPublished => {
                let before = self.fact::<Value>("before")?.map(|_| Publicity::Published);
                Change::ApiPublished(self.publication(before, Some(Publicity::Published))?)
            }
            Name::ApiUnpublished => Change::ApiUnpublished(self.publication(Some(Publicity::Published), None)?),
            Name::SignInThrottled => Change::SignInThrottled(OfThrottle { limit: self.need("limit")? }),
            Name::DeveloperSignedUpAgain
            | Name::DeveloperPasswordRequested
            | Name::DeveloperPasswordChanged
            | Name::DeveloperUpdated
            | Name::DeveloperIdentityLinked
            | Name::DeveloperMailFailed
            | Name::DeveloperMailRestored
            | Name::ApiCreated
            | Name::ApiUpdated
            | Name::ApiDeleted
            | Name::ApiVersionCreated
            | Name::ApiVersionUpdated
            | Name::ApiVersionDeleted
            | Name::ApiDocumentCreated
            | Name::ApiDocumentUpdated
            | Name::ApiDocumentMoved
            | Name::ApiDocumentDeleted
            | Name::ApiLinked
            | Name::ApiUnlinked
            | Name::TeamCreated
            | Name::TeamUpdated
            | Name::TeamDeleted
            | Name::TeamMemberAdded
            | Name::TeamMemberRemoved
            | Name::TeamRoleAssigned
            | Name::TeamRoleRemoved
            | Name::StrategyCreated
            | Name::StrategyUpdated
            | Name::StrategyDeleted
            | Name::PortalCreated
            | Name::PortalUpdated
            | Name::IdentityProviderCreated
            | Name::IdentityProviderUpdated
            | Name::IdentityProviderDeleted => return Ok(None),
        }))
    }

    fn developer(&self) -> Result<OfDeveloper, Unreadable> {
        let ids = DeveloperIds { developer: self.need("developer")? };
        Ok(OfDeveloper { ids, status: self.moved()?, developer: None })
    }

    /// The owner of an application: one of both.
    fn owner(&self) -> Result<(Option<DeveloperId>, Option<TeamId>), Unreadable> {
        let owner = (self.fact("developer")?, self.fact("team")?);
        match owner {
            (None, None) => Err(self.unreadable("developer")),
            _ => Ok(owner),
        }
    }

    fn application(&self, status: Moved<Presence>) -> Result<OfApplication, Unreadable> {
        let (developer, team) = self.owner()?;
        let ids = ApplicationIds { application: self.need("application")?, developer, team };
        Ok(OfApplication { ids, status, developer: None })
    }

    fn registration(&self) -> Result<OfRegistration, Unreadable> {
        let (developer, team) = self.owner()?;
        let ids = RegistrationIds {
            registration: self.need("registration")?,
            application: self.need("application")?,
            api: self.need("api")?,
            developer,
            team,
        };
        Ok(OfRegistration { ids, status: self.moved()?, developer: None })
    }

    fn credential(&self, status: Moved<Presence>) -> Result<OfCredential, Unreadable> {
        let (developer, team) = self.owner()?;
        let ids = CredentialIds { credential: self.need("credential")?, application: self.need("application")?, developer, team };
        Ok(OfCredential { ids, status, developer: None })
    }

    fn publication(&self, before: Option<Publicity>, after: Option<Publicity>) -> Result<OfPublication, Unreadable> {
        Ok(OfPublication { ids: PublicationIds { api: self.need("api")? }, status: Moved { before, after } })
    }

    /// The statuses of a developer or a registration; at least one of them is there.
    fn moved(&self) -> Result<Moved<Status>, Unreadable> {
        #[derive(Deserialize)]
        struct Side {
            status: Status,
        }
        let side = |member| Ok::<_, Unreadable>(self.fact::<Side>(member)?.map(|side| side.status));
        let moved = Moved { before: side("before")?, after: side("after")? };
        moved.before.or(moved.after).map(|_| moved).ok_or_else(|| self.unreadable("after"))
    }
}
