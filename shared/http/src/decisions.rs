//! Decisions about developers and registrations: one effect, one event and, by that event, one mail, however the decision came in.

use std::sync::OnceLock;

use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::approval::Decision;
use portico_domain::arrived::Arrived;
use portico_domain::developer::Developer;
use portico_domain::event::Actor;
use portico_domain::id::{ApiId, ApplicationId, RegistrationId};
use portico_domain::job::{Job, Work};
use portico_domain::registration::Registration;
use portico_domain::status::{IllegalStep, Status};
use portico_domain::text::DecisionReason;
use portico_store::developer_admin::DecideDeveloperError;
use portico_store::registration_decisions::DecideRegistrationError;
use portico_store::{Key, StoreError, decide_again};
use serde_json::{Value, json};

use crate::approval::illegal_step;
use crate::portal::Portal;
use crate::problem::{Kind, Problem};

/// Who decides, and by what.
#[derive(Clone, Debug)]
pub struct By<'a> {
    /// Who, for the event.
    pub actor: Actor,
    /// The decision as it arrived on the bus, if it came that way: it takes effect once.
    pub arrived: Option<&'a Arrived>,
    /// Why, told to whom it concerns. It belongs to the decision that changed the status: the next one replaces or removes it, and a
    /// decision that changes nothing leaves it.
    pub reason: Option<DecisionReason>,
    /// Whether it is made about the status that was seen, and about no other: Portico itself does not decide over a person's head.
    pub as_seen: bool,
}

/// A registration, and what it is between.
#[derive(Clone, Debug)]
pub struct Registered {
    /// What asks.
    pub application: Application,
    /// That it asks, and what came of it.
    pub registration: Registration,
    /// What it asks for.
    pub api: Api,
}

/// Why a decision took no effect.
#[derive(Debug)]
pub enum DecideError {
    /// What it is about is not there, or not any more.
    Gone,
    /// The status has no such step.
    IllegalStep(IllegalStep),
    /// Another decision was faster than one that arrived, or than Portico's own; what it made of the status.
    Overtaken(Status),
    /// It arrived before.
    Repeated,
    /// Everything else: the store, randomness.
    Failed(Problem),
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Gone => Self::not_found(),
            DecideError::IllegalStep(step) => illegal_step(step),
            DecideError::Overtaken(status) => Self::new(
                Kind::IllegalStatusChange,
                format!("Somebody else decided at the same time: the status is {status}. Look at it again, then decide again."),
            ),
            DecideError::Repeated => Self::new(Kind::Conflict, "This decision arrived before."),
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

impl By<'_> {
    /// An administrator who asks for it.
    #[must_use]
    pub const fn request(actor: Actor) -> Self {
        Self { actor, arrived: None, reason: None, as_seen: false }
    }

    /// What Portico decides by itself, of the status as it was seen.
    #[must_use]
    pub fn as_seen(actor: Actor) -> Self {
        Self { as_seen: true, ..Self::request(actor) }
    }

    /// The same, and why.
    #[must_use]
    pub fn because(self, reason: Option<DecisionReason>) -> Self {
        Self { reason, ..self }
    }

    /// A decision that arrived was made about what its sender knew, and one of Portico's own about what was seen: it is not made again of
    /// what another one left meanwhile. Whoever asks by a request is there to see what comes of it.
    fn overtaken(&self, seen: Status, now: Status, to: Status) -> Result<(), DecideError> {
        let knew_otherwise = self.arrived.is_some() && now != to;
        if now != seen && (knew_otherwise || self.as_seen) { Err(DecideError::Overtaken(now)) } else { Ok(()) }
    }

    /// What an event says of a decision, beside the ids: a decision that arrived is found again by what its sender calls it.
    fn data(&self, mut data: Value, decision: &Decision) -> Value {
        (data["before"], data["after"]) = decision.before_and_after();
        if let Some(arrived) = self.arrived {
            data["decision_id"] = arrived.decision_id.as_str().into();
        }
        data
    }
}

