//! A team, its members and its roles as administrators see them.

use portico_domain::developer::Developer;
use portico_domain::reader::Scope;
use portico_domain::team::{Assigned, Assignment, Team};
use serde::Serialize;

/// The type that the contract gives to what a role is for.
pub const ENTITY_TYPE: &str = "Services";
/// What stands for every API where the id of one is asked for.
pub const EVERY_API: &str = "*";

/// A team.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminTeamView {
    id: String,
    name: String,
    description: String,
    created_at: String,
    updated_at: String,
    can_own_applications: bool,
}

impl AdminTeamView {
    /// The view of a team. The contract wants a description: that of a team without one is its name.
    pub fn of(team: Team) -> Self {
        Self {
            id: team.id.to_string(),
            description: team.description.unwrap_or_else(|| team.name.clone()),
            name: team.name,
            created_at: team.created_at.rfc3339(),
            updated_at: team.updated_at.rfc3339(),
            can_own_applications: team.can_own_applications,
        }
    }
}

/// A member of a team.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminMemberView {
    id: String,
    email: String,
    full_name: String,
    active: bool,
    created_at: String,
    updated_at: String,
}

impl AdminMemberView {
    /// The view of a developer: active is who may sign in.
    pub fn of(developer: Developer) -> Self {
        Self {
            active: developer.is_approved(),
            id: developer.id.to_string(),
            email: developer.email,
            full_name: developer.full_name,
            created_at: developer.created_at.rfc3339(),
            updated_at: developer.updated_at.rfc3339(),
        }
    }
}

/// A role of a team.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AssignedRoleView {
    id: String,
    role_name: &'static str,
    entity_id: String,
    entity_type_name: &'static str,
    entity_region: String,
}

impl AssignedRoleView {
    /// The view of a role.
    pub fn of(assigned: &Assigned, assignment: &Assignment) -> Self {
        Self {
            id: assignment.id.to_string(),
            role_name: assigned.role.name(),
            entity_id: entity(assigned),
            entity_type_name: ENTITY_TYPE,
            entity_region: assignment.region.clone(),
        }
    }
}

/// What a role is for, as the contract names it.
pub fn entity(assigned: &Assigned) -> String {
    match assigned.scope {
        Scope::All => EVERY_API.to_owned(),
        Scope::One(api) => api.to_string(),
    }
}
