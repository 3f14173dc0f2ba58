//! A publication: an API made available in a portal. Its card holds all that the catalog's list and page show.

use serde::{Deserialize, Serialize};

use crate::api::{Api, Attributes, SpecificationSummary, VersionSummary};
use crate::id::{ApiId, PortalId, StrategyId, TeamId};
use crate::portal::Visibility;
use crate::reader::{Reader, Role};
use crate::time::Timestamp;

/// What a publication says beside the API: how the portal shows it and what it asks of applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who may see it.
    pub visibility: Visibility,
    /// The strategy that applications need; absent: no application authentication.
    pub strategy: Option<StrategyId>,
    /// Loosens the portal's setting for this API (contract, point 16).
    pub auto_approve_registrations: bool,
}

/// Why somebody cannot register an application for an API that they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRegistration {
    /// It is published without application authentication.
    NothingToRegister,
    /// Nobody is signed in.
    SignedOut,
    /// The reader's teams have the role API Viewer for it, and not API Consumer.
    ViewerOnly,
}

/// The card of an API in a portal's catalog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// The portal.
    pub portal: PortalId,
    /// The API.
    pub api: ApiId,
    /// Copied from the API.
    pub slug: String,
    /// Copied from the API.
    pub name: String,
    /// Copied from the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Copied from the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The strategy that applications need; absent: no application authentication, nothing to register for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<StrategyId>,
    /// Loosens the portal's setting for this API (contract, point 16).
    pub auto_approve_registrations: bool,
    /// Copied from the API.
    #[serde(default)]
    pub attributes: Attributes,
    /// Copied from the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_version: Option<VersionSummary>,
    /// Specifications of the API.
    #[serde(default)]
    pub specifications: Vec<SpecificationSummary>,
    /// Copied from the API.
    #[serde(default)]
    pub edition: u64,
    /// When the API was created.
    pub api_created_at: Timestamp,
    /// When the API last changed.
    pub api_updated_at: Timestamp,
    /// When it was published.
    pub created_at: Timestamp,
    /// When the publication last changed.
    pub updated_at: Timestamp,
}

impl Publication {
    /// The card of an API that is published.
    pub fn new(portal: PortalId, api: &Api, terms: Terms, now: Timestamp) -> Self {
        Self {
            portal,
            api: api.id,
            slug: api.slug.clone(),
            name: api.name.clone(),
            version: api.version.clone(),
            description: api.description.clone(),
            visibility: terms.visibility,
            strategy: terms.strategy,
            auto_approve_registrations: terms.auto_approve_registrations,
            attributes: api.attributes.clone(),
            current_version: api.current_version.clone(),
            specifications: api.specifications.clone(),
            edition: api.edition,
            api_created_at: api.created_at,
            api_updated_at: api.updated_at,
            created_at: now,
            updated_at: now,
        }
    }

    /// What it says beside the API.
    pub const fn terms(&self) -> Terms {
        Terms {
            visibility: self.visibility,
            strategy: self.strategy,
            auto_approve_registrations: self.auto_approve_registrations,
        }
    }

    /// The same card with other terms.
    #[must_use]
    pub fn with_terms(&self, terms: Terms, now: Timestamp) -> Self {
        Self {
            visibility: terms.visibility,
            strategy: terms.strategy,
            auto_approve_registrations: terms.auto_approve_registrations,
            updated_at: now,
            ..self.clone()
        }
    }

    /// Copies onto the card what the API says of itself now.
    pub fn copy_from(&mut self, api: &Api) {
        self.slug.clone_from(&api.slug);
        self.name.clone_from(&api.name);
        self.version.clone_from(&api.version);
        self.description.clone_from(&api.description);
        self.attributes.clone_from(&api.attributes);
        self.current_version.clone_from(&api.current_version);
        self.specifications.clone_from(&api.specifications);
        self.edition = api.edition;
        self.api_created_at = api.created_at;
        self.api_updated_at = api.updated_at;
    }

    /// Whether somebody may see it. Everyone sees a public one; a private one a signed-in, approved developer, and where roles count
    /// one whose team has a role for it (contract README, "Private APIs").
    pub fn is_visible_to(&self, reader: &Reader) -> bool {
        match (self.visibility, reader) {
            (Visibility::Public, _) | (Visibility::Private, Reader::Approved) => true,
            (Visibility::Private, Reader::Anyone) => false,
            (Visibility::Private, Reader::WithRoles(roles)) => roles.on(self.api).is_some(),
        }
    }

    /// Whether somebody may register an application for it: who is signed in and sees it, if it takes registrations at all. Where
    /// roles count, seeing a private one is not enough: the role must be API Consumer.
    pub fn may_register(&self, reader: &Reader) -> bool {
        self.why_not_register(reader).is_none()
    }

    /// What keeps somebody who sees it from registering an application for it, if anything does.
    pub fn why_not_register(&self, reader: &Reader) -> Option<NoRegistration> {
        match reader {
            _ if self.strategy.is_none() => Some(NoRegistration::NothingToRegister),
            Reader::Anyone => Some(NoRegistration::SignedOut),
            reader => (!self.lets_register(reader)).then_some(NoRegistration::ViewerOnly),
        }
    }

    /// The team whose role a registration by this reader rests on, where it takes one.
    pub fn registers_through(&self, reader: &Reader) -> Option<TeamId> {
        match (self.visibility, reader) {
            (Visibility::Private, Reader::WithRoles(roles)) => {
                roles.on(self.api).filter(|held| held.role == Role::Consumer).map(|held| held.through)
            }
            _ => None,
        }
    }

    /// Whether a reader's standing and roles let them register for it, whether it takes registrations or not.
    pub(crate) fn lets_register(&self, reader: &Reader) -> bool {
        match (self.visibility, reader) {
            (_, Reader::Anyone) => false,
            (_, Reader::Approved) | (Visibility::Public, Reader::WithRoles(_)) => true,
            (Visibility::Private, Reader::WithRoles(roles)) => roles.on(self.api).is_some_and(|held| held.role == Role::Consumer),
        }
    }
}

#[cfg(test)]
mod tests;
