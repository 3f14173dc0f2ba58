//! The first half of deleting an application, the same whoever asks for it.

use portico_domain::application::Application;
use portico_domain::event::{Actor, Name};
use portico_domain::job::{Job, Work};
use portico_store::application_removal::DeleteApplicationError;
use portico_store::owners::Acting;
use portico_store::throttles::Pass;
use serde_json::json;

use crate::portal::Portal;
use crate::problem::Problem;

impl Portal {
    /// Deletes an application as it was read; nothing, if it changed meanwhile. What is left of it is for the job that comes back.
    /// It happens on the right of `acting`; `passes` are the counters that let it through.
    ///
    /// # Errors
    /// What the store says.
    pub async fn delete_application(
        &self,
        application: &Application,
        acting: Acting,
        passes: &[Pass],
        actor: Actor,
    ) -> Result<Option<Job>, Problem> {
        let id = application.card.id;
        let registrations: Vec<_> =
            application.grants.iter().map(|(api, grant)| json!({ "api": api, "registration": grant.registration })).collect();
        let data = application.told(json!({ "registrations": registrations }));
        let event = self.event(Name::ApplicationDeleted, actor, data)?;
        let job = self.job(Work::RemoveApplication { application: id })?;
        match self.store.delete_application(application, acting, passes, &event, &job).await {
            Ok(()) => Ok(Some(job)),
            Err(DeleteApplicationError::Changed) => Ok(None),
            Err(DeleteApplicationError::Store(error)) => Err(error.into()),
        }
    }

    /// Does the second half at once. The answer does not wait for luck: what fails here is done by `run-jobs`.
    pub async fn finish_application_removal(&self, job: &Job) {
        if let Err(error) = self.store.finish_application_removal(job).await {
            tracing::warn!(job.id = %job.id, %error, "what is left of the application is removed later");
        }
    }
}
