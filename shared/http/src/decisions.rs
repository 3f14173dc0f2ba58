//! Decisions about developers and registrations: one effect, one event and, by that event, one mail, however the decision came in.

use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::approval::Decision;
use portico_domain::developer::Developer;
use portico_domain::event::Actor;
use portico_domain::id::{ApiId, ApplicationId, RegistrationId};
use portico_domain::job::{Job, Work};
use portico_domain::registration::Registration;
use portico_domain::status::{IllegalStep, Status};
use portico_store::developer_admin::ChangeDeveloperError;
use portico_store::registration_decisions::DecideRegistrationError;
use portico_store::{Key, StoreError, decide_again};
use serde_json::json;

use crate::approval::illegal_step;
use crate::portal::Portal;
use crate::problem::Problem;

/// Why a decision took no effect.
#[derive(Debug)]
pub enum DecideError {
    /// What it is about is not there, or not any more.
    Gone,
    /// The status has no such step.
    IllegalStep(IllegalStep),
    /// Everything else: the store, randomness.
    Failed(Problem),
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Gone => Self::not_found(),
            DecideError::IllegalStep(step) => illegal_step(step),
            DecideError::Failed(problem) => problem,
        }
    }
}

impl From<Problem> for DecideError {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<StoreError> for DecideError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Portal {
    /// Gives a developer, as read, the status that was decided. A success means that every gate of their applications knows it.
    ///
    /// # Errors
    /// [`DecideError`] as its variants say.
    pub async fn decide_about_developer(&self, developer: Developer, to: Status, by: &Actor) -> Result<Developer, DecideError> {
        let (developer, job) = self.change_developer(developer, to, by).await?;
        // Also where nothing changed: an earlier try may have been cut off here, and a success must mean that it is done.
        self.store.settle_standing(developer.id).await?;
        if let Some(job) = job
            && let Err(error) = self.store.finish_job(job.id).await
        {
            tracing::warn!(job.id = %job.id, %error, "the job is done once more");
        }
        Ok(developer)
    }

    /// The developer as the decision leaves them, and the job, if anything changes. Who loses a race decides again on what the
    /// winner made of it.
    async fn change_developer(
        &self,
        developer: Developer,
        to: Status,
        by: &Actor,
    ) -> Result<(Developer, Option<Job>), DecideError> {
        let id = developer.id;
        let mut known = Some(developer);
        decide_again(|| {
            let known = known.take();
            async move {
                let developer = match known {
                    Some(developer) => Some(developer),
                    None => self.store.find::<Developer>(&Key::developer(id)).await?,
                };
                let developer = developer.filter(|found| found.deleted_at.is_none()).ok_or(DecideError::Gone)?;
                let decision = Decision::about_developer(developer.status, to).map_err(DecideError::IllegalStep)?;
                let Some(decision) = decision else { return Ok(Some((developer, None))) };
                let (before, after) = decision.before_and_after();
                let data = json!({ "developer": id, "before": before, "after": after });
                let event = self.event(decision.event, by.clone(), data)?;
                let job = self.job(Work::Standing { developer: id })?;
                match self.store.decide_about_developer(&developer, &decision, &event, &job).await {
                    Ok(()) => Ok(Some((Developer { status: to, updated_at: event.at, ..developer }, Some(job)))),
                    Err(ChangeDeveloperError::Changed) => Ok(None),
                    Err(ChangeDeveloperError::Store(error)) => Err(error.into()),
                }
            }
        })
        .await
    }

    /// Gives a registration the status that was decided, if any was: calls pass, or stop, before this returns.
    ///
    /// # Errors
    /// [`DecideError`] as its variants say.
    pub async fn decide_about_registration(
        &self,
        (application, api): (ApplicationId, ApiId),
        id: RegistrationId,
        to: Option<Status>,
        by: &Actor,
    ) -> Result<(Registration, Api), DecideError> {
        decide_again(|| async move {
            let found = self.registration_and_api(application, api).await?;
            let (registration, api) = found.filter(|(found, _)| found.id == id).ok_or(DecideError::Gone)?;
            let to = to.unwrap_or(registration.status);
            let decision = Decision::about_registration(registration.status, to).map_err(DecideError::IllegalStep)?;
            let Some(decision) = decision else { return Ok(Some((registration, api))) };
            let (before, after) = decision.before_and_after();
            let data = json!({
                "application": application, "api": api.id, "registration": id, "before": before, "after": after,
            });
            let event = self.event(decision.event, by.clone(), data)?;
            match self.store.decide_about_registration(&registration, &decision, &event).await {
                Ok(()) => Ok(Some((Registration { status: to, updated_at: event.at, ..registration }, api))),
                Err(DecideRegistrationError::Changed) => Ok(None),
                Err(DecideRegistrationError::Store(error)) => Err(error.into()),
            }
        })
        .await
    }

    /// A registration and its API, as long as its application is there.
    ///
    /// # Errors
    /// What the store says.
    pub async fn registration_and_api(
        &self,
        application: ApplicationId,
        api: ApiId,
    ) -> Result<Option<(Registration, Api)>, StoreError> {
        let keys = [Key::registration(application, api), Key::api(api), Key::application(application)];
        let items = self.store.load(&keys).await?;
        let [registration, api, application] = &keys;
        if !items.get::<Application>(application)?.is_some_and(|application| application.is_live()) {
            return Ok(None);
        }
        let api = items.get::<Api>(api)?.filter(|api| api.deleted_at.is_none());
        Ok(items.get::<Registration>(registration)?.zip(api))
    }
}
