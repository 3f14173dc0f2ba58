//! The identity providers of a portal: how developers sign in there, which of them is in force, what it is trusted with, and which of
//! its groups are teams here.
//!
//! All of a portal's lie in one item, so that one condition holds every rule: how many there are, and that one at most is enabled.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::email::{EmailAddress, EmailAddressError};
use crate::id::{GroupMappingId, IdentityProviderId, PortalId, TeamId};
use crate::limits::{GROUP_MAPPINGS, IDENTITY_PROVIDERS, TRUSTED_DOMAINS};
use crate::sealed::SealedSecret;
use crate::time::Timestamp;

/// Which claims of a person's token say what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimMappings {
    /// The full name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The groups.
    pub groups: String,
}

impl Default for ClaimMappings {
    fn default() -> Self {
        Self { name: "name".to_owned(), email: "email".to_owned(), groups: "groups".to_owned() }
    }
}

/// What the portal is at a provider, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSettings {
    /// The provider, exactly as its tokens name it.
    pub issuer: String,
    /// The portal's own client there.
    pub client_id: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Where the answers stand.
    pub claims: ClaimMappings,
}

impl ProviderSettings {
    /// The scopes of a provider for which none are named (contract).
    pub const SCOPES: [&str; 3] = ["email", "openid", "profile"];
}

/// A domain whose addresses a provider gives out: who it says has one, has it. Canonical, as addresses are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrustedDomain(String);

impl TrustedDomain {
    /// Reads a domain as an administrator writes it.
    ///
    /// # Errors
    /// As [`EmailAddressError`] says of the part after the `@`.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        EmailAddress::parse(&format!("anybody@{text}")).map(|address| Self(address.domain().to_owned()))
    }

    /// The domain, in ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A group of the provider, as it stands in the claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupName(String);

/// The text is no group that is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {} bytes, all of them printable", GroupName::MAX_BYTES)]
pub struct InvalidGroupName;

impl GroupName {
    /// The longest, in bytes: the distinguished name of a directory fits.
    pub const MAX_BYTES: usize = 256;

    /// Reads a group; it is compared exactly.
    ///
    /// # Errors
    /// [`InvalidGroupName`].
    pub fn parse(text: &str) -> Result<Self, InvalidGroupName> {
        let good = (1..=Self::MAX_BYTES).contains(&text.len()) && !text.chars().any(char::is_control);
        if good { Ok(Self(text.to_owned())) } else { Err(InvalidGroupName) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A group that is a team here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMapping {
    /// The team.
    pub team: TeamId,
    /// The group.
    pub group: GroupName,
    /// Since when.
    pub created_at: Timestamp,
}

/// A provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// Id.
    pub id: IdentityProviderId,
    /// What the portal is there.
    #[serde(flatten)]
    pub settings: ProviderSettings,
    /// The secret of the portal's client; without one the client is public, and the code's own proof has to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SealedSecret>,
    /// The domains whose addresses it gives out: a developer with one may be linked by it.
    #[serde(default)]
    pub domains: Vec<TrustedDomain>,
    /// Its groups that are teams here.
    #[serde(default)]
    pub mappings: BTreeMap<GroupMappingId, GroupMapping>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The place that a provider's secret is sealed for.
pub fn place_of_secret(portal: PortalId, provider: IdentityProviderId) -> String {
    format!("portal {portal}, identity provider {provider}")
}

/// Every provider of a portal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityProviders {
    /// Whose they are.
    pub portal: PortalId,
    /// The one that developers sign in with, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<IdentityProviderId>,
    /// Whether groups are teams at all.
    pub maps_groups: bool,
    /// Each by its id.
    #[serde(default)]
    pub providers: BTreeMap<IdentityProviderId, IdentityProvider>,
    /// Counts the edits; 0 while nothing is in the table.
    pub revision: u64,
}

/// A provider as an administrator adds it.
#[derive(Clone, Debug)]
pub struct NewProvider {
    /// Its id.
    pub id: IdentityProviderId,
    /// Whether developers sign in with it from now on.
    pub enabled: bool,
    /// What the portal is there.
    pub settings: ProviderSettings,
    /// The secret of the portal's client.
    pub secret: Option<SealedSecret>,
}

/// Changes of a provider; what is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ProviderEdit {
    /// Whether developers sign in with it.
    pub enabled: Option<bool>,
    /// What the portal is there.
    pub settings: Option<ProviderSettings>,
    /// Another secret.
    pub secret: Option<SealedSecret>,
}

/// Why the providers cannot be changed so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// There is no such provider, or no such mapping.
    #[error("there is no such identity provider, or no such mapping")]
    Unknown,
    /// There are as many as there can be.
    #[error("a portal has at most {IDENTITY_PROVIDERS} identity providers")]
    TooManyProviders,
    /// Another one is enabled.
    #[error("another identity provider is enabled, and developers sign in with one: disable it first")]
    AnotherEnabled,
    /// A secret that was given for one provider is not handed to another.
    #[error("the secret belongs to the issuer and the client that it was given for: give one for the new ones too")]
    SecretNeeded,
    /// The group makes that team already.
    #[error("the group is mapped to this team already")]
    AlreadyMapped,
    /// There are as many mappings as there can be.
    #[error("an identity provider has at most {GROUP_MAPPINGS} mappings")]
    TooManyMappings,
}

impl IdentityProviders {
    /// None yet. Groups are mapped as soon as there are mappings.
    pub const fn none(portal: PortalId) -> Self {
        Self { portal, enabled: None, maps_groups: true, providers: BTreeMap::new(), revision: 0 }
    }

    /// The one that developers sign in with.
    pub fn enabled(&self) -> Option<&IdentityProvider> {
        self.enabled.and_then(|id| self.providers.get(&id))
    }

