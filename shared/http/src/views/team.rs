//! A team and its members as their members see them.

use portico_domain::developer::Developer;
use portico_domain::team::Team;
use serde::Serialize;

use crate::listing::Column;

/// The columns of a developer's teams.
pub const COLUMNS: &[Column<Team>] = &[
    Column::id("id", |team: &Team| Some(team.id.uuid())).sort_only(),
    Column::text("name", |team: &Team| Some(&team.name)).sort_only(),
    Column::text("description", |team: &Team| team.description.as_deref()).sort_only(),
    Column::time("created_at", |team: &Team| Some(team.created_at)).sort_only(),
    Column::time("updated_at", |team: &Team| Some(team.updated_at)).sort_only(),
];

/// The columns of a team's members.
pub const MEMBER_COLUMNS: &[Column<Developer>] = &[
    Column::id("id", |developer: &Developer| Some(developer.id.uuid())).sort_only(),
    Column::text("email", |developer: &Developer| Some(&developer.email)).sort_only(),
    Column::text("full_name", |developer: &Developer| Some(&developer.full_name)).sort_only(),
    Column::time("created_at", |developer: &Developer| Some(developer.created_at)).sort_only(),
    Column::time("updated_at", |developer: &Developer| Some(developer.updated_at)).sort_only(),
];

/// A team.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamView {
    id: String,
    name: String,
    description: Option<String>,
    created_at: String,
    updated_at: String,
}

impl TeamView {
    /// The view of a team.
    pub fn of(team: Team) -> Self {
        Self {
            id: team.id.to_string(),
            name: team.name,
            description: team.description,
            created_at: team.created_at.rfc3339(),
            updated_at: team.updated_at.rfc3339(),
        }
    }
}

/// A teammate.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeammateView {
    id: String,
    email: String,
    full_name: String,
    created_at: String,
    updated_at: String,
}

impl TeammateView {
    /// The view of a teammate.
    pub fn of(developer: Developer) -> Self {
        Self {
            id: developer.id.to_string(),
            email: developer.email,
            full_name: developer.full_name,
            created_at: developer.created_at.rfc3339(),
            updated_at: developer.updated_at.rfc3339(),
        }
    }
}
