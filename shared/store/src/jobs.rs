//! Jobs: put in the transaction that makes them necessary, removed when their work is done, taken over by `run-jobs` when whoever
//! put them did not get that far.

use portico_domain::id::JobId;
use portico_domain::job::{Job, LEASE};
use portico_domain::time::Timestamp;

use crate::{Condition, Edited, Item, Key, Store, StoreError, Transaction, Update};

/// The list of all jobs.
pub const JOBS_LIST: &str = "JOBS";

/// How many jobs are looked at in one go: far more than there ever are.
const AT_MOST: usize = 1_000;

impl<E: From<StoreError> + Send + 'static> Transaction<E> {
    /// Puts a job: what must follow this transaction, whatever crashes.
    #[must_use]
    pub fn job(self, job: &Job) -> Self {
        self.put(Item::new(&Key::job(job.id), "job", job).map(|item| item.listed(JOBS_LIST, job.created_at, job.id)))
    }
}

impl Store {
    /// The jobs that nobody is at, the oldest first.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn free_jobs(&self, now: Timestamp) -> Result<Vec<Job>, StoreError> {
        let (listed, _) = self.list(JOBS_LIST, AT_MOST).await?;
        let jobs: Result<Vec<Job>, _> = listed.into_iter().map(Item::into_entity).collect();
        Ok(jobs?.into_iter().filter(|job| job.is_free(now)).collect())
    }

    /// Takes a job that nobody is at, for [`LEASE`]. Nothing if somebody else took it or it is done.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn take_job(&self, job: &Job, now: Timestamp) -> Result<Option<Job>, StoreError> {
        let take = Update::of(Key::job(job.id))
            .set("lease_until", &now.plus(LEASE))
            .add("tries", 1)
            .when(Condition::is("lease_until", &job.lease_until));
        match self.edit(take).await? {
            Edited::Done(taken) => taken.read().map(Some),
            Edited::Refused(_) => Ok(None),
        }
    }

    /// Removes a job whose work is done.
    ///
    /// # Errors
    /// As [`StoreError`] says. The job is then done once more, which changes nothing.
    pub async fn finish_job(&self, job: JobId) -> Result<(), StoreError> {
        self.remove(&Key::job(job)).await
    }
}
