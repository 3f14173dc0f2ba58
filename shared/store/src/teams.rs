//! Teams and their members: a membership, its count on the team and its note on the developer are one thing.

use portico_domain::developer::{Developer, Joining, Memberships};
use portico_domain::event::Event;
use portico_domain::id::{PortalId, TeamId};
use portico_domain::limits::MEMBERS_PER_TEAM;
use portico_domain::team::{Member, Team};

use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// Why a team was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeTeamError {
    /// It is not what was read any more: read again and decide again.
    #[error("the team changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a developer did not become a member, or stayed one.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// The team was deleted meanwhile.
    #[error("the team is gone")]
    TeamGone,
    /// The team has as many members as one can have.
    #[error("a team has at most {MEMBERS_PER_TEAM} members")]
    TooManyMembers,
    /// The developer is a member.
    #[error("the developer is a member of the team already")]
    AlreadyMember,
    /// The developer is no member.
    #[error("the developer is no member of the team")]
    NoMember,
    /// The developer's memberships are not what was read any more: read again and decide again.
    #[error("the developer changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The list of a portal's teams.
pub fn teams_list(portal: PortalId) -> String {
    format!("{portal}#TEAMS")
}

/// The memberships that a developer was read with.
fn as_read(developer: &Developer) -> Condition {
    match developer.teams.as_slice() {
        [] => Condition::has_not("teams"),
        teams => Condition::is("teams", teams),
    }
}

/// Notes on a developer of which teams they are a member from now on.
pub(crate) fn member_of(developer: &Developer, memberships: &Memberships) -> Update {
    let Memberships { teams, by_groups } = memberships;
    Update::of(Key::developer(developer.id))
        .set_or_remove("teams", Some(teams).filter(|teams| !teams.is_empty()))
        .set_or_remove("teams_by_groups", Some(by_groups).filter(|teams| !teams.is_empty()))
        .when(as_read(developer))
}

impl Store {
    /// Creates a team.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn create_team(&self, team: &Team, event: &Event) -> Result<(), StoreError> {
        let root = Key::team(team.id);
        let item = Item::new(&root, "team", team).map(|item| item.listed(&teams_list(team.portal), team.created_at, team.id));
        Transaction::new()
            .put_new(item, || StoreError::Corrupt("a team id was made twice".to_owned()))
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Writes what an edit made of a team as it was read, or does nothing.
    ///
    /// # Errors
    /// [`ChangeTeamError::Changed`].
    pub async fn edit_team(&self, before: &Team, after: &Team, event: &Event) -> Result<(), ChangeTeamError> {
        let root = Key::team(after.id);
        let update = Update::of(root.clone())
            .set("name", &after.name)
            .set_or_remove("description", after.description.as_ref())
            .set("can_own_applications", &after.can_own_applications)
            .set("updated_at", &after.updated_at)
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("ver", &before.ver));
        Transaction::new().update(update, |_| ChangeTeamError::Changed).event(&root, event).commit(self).await
    }

    /// Makes a developer, as read, a member of a team.
    ///
    /// # Errors
    /// [`MembershipError`] names the rule that was broken.
    pub async fn add_member(
        &self,
        member: &Member,
        developer: &Developer,
        by: Joining,
        event: &Event,
    ) -> Result<(), MembershipError> {
        use MembershipError as Error;
        let root = Key::team(member.team);
        let counted = Update::of(root.clone())
            .add("member_count", 1)
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::less("member_count", &MEMBERS_PER_TEAM));
        let noted = member_of(developer, &developer.joining(member.team, by)).when(Condition::has_not("deleted_at"));
        let item = Item::new(&Key::member(member.team, member.developer), "member", member);
        Transaction::new()
            .update(counted, |before| match before.filter(|item| !item.has("deleted_at")) {
                Some(_) => Error::TooManyMembers,
                None => Error::TeamGone,
            })
            .put_new(item, || Error::AlreadyMember)
            .update(noted, |_| Error::Changed)
            .event(&root, event)
            .commit(self)
            .await
    }

    /// Ends the membership of a developer, as read, in a team. Deleted developers too.
    ///
    /// # Errors
    /// [`MembershipError`] names the rule that was broken.
    pub async fn remove_member(&self, team: TeamId, developer: &Developer, event: &Event) -> Result<(), MembershipError> {
        use MembershipError as Error;
        let root = Key::team(team);
        let counted = Update::of(root.clone()).add("member_count", -1).add("ver", 1).when(Condition::has_not("deleted_at"));
        Transaction::new()
            .update(counted, |_| Error::TeamGone)
            .delete_if(Key::member(team, developer.id), Condition::Exists, |_| Error::NoMember)
            .update(member_of(developer, &developer.leaving(team)), |_| Error::Changed)
            .event(&root, event)
            .commit(self)
            .await
    }

    /// The members of a team, by their ids.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn members_of(&self, team: TeamId) -> Result<Vec<Member>, StoreError> {
        self.children_as(Key::team(team).pk(), "MEMBER#").await
    }

    /// The developers in a team, in the order in which they became members.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn developers_in(&self, team: TeamId) -> Result<Vec<Developer>, StoreError> {
        let mut members = self.members_of(team).await?;
        members.sort_by_key(|member| (member.created_at, member.developer));
        let keys: Vec<_> = members.iter().map(|member| Key::developer(member.developer)).collect();
        let items = self.load(&keys).await?;
        let mut developers = Vec::with_capacity(keys.len());
        for key in &keys {
            developers.extend(items.get::<Developer>(key)?.filter(|developer| developer.deleted_at.is_none()));
        }
        Ok(developers)
    }

    /// The teams of a developer that are not deleted, in the order in which they became a member.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn teams_of(&self, developer: &Developer) -> Result<Vec<Team>, StoreError> {
        let keys: Vec<_> = developer.teams.iter().copied().map(Key::team).collect();
        let items = self.load(&keys).await?;
        let mut teams = Vec::with_capacity(keys.len());
        for key in &keys {
            teams.extend(items.get::<Team>(key)?.filter(Team::is_live));
        }
        Ok(teams)
    }
}
