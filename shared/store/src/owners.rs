//! Owners of applications: on whose right an application is changed, what the count of an owner allows, and how an application
//! changes hands.

use portico_domain::application::{Application, ApplicationCard};
use portico_domain::developer::Developer;
use portico_domain::id::{ApplicationId, DeveloperId};
use portico_domain::limits::APPLICATIONS_PER_OWNER;
use portico_domain::owner::{Owner, Taker};
use portico_domain::status::Status;

use futures_util::future::try_join_all;

use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// On whose right an application is changed. Both are checked in the transaction of the change: whoever lost the right meanwhile has
/// not changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acting {
    /// The owner that it was read with.
    pub owner: Owner,
    /// The developer who acts as a member of the team that owns it.
    pub member: Option<DeveloperId>,
}

impl Acting {
    /// On nobody's right: an administrator, or Portico itself.
    pub const fn on_behalf(owner: Owner) -> Self {
        Self { owner, member: None }
    }

    /// A developer, on their own right or as a member of the team that owns it.
    pub const fn developer(owner: Owner, developer: DeveloperId) -> Self {
        let member = match owner {
            Owner::Developer(_) => None,
            Owner::Team(_) => Some(developer),
        };
        Self { owner, member }
    }

    /// That an application is still its owner's.
    pub(crate) fn as_read(self) -> Condition {
        match self.owner {
            Owner::Developer(id) => Condition::is("owner", &id),
            Owner::Team(id) => Condition::is("team", &id),
        }
    }

    /// The item of the membership that it takes.
    fn membership(self) -> Option<Key> {
        Some(Key::member(self.owner.team()?, self.member?))
    }
}

impl<E: From<StoreError> + Send + 'static> Transaction<E> {
    /// Requires the membership that a change rests on, if it rests on one.
    #[must_use]
    pub(crate) fn acting(self, acting: Acting, lost: impl FnOnce() -> E + Send + 'static) -> Self {
        match acting.membership() {
            Some(member) => self.check(member, Condition::Exists, |_| lost()),
            None => self,
        }
    }
}

/// Counts one more application on an owner who may have it.
pub(crate) fn counted(owner: Owner) -> Update {
    let update = Update::of(Key::owner(owner)).add("app_count", 1).when(Condition::has_not("deleted_at"));
    let has_room = Condition::less("app_count", &APPLICATIONS_PER_OWNER);
    match owner {
        Owner::Developer(_) => update.when(Condition::is("status", &Status::Approved)).when(has_room),
        // A team from before teams owned any has no count.
        Owner::Team(_) => {
            update.when(Condition::is("can_own_applications", &true)).when(Condition::has_not("app_count").or(has_room))
        }
    }
}

/// Counts one application less.
pub(crate) fn uncounted(owner: Owner) -> Update {
    Update::of(Key::owner(owner)).add("app_count", -1)
}

/// Whether an owner that was not counted on has as many as one can have.
pub(crate) fn is_full(before: Option<&Item>) -> bool {
    before.and_then(|item| item.number("app_count")).is_some_and(|count| count >= i64::from(APPLICATIONS_PER_OWNER))
}

/// That a team owns nothing.
pub(crate) fn owns_nothing() -> Condition {
    Condition::has_not("app_count").or(Condition::is("app_count", &0))
}

/// Who is to own an application, as decided when they were read, and the developer who gives it to a team of theirs.
#[derive(Clone, Copy, Debug)]
pub struct Taking<'a> {
    /// The new owner.
    pub taker: &'a Taker,
    /// The developer who must be a member of the new owner.
    pub member: Option<DeveloperId>,
}

impl Taking<'_> {
    /// What makes it the application's owner.
    pub(crate) fn own(&self, application: Update) -> Update {
        let (standing, version) = self.taker.standing();
        let application = application.set("standing", &standing).set("standing_ver", &version);
        match self.taker.owner() {
            Owner::Developer(id) => application.set("owner", &id).remove("team"),
            Owner::Team(id) => application.set("team", &id).remove("owner"),
        }
    }

    /// Moves the place in the list and the count from one owner to the other, who must be what was read: of a team every change of
    /// its roles counts, of a developer every one of the status.
    pub(crate) fn change_hands<E: From<StoreError> + Send + 'static>(
        &self,
        transaction: Transaction<E>,
        (from, card): (Owner, &ApplicationCard),
        full: impl FnOnce() -> E + Send + 'static,
        changed: impl Fn() -> E + Clone + Send + 'static,
    ) -> Transaction<E> {
        let to = self.taker.owner();
        let as_read = match self.taker {
            Taker::Developer(developer) => Condition::is("standing_ver", &developer.standing_ver),
            Taker::Team(team) => Condition::is("ver", &team.ver),
        };
        let lost = changed.clone();
        let gone = || StoreError::Corrupt("the owner of an application is not there".to_owned()).into();
        let transaction = transaction
            .update(counted(to).when(as_read), move |before| if is_full(before.as_ref()) { full() } else { changed() })
            .update(uncounted(from), move |_| gone())
            .delete(Key::app_pointer(from, card.id))
            .put(Item::new(&Key::app_pointer(to, card.id), "app_pointer", card));
        match (to, self.member) {
            (Owner::Team(team), Some(member)) => transaction.check(Key::member(team, member), Condition::Exists, move |_| lost()),
            _ => transaction,
        }
    }
}

impl Store {
    /// The applications in an owner's list, in the order in which they were made.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn applications_owned_by(&self, owner: Owner) -> Result<Vec<ApplicationCard>, StoreError> {
        self.children_as(Key::owner(owner).pk(), "APP#").await
    }

    /// The applications that a developer may see and change, the own and those of the teams as the developer was read with them, in
    /// the order in which they were made. Only of teams that own any the lists are read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn applications_open_to(&self, developer: &Developer) -> Result<Vec<(Owner, ApplicationCard)>, StoreError> {
        let teams = if developer.teams.is_empty() { Vec::new() } else { self.teams_of(developer).await? };
        let teams = teams.into_iter().filter(|team| team.app_count > 0).map(|team| Owner::Team(team.id));
        let lists = std::iter::once(Owner::Developer(developer.id)).chain(teams).map(|owner| async move {
            let cards = self.applications_owned_by(owner).await?;
            Ok::<_, StoreError>(cards.into_iter().map(move |card| (owner, card)))
        });
        let mut all: Vec<_> = try_join_all(lists).await?.into_iter().flatten().collect();
        all.sort_by_key(|(_, card)| (card.created_at, card.id));
        Ok(all)
    }

    /// The ids in an owner's list: those of applications that are being deleted are not in it any more.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn application_ids_of(&self, owner: Owner) -> Result<Vec<ApplicationId>, StoreError> {
        let pointers = self.children(Key::owner(owner).pk(), "APP#").await?;
        let id = |pointer: &Item| pointer.key().sk().strip_prefix("APP#").and_then(|id| id.parse().ok());
        Ok(pointers.iter().filter_map(id).collect())
    }

    /// The applications of an owner that are there.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn applications_in_full(&self, owner: Owner) -> Result<Vec<Application>, StoreError> {
        let keys: Vec<Key> = self.application_ids_of(owner).await?.into_iter().map(Key::application).collect();
        let items = self.load(&keys).await?;
        let mut applications = Vec::with_capacity(keys.len());
        for key in &keys {
            applications.extend(items.get::<Application>(key)?.filter(Application::is_live));
        }
        Ok(applications)
    }
}
