//! A team: developers of one portal who share what its roles let them do.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, AssignmentId, DeveloperId, PortalId, TeamId};
use crate::limits::ROLES_PER_TEAM;
use crate::reader::{Held, Role, Roles, Scope};
use crate::text::{TeamDescription, TeamName};
use crate::time::Timestamp;

/// What a team can be given once: a role for a scope. In the table it is the text `API#role`, where `*` stands for every API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Assigned {
    /// What the role is for.
    pub scope: Scope,
    /// The role.
    pub role: Role,
}

/// The text is no role for a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role of a team is an API or *, and viewer or consumer")]
pub struct NoAssignment;

impl fmt::Display for Assigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            Scope::All => write!(f, "*#{}", self.role.as_str()),
            Scope::One(api) => write!(f, "{api}#{}", self.role.as_str()),
        }
    }
}

impl From<Assigned> for String {
    fn from(assigned: Assigned) -> Self {
        assigned.to_string()
    }
}

impl FromStr for Assigned {
    type Err = NoAssignment;

    fn from_str(text: &str) -> Result<Self, NoAssignment> {
        let (scope, role) = text.split_once('#').ok_or(NoAssignment)?;
        let scope = match scope {
            "*" => Scope::All,
            api => Scope::One(api.parse().map_err(|_| NoAssignment)?),
        };
        let role = Role::ALL.into_iter().find(|known| known.as_str() == role).ok_or(NoAssignment)?;
        Ok(Self { scope, role })
    }
}

impl TryFrom<String> for Assigned {
    type Error = NoAssignment;

    fn try_from(text: String) -> Result<Self, NoAssignment> {
        text.parse()
    }
}

/// What is kept of a role beside what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Id.
    pub id: AssignmentId,
    /// The region that whoever gave it named: kept for their tools, and without effect.
    pub region: String,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// Id.
    pub id: TeamId,
    /// The portal that it belongs to.
    pub portal: PortalId,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether applications may be its own.
    pub can_own_applications: bool,
    /// What its members may see and register for. A deleted team's count for nothing.
    #[serde(default)]
    pub roles: BTreeMap<Assigned, Assignment>,
    /// Number of its members.
    pub member_count: u32,
    /// Applications that it owns. A team that owns any is not deleted.
    #[serde(default)]
    pub app_count: u32,
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

/// What an administrator says of a new team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTeam {
    /// What people call it.
    pub name: TeamName,
    /// What it is for.
    pub description: Option<TeamDescription>,
    /// Whether applications may be its own.
    pub can_own_applications: bool,
}

/// Changes of a team; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamEdit {
    /// What people call it.
    pub name: Option<TeamName>,
    /// What it is for.
    pub description: Option<TeamDescription>,
    /// Whether applications may be its own.
    pub can_own_applications: Option<bool>,
}

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Of which team.
    pub team: TeamId,
    /// Whose.
    pub developer: DeveloperId,
    /// The portal of both.
    pub portal: PortalId,
    /// Since when.
    pub created_at: Timestamp,
}

/// Why a team cannot be given a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// It has the role already.
    #[error("the team has this role for this API already")]
    AlreadyAssigned,
    /// It has as many as one can have.
    #[error("a team has at most {ROLES_PER_TEAM} roles")]
    TooMany,
}

