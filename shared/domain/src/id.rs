//! Typed ids: UUIDs that cannot be mistaken for one another. They are UUIDv7 when Portico makes them, and never secrets.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The text is not a hyphenated UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUID")]
pub struct InvalidId;

/// Reads a UUID in its hyphenated form, the only form that the contract knows.
fn hyphenated(text: &str) -> Result<Uuid, InvalidId> {
    match text.len() {
        36 => Uuid::try_parse(text).map_err(|_| InvalidId),
        _ => Err(InvalidId),
    }
}

/// Makes the UUIDv7 of a moment: 48 bits of milliseconds since 1970, then 74 random bits (RFC 9562, 5.7).
pub fn uuid_v7(now: crate::time::Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// The moment that a UUIDv7 was made at; nothing if it is of another version.
pub fn moment_of(id: Uuid) -> Option<crate::time::Timestamp> {
    let millis = i64::try_from(id.as_u128() >> 80).ok()?;
    (id.get_version_num() == 7).then(|| crate::time::Timestamp::from_millis(millis))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                hyphenated(text).map(Self)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::{Object, SchemaFormat, schema::Type};
                let mut text = Object::with_type(Type::String);
                text.format = Some(SchemaFormat::Custom("uuid".to_owned()));
                utoipa::openapi::Schema::from(text).into()
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": "uuid" })
            }
        }
    )+};
}

ids! {
    /// A portal.
    PortalId,
    /// A developer.
    DeveloperId,
    /// An application.
    ApplicationId,
    /// A published API.
    ApiId,
    /// A version of an API.
    VersionId,
    /// A link of an API to a stage of a gateway.
    ImplementationId,
    /// An application auth strategy.
    StrategyId,
    /// A document of an API.
    DocumentId,
    /// An operation of an API, made of what it is.
    OperationId,
    /// An attribute that APIs have, made of its name.
    AttributeId,
    /// An application asking for an API.
    RegistrationId,
    /// A credential of an application.
    CredentialId,
    /// A team of developers.
    TeamId,
    /// A role that a team has.
    AssignmentId,
    /// An identity provider that developers sign in with.
    IdentityProviderId,
    /// What makes a provider's group a portal's team.
    GroupMappingId,
    /// A developer's session in one browser.
    SessionId,
    /// An event: audit record and outbox entry in one.
    EventId,
    /// A piece of work that must be finished after its first transaction.
    JobId,
}

/// A UUID that is made of what it names, and the same for the same names (RFC 9562, version 8).
fn of_names(names: &[&[u8]]) -> Uuid {
    let mut digest = Sha256::new();
    for name in names {
        digest.update(name.len().to_be_bytes());
        digest.update(name);
    }
    let digest: [u8; 32] = digest.finalize().into();
    uuid::Builder::from_custom_bytes(std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())).into_uuid()
}

impl OperationId {
    /// The id of an operation: the same in every version of its API.
    pub fn of(api: ApiId, method: &str, path: &str) -> Self {
        Self(of_names(&[b"operation", api.0.as_bytes(), method.as_bytes(), path.as_bytes()]))
    }
}

impl AttributeId {
    /// The id of an attribute.
    pub fn of(key: &str) -> Self {
        Self(of_names(&[b"attribute", key.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn a_made_id_is_version_7_and_sorts_by_time() {
        let early = uuid_v7(Timestamp::from_millis(1_700_000_000_000), [0xff; 10]);
        let late = uuid_v7(Timestamp::from_millis(1_700_000_000_001), [0; 10]);
        assert_eq!(early.get_version_num(), 7);
        assert!(early < late);
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let id = ApiId::new(uuid_v7(Timestamp::from_millis(1), [7; 10]));
        assert_eq!(id.to_string().parse::<ApiId>(), Ok(id));
        assert_eq!(id.uuid().simple().to_string().parse::<ApiId>(), Err(InvalidId));
        assert_eq!("".parse::<ApiId>(), Err(InvalidId));
    }
}
