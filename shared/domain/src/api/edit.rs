//! What administrators do to an API, decided over the API as it was read.

use std::collections::BTreeMap;

use crate::api::{Api, Attributes, Implementation, PublishedIn, Version};
use crate::id::{ApiId, ImplementationId, PortalId, StrategyId};
use crate::limits::{ATTRIBUTE_BYTES, IMPLEMENTATIONS_PER_API, PUBLICATIONS_PER_API, VERSIONS_PER_API};
use crate::portal::Labels;
use crate::slug::Slug;
use crate::text::{ApiDescription, DisplayName, VersionLabel};
use crate::time::Timestamp;

/// An API that is to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApi {
    /// Name.
    pub name: DisplayName,
    /// What it does, in Markdown.
    pub description: Option<ApiDescription>,
    /// What it says of its version.
    pub version: Option<VersionLabel>,
    /// Its name in addresses.
    pub slug: Slug,
    /// Labels.
    pub labels: Labels,
    /// Attributes.
    pub attributes: Attributes,
}

/// What is to be changed of an API; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiChanges {
    /// Name.
    pub name: Option<DisplayName>,
    /// What it does, or nothing.
    pub description: Option<Option<ApiDescription>>,
    /// What it says of its version, or nothing.
    pub version: Option<Option<VersionLabel>>,
    /// Its name in addresses.
    pub slug: Option<Slug>,
    /// Labels to set, or to take away; nothing at all takes every label away.
    pub labels: Option<Option<BTreeMap<String, Option<String>>>>,
    /// Attributes to set, or to take away.
    pub attributes: BTreeMap<String, Option<Vec<String>>>,
}

/// A set of an API is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// Of its versions.
    #[error("an API has at most {VERSIONS_PER_API} versions")]
    Versions,
    /// Of its publications.
    #[error("an API is published in at most {PUBLICATIONS_PER_API} portals")]
    Publications,
    /// Of its implementations.
    #[error("an API has at most {IMPLEMENTATIONS_PER_API} implementations")]
    Implementations,
    /// Of its attributes.
    #[error("must have at most {ATTRIBUTE_BYTES} bytes of names and values together")]
    Attributes,
}

impl Api {
    /// A new API, with its first version if there is one.
    ///
    /// # Errors
    /// [`TooMany::Attributes`].
    pub fn create(id: ApiId, new: NewApi, first: Option<&Version>, now: Timestamp) -> Result<Self, TooMany> {
        bounded(&new.attributes)?;
        let label = new.version.map(String::from);
        Ok(Self {
            id,
            name: new.name.into(),
            description: new.description.map(String::from),
            version: label.or_else(|| first.map(|version| version.version.clone())),
            slug: new.slug.into(),
            labels: new.labels,
            attributes: new.attributes,
            current_version: first.map(Version::summary),
            versions: first.map(|version| (version.version.clone(), version.id)).into_iter().collect(),
            specifications: first.and_then(Version::specification).into_iter().collect(),
            implementations: Vec::new(),
            publications: BTreeMap::new(),
            edition: 1,
            ver: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        })
    }

    /// Whether this is an API and not what is left of one.
    pub const fn is_live(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// The API with changes: equal to it, if nothing changes.
    ///
    /// # Errors
    /// [`TooMany::Attributes`].
    pub fn changed(&self, changes: ApiChanges, now: Timestamp) -> Result<Self, TooMany> {
        let mut after = self.clone();
        if let Some(name) = changes.name {
            after.name = name.into();
        }
        if let Some(description) = changes.description {
            after.description = description.map(String::from);
        }
        if let Some(version) = changes.version {
            after.version = version.map(String::from);
        }
        if let Some(slug) = changes.slug {
            after.slug = slug.into();
        }
        match changes.labels {
            None => {}
            Some(None) => after.labels.clear(),
            Some(Some(labels)) => merge(&mut after.labels, labels),
        }
        merge(&mut after.attributes, changes.attributes);
        bounded(&after.attributes)?;
        if after != *self {
            after.updated_at = now;
        }
        Ok(after)
    }

    /// The API with other documents.
    #[must_use]
    pub fn with_documents(&self, now: Timestamp) -> Self {
        Self { edition: self.edition + 1, updated_at: now, ..self.clone() }
    }

    /// The API, published in a portal.
    ///
    /// # Errors
    /// [`TooMany::Publications`].
    pub fn published(&self, portal: PortalId, strategy: Option<StrategyId>) -> Result<Self, TooMany> {
        let mut after = self.clone();
        after.publications.insert(portal, PublishedIn { strategy });
        if after.publications.len() > PUBLICATIONS_PER_API { Err(TooMany::Publications) } else { Ok(after) }
    }

    /// The API, no longer published in a portal; nothing, if it is not.
    pub fn unpublished(&self, portal: PortalId) -> Option<Self> {
        let mut after = self.clone();
        after.publications.remove(&portal).map(|_| after)
    }

    /// The API, linked to a stage of a gateway.
    ///
    /// # Errors
    /// [`TooMany::Implementations`].
    pub fn linked(&self, implementation: Implementation) -> Result<Self, TooMany> {
        if self.implementations.len() >= IMPLEMENTATIONS_PER_API {
            return Err(TooMany::Implementations);
        }
        let mut after = self.clone();
        after.implementations.push(implementation);
        Ok(after)
    }

    /// The implementation with an id.
    pub fn implementation(&self, id: ImplementationId) -> Option<&Implementation> {
        self.implementations.iter().find(|one| one.id == id)
    }

    /// The API without an implementation.
    #[must_use]
    pub fn unlinked(&self, id: ImplementationId) -> Self {
        let mut after = self.clone();
        after.implementations.retain(|one| one.id != id);
        after
    }
}

fn merge<V>(into: &mut BTreeMap<String, V>, changes: BTreeMap<String, Option<V>>) {
    for (key, value) in changes {
        match value {
            Some(value) => into.insert(key, value),
            None => into.remove(&key),
        };
    }
}

fn bounded(attributes: &Attributes) -> Result<(), TooMany> {
    let bytes: usize = attributes.iter().map(|(key, values)| key.len() + values.iter().map(String::len).sum::<usize>()).sum();
    if bytes > ATTRIBUTE_BYTES { Err(TooMany::Attributes) } else { Ok(()) }
}
