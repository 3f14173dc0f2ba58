//! What a notice holds beside its envelope, by what it is about: ids, statuses before and after.

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, ApplicationId, CredentialId, DeveloperId, RegistrationId, TeamId};
use crate::status::Status;

/// A status, or nothing where there was, or is, nothing to have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moved<S> {
    /// Before the event; nothing if it created what it is about.
    pub before: Option<S>,
    /// After the event; nothing if it deleted what it is about.
    pub after: Option<S>,
}

/// The status of what is either there or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// It is there.
    Active,
}

/// The status of an API in a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Publicity {
    /// It is published.
    Published,
}

/// Who a developer is: only where the portal's `notifications_developer_pii_visibility_enabled` is on, as of the delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Person {
    /// The name, as given.
    pub full_name: String,
    /// The address.
    pub email: String,
}

macro_rules! holders {
    ($($(#[$doc:meta])* $name:ident { $ids:ident { $($id:ident: $of:ty,)+ $([$($one:ident: $whose:ty = $text:tt),+])? } $($member:ident: $holds:ty,)* })+) => {$(
        #[doc = concat!("The ids in [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $ids {
            $(#[doc = concat!("Id of the ", stringify!($id), ".")] pub $id: $of,)+
            $($(
                #[doc = concat!("Id of the ", stringify!($one), ", if it is the owner.")]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                #[cfg_attr(feature = "schema", schemars(with = $text))]
                pub $one: Option<$whose>,
            )+)?
        }

        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name {
            /// Whom and what it is about.
            pub ids: $ids,
            $(#[doc = concat!("Its ", stringify!($member), ".")] pub $member: $holds,)*
            /// Who the developer is, if the portal's setting allows to say it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[cfg_attr(feature = "schema", schemars(with = "Person"))]
            pub developer: Option<Person>,
        }
    )+};
}

holders! {
    /// An event of a developer.
    OfDeveloper { DeveloperIds { developer: DeveloperId, } status: Moved<Status>, }
    /// An event of an application. Its developer or its team is the owner.
    OfApplication { ApplicationIds { application: ApplicationId, [developer: DeveloperId = "DeveloperId", team: TeamId = "TeamId"] } status: Moved<Presence>, }
    /// The end of an application.
    OfDeletedApplication {
        DeletedApplicationIds { application: ApplicationId, [developer: DeveloperId = "DeveloperId", team: TeamId = "TeamId"] }
        status: Moved<Presence>,
        registrations: Vec<Ended>,
    }
    /// An event of a registration. Its developer or its team is the application's owner.
    OfRegistration {
        RegistrationIds {
            registration: RegistrationId,
            application: ApplicationId,
            api: ApiId,
            [developer: DeveloperId = "DeveloperId", team: TeamId = "TeamId"]
        }
        status: Moved<Status>,
    }
    /// An event of a credential. Its developer or its team is the application's owner.
    OfCredential {
        CredentialIds { credential: CredentialId, application: ApplicationId, [developer: DeveloperId = "DeveloperId", team: TeamId = "TeamId"] }
        status: Moved<Presence>,
    }
}

/// A registration that ended with its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ended {
    /// Its id.
    pub registration: RegistrationId,
    /// The API that it was for.
    pub api: ApiId,
}

/// The ids in [`OfPublication`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicationIds {
    /// Id of the API.
    pub api: ApiId,
}

/// An event of an API in a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfPublication {
    /// What it is about.
    pub ids: PublicationIds,
    /// Its status.
    pub status: Moved<Publicity>,
}

/// What reached its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    /// Failed sign-ins with one address, whether somebody has it or not.
    Address,
    /// Failed sign-ins from one network address.
    Source,
}

/// A limit that was reached. It says neither whose address nor which network: nobody learns from it who has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfThrottle {
    /// What reached its limit.
    pub limit: Limited,
}
