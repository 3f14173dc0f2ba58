//! The end of an application, in two steps whatever its size: one transaction after which nothing of it works and its reference
//! ID is free, and a job that removes what is left.

use portico_domain::application::Application;
use portico_domain::event::Event;
use portico_domain::id::{ApiId, ApplicationId};
use portico_domain::job::{Job, Work};

use crate::owners::{Acting, uncounted};
use crate::throttles::Pass;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// How many items of an application one transaction removes: a registration takes its pointer with it, and DynamoDB allows 100.
const AT_ONCE: usize = 50;

/// Why an application was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteApplicationError {
    /// It, or the right of whoever deletes it, is not what was read any more. Or a counter moved.
    #[error("the application changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Deletes an application, as it was read, or does nothing. What is left of it is a tombstone and its children, which calls
    /// take for nothing; `job` is to remove them ([`Work::RemoveApplication`]). `passes` are counted with it.
    ///
    /// # Errors
    /// [`DeleteApplicationError::Changed`]: read again and decide again.
    pub async fn delete_application(
        &self,
        application: &Application,
        acting: Acting,
        passes: &[Pass],
        event: &Event,
        job: &Job,
    ) -> Result<(), DeleteApplicationError> {
        use DeleteApplicationError as Error;
        let id = application.card.id;
        let root = Key::application(id);
        // The event names the registrations, so they must be those that were read.
        let tombstone = Update::of(root.clone())
            .set("deleted_at", &event.at)
            .set("updated_at", &event.at)
            .add("ver", 1)
            .remove("grants")
            .remove("reference_id")
            .remove("list")
            .remove("list_at")
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("ver", &application.ver));
        let mut transaction = Transaction::new()
            .update(tombstone, |_| Error::Changed)
            .delete(Key::app_pointer(application.owner, id))
            .acting(acting, || Error::Changed)
            .update(uncounted(application.owner), |_| gone("the owner"))
            .update(Update::of(Key::strategy(application.card.strategy)).add("use_count", -1), |_| gone("the strategy"))
            .job(job);
        if let Some(reference_id) = &application.card.reference_id {
            let guard = Key::reference_guard(application.portal, reference_id);
            transaction = transaction.delete_if(guard, Condition::is("owner", &id), |_| gone("the reference ID's guard"));
        }
        for pass in passes {
            transaction = transaction.update(pass.count(), |_| Error::Changed);
        }
        transaction.event(&root, event).commit(self).await
    }

    /// Does a job of [`Work::RemoveApplication`] and removes the job.
    ///
    /// # Errors
    /// As [`StoreError`] says; then the job is still there.
    pub async fn finish_application_removal(&self, job: &Job) -> Result<(), StoreError> {
        if let Work::RemoveApplication { application } = &job.job {
            self.remove_application_children(*application).await?;
        }
        self.finish_job(job.id).await
    }

    /// Removes the credentials and registrations of a deleted application and then its tombstone. Doing it twice, or twice at the
    /// same time, changes nothing; an application that is not deleted stays as it is.
    ///
    /// # Errors
    /// As [`StoreError`] says; what was removed by then stays removed.
    pub async fn remove_application_children(&self, application: ApplicationId) -> Result<(), StoreError> {
        let root = Key::application(application);
        match self.get(&root).await? {
            Some(item) if !item.has("deleted_at") => return Ok(()),
            Some(_) | None => {}
        }
        let mut children = self.children(root.pk(), "KEY#").await?;
        children.extend(self.children(root.pk(), "REG#").await?);
        for some in children.chunks(AT_ONCE) {
            let mut transaction = Transaction::<StoreError>::new();
            for child in some {
                transaction = transaction.delete(child.key());
                if let Some(api) = registered_for(child) {
                    transaction = transaction.delete(Key::registration_pointer(api, application));
                }
            }
            transaction.commit(self).await?;
        }
        let deleted = Condition::has("deleted_at").or(Condition::Missing);
        Transaction::new()
            .delete_if(root, deleted, |_| StoreError::Corrupt("a deleted application came back".to_owned()))
            .commit(self)
            .await
    }
}

/// The API of a registration, out of its key.
fn registered_for(child: &Item) -> Option<ApiId> {
    child.key().sk().strip_prefix("REG#").and_then(|api| api.parse().ok())
}

fn gone(what: &str) -> DeleteApplicationError {
    StoreError::Corrupt(format!("{what} of an application is not there")).into()
}