impl Team {
    /// A new team, without members or roles.
    pub fn create(id: TeamId, portal: PortalId, new: NewTeam, now: Timestamp) -> Self {
        Self {
            id,
            portal,
            name: new.name.into(),
            description: new.description.map(String::from),
            can_own_applications: new.can_own_applications,
            roles: BTreeMap::new(),
            member_count: 0,
            app_count: 0,
            ver: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }

    /// Whether this is a team and not what is left of one.
    pub fn is_live(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// The team as an edit makes it, and the names of what changed; nothing if nothing does.
    pub fn edited(&self, edit: &TeamEdit, now: Timestamp) -> Option<(Self, Vec<&'static str>)> {
        let mut team = self.clone();
        let mut changed = Vec::new();
        if let Some(name) = edit.name.as_ref().filter(|name| name.as_str() != self.name) {
            name.as_str().clone_into(&mut team.name);
            changed.push("name");
        }
        let described = |text: &&TeamDescription| Some(text.as_str()) != self.description.as_deref();
        if let Some(description) = edit.description.as_ref().filter(described) {
            team.description = Some(description.as_str().to_owned());
            changed.push("description");
        }
        if let Some(owns) = edit.can_own_applications.filter(|owns| *owns != self.can_own_applications) {
            team.can_own_applications = owns;
            changed.push("can_own_applications");
        }
        team.ver += 1;
        team.updated_at = now;
        (!changed.is_empty()).then_some((team, changed))
    }

    /// Whether it can be given a role.
    ///
    /// # Errors
    /// [`AssignError`].
    pub fn may_be_given(&self, assigned: &Assigned) -> Result<(), AssignError> {
        if self.roles.contains_key(assigned) {
            return Err(AssignError::AlreadyAssigned);
        }
        if self.roles.len() >= ROLES_PER_TEAM as usize { Err(AssignError::TooMany) } else { Ok(()) }
    }

    /// The role with an id.
    pub fn assignment(&self, id: AssignmentId) -> Option<(Assigned, &Assignment)> {
        self.roles.iter().find(|(_, assignment)| assignment.id == id).map(|(assigned, assignment)| (*assigned, assignment))
    }

    /// Whether its own applications may be registered for an API: whatever else its members may do, the team must have the role.
    pub fn may_register(&self, api: ApiId) -> bool {
        self.is_live() && Self::consumes(api).iter().any(|assigned| self.roles.contains_key(assigned))
    }

    /// The ways in which the team gives the role to register for an API: any of them is enough.
    pub fn consumes(api: ApiId) -> [Assigned; 2] {
        [Scope::One(api), Scope::All].map(|scope| Assigned { scope, role: Role::Consumer })
    }
}

/// The roles that somebody has by their teams; those of deleted teams count for nothing.
pub fn roles_of<'a>(teams: impl IntoIterator<Item = &'a Team>) -> Roles {
    let mut roles = Roles::default();
    for team in teams.into_iter().filter(|team| team.is_live()) {
        for assigned in team.roles.keys() {
            roles.give(assigned.scope, Held { role: assigned.role, through: team.id });
        }
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
    const LATER: Timestamp = Timestamp::from_millis(1_790_000_001_000);

    fn team(id: u128) -> Team {
        let name = TeamName::parse("Partners").expect("a name");
        let new = NewTeam { name, description: None, can_own_applications: false };
        Team::create(TeamId::new(Uuid::from_u128(id)), PortalId::new(Uuid::from_u128(1)), new, NOW)
    }

    fn assignment(id: u128) -> Assignment {
        Assignment { id: AssignmentId::new(Uuid::from_u128(id)), region: "eu".to_owned() }
    }

    #[test]
    fn a_role_for_a_scope_is_written_and_read_as_one_text() {
        let api = ApiId::new(Uuid::from_u128(7));
        for scope in [Scope::All, Scope::One(api)] {
            for role in Role::ALL {
                let assigned = Assigned { scope, role };
                assert_eq!(assigned.to_string().parse(), Ok(assigned));
            }
        }
        for text in ["", "*", "*#", "*#owner", "#viewer", "x#viewer", "*#viewer#"] {
            assert_eq!(text.parse::<Assigned>(), Err(NoAssignment), "{text}");
        }
    }

    #[test]
    fn the_roles_of_a_deleted_team_count_for_nothing() {
        let api = ApiId::new(Uuid::from_u128(7));
        let (mut first, mut second) = (team(2), team(3));
        first.roles.insert(Assigned { scope: Scope::One(api), role: Role::Viewer }, assignment(4));
        second.roles.insert(Assigned { scope: Scope::All, role: Role::Consumer }, assignment(5));
        assert_eq!(roles_of([&first, &second]).on(api), Some(Held { role: Role::Consumer, through: second.id }));
        second.deleted_at = Some(LATER);
        assert_eq!(roles_of([&first, &second]).on(api), Some(Held { role: Role::Viewer, through: first.id }));
    }

    #[test]
    fn a_role_is_given_once_and_a_team_has_only_so_many() {
        let mut full = team(2);
        let assigned =
            |api: u32| Assigned { scope: Scope::One(ApiId::new(Uuid::from_u128(u128::from(api)))), role: Role::Viewer };
        full.roles = (1..ROLES_PER_TEAM).map(|api| (assigned(api), assignment(u128::from(api)))).collect();
        assert_eq!(full.may_be_given(&assigned(1)), Err(AssignError::AlreadyAssigned));
        assert_eq!(full.may_be_given(&assigned(ROLES_PER_TEAM)), Ok(()));
        full.roles.insert(assigned(ROLES_PER_TEAM), assignment(1));
        assert_eq!(full.may_be_given(&assigned(ROLES_PER_TEAM + 1)), Err(AssignError::TooMany));
        assert_eq!(full.may_be_given(&assigned(1)), Err(AssignError::AlreadyAssigned), "which says more than that it is full");
    }

    #[test]
    fn an_edit_names_what_it_changes_and_nothing_that_is_so_already() {
        let same = TeamEdit { name: TeamName::parse("Partners").ok(), can_own_applications: Some(false), description: None };
        assert_eq!(team(2).edited(&same, LATER), None);
        let edit = TeamEdit { description: TeamDescription::parse("Who sells").ok(), can_own_applications: Some(true), ..same };
        let (edited, changed) = team(2).edited(&edit, LATER).expect("a change");
        assert_eq!(changed, ["description", "can_own_applications"]);
        let description = Some("Who sells".to_owned());
        assert_eq!(edited, Team { description, can_own_applications: true, ver: 2, updated_at: LATER, ..team(2) });
    }
}
