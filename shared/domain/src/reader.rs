//! Who reads, as far as seeing APIs goes: nobody in particular, an approved developer, or one whose teams' roles count.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ApiId, TeamId};

/// What a role lets the members of a team do with an API. The greater one includes the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees a private API and its documents.
    Viewer,
    /// May register applications for it too.
    Consumer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 2] = [Self::Viewer, Self::Consumer];

    /// The word that keys have for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Consumer => "consumer",
        }
    }

    /// What the contract and people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "API Viewer",
            Self::Consumer => "API Consumer",
        }
    }
}

/// What a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Every API, those that are published later included.
    All,
    /// One API.
    One(ApiId),
}

/// A role, and the team through which a developer has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The role.
    pub role: Role,
    /// The team that gives it.
    pub through: TeamId,
}

/// The roles of all teams of one developer: for each scope the greatest, and a team that gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(BTreeMap<Scope, Held>);

impl Roles {
    /// Adds a role that a team gives.
    pub fn give(&mut self, scope: Scope, held: Held) {
        let known = self.0.entry(scope).or_insert(held);
        if known.role < held.role {
            *known = held;
        }
    }

    /// The greatest role for an API.
    pub fn on(&self, api: ApiId) -> Option<Held> {
        let held = [Scope::One(api), Scope::All].into_iter().filter_map(|scope| self.0.get(&scope)).copied();
        held.max_by_key(|held| held.role)
    }
}

/// Somebody who reads. [`Publication::is_visible_to`](crate::publication::Publication::is_visible_to) and
/// [`Publication::may_register`](crate::publication::Publication::may_register) say what follows from it, and nothing else does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Nobody in particular: not signed in.
    Anyone,
    /// A signed-in, approved developer of a portal without role-based access.
    Approved,
    /// A signed-in, approved developer of a portal with role-based access, and the roles of their teams.
    WithRoles(Roles),
}

#[cfg(test)]
mod tests {
    use super::{Held, Role, Roles, Scope};
    use crate::id::{ApiId, TeamId};
    use uuid::Uuid;

    #[test]
    fn the_greatest_role_counts_whichever_team_gives_it_and_in_whichever_order() {
        let (api, other) = (ApiId::new(Uuid::from_u128(1)), ApiId::new(Uuid::from_u128(2)));
        let held = |role, team| Held { role, through: TeamId::new(Uuid::from_u128(team)) };
        let (viewer, consumer, everywhere) = (held(Role::Viewer, 7), held(Role::Consumer, 8), held(Role::Viewer, 9));
        for order in [[viewer, consumer], [consumer, viewer]] {
            let mut roles = Roles::default();
            roles.give(Scope::All, everywhere);
            for held in order {
                roles.give(Scope::One(api), held);
            }
            assert_eq!((roles.on(api), roles.on(other)), (Some(consumer), Some(everywhere)));
        }
        assert_eq!(Roles::default().on(api), None);
        let mut roles = Roles::default();
        roles.give(Scope::One(api), viewer);
        roles.give(Scope::All, consumer);
        assert_eq!(roles.on(api), Some(consumer), "a role for all of them counts for this one too");
    }
}
