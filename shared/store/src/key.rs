//! Keys: how each item of `docs/data-model.md` is found. No key holds an address, a name or a secret in the clear.

use std::fmt::Write as _;

use portico_domain::id::{
    ApiId, ApplicationId, DeveloperId, DocumentId, EventId, JobId, PortalId, SessionId, StrategyId, TeamId, VersionId,
};
use portico_domain::owner::Owner;
use portico_domain::reader::Role;
use sha2::{Digest, Sha256};

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// SHA-256 in lower-case hexadecimal: how values that must not be readable stand in keys.
pub fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    })
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) = $pk:literal, $sk:literal;)+) => {
        impl Key {$(
            $(#[$doc])*
            pub fn $name($($arg: $type),*) -> Self {
                Self { pk: format!($pk), sk: format!($sk) }
            }
        )+}
    };
}

keys! {
    /// The table's own item.
    table() = "TABLE", "META";
    /// A portal.
    portal(id: PortalId) = "PORTAL#{id}", "META";
    /// The identity providers of a portal.
    identity_providers(portal: PortalId) = "PORTAL#{portal}", "IDENTITY";
    /// The card of an API in a portal's catalog.
    publication(portal: PortalId, api: ApiId) = "PORTAL#{portal}", "PUB#{api}";
    /// What search knows of an API, beside its card.
    search(portal: PortalId, api: ApiId) = "PORTAL#{portal}", "SEARCH#{api}";
    /// An administrator's token, by its digest.
    admin_token(digest: &str) = "ADMIN#{digest}", "TOKEN";
    /// A session of an administrator's token, each by its digest.
    admin_session(token: &str, session: &str) = "ADMIN#{token}", "SESSION#{session}";
    /// A developer.
    developer(id: DeveloperId) = "DEV#{id}", "META";
    /// A developer's password.
    password(id: DeveloperId) = "DEV#{id}", "PASSWORD";
    /// A developer's session.
    session(developer: DeveloperId, session: SessionId) = "DEV#{developer}", "SESSION#{session}";
    /// A mail token of a purpose, by its digest.
    mail_token(purpose: &str, digest: &str) = "TOKEN#{purpose}#{digest}", "TOKEN";
    /// An application.
    application(id: ApplicationId) = "APP#{id}", "META";
    /// A credential of an application, by the digest of its key.
    credential(application: ApplicationId, digest: &str) = "APP#{application}", "KEY#{digest}";
    /// A registration of an application.
    registration(application: ApplicationId, api: ApiId) = "APP#{application}", "REG#{api}";
    /// An application among those registered for an API.
    registration_pointer(api: ApiId, application: ApplicationId) = "API#{api}", "REG#{application}";
    /// An API.
    api(id: ApiId) = "API#{id}", "META";
    /// A version of an API.
    version(api: ApiId, version: VersionId) = "API#{api}", "VERSION#{version}";
    /// A team.
    team(id: TeamId) = "TEAM#{id}", "META";
    /// A member of a team.
    member(team: TeamId, developer: DeveloperId) = "TEAM#{team}", "MEMBER#{developer}";
    /// A document of an API.
    document(api: ApiId, document: DocumentId) = "API#{api}", "DOC#{document}";
    /// The link of a gateway's stage to an API.
    link(gateway: &str, stage: &str) = "LINK#{gateway}#{stage}", "LINK";
    /// An auth strategy.
    strategy(id: StrategyId) = "STRATEGY#{id}", "META";
    /// A job.
    job(id: JobId) = "JOB#{id}", "JOB";
    /// That an answer of an identity provider was used, by the digest of its state.
    used_answer(digest: &str) = "SSO#{digest}", "USED";
    /// Who has a slug.
    slug_guard(slug: &str) = "UNIQUE#SLUG#{slug}", "GUARD";
}

impl Key {
    /// Who has an address in a portal.
    pub fn email_guard(portal: PortalId, email: &str) -> Self {
        Self { pk: format!("UNIQUE#{portal}#EMAIL#{}", sha256_hex(email)), sk: "GUARD".to_owned() }
    }

    /// Who somebody at an identity provider is in a portal, by the digest of issuer and subject.
    pub fn identity_guard(portal: PortalId, digest: &str) -> Self {
        Self { pk: format!("UNIQUE#{portal}#IDP#{digest}"), sk: "GUARD".to_owned() }
    }

    /// Which application has a reference ID in a portal.
    pub fn reference_guard(portal: PortalId, reference_id: &str) -> Self {
        Self { pk: format!("UNIQUE#{portal}#REF#{}", sha256_hex(reference_id)), sk: "GUARD".to_owned() }
    }

    /// The owner of an application.
    pub fn owner(owner: Owner) -> Self {
        match owner {
            Owner::Developer(id) => Self::developer(id),
            Owner::Team(id) => Self::team(id),
        }
    }

    /// An application in its owner's list.
    pub fn app_pointer(owner: Owner, application: ApplicationId) -> Self {
        Self { pk: Self::owner(owner).pk, sk: format!("APP#{application}") }
    }

    /// A team among those that have a role for an API.
    pub fn role_pointer(api: ApiId, team: TeamId, role: Role) -> Self {
        Self { pk: format!("API#{api}"), sk: format!("ROLE#{team}#{}", role.as_str()) }
    }

    /// A counter of attempts, such as `sign-in` by address.
    pub fn throttle(name: &str, whose: &str) -> Self {
        Self { pk: format!("THROTTLE#{name}#{}", sha256_hex(whose)), sk: "THROTTLE".to_owned() }
    }

    /// What a developer's request made under a key that they chose.
    pub fn idempotency(developer: DeveloperId, key: &str) -> Self {
        Self { pk: format!("IDEMPOTENCY#{developer}#{}", sha256_hex(key)), sk: "IDEMPOTENCY".to_owned() }
    }

    /// A decision that arrived in a portal as an event, by what its sender calls it.
    pub fn decision(portal: PortalId, decision_id: &str) -> Self {
        Self { pk: format!("DECISION#{portal}#{}", sha256_hex(decision_id)), sk: "DECISION".to_owned() }
    }

    /// An event of the root that lies at this key.
    pub fn event(&self, id: EventId) -> Self {
        Self { pk: self.pk.clone(), sk: format!("EVENT#{id}") }
    }

    /// A key as read from the table.
    pub fn from_parts(pk: &str, sk: &str) -> Self {
        Self { pk: pk.to_owned(), sk: sk.to_owned() }
    }

    /// The partition.
    pub fn pk(&self) -> &str {
        &self.pk
    }

    /// The place in the partition.
    pub fn sk(&self) -> &str {
        &self.sk
    }
}
