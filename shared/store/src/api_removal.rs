//! The end of an API, in two steps whatever its size: one transaction after which nothing of it works and its slug is free, and a
//! job that removes what is left.

use std::collections::BTreeMap;

use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::event::{Actor, Event, Name};
use portico_domain::id::{ApiId, EventId, StrategyId, uuid_v7};
use portico_domain::job::{Job, Work};
use portico_domain::time::Timestamp;

use crate::owners::Acting;
use crate::registrations::{DeleteRegistrationError, RegistrationPointer};
use crate::team_roles::RolePointer;
use crate::{Condition, Key, Store, StoreError, Transaction, Update, decide_again};

/// How many children one transaction removes.
const AT_ONCE: usize = 100;

/// Why an API was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteApiError {
    /// It is not what was read any more: read again and decide again.
    #[error("the API changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Deletes an API, as it was read, or does nothing. Its links and its publications go at once; what is left is a tombstone and
    /// its children, which `job` is to remove ([`Work::RemoveApi`]).
    ///
    /// # Errors
    /// [`DeleteApiError::Changed`]: read again and decide again.
    pub async fn delete_api(&self, api: &Api, event: &Event, job: &Job) -> Result<(), DeleteApiError> {
        let root = Key::api(api.id);
        let gone = |what: &str| StoreError::Corrupt(format!("{what} of an API is not there"));
        let mut tombstone = Update::of(root.clone())
            .set("deleted_at", &event.at)
            .set("updated_at", &event.at)
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("ver", &api.ver));
        for attribute in ["list", "list_at", "implementations", "publications", "versions", "specifications", "current_version"] {
            tombstone = tombstone.remove(attribute);
        }
        let mut transaction = Transaction::new()
            .update(tombstone, |_| DeleteApiError::Changed)
            .delete_if(Key::slug_guard(&api.slug), Condition::is("owner", &api.id), move |_| gone("the slug's guard").into())
            .job(job);
        for one in &api.implementations {
            transaction = transaction.delete(Key::link(&one.gateway, &one.stage));
        }
        let mut uses: BTreeMap<StrategyId, i64> = BTreeMap::new();
        for (portal, published) in &api.publications {
            transaction = transaction.delete(Key::publication(*portal, api.id)).delete(Key::search(*portal, api.id));
            if let Some(strategy) = published.strategy {
                *uses.entry(strategy).or_default() += 1;
            }
        }
        for (strategy, count) in uses {
            let used = Update::of(Key::strategy(strategy)).add("use_count", -count);
            transaction = transaction.update(used, move |_| gone("the strategy").into());
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Does a job of [`Work::RemoveApi`] and removes the job.
    ///
    /// # Errors
    /// As [`StoreError`] says; then the job is still there.
    pub async fn finish_api_removal(&self, job: &Job) -> Result<(), StoreError> {
        if let Work::RemoveApi { api } = &job.job {
            self.remove_api_children(*api).await?;
        }
        self.finish_job(job.id).await
    }

    /// Removes the registrations, teams' roles, versions and documents of a deleted API and then its tombstone. Doing it twice, or twice at the same time,
    /// changes nothing; an API that is not deleted stays as it is.
    ///
    /// # Errors
    /// As [`StoreError`] says; what was removed by then stays removed.
    pub async fn remove_api_children(&self, api: ApiId) -> Result<(), StoreError> {
        let root = Key::api(api);
        let Some(tombstone) = self.get(&root).await? else { return Ok(()) };
        let Some(deleted_at) = tombstone.number("deleted_at").map(Timestamp::from_millis) else { return Ok(()) };
        for pointer in self.children_as::<RegistrationPointer>(root.pk(), "REG#").await? {
            decide_again(|| self.end_registration(&pointer, deleted_at)).await?;
        }
        for pointer in self.children_as::<RolePointer>(root.pk(), "ROLE#").await? {
            decide_again(|| self.end_role(&pointer, deleted_at)).await?;
        }
        for prefix in ["VERSION#", "DOC#"] {
            for some in self.children(root.pk(), prefix).await?.chunks(AT_ONCE) {
                let removal = some.iter().fold(Transaction::<StoreError>::new(), |removal, child| removal.delete(child.key()));
                removal.commit(self).await?;
            }
        }
        let deleted = Condition::has("deleted_at").or(Condition::Missing);
        Transaction::new()
            .delete_if(root, deleted, |_| StoreError::Corrupt("a deleted API came back".to_owned()))
            .commit(self)
            .await
    }

    /// Ends one registration for a deleted API. Nothing, if it changed while it was looked at.
    async fn end_registration(&self, pointer: &RegistrationPointer, deleted_at: Timestamp) -> Result<Option<()>, StoreError> {
        let RegistrationPointer { registration, application: id, api, .. } = *pointer;
        let application = self.find::<Application>(&Key::application(id)).await?.filter(Application::is_live);
        let granted = application.as_ref().and_then(|application| Some((application, application.grants.get(&api)?)));
        let Some((application, grant)) = granted.filter(|(_, grant)| grant.registration == registration) else {
            // Its application is deleted, too, and takes it along, or somebody was faster. The pointer is of no use without its API.
            self.remove(&Key::registration_pointer(api, id)).await?;
            return Ok(Some(()));
        };
        let event = Event {
            id: EventId::new(uuid_v7(deleted_at, random()?)),
            name: Name::RegistrationDeleted,
            at: deleted_at,
            actor: Actor::System("delete-api".to_owned()),
            data: application.registration_ended(api, grant),
        };
        match self.delete_registration(id, api, grant, Acting::on_behalf(application.owner), &event).await {
            Ok(()) => Ok(Some(())),
            Err(DeleteRegistrationError::Changed) => Ok(None),
            Err(DeleteRegistrationError::Store(error)) => Err(error),
        }
    }
}

pub(crate) fn random() -> Result<[u8; 10], StoreError> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(bytes)
}
