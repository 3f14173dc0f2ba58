//! The gates between a call and an API: one pure function checks them all and names the one that is shut.

use std::fmt;

use crate::application::Application;
use crate::credential::Credential;
use crate::gateway::Link;
use crate::id::{ApiId, ApplicationId, CredentialId, RegistrationId};
use crate::owner::Owner;
pub use crate::presented_key::PresentedKey;
use crate::status::Status;
use crate::time::Timestamp;

/// Why a call is refused. Every gate fails closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Gate {
    /// No API is linked to this gateway and stage.
    UnknownGateway,
    /// The call presents neither a key nor a bearer token.
    NoKey,
    /// The call presents two keys, or a key and another token.
    TwoKeys,
    /// What means to be a key is none.
    MalformedKey,
    /// The key is not in one of the headers that the strategy names.
    WrongHeader,
    /// The application that the key names does not exist (any more).
    UnknownApplication,
    /// The application has no such key (any more).
    UnknownKey,
    /// The key has expired.
    ExpiredKey,
    /// The application is a developer's who is not approved. Of a team's application it is open: that depends on no developer, and a
    /// team is there as long as it owns an application.
    OwnerNotApproved,
    /// The API is not published in the application's portal with application authentication.
    NotPublished,
    /// The API is published with another auth strategy than the application's.
    OtherStrategy,
    /// The application is not registered for the API.
    NotRegistered,
    /// The registration is not approved.
    RegistrationNotApproved,
    /// The API is published with an OpenID Connect strategy, whose tokens are not checked yet.
    OpenIdConnectNotCheckedYet,
    /// The table did not answer, or not in full.
    StoreUnavailable,
}

impl Gate {
    /// Every gate.
    pub const ALL: [Self; 15] = [
        Self::UnknownGateway,
        Self::NoKey,
        Self::TwoKeys,
        Self::MalformedKey,
        Self::WrongHeader,
        Self::UnknownApplication,
        Self::UnknownKey,
        Self::ExpiredKey,
        Self::OwnerNotApproved,
        Self::NotPublished,
        Self::OtherStrategy,
        Self::NotRegistered,
        Self::RegistrationNotApproved,
        Self::OpenIdConnectNotCheckedYet,
        Self::StoreUnavailable,
    ];

    /// The name that logs show.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownGateway => "unknown-gateway",
            Self::NoKey => "no-key",
            Self::TwoKeys => "two-keys",
            Self::MalformedKey => "malformed-key",
            Self::WrongHeader => "wrong-header",
            Self::UnknownApplication => "unknown-application",
            Self::UnknownKey => "unknown-key",
            Self::ExpiredKey => "expired-key",
            Self::OwnerNotApproved => "owner-not-approved",
            Self::NotPublished => "not-published",
            Self::OtherStrategy => "other-strategy",
            Self::NotRegistered => "not-registered",
            Self::RegistrationNotApproved => "registration-not-approved",
            Self::OpenIdConnectNotCheckedYet => "openid-connect-not-checked-yet",
            Self::StoreUnavailable => "store-unavailable",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the one read of the authorizer brought. What is absent shuts its gate.
#[derive(Clone, Copy, Debug)]
pub struct Loaded<'a> {
    /// The link of the gateway and stage that was called.
    pub link: Option<&'a Link>,
    /// The application that the key names.
    pub application: Option<&'a Application>,
    /// The application's credential with the key's digest.
    pub credential: Option<&'a Credential>,
}

/// A call that may pass, and on whose behalf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorized {
    /// The application.
    pub application: ApplicationId,
    /// Its reference ID.
    pub reference_id: String,
    /// Whose it is.
    pub owner: Owner,
    /// The API.
    pub api: ApiId,
    /// The approved registration of the one for the other.
    pub registration: RegistrationId,
    /// The credential that was used.
    pub credential: CredentialId,
}

/// Where a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It lets the call pass.
    Open,
    /// It refuses the call.
    Shut,
    /// It cannot be told: by a gate before it something is missing, or there is no call that shows a key.
    Undecided,
}

impl Stands {
    /// By what is known; nothing is known of a gate whose ground is missing.
    fn by(open: Option<bool>) -> Self {
        match open {
            Some(true) => Self::Open,
            Some(false) => Self::Shut,
            None => Self::Undecided,
        }
    }
}

/// Every gate that what was read decides about, in order, and where it stands. [`authorize`] refuses a call at the first one that is
/// not open; whoever explains access shows them all. Without a call there is no key to look for in a header.
pub fn gates(presented: Option<&PresentedKey>, loaded: &Loaded<'_>, now: Timestamp) -> [(Gate, Stands); 12] {
    let link = loaded.link;
    let application = loaded.application.filter(|application| {
        let named = presented.is_none_or(|presented| application.card.id == presented.key().application());
        named && application.is_live() && application.card.reference_id.is_some()
    });
    let both = link.zip(application);
    let credential = application.and_then(|of| loaded.credential.filter(|one| one.application == of.card.id));
    let publication = both.and_then(|(link, application)| link.portals.get(&application.portal));
    let shown = publication.map(|publication| &publication.key_names).zip(presented);
    let grant = both.and_then(|(link, application)| application.grants.get(&link.api));
    [
        (Gate::UnknownGateway, Some(link.is_some())),
        (Gate::UnknownApplication, Some(application.is_some())),
        (Gate::UnknownKey, application.map(|_| credential.is_some())),
        (Gate::ExpiredKey, credential.map(|credential| !credential.is_expired(now))),
        (Gate::OwnerNotApproved, application.map(Application::owner_stands)),
        (Gate::NotPublished, both.map(|_| publication.is_some())),
        (Gate::OpenIdConnectNotCheckedYet, publication.map(|publication| !publication.key_names.is_empty())),
        (Gate::MalformedKey, shown.map(|(names, presented)| !presented.is_spoiled_in(names))),
        (Gate::WrongHeader, shown.map(|(names, presented)| presented.is_in(names))),
        (Gate::OtherStrategy, publication.zip(application).map(|(one, of)| one.strategy == of.card.strategy)),
        (Gate::NotRegistered, both.map(|_| grant.is_some())),
        (Gate::RegistrationNotApproved, grant.map(|grant| grant.status == Status::Approved)),
    ]
    .map(|(gate, open)| (gate, Stands::by(open)))
}

/// Decides about a call: every gate is open, or the first one that is not is named. Nothing is `loaded` if the table did not
/// answer, or not in full.
///
/// # Errors
/// The [`Gate`] that is shut.
pub fn authorize(presented: &PresentedKey, loaded: Option<Loaded<'_>>, now: Timestamp) -> Result<Authorized, Gate> {
    let loaded = loaded.ok_or(Gate::StoreUnavailable)?;
    let gates = gates(Some(presented), &loaded, now);
    if let Some((shut, _)) = gates.into_iter().find(|(_, stands)| *stands != Stands::Open) {
        return Err(shut);
    }
    // What open gates have shown to be there.
    let link = loaded.link.ok_or(Gate::UnknownGateway)?;
    let application = loaded.application.ok_or(Gate::UnknownApplication)?;
    let grant = application.grants.get(&link.api).ok_or(Gate::NotRegistered)?;
    Ok(Authorized {
        application: application.card.id,
        reference_id: application.card.reference_id.clone().ok_or(Gate::UnknownApplication)?,
        owner: application.owner,
        api: link.api,
        registration: grant.registration,
        credential: loaded.credential.ok_or(Gate::UnknownKey)?.id,
    })
}

#[cfg(test)]
mod tests;
