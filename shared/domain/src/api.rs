//! An API, its versions and where it runs.

mod edit;
mod versions;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, ImplementationId, PortalId, StrategyId, VersionId};
use crate::portal::Labels;
use crate::specification::ExampleCall;
use crate::time::Timestamp;

pub use self::edit::{ApiChanges, NewApi, TooMany};
pub use self::versions::{AddVersionError, newest_first, order_of_labels};

/// The kind of a specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SpecType {
    /// OpenAPI 2.0 (Swagger).
    Oas2,
    /// OpenAPI 3.0 or 3.1.
    Oas3,
    /// AsyncAPI.
    Asyncapi,
}

impl SpecType {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oas2 => "oas2",
            Self::Oas3 => "oas3",
            Self::Asyncapi => "asyncapi",
        }
    }
}

/// Attributes that the catalog can be filtered by: a name and its values.
pub type Attributes = BTreeMap<String, Vec<String>>;

/// What lists show of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionSummary {
    /// Id.
    pub id: VersionId,
    /// Label, such as `1.4.0`.
    pub version: String,
    /// Kind of its specification; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec_type: Option<SpecType>,
    /// A call to try; absent if its specification names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<ExampleCall>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A specification as the catalog's list names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecificationSummary {
    /// Id of the version that it belongs to.
    pub id: VersionId,
    /// Kind.
    #[serde(rename = "type")]
    pub spec_type: SpecType,
}

/// A link to a stage of a gateway: calls that arrive there are calls of this API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Implementation {
    /// Id.
    pub id: ImplementationId,
    /// The gateway's id: an API Gateway API id, or `local`.
    pub gateway: String,
    /// The stage of it; on a laptop the API's slug.
    pub stage: String,
    /// When it was linked.
    pub created_at: Timestamp,
}

/// What the API itself remembers of a publication; the portal's card has the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedIn {
    /// The strategy of the publication; absent: no application authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<StrategyId>,
}

/// An API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Api {
    /// Id.
    pub id: ApiId,
    /// Name.
    pub name: String,
    /// What it does, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it says of its version: at first the label of its first version, and of each that becomes current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its name in addresses, unique among all APIs.
    pub slug: String,
    /// Labels.
    #[serde(default)]
    pub labels: Labels,
    /// Attributes.
    #[serde(default)]
    pub attributes: Attributes,
    /// The current version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_version: Option<VersionSummary>,
    /// Ids of its versions by label: a label is used once.
    #[serde(default)]
    pub versions: BTreeMap<String, VersionId>,
    /// The specifications among them, in the order in which they were added.
    #[serde(default)]
    pub specifications: Vec<SpecificationSummary>,
    /// Where it runs.
    #[serde(default)]
    pub implementations: Vec<Implementation>,
    /// Where it is published.
    #[serde(default)]
    pub publications: BTreeMap<PortalId, PublishedIn>,
    /// Counts what its versions and documents were: what is made of them says of which edition.
    #[serde(default)]
    pub edition: u64,
    /// Number of its events.
    pub ver: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Set on a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

/// A version of an API. The bytes of its specification lie in object storage under their digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Id.
    pub id: VersionId,
    /// The API that it is a version of.
    pub api: ApiId,
    /// Label, unique in its API.
    pub version: String,
    /// Kind of the specification; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec_type: Option<SpecType>,
    /// SHA-256 of the specification's bytes, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Size of the specification in bytes.
    #[serde(default)]
    pub bytes: u64,
    /// Media type of the specification: `application/json` or `application/yaml`.
    #[serde(default)]
    pub media: String,
    /// A call to try, as the specification has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<ExampleCall>,
    /// What is wrong with the specification; it is kept all the same.
    #[serde(default)]
    pub messages: Vec<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Version {
    /// What lists show of it.
    pub fn summary(&self) -> VersionSummary {
        VersionSummary {
            id: self.id,
            version: self.version.clone(),
            spec_type: self.spec_type,
            example: self.example.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
