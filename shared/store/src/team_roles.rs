//! The roles of teams: a role on the team, and its pointer at the API that it is for.

use portico_domain::event::{Actor, Event, Name};
use portico_domain::id::{ApiId, EventId, PortalId, TeamId, uuid_v7};
use portico_domain::limits::ROLES_PER_TEAM;
use portico_domain::reader::{Role, Scope};
use portico_domain::team::{Assigned, Assignment, Team};
use portico_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api_removal::random;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// Why a team was not given a role, or kept one.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// It is not what was read any more: read again and decide again.
    #[error("the team changed meanwhile")]
    Changed,
    /// There is no such API.
    #[error("the API is gone")]
    ApiGone,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A team among those that have a role for an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolePointer {
    /// For what.
    pub api: ApiId,
    /// Which team.
    pub team: TeamId,
    /// Which role.
    pub role: Role,
    /// The portal of the team.
    pub portal: PortalId,
}

fn pointer(team: &Team, api: ApiId, role: Role) -> Result<Item, StoreError> {
    let pointer = RolePointer { api, team: team.id, role, portal: team.portal };
    Item::new(&Key::role_pointer(api, team.id, role), "role_pointer", &pointer)
}

/// That a team is there and gives the role to register for an API.
pub(crate) fn gives_consumer(api: ApiId) -> Condition {
    let [one, all] = Team::consumes(api).map(|assigned| assigned.to_string());
    let has = |assigned: &str| Condition::has(["roles", assigned]);
    Condition::has_not("deleted_at").and(has(&one).or(has(&all)))
}

impl Store {
    /// Gives a team a role that it, as read, does not have.
    ///
    /// # Errors
    /// [`RoleError`] names the rule that was broken.
    pub async fn assign_role(
        &self,
        team: &Team,
        assigned: &Assigned,
        assignment: &Assignment,
        event: &Event,
    ) -> Result<(), RoleError> {
        let root = Key::team(team.id);
        let text = assigned.to_string();
        let path = ["roles", text.as_str()];
        let update = Update::of(root.clone())
            .set(path, assignment)
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::has_not(path))
            .when(Condition::fewer("roles", ROLES_PER_TEAM));
        let mut transaction = Transaction::new().update(update, |_| RoleError::Changed);
        if let Scope::One(api) = assigned.scope {
            let is_there = Condition::Exists.and(Condition::has_not("deleted_at"));
            transaction = transaction.put_new(pointer(team, api, assigned.role), || RoleError::Changed).check(
                Key::api(api),
                is_there,
                |_| RoleError::ApiGone,
            );
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Takes a role from a team: no registration that rests on it begins from then on.
    ///
    /// # Errors
    /// [`RoleError::Changed`]: it does not have the role by this assignment any more.
    pub async fn remove_role(
        &self,
        team: &Team,
        assigned: &Assigned,
        assignment: &Assignment,
        event: &Event,
    ) -> Result<(), RoleError> {
        let root = Key::team(team.id);
        let text = assigned.to_string();
        let update = Update::of(root.clone())
            .remove(["roles", text.as_str()])
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is(["roles", text.as_str(), "id"], &assignment.id));
        let mut transaction = Transaction::new().update(update, |_| RoleError::Changed);
        if let Scope::One(api) = assigned.scope {
            transaction = transaction.delete(Key::role_pointer(api, team.id, assigned.role));
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Ends one role for a deleted API. Nothing, if it changed while it was looked at.
    pub(crate) async fn end_role(&self, pointer: &RolePointer, deleted_at: Timestamp) -> Result<Option<()>, StoreError> {
        let assigned = Assigned { scope: Scope::One(pointer.api), role: pointer.role };
        let team = self.find::<Team>(&Key::team(pointer.team)).await?.filter(Team::is_live);
        let held = team.as_ref().and_then(|team| Some((team, team.roles.get(&assigned)?)));
        let Some((team, assignment)) = held else {
            // Of a deleted team: its own job may be at it too.
            self.remove(&Key::role_pointer(pointer.api, pointer.team, pointer.role)).await?;
            return Ok(Some(()));
        };
        let event = Event {
            id: EventId::new(uuid_v7(deleted_at, random()?)),
            name: Name::TeamRoleRemoved,
            at: deleted_at,
            actor: Actor::System("delete-api".to_owned()),
            data: json!({ "portal": team.portal, "team": team.id, "assignment": assignment.id, "role": assigned }),
        };
        match self.remove_role(team, &assigned, assignment, &event).await {
            Ok(()) => Ok(Some(())),
            Err(RoleError::Changed | RoleError::ApiGone) => Ok(None),
            Err(RoleError::Store(error)) => Err(error),
        }
    }
}
