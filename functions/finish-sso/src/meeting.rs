//! Who somebody is here: a developer who is there already, as the provider describes them now, or a new one.

use portico_domain::developer::{Developer, SignUp};
use portico_domain::email::EmailAddress;
use portico_domain::event::{Event, Name};
use portico_domain::id::DeveloperId;
use portico_domain::identity_provider::IdentityProvider;
use portico_domain::single_sign_on::{Changes, Meeting, Person};
use portico_domain::status::Status;
use portico_domain::text::FullName;
use portico_http::{Portal, Problem};
use portico_store::Key;
use portico_store::single_sign_on::MeetError;
use serde_json::json;

use crate::actor;
use crate::stop::Stop;

/// The developer, brought in, linked and changed as the provider says. Nothing, if somebody was faster: then it has to be looked at again.
///
/// # Errors
/// [`Stop::Refused`] if the person may not come in.
pub(crate) async fn developer(
    portal: &Portal,
    person: &Person,
    provider: &IdentityProvider,
    signed_in: Option<DeveloperId>,
) -> Result<Option<Developer>, Stop> {
    let email = person.email.as_ref().map(EmailAddress::canonical);
    let found = portal.store.developers_of(portal.config.portal, &person.identity, email).await?;
    match person.meet(provider, found.by_identity.as_ref(), found.by_address.as_ref(), signed_in)? {
        Meeting::New(name, email) => bring(portal, person, &name, &email).await,
        Meeting::Known(developer, changes) if changes.is_empty() => Ok(Some(*developer)),
        Meeting::Known(developer, changes) => change(portal, &developer, &changes).await,
    }
}

async fn bring(portal: &Portal, person: &Person, name: &FullName, email: &EmailAddress) -> Result<Option<Developer>, Stop> {
    let new = SignUp {
        id: portal.new_id()?,
        portal: portal.config.portal,
        email: email.canonical().to_owned(),
        full_name: name.as_str().to_owned(),
    };
    let developer = Developer::brought(new, person.identity.clone(), portal.now());
    let data = json!({ "portal": developer.portal, "developer": developer.id, "after": { "status": Status::Approved } });
    let event = portal.event(Name::DeveloperCreated, actor(), data)?;
    moved(portal.store.bring_developer(&developer, &event).await.map(|()| developer))
}

async fn change(portal: &Portal, developer: &Developer, changes: &Changes) -> Result<Option<Developer>, Stop> {
    let events = events(portal, developer, changes)?;
    let root = Key::developer(developer.id);
    let changed = portal.store.change_by_provider(developer, changes, &events, portal.now()).await;
    match moved(changed)? {
        Some(()) => Ok(portal.store.find::<Developer>(&root).await?),
        None => Ok(None),
    }
}

/// One event for each thing that happened.
fn events(portal: &Portal, developer: &Developer, changes: &Changes) -> Result<Vec<Event>, Problem> {
    let ids = json!({ "portal": developer.portal, "developer": developer.id });
    let mut events = Vec::new();
    if changes.identity.is_some() {
        events.push(portal.event(Name::DeveloperIdentityLinked, actor(), ids.clone())?);
    }
    if changes.proves {
        events.push(portal.event(Name::DeveloperVerified, actor(), ids.clone())?);
    }
    let profile = [("full_name", changes.name.is_some()), ("email", changes.email.is_some())];
    let changed: Vec<_> = profile.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    if !changed.is_empty() {
        let mut data = ids;
        data["changed"] = json!(changed);
        events.push(portal.event(Name::DeveloperUpdated, actor(), data)?);
    }
    Ok(events)
}

/// What was written; nothing, if somebody was faster, and it has to be decided again.
fn moved<T>(written: Result<T, MeetError>) -> Result<Option<T>, Stop> {
    match written {
        Ok(written) => Ok(Some(written)),
        Err(MeetError::Changed) => Ok(None),
        Err(MeetError::Store(error)) => Err(error.into()),
    }
}
