//! Notices: events as the world outside gets them. One enum names every public type, and what a notice of each type holds; the
//! JSON Schemas in `docs/events/` are generated from it.
//!
//! A notice holds ids, statuses and words of the contract. A developer's name and address are in it only where the portal's setting
//! allows that, and never a secret or a digest.

mod holders;
mod reading;
#[cfg(feature = "schema")]
mod schema;

use serde::{Deserialize, Serialize};

pub use holders::{
    ApplicationIds, CredentialIds, DeletedApplicationIds, DeveloperIds, Ended, Limited, Moved, OfApplication, OfCredential,
    OfDeletedApplication, OfDeveloper, OfPublication, OfRegistration, OfThrottle, Person, Presence, PublicationIds, Publicity,
    RegistrationIds,
};
pub use reading::Unreadable;

use crate::event::Actor;
use crate::id::{DeveloperId, EventId, PortalId};
use crate::time::Timestamp;

/// The source of notices on the bus.
pub const SOURCE: &str = "portico";
/// The source of what `send-email` looks at.
pub const MAIL_SOURCE: &str = "portico.mail";
/// The type of what `send-email` looks at: an event as it was committed, with its root.
pub const MAIL_DUE: &str = "mail.due";

/// An event as the bus carries it: what its `detail` is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Notice<C = Change> {
    /// The same whenever the event is delivered again: whoever has seen it has seen the event.
    pub id: EventId,
    /// When it happened, RFC 3339 in UTC with milliseconds.
    #[serde(with = "moment")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Moment"))]
    pub time: Timestamp,
    /// The portal in which it happened.
    pub portal: PortalId,
    /// Who did it.
    pub actor: Who,
    /// Whose history it belongs to: `developer/ID`, `application/ID`, `api/ID` or `portal/ID`.
    pub root: String,
    /// Its place in that history: of two events with the same root the one with the larger text is the later one.
    pub sequence: String,
    /// What happened.
    #[serde(flatten)]
    pub change: C,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Who {
    /// A developer.
    Developer {
        /// The developer's id.
        id: DeveloperId,
    },
    /// An administrator.
    Administrator {
        /// What the administrator's token is called.
        name: String,
    },
    /// Who decided by an event on the bus.
    Automation {
        /// As that event calls them: nobody has checked it.
        name: String,
    },
    /// Portico itself.
    System {
        /// What in it.
        name: String,
    },
    /// Somebody who is not signed in.
    Anonymous {
        /// What they did: `sign-up`, `sign-in`.
        name: String,
    },
}

impl From<Actor> for Who {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::Developer(id) => Self::Developer { id },
            Actor::Administrator(name) => Self::Administrator { name },
            Actor::Automation(name) => Self::Automation { name },
            Actor::System(name) => Self::System { name },
            Actor::Anonymous(name) => Self::Anonymous { name },
        }
    }
}

