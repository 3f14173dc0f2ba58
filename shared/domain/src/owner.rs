//! Who owns an application: a developer, or a team and so each of its members. And who may take one over.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::application::Application;
use crate::developer::Developer;
use crate::id::{ApiId, DeveloperId, PortalId, TeamId};
use crate::status::Status;
use crate::team::Team;

/// The owner of an application. In the table it is one attribute, `owner` or `team`: an application of a developer is what it was
/// before there were others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Owner {
    /// A developer.
    #[serde(rename = "owner")]
    Developer(DeveloperId),
    /// A team.
    #[serde(rename = "team")]
    Team(TeamId),
}

impl Owner {
    /// The words of the contract for the kinds of owners.
    pub const KINDS: &[&str] = &["developer", "team"];

    /// The word of the contract for its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Developer(_) => "developer",
            Self::Team(_) => "team",
        }
    }

    /// The developer, if it is one.
    pub const fn developer(self) -> Option<DeveloperId> {
        match self {
            Self::Developer(id) => Some(id),
            Self::Team(_) => None,
        }
    }

    /// The team, if it is one.
    pub const fn team(self) -> Option<TeamId> {
        match self {
            Self::Developer(_) => None,
            Self::Team(id) => Some(id),
        }
    }

    /// Its id, whichever kind it is.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Developer(id) => id.uuid(),
            Self::Team(id) => id.uuid(),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid().hyphenated().fmt(f)
    }
}

/// Whoever is to own an application, as read.
#[derive(Clone, Debug)]
pub enum Taker {
    /// A developer.
    Developer(Box<Developer>),
    /// A team.
    Team(Box<Team>),
}

/// Why somebody cannot own an application (contract, point 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
    /// The developer is not approved.
    #[error("the developer is {status}; only an approved one can own applications")]
    NotApproved {
        /// What the developer is.
        status: Status,
    },
    /// Nobody allowed it to the team.
    #[error("the team may not own applications; an administrator can allow it")]
    CannotOwn,
    /// The team lacks what the application already has.
    #[error(
        "the team must have the role API Consumer for every API that the application is registered for, in whatever status; \
         it lacks the role for {missing} of them"
    )]
    RolesMissing {
        /// For how many APIs.
        missing: usize,
    },
}

impl Taker {
    /// The owner that it would be.
    pub const fn owner(&self) -> Owner {
        match self {
            Self::Developer(developer) => Owner::Developer(developer.id),
            Self::Team(team) => Owner::Team(team.id),
        }
    }

    /// The portal that it belongs to.
    pub const fn portal(&self) -> PortalId {
        match self {
            Self::Developer(developer) => developer.portal,
            Self::Team(team) => team.portal,
        }
    }

    /// What calls would see of it: the status of a developer, and its version. A team stands as long as it is there, and it is there
    /// as long as it owns an application.
    pub const fn standing(&self) -> (Status, u64) {
        match self {
            Self::Developer(developer) => (developer.status, developer.standing_ver),
            Self::Team(_) => Application::OF_A_TEAM,
        }
    }

    /// Whether it may own an application that is registered for these APIs.
    ///
    /// # Errors
    /// [`TakeError`] names the rule.
    pub fn may_take<'a>(&self, registered: impl IntoIterator<Item = &'a ApiId>) -> Result<(), TakeError> {
        match self {
            Self::Developer(developer) if developer.is_approved() => Ok(()),
            Self::Developer(developer) => Err(TakeError::NotApproved { status: developer.status }),
            Self::Team(team) if !team.can_own_applications => Err(TakeError::CannotOwn),
            Self::Team(team) => match registered.into_iter().filter(|api| !team.may_register(**api)).count() {
                0 => Ok(()),
                missing => Err(TakeError::RolesMissing { missing }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AssignmentId;
    use crate::reader::{Role, Scope};
    use crate::team::{Assigned, Assignment, NewTeam};
    use crate::text::TeamName;
    use crate::time::Timestamp;

    fn team(can_own_applications: bool, roles: &[(Scope, Role)]) -> Taker {
        let new = NewTeam { name: TeamName::parse("Partners").expect("a name"), description: None, can_own_applications };
        let (id, portal) = (TeamId::new(Uuid::from_u128(1)), PortalId::new(Uuid::from_u128(2)));
        let mut team = Team::create(id, portal, new, Timestamp::from_millis(1));
        for (scope, role) in roles {
            let assignment = Assignment { id: AssignmentId::new(Uuid::from_u128(3)), region: "eu".to_owned() };
            team.roles.insert(Assigned { scope: *scope, role: *role }, assignment);
        }
        Taker::Team(Box::new(team))
    }

    #[test]
    fn a_team_takes_what_it_may_own_and_has_the_role_for() {
        let (one, two) = (ApiId::new(Uuid::from_u128(7)), ApiId::new(Uuid::from_u128(8)));
        assert_eq!(team(false, &[(Scope::All, Role::Consumer)]).may_take(&[]), Err(TakeError::CannotOwn));
        assert_eq!(team(true, &[]).may_take(&[]), Ok(()), "what is registered for nothing takes no role");
        assert_eq!(team(true, &[]).may_take(&[one, two]), Err(TakeError::RolesMissing { missing: 2 }));
        let some = team(true, &[(Scope::One(one), Role::Consumer), (Scope::One(two), Role::Viewer)]);
        assert_eq!((some.may_take(&[one]), some.may_take(&[one, two])), (Ok(()), Err(TakeError::RolesMissing { missing: 1 })));
        assert_eq!(team(true, &[(Scope::All, Role::Consumer)]).may_take(&[one, two]), Ok(()));
    }

    #[test]
    fn an_owner_is_the_one_attribute_that_is_named_after_it() {
        let id = Uuid::from_u128(7);
        let of_developer = serde_json::json!({ "owner": id });
        assert_eq!(serde_json::to_value(Owner::Developer(DeveloperId::new(id))).expect("JSON"), of_developer);
        assert_eq!(serde_json::from_value::<Owner>(of_developer).expect("an owner"), Owner::Developer(DeveloperId::new(id)));
        let of_team = serde_json::json!({ "team": id });
        assert_eq!(serde_json::from_value::<Owner>(of_team).expect("an owner"), Owner::Team(TeamId::new(id)));
    }
}
