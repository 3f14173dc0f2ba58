//! The provider's groups that are teams here: who is in them is a member, and whom they made a member leaves with them.

use portico_domain::developer::{Developer, Joining};
use portico_domain::event::Name;
use portico_domain::id::TeamId;
use portico_domain::identity_provider::IdentityProvider;
use portico_domain::limits::TEAMS_PER_DEVELOPER;
use portico_domain::single_sign_on::Person;
use portico_domain::team::{Member, Team};
use portico_http::{Portal, Problem};
use portico_store::teams::MembershipError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::actor;

/// Makes the developer a member of the teams that the groups stand for, and of no other that groups made them a member of. Memberships that
/// an administrator made stay. What is taken away is taken away before anything is given.
///
/// # Errors
/// What the store says: whoever's memberships are not known to be right does not come in.
pub(crate) async fn follow(
    portal: &Portal,
    developer: &Developer,
    person: &Person,
    provider: &IdentityProvider,
) -> Result<(), Problem> {
    let wanted = provider.teams_of(person.groups.iter().map(String::as_str));
    for team in developer.teams_by_groups.iter().filter(|team| !wanted.contains(team)) {
        portal.end_membership(developer.id, *team, &actor()).await?;
    }
    for team in wanted.iter().filter(|team| !developer.teams.contains(team)) {
        join(portal, developer, *team).await?;
    }
    Ok(())
}

/// Makes the developer a member. A team that is gone, or has no room, keeps nobody from signing in.
async fn join(portal: &Portal, developer: &Developer, team: TeamId) -> Result<(), Problem> {
    decide_again(|| async move {
        let root = Key::developer(developer.id);
        let items = portal.store.load(&[root.clone(), Key::team(team)]).await?;
        let live = items.get::<Team>(&Key::team(team))?.filter(|team| team.is_live() && team.portal == developer.portal);
        let Some(developer) = items.get::<Developer>(&root)?.filter(|_| live.is_some()) else { return Ok(Some(())) };
        if developer.teams.contains(&team) {
            return Ok(Some(()));
        }
        if developer.teams.len() >= TEAMS_PER_DEVELOPER {
            tracing::warn!(team.id = %team, developer.id = %developer.id, "a developer has no room for a team of a group");
            return Ok(Some(()));
        }
        let member = Member { team, developer: developer.id, portal: developer.portal, created_at: portal.now() };
        let data = json!({ "portal": developer.portal, "team": team, "developer": developer.id });
        let event = portal.event(Name::TeamMemberAdded, actor(), data)?;
        match portal.store.add_member(&member, &developer, Joining::Group, &event).await {
            Ok(()) => Ok(Some(())),
            Err(MembershipError::Changed | MembershipError::AlreadyMember) => Ok(None),
            Err(MembershipError::Store(error)) => Err(Problem::from(error)),
            Err(MembershipError::TooManyMembers) => {
                tracing::warn!(team.id = %team, developer.id = %developer.id, "a team has no room for who is in its group");
                Ok(Some(()))
            }
            Err(MembershipError::TeamGone | MembershipError::NoMember) => Ok(Some(())),
        }
    })
    .await
}
