//! The gates between a call and an API: one pure function checks them all and names the one that is shut.

mod gate;

use crate::application::Application;
use crate::credential::Credential;
use crate::gateway::Link;
use crate::id::{ApiId, ApplicationId, CredentialId, RegistrationId};
use crate::owner::Owner;
pub use crate::presented_client::PresentedClient;
pub use crate::presented_key::{Presented, PresentedKey};
pub use crate::presented_token::PresentedToken;
use crate::status::Status;
use crate::strategy::OpenIdConnect;
use crate::time::Timestamp;

pub use self::gate::Gate;

/// What a call shows, well-formed.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// An API key.
    Key(&'a PresentedKey),
    /// An identity provider's token, verified.
    Token(&'a PresentedToken),
}

/// What the one read of the authorizer brought. What is absent shuts its gate.
#[derive(Clone, Copy, Debug)]
pub struct Loaded<'a> {
    /// The link of the gateway and stage that was called.
    pub link: Option<&'a Link>,
    /// The application that the key names, or that has the token's reference ID.
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
    /// The credential that was used; a token is none of the portal's.
    pub credential: Option<CredentialId>,
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
/// not open; whoever explains access shows them all. Without a call there is no key to look for in a header, and no token.
pub fn gates(shown: Option<Shown<'_>>, loaded: &Loaded<'_>, now: Timestamp) -> Vec<(Gate, Stands)> {
    let link = loaded.link;
    let application = loaded.application.filter(|application| {
        let card = &application.card;
        let named = match shown {
            None => true,
            Some(Shown::Key(key)) => card.id == key.key().application(),
            Some(Shown::Token(token)) => token.names(application.portal, card.reference_id.as_deref()),
        };
        named && application.is_live() && card.reference_id.is_some()
    });
    let both = link.zip(application);
    let publication = both.and_then(|(link, application)| link.portals.get(&application.portal));
    let grant = both.and_then(|(link, application)| application.grants.get(&link.api));
    let by_token = match shown {
        None => publication.is_some_and(|publication| publication.oidc.is_some()),
        Some(Shown::Key(_)) => false,
        Some(Shown::Token(_)) => true,
    };
    let mut gates = vec![(Gate::UnknownGateway, Some(link.is_some())), (Gate::UnknownApplication, Some(application.is_some()))];
    if !by_token {
        let credential = application.and_then(|of| loaded.credential.filter(|one| one.application == of.card.id));
        gates.push((Gate::UnknownKey, application.map(|_| credential.is_some())));
        gates.push((Gate::ExpiredKey, credential.map(|credential| !credential.is_expired(now))));
    }
    gates.push((Gate::OwnerNotApproved, application.map(Application::owner_stands)));
    gates.push((Gate::NotPublished, both.map(|_| publication.is_some())));
    if by_token {
        let token = match shown {
            Some(Shown::Token(token)) => Some(token),
            _ => None,
        };
        // The token was verified for what a link said: it counts for what the link says now.
        let as_read = publication.zip(token).map(|(now, token)| token.is_for(now.oidc.as_ref()));
        gates.push((Gate::UntrustedToken, as_read));
        let oidc = publication.and_then(|publication| publication.oidc.as_ref());
        gates.push((Gate::MethodNotSupported, oidc.map(OpenIdConnect::is_supported)));
        gates.extend([Gate::ExpiredToken, Gate::MissingScope].map(|gate| (gate, token.map(|_| true))));
    } else {
        let key = match shown {
            Some(Shown::Key(key)) => Some(key),
            _ => None,
        };
        let sought = publication.map(|publication| &publication.key_names).zip(key);
        gates.push((Gate::NoToken, publication.map(|publication| publication.oidc.is_none())));
        gates.push((Gate::MalformedKey, sought.map(|(names, key)| !key.is_spoiled_in(names))));
        gates.push((Gate::WrongHeader, sought.map(|(names, key)| key.is_in(names))));
    }
    gates.push((Gate::OtherStrategy, publication.zip(application).map(|(one, of)| one.strategy == of.card.strategy)));
    gates.push((Gate::NotRegistered, both.map(|_| grant.is_some())));
    gates.push((Gate::RegistrationNotApproved, grant.map(|grant| grant.status == Status::Approved)));
    gates.into_iter().map(|(gate, open)| (gate, Stands::by(open))).collect()
}

/// Decides about a call: every gate is open, or the first one that is not is named. Nothing is `loaded` if the table did not
/// answer, or not in full.
///
/// # Errors
/// The [`Gate`] that is shut.
pub fn authorize(shown: Shown<'_>, loaded: Option<Loaded<'_>>, now: Timestamp) -> Result<Authorized, Gate> {
    let loaded = loaded.ok_or(Gate::StoreUnavailable)?;
    let gates = gates(Some(shown), &loaded, now);
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
        credential: match shown {
            Shown::Key(_) => Some(loaded.credential.ok_or(Gate::UnknownKey)?.id),
            Shown::Token(_) => None,
        },
    })
}

#[cfg(test)]
mod tests;
