//! Specifications by themselves, in the older form of the contract: those of an API's versions.

use portico_domain::api::{SpecType, SpecificationSummary, Version};
use portico_domain::id::VersionId;
use serde::Serialize;

/// What is wrong with a specification.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageView {
    message: String,
}

impl MessageView {
    /// The views of messages.
    pub fn all(messages: &[String]) -> Vec<Self> {
        messages.iter().map(|message| Self { message: message.clone() }).collect()
    }
}

/// What is wrong with a specification that is only looked at.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessagesView {
    validation_messages: Vec<MessageView>,
}

impl MessagesView {
    /// The view of messages.
    pub fn of(messages: &[String]) -> Self {
        Self { validation_messages: MessageView::all(messages) }
    }
}

/// A specification as administrators see it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecificationView {
    id: VersionId,
    content: String,
    validation_messages: Vec<MessageView>,
    #[serde(rename = "type")]
    spec_type: SpecType,
    created_at: String,
    updated_at: String,
}

impl SpecificationView {
    /// The view of a version's specification; nothing, if it has none.
    pub fn of(version: &Version, content: String) -> Option<Self> {
        Some(Self {
            id: version.id,
            content,
            validation_messages: MessageView::all(&version.messages),
            spec_type: version.spec_type?,
            created_at: version.created_at.rfc3339(),
            updated_at: version.updated_at.rfc3339(),
        })
    }
}

/// A specification in an administrator's list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecificationRowView {
    id: VersionId,
    #[serde(rename = "type")]
    spec_type: SpecType,
    created_at: String,
    updated_at: String,
}

impl SpecificationRowView {
    /// The view of a version's specification; nothing, if it has none.
    pub fn of(version: &Version) -> Option<Self> {
        Some(Self {
            id: version.id,
            spec_type: version.spec_type?,
            created_at: version.created_at.rfc3339(),
            updated_at: version.updated_at.rfc3339(),
        })
    }
}

/// A specification in the catalog's list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogSpecificationRowView {
    id: VersionId,
    api_type: SpecType,
}

impl CatalogSpecificationRowView {
    /// The view of a specification.
    pub fn of(summary: &SpecificationSummary) -> Self {
        Self { id: summary.id, api_type: summary.spec_type }
    }
}

/// A specification in the catalog, with its text.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogSpecificationView {
    api_type: SpecType,
    content: String,
}

impl CatalogSpecificationView {
    /// The view of a version's specification; nothing, if it has none.
    pub fn of(version: &Version, content: String) -> Option<Self> {
        Some(Self { api_type: version.spec_type?, content })
    }
}
