//! Versions of an API: as administrators see them, and as the catalog shows them.

use portico_domain::api::{SpecType, Version};
use portico_domain::id::VersionId;
use serde::Serialize;

use crate::views::api::SpecTypeView;
use crate::views::specification::MessageView;

/// A version as administrators see it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionView {
    id: VersionId,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<SpecificationView>,
    created_at: String,
    updated_at: String,
}

/// Its specification.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct SpecificationView {
    content: String,
    #[serde(rename = "type")]
    spec_type: SpecType,
    validation_messages: Vec<MessageView>,
}

impl VersionView {
    /// The view of a version with the text of its specification, if it has one.
    pub fn of(version: &Version, content: Option<String>) -> Self {
        let spec = version.spec_type.zip(content);
        Self {
            id: version.id,
            version: version.version.clone(),
            spec: spec.map(|(spec_type, content)| SpecificationView {
                content,
                spec_type,
                validation_messages: MessageView::all(&version.messages),
            }),
            created_at: version.created_at.rfc3339(),
            updated_at: version.updated_at.rfc3339(),
        }
    }
}

/// A version in an administrator's list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionRowView {
    id: VersionId,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<SpecTypeView>,
    created_at: String,
    updated_at: String,
}

impl VersionRowView {
    /// The view of a version.
    pub fn of(version: &Version) -> Self {
        Self {
            id: version.id,
            version: version.version.clone(),
            spec: version.spec_type.map(|spec_type| SpecTypeView { spec_type }),
            created_at: version.created_at.rfc3339(),
            updated_at: version.updated_at.rfc3339(),
        }
    }
}

/// A version with a specification, in the catalog.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogVersionView {
    id: VersionId,
    version: String,
    spec: CatalogSpecificationView,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct CatalogSpecificationView {
    #[serde(rename = "type")]
    spec_type: SpecType,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}

impl CatalogVersionView {
    /// The view of a version, with the text of its specification where one version is shown; nothing, if it has none.
    pub fn of(version: &Version, content: Option<String>) -> Option<Self> {
        let spec = CatalogSpecificationView { spec_type: version.spec_type?, content };
        Some(Self { id: version.id, version: version.version.clone(), spec })
    }
}
