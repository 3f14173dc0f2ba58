//! Registering an application for an API, the same whoever asks: its developer, or an administrator on their behalf.

use portico_domain::application::Application;
use portico_domain::event::{Actor, Name};
use portico_domain::id::StrategyId;
use portico_domain::publication::Publication;
use portico_domain::registration::{Registration, RequestError};
use portico_domain::strategy::Strategy;
use portico_store::Key;
use portico_store::idempotency::Once;
use portico_store::owners::Acting;
use portico_store::registrations::{CreateRegistrationError, Entitled};
use serde_json::json;

use crate::idempotency::raced;
use crate::invalid::{InvalidParameter, Rule};
use crate::portal::Portal;
use crate::problem::{Kind, Problem};

/// What a registration was decided on.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The application as it was read.
    pub application: &'a Application,
    /// The publication as it was read.
    pub publication: &'a Publication,
    /// On whose right it is registered.
    pub acting: Acting,
    /// The role that the registration rests on, where it takes one.
    pub entitled: Option<Entitled>,
    /// What tells a repetition of the request.
    pub once: Option<&'a Once>,
}

impl Portal {
    /// Writes a registration; false if what it was decided on changed meanwhile: then read again and decide again.
    ///
    /// # Errors
    /// 403 at the limit, 409 if it was asked for before; what the store says.
    pub async fn write_registration(
        &self,
        registration: &Registration,
        asking: Asking<'_>,
        actor: Actor,
    ) -> Result<bool, Problem> {
        let Asking { application, publication, acting, entitled, once } = asking;
        let data = application.told(json!({
            "api": registration.api,
            "registration": registration.id,
            "after": { "status": registration.status },
        }));
        let event = self.event(Name::RegistrationRequested, actor, data)?;
        match self.store.create_registration(registration, publication, acting, entitled, once, &event).await {
            Ok(()) => Ok(true),
            Err(
                CreateRegistrationError::ApplicationChanged
                | CreateRegistrationError::PublicationChanged
                | CreateRegistrationError::RoleLost,
            ) => Ok(false),
            Err(CreateRegistrationError::Repeated) => Err(raced()),
            Err(error @ CreateRegistrationError::AlreadyRegistered) => Err(already(error)),
            Err(error @ CreateRegistrationError::TooMany) => Err(Problem::new(Kind::QuotaReached, error.to_string())),
            Err(CreateRegistrationError::Store(error)) => Err(error.into()),
        }
    }

    /// What whoever asked is told. Only here the strategies are read, so that the answer can name them.
    pub async fn registration_refused(&self, error: RequestError) -> Problem {
        match error {
            RequestError::UnknownApi => Problem::not_found(),
            RequestError::RoleNeeded | RequestError::TeamRoleNeeded => Problem::new(Kind::Forbidden, format!("{error}.")),
            RequestError::TakesNone => InvalidParameter::body("api_id", Rule::Invalid, error.to_string()).into(),
            RequestError::AlreadyRegistered { .. } => already(error),
            RequestError::TooMany => Problem::new(Kind::QuotaReached, error.to_string()),
            RequestError::OtherStrategy { application, api } => {
                other_strategy(self, application, api).await.unwrap_or_else(|error| error)
            }
        }
    }
}

fn already(error: impl std::fmt::Display) -> Problem {
    Problem::new(Kind::AlreadyRegistered, format!("{error}. Delete that registration before you ask again."))
}

/// Both strategies by the names that developers read (contract, point 14).
async fn other_strategy(portal: &Portal, application: StrategyId, api: StrategyId) -> Result<Problem, Problem> {
    let keys = [Key::strategy(application), Key::strategy(api)];
    let strategies = portal.store.load(&keys).await?;
    let [has, wants] = keys.map(|key| strategies.get::<Strategy>(&key));
    let name = |strategy: Option<Strategy>| strategy.map_or_else(|| "a deleted strategy".to_owned(), |known| known.display_name);
    let reason = format!(
        "is published with the auth strategy \"{}\", but the application has \"{}\"; the two must be the same",
        name(wants?),
        name(has?)
    );
    Ok(InvalidParameter::body("api_id", Rule::Invalid, reason).into())
}