impl Portal {
    /// Gives a developer, as read, the status that was decided. A success means that every gate of their applications knows it.
    ///
    /// # Errors
    /// [`DecideError`] as its variants say.
    pub async fn decide_about_developer(&self, developer: Developer, to: Status, by: &By<'_>) -> Result<Developer, DecideError> {
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

    /// The developer as the decision leaves them, and the job, if anything changes. Who loses a race decides again on what the winner
    /// made of it, but for a decision that arrived, which another decision overtook.
    async fn change_developer(
        &self,
        developer: Developer,
        to: Status,
        by: &By<'_>,
    ) -> Result<(Developer, Option<Job>), DecideError> {
        let (id, seen) = (developer.id, developer.status);
        let mut known = Some(developer);
        decide_again(|| {
            let known = known.take();
            async move {
                let developer = match known {
                    Some(developer) => Some(developer),
                    None => self.store.find::<Developer>(&Key::developer(id)).await?,
                };
                let developer = developer.filter(|found| found.deleted_at.is_none()).ok_or(DecideError::Gone)?;
                by.overtaken(seen, developer.status, to)?;
                let decision = Decision::about_developer(developer.status, to).map_err(DecideError::IllegalStep)?;
                let Some(decision) = decision else {
                    self.keep(by).await?;
                    return Ok(Some((developer, None)));
                };
                let data = by.data(json!({ "portal": developer.portal, "developer": id }), &decision);
                let event = self.event(decision.event, by.actor.clone(), data)?;
                let job = self.job(Work::Standing { developer: id })?;
                match self.store.decide_about_developer(&developer, &decision, by.reason.as_ref(), by.arrived, &event, &job).await
                {
                    Ok(()) => Ok(Some((
                        Developer { status: to, reason: by.reason.clone(), updated_at: event.at, ..developer },
                        Some(job),
                    ))),
                    Err(DecideDeveloperError::Changed) => Ok(None),
                    Err(DecideDeveloperError::Repeated) => Err(DecideError::Repeated),
                    Err(DecideDeveloperError::Store(error)) => Err(error.into()),
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
        by: &By<'_>,
    ) -> Result<(Registration, Api), DecideError> {
        let seen = OnceLock::new();
        decide_again(|| {
            let seen = &seen;
            async move {
                let found = self.registered(application, api).await?.filter(|found| found.registration.id == id);
                let Registered { application, registration, api } = found.ok_or(DecideError::Gone)?;
                let to = to.unwrap_or(registration.status);
                by.overtaken(*seen.get_or_init(|| registration.status), registration.status, to)?;
                let decision = Decision::about_registration(registration.status, to).map_err(DecideError::IllegalStep)?;
                let Some(decision) = decision else {
                    self.keep(by).await?;
                    return Ok(Some((registration, api)));
                };
                let data = by.data(application.told(json!({ "api": api.id, "registration": id })), &decision);
                let event = self.event(decision.event, by.actor.clone(), data)?;
                let found = (application.owner, &registration);
                match self.store.decide_about_registration(found, &decision, by.reason.as_ref(), by.arrived, &event).await {
                    Ok(()) => Ok(Some((
                        Registration { status: to, reason: by.reason.clone(), updated_at: event.at, ..registration },
                        api,
                    ))),
                    Err(DecideRegistrationError::Changed) => Ok(None),
                    Err(DecideRegistrationError::Repeated) => Err(DecideError::Repeated),
                    Err(DecideRegistrationError::Store(error)) => Err(error.into()),
                }
            }
        })
        .await
    }

    /// Keeps a decision that arrived and changes nothing: it must not change anything when it arrives again.
    async fn keep(&self, by: &By<'_>) -> Result<(), StoreError> {
        let Some(arrived) = by.arrived else { return Ok(()) };
        self.store.keep_arrived(self.config.portal, arrived, self.now()).await
    }

    /// What is registered for what, as long as all three are there.
    ///
    /// # Errors
    /// What the store says.
    pub async fn registered(&self, application: ApplicationId, api: ApiId) -> Result<Option<Registered>, StoreError> {
        let keys = [Key::registration(application, api), Key::api(api), Key::application(application)];
        let items = self.store.load(&keys).await?;
        let [registration, api, application] = &keys;
        let application = items.get(application)?.filter(Application::is_live);
        let api = items.get::<Api>(api)?.filter(|api| api.deleted_at.is_none());
        let found = (application, items.get(registration)?, api);
        let (Some(application), Some(registration), Some(api)) = found else { return Ok(None) };
        Ok(Some(Registered { application, registration, api }))
    }
}