    /// The one that developers sign in with, or would, as it is the only one: whom the contract's older routes speak of.
    pub fn enabled_or_only(&self) -> Option<&IdentityProvider> {
        self.enabled().or_else(|| self.providers.values().next().filter(|_| self.providers.len() == 1))
    }

    /// Whether it is the one that developers sign in with.
    pub fn is_enabled(&self, id: IdentityProviderId) -> bool {
        self.enabled == Some(id)
    }

    /// A provider.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`].
    pub fn get(&self, id: IdentityProviderId) -> Result<&IdentityProvider, ProviderError> {
        self.providers.get(&id).ok_or(ProviderError::Unknown)
    }

    /// The providers with one more.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub fn with(&self, new: NewProvider, now: Timestamp) -> Result<Self, ProviderError> {
        if self.providers.len() >= IDENTITY_PROVIDERS {
            return Err(ProviderError::TooManyProviders);
        }
        let NewProvider { id, enabled, settings, secret } = new;
        let provider = IdentityProvider {
            id,
            settings,
            secret,
            domains: Vec::new(),
            mappings: BTreeMap::new(),
            created_at: now,
            updated_at: now,
        };
        let mut after = self.clone();
        after.providers.insert(id, provider);
        if enabled { after.switched(id, true) } else { Ok(after) }
    }

    /// The providers with one of them changed. Another issuer is another authority: it is trusted with no domain yet, and its
    /// groups are nobody's.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub fn edited(&self, id: IdentityProviderId, edit: &ProviderEdit, now: Timestamp) -> Result<Self, ProviderError> {
        let before = self.get(id)?;
        let mut provider = before.clone();
        if let Some(settings) = &edit.settings {
            let same = |is: &ProviderSettings| is.issuer == settings.issuer && is.client_id == settings.client_id;
            if before.secret.is_some() && edit.secret.is_none() && !same(&before.settings) {
                return Err(ProviderError::SecretNeeded);
            }
            if settings.issuer != before.settings.issuer {
                provider.domains.clear();
                provider.mappings.clear();
            }
            provider.settings.clone_from(settings);
        }
        if let Some(secret) = &edit.secret {
            provider.secret = Some(secret.clone());
        }
        let after = self.put(before, provider, now);
        edit.enabled.map_or(Ok(after.clone()), |enabled| after.switched(id, enabled))
    }

    /// The providers without one of them.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`].
    pub fn without(&self, id: IdentityProviderId) -> Result<Self, ProviderError> {
        self.get(id)?;
        let mut after = self.switched(id, false)?;
        after.providers.remove(&id);
        Ok(after)
    }

    /// The providers with the domains that one of them gives addresses of, each once.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`].
    pub fn trusting(&self, id: IdentityProviderId, domains: &[TrustedDomain], now: Timestamp) -> Result<Self, ProviderError> {
        let before = self.get(id)?;
        let mut domains = domains.to_vec();
        domains.sort();
        domains.dedup();
        domains.truncate(TRUSTED_DOMAINS);
        Ok(self.put(before, IdentityProvider { domains, ..before.clone() }, now))
    }

    /// The providers with one more group that is a team.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub fn mapping(
        &self,
        id: IdentityProviderId,
        mapping: GroupMappingId,
        made: &GroupMapping,
        now: Timestamp,
    ) -> Result<Self, ProviderError> {
        let before = self.get(id)?;
        if before.mappings.values().any(|one| one.team == made.team && one.group == made.group) {
            return Err(ProviderError::AlreadyMapped);
        }
        if before.mappings.len() >= GROUP_MAPPINGS {
            return Err(ProviderError::TooManyMappings);
        }
        let mut provider = before.clone();
        provider.mappings.insert(mapping, made.clone());
        Ok(self.put(before, provider, now))
    }

    /// The providers without one of the mappings. Who is in a team by it leaves when they next sign in.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`].
    pub fn unmapping(&self, id: IdentityProviderId, mapping: GroupMappingId, now: Timestamp) -> Result<Self, ProviderError> {
        let before = self.get(id)?;
        let mut provider = before.clone();
        provider.mappings.remove(&mapping).ok_or(ProviderError::Unknown)?;
        Ok(self.put(before, provider, now))
    }

    /// The same with a provider in the place of what it was; what has not changed keeps its time.
    fn put(&self, before: &IdentityProvider, provider: IdentityProvider, now: Timestamp) -> Self {
        let mut after = self.clone();
        if provider != *before {
            after.providers.insert(provider.id, IdentityProvider { updated_at: now, ..provider });
        }
        after
    }

    fn switched(&self, id: IdentityProviderId, enabled: bool) -> Result<Self, ProviderError> {
        if enabled && self.enabled.is_some_and(|other| other != id) {
            return Err(ProviderError::AnotherEnabled);
        }
        let enabled = if enabled { Some(id) } else { self.enabled.filter(|other| *other != id) };
        Ok(Self { enabled, ..self.clone() })
    }
}

impl IdentityProvider {
    /// Whether it gives out addresses of the domain of this one.
    pub fn is_authority_for(&self, address: &EmailAddress) -> bool {
        self.domains.iter().any(|domain| domain.as_str() == address.domain())
    }

    /// The teams that somebody in these groups is in, each once.
    pub fn teams_of<'a>(&self, groups: impl IntoIterator<Item = &'a str>) -> Vec<TeamId> {
        let groups: Vec<&str> = groups.into_iter().collect();
        let mapped = self.mappings.values().filter(|mapping| groups.contains(&mapping.group.as_str()));
        let mut teams: Vec<TeamId> = mapped.map(|mapping| mapping.team).collect();
        teams.sort();
        teams.dedup();
        teams
    }
}

#[cfg(test)]
mod tests;
