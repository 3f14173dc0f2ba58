//! The end of a team, in two steps whatever its size: one transaction after which its roles count for nothing, and a job that
//! removes its memberships and pointers.

use portico_domain::developer::Developer;
use portico_domain::event::Event;
use portico_domain::id::TeamId;
use portico_domain::job::{Job, Work};
use portico_domain::reader::Scope;
use portico_domain::team::{Member, Team};

use crate::owners::owns_nothing;
use crate::teams::{ChangeTeamError, member_of};
use crate::{Condition, Key, Store, StoreError, Transaction, Update, decide_again};

/// How many pointers one transaction removes.
const AT_ONCE: usize = 50;

impl Store {
    /// Deletes a team, as it was read, that owns no application, or does nothing. What is left is a tombstone, whose roles count for nothing, and its members,
    /// which `job` is to remove ([`Work::RemoveTeam`]).
    ///
    /// # Errors
    /// [`ChangeTeamError::Changed`]: read again and decide again.
    pub async fn delete_team(&self, team: &Team, event: &Event, job: &Job) -> Result<(), ChangeTeamError> {
        let root = Key::team(team.id);
        let tombstone = Update::of(root.clone())
            .set("deleted_at", &event.at)
            .set("updated_at", &event.at)
            .add("ver", 1)
            .remove("name")
            .remove("description")
            .remove("list")
            .remove("list_at")
            .when(Condition::has_not("deleted_at"))
            .when(owns_nothing())
            .when(Condition::is("ver", &team.ver));
        Transaction::new().update(tombstone, |_| ChangeTeamError::Changed).job(job).event(&root, event).commit(self).await
    }

    /// Does a job of [`Work::RemoveTeam`] and removes the job.
    ///
    /// # Errors
    /// As [`StoreError`] says; then the job is still there.
    pub async fn finish_team_removal(&self, job: &Job) -> Result<(), StoreError> {
        if let Work::RemoveTeam { team } = &job.job {
            self.remove_team_children(*team).await?;
        }
        self.finish_job(job.id).await
    }

    /// Removes the memberships and the pointers of a deleted team and then its tombstone. Doing it twice, or twice at the same time,
    /// changes nothing; a team that is not deleted stays as it is.
    ///
    /// # Errors
    /// As [`StoreError`] says; what was removed by then stays removed.
    pub async fn remove_team_children(&self, team: TeamId) -> Result<(), StoreError> {
        let root = Key::team(team);
        let Some(tombstone) = self.find::<Team>(&root).await?.filter(|team| !team.is_live()) else { return Ok(()) };
        for member in self.members_of(team).await? {
            decide_again(|| self.forget_membership(&member)).await?;
        }
        let pointers: Vec<_> = tombstone
            .roles
            .keys()
            .filter_map(|assigned| match assigned.scope {
                Scope::One(api) => Some(Key::role_pointer(api, team, assigned.role)),
                Scope::All => None,
            })
            .collect();
        for some in pointers.chunks(AT_ONCE) {
            let removal = some.iter().fold(Transaction::<StoreError>::new(), |removal, key| removal.delete(key.clone()));
            removal.commit(self).await?;
        }
        let deleted = Condition::has("deleted_at").or(Condition::Missing);
        Transaction::new()
            .delete_if(root, deleted, |_| StoreError::Corrupt("a deleted team came back".to_owned()))
            .commit(self)
            .await
    }

    /// Removes one membership of a deleted team, on both sides. Nothing, if the developer changed while they were looked at.
    async fn forget_membership(&self, member: &Member) -> Result<Option<()>, StoreError> {
        let developer = self.find::<Developer>(&Key::developer(member.developer)).await?;
        let mut removal = Transaction::<Lost>::new().delete(Key::member(member.team, member.developer));
        if let Some(developer) = developer.filter(|developer| developer.teams.contains(&member.team)) {
            removal = removal.update(member_of(&developer, &developer.leaving(member.team)), |_| Lost::Changed);
        }
        match removal.commit(self).await {
            Ok(()) => Ok(Some(())),
            Err(Lost::Changed) => Ok(None),
            Err(Lost::Store(error)) => Err(error),
        }
    }
}

/// Why a membership is still there.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("the developer changed meanwhile")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}
