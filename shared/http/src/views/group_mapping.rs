//! Groups of an identity provider that are teams, as administrators see them.

use portico_domain::id::{GroupMappingId, TeamId};
use portico_domain::identity_provider::GroupMapping;
use serde::Serialize;

/// A group that is a team.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupMappingView {
    id: GroupMappingId,
    team_id: TeamId,
    group: String,
    created_at: String,
    updated_at: String,
}

/// A team, and the groups that it is.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamGroupsView {
    /// The team.
    pub team_id: TeamId,
    /// The groups.
    pub groups: Vec<String>,
}

impl GroupMappingView {
    /// The view of a mapping, which is made and taken away, and never edited.
    pub fn of(id: GroupMappingId, mapping: &GroupMapping) -> Self {
        let created_at = mapping.created_at.rfc3339();
        Self { id, team_id: mapping.team, group: mapping.group.as_str().to_owned(), updated_at: created_at.clone(), created_at }
    }
}
