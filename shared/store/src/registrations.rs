//! Registrations: the registration, the grant that calls are checked against, and the API's pointer to it are one thing.

use portico_domain::application::{Application, Grant};
use portico_domain::event::Event;
use portico_domain::id::{ApiId, ApplicationId, DeveloperId, PortalId, RegistrationId, TeamId};
use portico_domain::limits::REGISTRATIONS_PER_APPLICATION;
use portico_domain::publication::Publication;
use portico_domain::registration::Registration;
use serde::{Deserialize, Serialize};

use crate::idempotency::{Made, Once};
use crate::owners::Acting;
use crate::team_roles::gives_consumer;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// Why an application was not registered.
#[derive(Debug, thiserror::Error)]
pub enum CreateRegistrationError {
    /// The request was sent before under the same key.
    #[error("the request was made before")]
    Repeated,
    /// The application was deleted meanwhile, has another owner, or whoever asks is no member of its team any more.
    #[error("the application changed meanwhile")]
    ApplicationChanged,
    /// It was registered for this API before.
    #[error("the application is already registered for this API")]
    AlreadyRegistered,
    /// It has as many as one can have.
    #[error("an application has at most {REGISTRATIONS_PER_APPLICATION} registrations")]
    TooMany,
    /// The publication is not what was read any more, or the API is gone.
    #[error("the publication changed meanwhile")]
    PublicationChanged,
    /// The developer is no member of the team any more, or the team does not have the role any more.
    #[error("the roles changed meanwhile")]
    RoleLost,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a registration was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteRegistrationError {
    /// The application does not have it as it was read any more, or whoever asks lost the right to it: read again and decide again.
    #[error("the registration changed meanwhile")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The role that a registration rests on: a developer has it by being a member of a team, or the team that owns the application has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entitled {
    /// Who must be a member of the team; nobody where the application is the team's own.
    pub developer: Option<DeveloperId>,
    /// The team that has the role.
    pub through: TeamId,
}

/// An application among those that are registered for an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationPointer {
    /// The registration.
    pub registration: RegistrationId,
    /// Whose.
    pub application: ApplicationId,
    /// For what.
    pub api: ApiId,
    /// The portal of both.
    pub portal: PortalId,
}

/// The list of a portal's registrations.
pub fn registrations_list(portal: PortalId) -> String {
    format!("{portal}#REGISTRATIONS")
}

fn item(registration: &Registration) -> Result<Item, StoreError> {
    let key = Key::registration(registration.application, registration.api);
    let list = registrations_list(registration.portal);
    Ok(Item::new(&key, "registration", registration)?.listed(&list, registration.created_at, registration.id))
}

fn pointer(registration: &Registration) -> Result<Item, StoreError> {
    let pointer = RegistrationPointer {
        registration: registration.id,
        application: registration.application,
        api: registration.api,
        portal: registration.portal,
    };
    let key = Key::registration_pointer(registration.api, registration.application);
    Item::new(&key, "registration_pointer", &pointer)
}

impl Store {
    /// Registers an application for an API as `publication` was read, or does nothing. Where it takes a role, the one that `entitled`
    /// names must still be there.
    ///
    /// # Errors
    /// [`CreateRegistrationError`] names the rule that was broken.
    pub async fn create_registration(
        &self,
        registration: &Registration,
        publication: &Publication,
        acting: Acting,
        entitled: Option<Entitled>,
        once: Option<&Once>,
        event: &Event,
    ) -> Result<(), CreateRegistrationError> {
        use CreateRegistrationError as Error;
        let root = Key::application(registration.application);
        let api = registration.api.to_string();
        let grant = ["grants", api.as_str()];
        let application = Update::of(root.clone())
            .set(grant, &registration.grant())
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(acting.as_read())
            .when(Condition::has_not(grant))
            .when(Condition::fewer("grants", REGISTRATIONS_PER_APPLICATION));
        let as_read = Condition::Exists
            .and(Condition::is("visibility", &publication.visibility))
            .and(Condition::is("auto_approve_registrations", &publication.auto_approve_registrations))
            .and(publication.strategy.map_or(Condition::has_not("strategy"), |strategy| Condition::is("strategy", &strategy)));
        let twice = || StoreError::Corrupt("a registration is there without its grant".to_owned()).into();
        let asked_for = registration.api;
        let made = Made::registration(registration.application, registration.id);
        let mut transaction = Transaction::new()
            .once(once, made, registration.created_at, || Error::Repeated)
            .update(application, move |before| broken(before, asked_for))
            .put_new(item(registration), twice)
            .put_new(pointer(registration), twice)
            .check(Key::publication(registration.portal, registration.api), as_read, |_| Error::PublicationChanged)
            .check(Key::api(registration.api), Condition::Exists.and(Condition::has_not("deleted_at")), |_| {
                Error::PublicationChanged
            });
        if let Some(Entitled { developer, through }) = entitled {
            transaction = transaction.check(Key::team(through), gives_consumer(registration.api), |_| Error::RoleLost);
            if let Some(developer) = developer {
                transaction = transaction.check(Key::member(through, developer), Condition::Exists, |_| Error::RoleLost);
            }
        }
        transaction.acting(acting, || Error::ApplicationChanged).event(&root, event).commit(self).await
    }

    /// Deletes a registration, as it was read, in whatever status; calls that rest on it are refused from then on.
    ///
    /// # Errors
    /// [`DeleteRegistrationError::Changed`] if it was decided about or deleted meanwhile.
    pub async fn delete_registration(
        &self,
        application: ApplicationId,
        api: ApiId,
        grant: &Grant,
        acting: Acting,
        event: &Event,
    ) -> Result<(), DeleteRegistrationError> {
        use DeleteRegistrationError as Error;
        let root = Key::application(application);
        let api_text = api.to_string();
        let without = Update::of(root.clone())
            .remove(["grants", api_text.as_str()])
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(acting.as_read())
            .when(Condition::is(["grants", api_text.as_str(), "registration"], &grant.registration))
            .when(Condition::is(["grants", api_text.as_str(), "status"], &grant.status));
        Transaction::new()
            .update(without, |_| Error::Changed)
            .acting(acting, || Error::Changed)
            .delete(Key::registration(application, api))
            .delete(Key::registration_pointer(api, application))
            .event(&root, event)
            .commit(self)
            .await
    }

    /// The registrations of an application, by API.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn registrations_of(&self, application: ApplicationId) -> Result<Vec<Registration>, StoreError> {
        self.children_as(Key::application(application).pk(), "REG#").await
    }
}

/// The rule that an application broke that could not be registered.
fn broken(before: Option<Item>, api: ApiId) -> CreateRegistrationError {
    use CreateRegistrationError as Error;
    match before.map(Item::into_entity::<Application>) {
        None => Error::ApplicationChanged,
        Some(Err(error)) => error.into(),
        Some(Ok(application)) if !application.is_live() => Error::ApplicationChanged,
        Some(Ok(application)) if application.grants.contains_key(&api) => Error::AlreadyRegistered,
        Some(Ok(application)) if application.grants.len() >= REGISTRATIONS_PER_APPLICATION as usize => Error::TooMany,
        Some(Ok(_)) => Error::ApplicationChanged,
    }
}
