//! The second half of deleting a developer: every application of theirs (those of their teams stay), then what else is left. An administrator's request begins
//! it, and `run-jobs` ends what that could not.

use portico_domain::application::Application;
use portico_domain::developer::Developer;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{ApplicationId, DeveloperId, TeamId};
use portico_domain::issued_token::IssuedToken;
use portico_domain::owner::Owner;
use portico_store::developer_admin::generations;
use portico_store::owners::Acting;
use portico_store::teams::MembershipError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::portal::Portal;
use crate::problem::Problem;

impl Portal {
    /// Removes what is left of a deleted developer, applications included, the tombstone last. Doing it twice changes nothing.
    ///
    /// # Errors
    /// What the store says; what was removed by then stays removed.
    pub async fn remove_developer(&self, id: DeveloperId, actor: &Actor) -> Result<(), Problem> {
        let root = Key::developer(id);
        let Some(tombstone) = self.store.find::<Developer>(&root).await? else { return Ok(()) };
        if tombstone.deleted_at.is_none() {
            return Ok(());
        }
        for pointer in self.store.application_ids_of(Owner::Developer(id)).await? {
            self.remove_application(Owner::Developer(id), pointer, actor).await?;
        }
        for team in &tombstone.teams {
            self.end_membership(id, *team, actor).await?;
        }
        let mut tokens = Vec::new();
        for (purpose, generation) in generations(&tombstone) {
            let issued = IssuedToken {
                portal: tombstone.portal,
                developer: id,
                purpose,
                generation,
                expires_at: self.now(),
                used_at: None,
            };
            tokens.push(self.link(issued)?.1.key());
        }
        Ok(self.store.remove_developer_children(&tombstone, tokens).await?)
    }

    /// Ends a membership, of somebody who is deleted too. One in a team that is deleted is left to the team's own job.
    ///
    /// # Errors
    /// What the store says.
    pub async fn end_membership(&self, id: DeveloperId, team: TeamId, actor: &Actor) -> Result<(), Problem> {
        decide_again::<_, Problem, _>(|| async move {
            let developer = self.store.find::<Developer>(&Key::developer(id)).await?;
            let Some(developer) = developer.filter(|developer| developer.teams.contains(&team)) else { return Ok(Some(())) };
            let data = json!({ "portal": developer.portal, "team": team, "developer": id });
            let event = self.event(Name::TeamMemberRemoved, actor.clone(), data)?;
            match self.store.remove_member(team, &developer, &event).await {
                Ok(()) | Err(MembershipError::TeamGone) => Ok(Some(())),
                Err(MembershipError::Store(error)) => Err(error.into()),
                Err(_) => Ok(None),
            }
        })
        .await
    }

    /// Deletes an application of somebody who is deleted, and removes what is left of it. One that has changed hands since is its new
    /// owner's.
    async fn remove_application(&self, owner: Owner, id: ApplicationId, actor: &Actor) -> Result<(), Problem> {
        let job = decide_again::<_, Problem, _>(|| async move {
            let application = self.store.find::<Application>(&Key::application(id)).await?;
            match application.filter(|application| application.is_live() && application.owner == owner) {
                Some(application) => {
                    let acting = Acting::on_behalf(owner);
                    Ok(self.delete_application(&application, acting, &[], actor.clone()).await?.map(Some))
                }
                None => Ok(Some(None)),
            }
        })
        .await?;
        match job {
            Some(job) => Ok(self.store.finish_application_removal(&job).await?),
            None => Ok(()),
        }
    }
}
