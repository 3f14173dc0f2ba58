//! APIs: as administrators see them, and as the catalog shows them.

use portico_domain::api::{Api, Attributes, SpecType, SpecificationSummary, VersionSummary};
use portico_domain::id::{ApiId, PortalId, VersionId};
use portico_domain::portal::{Labels, Portal, Visibility};
use portico_domain::publication::Publication;
use portico_domain::strategy::Strategy;
use serde::Serialize;

use crate::views::strategy::StrategyView;

/// An API as administrators see it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiView {
    /// Id.
    pub id: ApiId,
    /// Name.
    pub name: String,
    /// What it does, in Markdown.
    pub description: Option<String>,
    /// What it says of its version.
    pub version: Option<String>,
    /// The current version.
    pub current_version_summary: Option<CurrentVersionView>,
    /// Its name in addresses.
    pub slug: String,
    /// The versions that have a specification.
    pub api_spec_ids: Vec<VersionId>,
    /// Where it is published.
    pub portals: Vec<PortalView>,
    /// Labels.
    pub labels: Labels,
    /// How it runs, if it does.
    pub implementation_mode: Option<&'static str>,
    /// Attributes.
    pub attributes: Attributes,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
}

/// The current version, as administrators see it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CurrentVersionView {
    id: VersionId,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<SpecTypeView>,
    created_at: String,
    updated_at: String,
}

/// The kind of a specification.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecTypeView {
    /// Kind.
    #[serde(rename = "type")]
    pub spec_type: SpecType,
}

/// A portal where an API is published.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortalView {
    id: PortalId,
    name: String,
    display_name: String,
}

/// What [`ApiView::implementation_mode`] says of an API that is linked to a gateway.
pub const IMPLEMENTED: &str = "api_gateway";

impl ApiView {
    /// The view of an API; of `portals` those count where it is published.
    pub fn of(api: &Api, portals: &[Portal]) -> Self {
        Self {
            id: api.id,
            name: api.name.clone(),
            description: api.description.clone(),
            version: api.version.clone(),
            current_version_summary: api.current_version.as_ref().map(CurrentVersionView::of),
            slug: api.slug.clone(),
            api_spec_ids: api.specifications.iter().map(|one| one.id).collect(),
            portals: portals.iter().filter(|portal| api.publications.contains_key(&portal.id)).map(PortalView::of).collect(),
            labels: api.labels.clone(),
            implementation_mode: (!api.implementations.is_empty()).then_some(IMPLEMENTED),
            attributes: api.attributes.clone(),
            created_at: api.created_at.rfc3339(),
            updated_at: api.updated_at.rfc3339(),
        }
    }
}

impl CurrentVersionView {
    fn of(current: &VersionSummary) -> Self {
        Self {
            id: current.id,
            version: current.version.clone(),
            spec: current.spec_type.map(|spec_type| SpecTypeView { spec_type }),
            created_at: current.created_at.rfc3339(),
            updated_at: current.updated_at.rfc3339(),
        }
    }
}

impl PortalView {
    fn of(portal: &Portal) -> Self {
        Self { id: portal.id, name: portal.name.clone(), display_name: portal.display_name.clone() }
    }
}

/// An API in a portal's catalog.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogApiView {
    id: ApiId,
    name: String,
    description: Option<String>,
    version: Option<String>,
    visibility: Visibility,
    slug: String,
    auth_strategies: Vec<StrategyView>,
    specifications: Vec<SpecificationSummary>,
    current_version_summary: Option<CatalogVersionView>,
    attributes: Attributes,
    created_at: String,
    updated_at: String,
}

/// The current version in a portal's catalog.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct CatalogVersionView {
    id: VersionId,
    spec: SpecTypeView,
}

impl CatalogApiView {
    /// The view of an API's card, with its strategy if it has one.
    pub fn of(card: &Publication, strategy: Option<&Strategy>) -> Self {
        // Where the current version has no specification, the contract has no room for it.
        let current = card.current_version.as_ref();
        let current =
            current.and_then(|one| Some(CatalogVersionView { id: one.id, spec: SpecTypeView { spec_type: one.spec_type? } }));
        Self {
            id: card.api,
            name: card.name.clone(),
            description: card.description.clone(),
            version: card.version.clone(),
            visibility: card.visibility,
            slug: card.slug.clone(),
            auth_strategies: strategy.map(StrategyView::brief).into_iter().collect(),
            specifications: card.specifications.clone(),
            current_version_summary: current,
            attributes: card.attributes.clone(),
            created_at: card.api_created_at.rfc3339(),
            updated_at: card.api_updated_at.rfc3339(),
        }
    }
}
