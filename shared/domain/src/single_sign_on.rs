//! Somebody comes from an identity provider: who that is here, and what changes by it (B42 to B44).
//!
//! Who they are is issuer and subject. An address makes nobody somebody else: it leads to a developer who is there already only if the
//! provider says that it is proven and an administrator said that the provider gives out the addresses of its domain, or if the browser is
//! signed in as that developer.

use serde_json::{Map, Value};

use crate::developer::Developer;
use crate::email::EmailAddress;
use crate::id::DeveloperId;
use crate::identity::Identity;
use crate::identity_provider::{ClaimMappings, IdentityProvider};
use crate::limits::IDENTITIES_PER_DEVELOPER;
use crate::status::Status;
use crate::text::{DecisionReason, FullName};

/// The most groups of one person that are looked at.
const MOST_GROUPS: usize = 1_000;
/// The longest subject (OpenID Connect Core 1.0, 2).
const MAX_SUBJECT: usize = 255;

/// What a provider says of whether an address was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It says so.
    Proven,
    /// It says nothing.
    Silent,
    /// It says that it was not, or something that is neither yes nor no.
    Denied,
}

/// Somebody, as a provider whose signature was verified describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub identity: Identity,
    /// The full name, if the mapped claim has one that can be taken.
    pub name: Option<FullName>,
    /// What somebody new is called for want of a full name.
    pub other_name: Option<FullName>,
    /// The address, if there is one that can be taken.
    pub email: Option<EmailAddress>,
    /// Whether the address was proven.
    pub proof: Proof,
    /// The groups.
    pub groups: Vec<String>,
}

/// Why somebody cannot sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The provider gives no address that can be taken.
    NoAddress,
    /// The provider does not say that the address was proven.
    NotProven,
    /// A developer has the address, and the provider is no authority for it.
    AddressTaken,
    /// The developer with the address is somebody else at the same provider, or has as many identities as one can have.
    SomebodyElse,
    /// An administrator has refused the developer.
    NotApproved {
        /// Rejected or revoked.
        status: Status,
        /// What was said of it.
        reason: Option<DecisionReason>,
    },
}

/// Who somebody is here.
#[derive(Clone, Debug, PartialEq)]
pub enum Meeting {
    /// Somebody new, with a name and an address that was proven.
    New(FullName, EmailAddress),
    /// A developer, who is to be as these changes say.
    Known(Box<Developer>, Changes),
}

/// What changes about a developer by signing in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// An identity that is theirs from now on.
    pub identity: Option<Identity>,
    /// Another name.
    pub name: Option<FullName>,
    /// Another address, which was proven.
    pub email: Option<EmailAddress>,
    /// Whether their address is proven by it.
    pub proves: bool,
    /// Whether sessions that are there end: whoever had them came in another way.
    pub ends_sessions: bool,
}

impl Changes {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Person {
    /// Reads the claims of a person; nothing if they do not say who it is.
    ///
    /// `email_verified` speaks of the claim `email`: where the address comes from another claim, nobody says that it was proven.
    pub fn read(issuer: &str, claims: &Map<String, Value>, mappings: &ClaimMappings) -> Option<Self> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let subject = text("sub").filter(|subject| (1..=MAX_SUBJECT).contains(&subject.len()))?;
        // The local part as it stands: to the provider another spelling of it may be another mailbox.
        let plain = |email: &&str| email.split('@').next().is_some_and(str::is_ascii);
        let email = text(&mappings.email).filter(plain).and_then(|email| EmailAddress::parse(email).ok());
        let of_email = mappings.email == "email";
        let proof = match claims.get("email_verified").filter(|_| of_email) {
            None => Proof::Silent,
            Some(Value::Bool(true)) => Proof::Proven,
            Some(_) => Proof::Denied,
        };
        let called = |name: &str| FullName::parse(name).ok();
        let name = text(&mappings.name).and_then(called);
        let others = ["name", "preferred_username"].into_iter().filter_map(text);
        let other_name = others.chain(email.as_ref().map(EmailAddress::local_part)).find_map(called);
        let groups = match claims.get(&mappings.groups) {
            Some(Value::Array(groups)) => groups.iter().take(MOST_GROUPS).filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(group)) => vec![group.clone()],
            _ => Vec::new(),
        };
        Some(Self { identity: Identity::of(issuer, subject), name, other_name, email, proof, groups })
    }

    /// The address, if it is theirs as far as this provider can say: it says so, or it says nothing and gives out the addresses itself.
    fn proven(&self, provider: &IdentityProvider) -> Option<&EmailAddress> {
        self.email.as_ref().filter(|email| match self.proof {
            Proof::Proven => true,
            Proof::Silent => provider.is_authority_for(email),
            Proof::Denied => false,
        })
    }

    /// Who it is, among the developer who has the identity and the one who has the address. `signed_in` is whose session the browser has
    /// that comes back: whoever is there as the developer with the address, which the provider says is theirs, makes this identity theirs.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn meet(
        &self,
        provider: &IdentityProvider,
        by_identity: Option<&Developer>,
        by_address: Option<&Developer>,
        signed_in: Option<DeveloperId>,
    ) -> Result<Meeting, Refusal> {
        if let Some(developer) = by_identity {
            return admitted(developer)
                .map(|()| Meeting::Known(Box::new(developer.clone()), self.changes(provider, developer, by_address)));
        }
        if self.email.is_none() {
            return Err(Refusal::NoAddress);
        }
        // First of all, so that nobody learns who has an address that is not theirs.
        let email = self.proven(provider).ok_or(Refusal::NotProven)?;
        let Some(developer) = by_address else {
            let name = self.name.clone().or_else(|| self.other_name.clone()).ok_or(Refusal::NoAddress)?;
            return Ok(Meeting::New(name, email.clone()));
        };
        let vouched = self.proof == Proof::Proven && provider.is_authority_for(email);
        let own = signed_in == Some(developer.id);
        if !vouched && !own {
            return Err(Refusal::AddressTaken);
        }
        // Addresses are given to others in time, subjects are not.
        let another = developer.identities.iter().any(|identity| identity.issuer == self.identity.issuer);
        if another || developer.identities.len() >= IDENTITIES_PER_DEVELOPER {
            return Err(Refusal::SomebodyElse);
        }
        admitted(developer)?;
        let identity = Some(self.identity.clone());
        let proves = developer.email_verified_at.is_none();
        let changes = Changes { identity, proves, ends_sessions: !own, ..self.changes(provider, developer, by_address) };
        Ok(Meeting::Known(Box::new(developer.clone()), changes))
    }

    /// What the provider says otherwise than what is known. An address that somebody else has stays where it is.
    fn changes(&self, provider: &IdentityProvider, developer: &Developer, by_address: Option<&Developer>) -> Changes {
        let name = self.name.clone().filter(|name| name.as_str() != developer.full_name);
        let other = |email: &&EmailAddress| email.canonical() != developer.email;
        let email = self.proven(provider).filter(other).filter(|_| by_address.is_none()).cloned();
        Changes { name, email, ..Changes::default() }
    }
}

/// Whether a developer may come in: a pending one is approved by that, a rejected or revoked one stays so (contract, point 10).
fn admitted(developer: &Developer) -> Result<(), Refusal> {
    match developer.status {
        Status::Pending | Status::Approved => Ok(()),
        status @ (Status::Rejected | Status::Revoked) => Err(Refusal::NotApproved { status, reason: developer.reason.clone() }),
    }
}

#[cfg(test)]
mod tests;
