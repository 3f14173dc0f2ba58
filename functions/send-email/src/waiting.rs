//! What waits for an administrator's decision, and what may be said of it. Who it is about is named only where the portal's setting
//! (`notifications_developer_pii_visibility_enabled`) allows it.

use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::developer::Developer;
use portico_domain::event::Event;
use portico_domain::id::{ApplicationId, DeveloperId, PortalId, RegistrationId};
use portico_domain::owner::Taker;
use portico_domain::portal::Portal as Settings;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_http::{Portal, Problem};
use portico_store::{Items, Key};

use crate::reasons::pair;

/// Something that waits for an administrator.
#[derive(Clone, Debug)]
pub(crate) enum Waits {
    /// A developer who has proven the address.
    Developer {
        /// Who.
        developer: DeveloperId,
        /// Name and address, where they may be told.
        called: Option<String>,
        /// Where.
        portal: PortalId,
    },
    /// A registration.
    Registration {
        /// Which.
        registration: RegistrationId,
        /// Of which application.
        application: ApplicationId,
        /// The name of the API.
        api: String,
        /// The application's name, and name and address of its owner or the team's name, where they may be told.
        called: Option<(String, String)>,
        /// Where.
        portal: PortalId,
    },
}

/// A developer who still waits.
pub(crate) async fn developer(portal: &Portal, id: DeveloperId) -> Result<Option<Waits>, Problem> {
    let keys = [Key::developer(id), Key::portal(portal.config.portal)];
    let items = portal.store.load(&keys).await?;
    let found = items.get::<Developer>(&Key::developer(id))?.filter(|developer| {
        developer.deleted_at.is_none() && developer.status == Status::Pending && developer.email_verified_at.is_some()
    });
    let Some(found) = found else { return Ok(None) };
    let called = may_name(portal, &items)?.then(|| called(&found));
    Ok(Some(Waits::Developer { developer: id, called, portal: found.portal }))
}

/// A registration that still waits.
pub(crate) async fn registration(portal: &Portal, event: &Event) -> Result<Option<Waits>, Problem> {
    let (application, api) = pair(event)?;
    let keys =
        [Key::registration(application, api), Key::application(application), Key::api(api), Key::portal(portal.config.portal)];
    let items = portal.store.load(&keys).await?;
    let found = items.get::<Registration>(&Key::registration(application, api))?;
    // The pair may have been registered anew since: that is another request, with a mail of its own.
    let asked = event.data.get("registration").and_then(serde_json::Value::as_str);
    let found = found.filter(|found| found.status == Status::Pending && asked == Some(found.id.to_string().as_str()));
    let application = items.get::<Application>(&Key::application(application))?.filter(Application::is_live);
    let api = items.get::<Api>(&Key::api(api))?.filter(|api| api.deleted_at.is_none());
    let (Some(found), Some(application), Some(api)) = (found, application, api) else { return Ok(None) };
    let mut named = None;
    if may_name(portal, &items)? {
        let owner = portal.taker(application.owner, application.portal).await?.map(|owner| match owner {
            Taker::Developer(developer) => called(&developer),
            Taker::Team(team) => format!("the team {}", team.name),
        });
        named = owner.map(|owner| (application.card.name, owner));
    }
    Ok(Some(Waits::Registration {
        registration: found.id,
        application: found.application,
        api: api.name,
        called: named,
        portal: found.portal,
    }))
}

fn may_name(portal: &Portal, items: &Items) -> Result<bool, Problem> {
    let settings = items.get::<Settings>(&Key::portal(portal.config.portal))?;
    Ok(settings.is_some_and(|settings| settings.pii_in_notifications))
}

fn called(developer: &Developer) -> String {
    format!("{} <{}>", developer.full_name, developer.email)
}