macro_rules! changes {
    ($($(#[$doc:meta])* $variant:ident($holds:ty) = $name:literal,)+) => {
        /// What happened, by its public type.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "type")]
        pub enum Change {
            $($(#[$doc])* #[serde(rename = $name)] $variant($holds),)+
        }

        /// The public types of events.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Type {
            $($(#[$doc])* $variant,)+
        }

        impl Type {
            /// Every type.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// `root.what_happened`: the `detail-type` on the bus.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The JSON Schema of a notice of this type.
            #[cfg(feature = "schema")]
            pub fn schema(self) -> serde_json::Value {
                match self { $(Self::$variant => schema::of::<$holds>(self),)+ }
            }
        }

        impl Change {
            /// Its type.
            pub const fn of_type(&self) -> Type {
                match self { $(Self::$variant(_) => Type::$variant,)+ }
            }
        }
    };
}

changes! {
    /// A developer signed up or was created.
    DeveloperRegistered(OfDeveloper) = "developer.registered",
    /// A developer proved the address.
    DeveloperVerified(OfDeveloper) = "developer.verified",
    /// A developer was approved.
    DeveloperApproved(OfDeveloper) = "developer.approved",
    /// A developer was rejected.
    DeveloperRejected(OfDeveloper) = "developer.rejected",
    /// A developer is no longer approved.
    DeveloperRevoked(OfDeveloper) = "developer.revoked",
    /// A developer was deleted; their applications follow, each with an event of its own.
    DeveloperDeleted(OfDeveloper) = "developer.deleted",
    /// An application was created.
    ApplicationCreated(OfApplication) = "application.created",
    /// An application was edited.
    ApplicationUpdated(OfApplication) = "application.updated",
    /// An application was deleted, with the registrations that are named and its credentials.
    ApplicationDeleted(OfDeletedApplication) = "application.deleted",
    /// An application asks for an API.
    RegistrationRequested(OfRegistration) = "registration.requested",
    /// A registration was approved.
    RegistrationApproved(OfRegistration) = "registration.approved",
    /// A registration was rejected.
    RegistrationRejected(OfRegistration) = "registration.rejected",
    /// A registration is no longer approved.
    RegistrationRevoked(OfRegistration) = "registration.revoked",
    /// A registration was deleted, alone or with its API.
    RegistrationDeleted(OfRegistration) = "registration.deleted",
    /// An API key was made.
    CredentialCreated(OfCredential) = "credential.created",
    /// An API key was renamed.
    CredentialRenamed(OfCredential) = "credential.renamed",
    /// An API key was deleted.
    CredentialDeleted(OfCredential) = "credential.deleted",
    /// An API was published in the portal, or its publication changed.
    ApiPublished(OfPublication) = "api.published",
    /// An API is no longer published in the portal, or was deleted.
    ApiUnpublished(OfPublication) = "api.unpublished",
    /// Too many sign-ins failed: more are refused for a while.
    SignInThrottled(OfThrottle) = "sign_in.throttled",
}

impl Change {
    /// Whose history it belongs to.
    fn root(&self, portal: PortalId) -> String {
        match self {
            Self::DeveloperRegistered(of)
            | Self::DeveloperVerified(of)
            | Self::DeveloperApproved(of)
            | Self::DeveloperRejected(of)
            | Self::DeveloperRevoked(of)
            | Self::DeveloperDeleted(of) => format!("developer/{}", of.ids.developer),
            Self::ApplicationCreated(of) | Self::ApplicationUpdated(of) => format!("application/{}", of.ids.application),
            Self::ApplicationDeleted(of) => format!("application/{}", of.ids.application),
            Self::RegistrationRequested(of)
            | Self::RegistrationApproved(of)
            | Self::RegistrationRejected(of)
            | Self::RegistrationRevoked(of)
            | Self::RegistrationDeleted(of) => format!("application/{}", of.ids.application),
            Self::CredentialCreated(of) | Self::CredentialRenamed(of) | Self::CredentialDeleted(of) => {
                format!("application/{}", of.ids.application)
            }
            Self::ApiPublished(of) | Self::ApiUnpublished(of) => format!("api/{}", of.ids.api),
            Self::SignInThrottled(_) => format!("portal/{portal}"),
        }
    }
}

impl Notice {
    /// The developer whom the notice concerns, and the place for who that is.
    pub const fn person(&mut self) -> Option<(DeveloperId, &mut Option<Person>)> {
        match &mut self.change {
            Change::DeveloperRegistered(of)
            | Change::DeveloperVerified(of)
            | Change::DeveloperApproved(of)
            | Change::DeveloperRejected(of)
            | Change::DeveloperRevoked(of)
            | Change::DeveloperDeleted(of) => Some((of.ids.developer, &mut of.developer)),
            Change::ApplicationCreated(of) | Change::ApplicationUpdated(of) => owner(of.ids.developer, &mut of.developer),
            Change::ApplicationDeleted(of) => owner(of.ids.developer, &mut of.developer),
            Change::RegistrationRequested(of)
            | Change::RegistrationApproved(of)
            | Change::RegistrationRejected(of)
            | Change::RegistrationRevoked(of)
            | Change::RegistrationDeleted(of) => owner(of.ids.developer, &mut of.developer),
            Change::CredentialCreated(of) | Change::CredentialRenamed(of) | Change::CredentialDeleted(of) => {
                owner(of.ids.developer, &mut of.developer)
            }
            Change::ApiPublished(_) | Change::ApiUnpublished(_) | Change::SignInThrottled(_) => None,
        }
    }
}

/// The owner of an application, and the place for who that is, if it is one developer.
const fn owner(id: Option<DeveloperId>, person: &mut Option<Person>) -> Option<(DeveloperId, &mut Option<Person>)> {
    match id {
        Some(id) => Some((id, person)),
        None => None,
    }
}

/// A moment as RFC 3339.
mod moment {
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    use crate::time::Timestamp;

    pub(super) fn serialize<S: Serializer>(moment: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&moment.rfc3339())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        Timestamp::parse_rfc3339(&text).map_err(de::Error::custom)
    }
}
