//! A publication: an API made available in a portal. Its card holds all that the catalog's list and page show.

use serde::{Deserialize, Serialize};

use crate::api::{Api, Attributes, SpecificationSummary, VersionSummary};
use crate::id::{ApiId, PortalId, StrategyId};
use crate::portal::Visibility;
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
        self.api_created_at = api.created_at;
        self.api_updated_at = api.updated_at;
    }

    /// Whether somebody may see it: everyone a public one, a signed-in, approved developer a private one too.
    pub fn is_visible_to(&self, approved_developer: bool) -> bool {
        match self.visibility {
            Visibility::Public => true,
            Visibility::Private => approved_developer,
        }
    }
}
