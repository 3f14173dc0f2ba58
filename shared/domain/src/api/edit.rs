//! What administrators do to an API, decided over the API as it was read.

use std::collections::BTreeMap;

use crate::api::{Api, Attributes, Implementation, PublishedIn, SpecificationSummary, Version};
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

/// Why a version cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddVersionError {
    /// Another version of the API has the label.
    #[error("the API has a version with this label")]
    LabelTaken,
    /// The set is full.
    #[error(transparent)]
    TooMany(#[from] TooMany),
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

    /// The API with another version. The first one becomes the current one, and so does each that is not older than it.
    ///
    /// # Errors
    /// [`AddVersionError`] names the rule.
    pub fn with_version(&self, version: &Version) -> Result<Self, AddVersionError> {
        if self.versions.contains_key(&version.version) {
            return Err(AddVersionError::LabelTaken);
        }
        if self.versions.len() >= VERSIONS_PER_API {
            return Err(TooMany::Versions.into());
        }
        let mut after = self.clone();
        after.versions.insert(version.version.clone(), version.id);
        after.specifications.extend(version.specification());
        if self.current_version.as_ref().is_none_or(|current| !is_older(&version.version, &current.version)) {
            after.version = Some(version.version.clone());
            after.current_version = Some(version.summary());
        }
        after.updated_at = version.created_at;
        Ok(after)
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

impl Version {
    /// Its specification, as the catalog names it.
    pub fn specification(&self) -> Option<SpecificationSummary> {
        self.spec_type.map(|spec_type| SpecificationSummary { id: self.id, spec_type })
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

/// Whether a label is of an older version than another, as semantic versions go. Labels that are none are as old as each other.
fn is_older(label: &str, than: &str) -> bool {
    match (semantic(label), semantic(than)) {
        (Some(one), Some(other)) => one < other,
        _ => false,
    }
}

/// `v2`, `2.1` and `2.1.0` are versions, too.
fn semantic(label: &str) -> Option<semver::Version> {
    let text = label.strip_prefix(['v', 'V']).unwrap_or(label);
    let (numbers, rest) = match text.find(['-', '+']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let missing = match numbers.split('.').count() {
        1 => ".0.0",
        2 => ".0",
        _ => "",
    };
    semver::Version::parse(&format!("{numbers}{missing}{rest}")).ok()
}

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn labels_are_compared_as_semantic_versions_where_both_are() {
        for (older, newer) in [("1.0.0", "1.0.1"), ("v1", "v1.1"), ("2.0.0-beta", "2"), ("9", "10"), ("1.9.0", "V1.10")] {
            assert!(is_older(older, newer), "{older} < {newer}");
            assert!(!is_older(newer, older), "{newer} > {older}");
        }
        for (one, other) in [("2024-01", "1.0.0"), ("latest", "1.0.0"), ("1.0", "v1.0.0"), ("01.2.3", "9.9.9")] {
            assert!(!is_older(one, other), "{one} is not older than {other}");
        }
    }
}
