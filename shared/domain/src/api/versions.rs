//! The versions of an API: which one is current, and in which order they stand.

use std::cmp::Ordering;

use crate::api::{Api, SpecificationSummary, TooMany, Version};
use crate::limits::VERSIONS_PER_API;
use crate::time::Timestamp;

/// Why a version cannot be added, or have a label.
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
        let mut after = Self { edition: self.edition + 1, ..self.clone() };
        after.versions.insert(version.version.clone(), version.id);
        after.specifications.extend(version.specification());
        after.updated_at = version.created_at;
        after.consider(version);
        Ok(after)
    }

    /// The API with a version as it is now, in place of what it was; `all` are its versions as they are now. A version with another
    /// label is considered as if it were new.
    ///
    /// # Errors
    /// [`AddVersionError::LabelTaken`].
    pub fn with_changed_version(&self, before: &Version, now: &Version, all: &[Version]) -> Result<Self, AddVersionError> {
        let mut after = Self { edition: self.edition + 1, ..self.clone() };
        if before.version != now.version {
            after.versions.remove(&before.version);
            if after.versions.insert(now.version.clone(), now.id).is_some() {
                return Err(AddVersionError::LabelTaken);
            }
        }
        after.specifications = specifications(all);
        after.updated_at = now.updated_at;
        match &self.current_version {
            Some(current) if current.id == now.id && before.version == now.version => after.current_version = Some(now.summary()),
            Some(current) if current.id == now.id => after.choose(all),
            _ if before.version != now.version => after.consider(now),
            _ => {}
        }
        Ok(after)
    }

    /// The API without a version; `rest` are those that it keeps. Where the current one goes, the newest of them follows it.
    #[must_use]
    pub fn without_version(&self, gone: &Version, rest: &[Version], now: Timestamp) -> Self {
        let mut after = Self { edition: self.edition + 1, ..self.clone() };
        after.versions.remove(&gone.version);
        after.specifications = specifications(rest);
        after.updated_at = now;
        if self.current_version.as_ref().is_some_and(|current| current.id == gone.id) {
            after.choose(rest);
        }
        after
    }

    /// Makes a version the current one, unless it is older than that.
    fn consider(&mut self, version: &Version) {
        if self.current_version.as_ref().is_none_or(|current| !is_older(&version.version, &current.version)) {
            self.version = Some(version.version.clone());
            self.current_version = Some(version.summary());
        }
    }

    /// Makes the newest of its versions the current one, as if they had been added one by one.
    fn choose(&mut self, versions: &[Version]) {
        let said = self.current_version.take().map(|current| current.version);
        for version in in_order(versions) {
            self.consider(version);
        }
        if self.current_version.is_none() && self.version == said {
            self.version = None;
        }
    }
}

impl Version {
    /// Its specification, as the catalog names it.
    pub fn specification(&self) -> Option<SpecificationSummary> {
        self.spec_type.map(|spec_type| SpecificationSummary { id: self.id, spec_type })
    }
}

/// The specifications among versions, in the order in which they were added.
fn specifications(versions: &[Version]) -> Vec<SpecificationSummary> {
    in_order(versions).into_iter().filter_map(Version::specification).collect()
}

/// Ids are made in the order of time.
fn in_order(versions: &[Version]) -> Vec<&Version> {
    let mut versions: Vec<_> = versions.iter().collect();
    versions.sort_by_key(|version| version.id);
    versions
}

/// The order of two labels: semantic versions as such, and before them what is none, as text.
pub fn order_of_labels(one: &str, other: &str) -> Ordering {
    let key = |label: &str| (semantic(label), label.to_lowercase());
    key(one).cmp(&key(other)).then_with(|| one.cmp(other))
}

/// Puts versions into the order in which people look for them: the newest first.
pub fn newest_first(versions: &mut [Version]) {
    versions.sort_by(|one, other| order_of_labels(&other.version, &one.version).then_with(|| other.id.cmp(&one.id)));
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
    use super::{is_older, order_of_labels};

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

    #[test]
    fn labels_have_one_order_and_those_that_are_no_versions_stand_first() {
        let mut labels = ["10", "nightly", "1.9.0", "v1.10", "Beta", "2.0.0-rc.1", "2"];
        labels.sort_by(|one, other| order_of_labels(one, other));
        assert_eq!(labels, ["Beta", "nightly", "1.9.0", "v1.10", "2.0.0-rc.1", "2", "10"]);
    }
}
