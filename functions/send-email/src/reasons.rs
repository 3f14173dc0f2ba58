//! Which events are a reason to write to whom, and whether the reason still holds.

use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::developer::Developer;
use portico_domain::event::{Event, Name};
use portico_domain::id::{ApiId, ApplicationId, DeveloperId};
use portico_domain::mail_token::Purpose;
use portico_domain::owner::Owner;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_domain::text::DecisionReason;
use portico_http::{Portal, Problem};
use portico_store::Key;
use portico_store::stream::Committed;

use crate::waiting::{self, Waits};

/// A mail that is due.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    /// Whom it is for.
    pub to: Recipient,
    /// What it says.
    pub says: Says,
}

/// Whom a mail is for.
#[derive(Clone, Debug)]
pub(crate) enum Recipient {
    /// A developer, at the stored address.
    Developer(Box<Developer>),
    /// Members of the team that owns an application, each at the stored address.
    Members(Vec<Developer>),
    /// The administrators, at the configured addresses.
    Administrators,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub(crate) enum Says {
    /// Follow this link to prove the address.
    Verify(String),
    /// You are registered already; the link proves the address, if that is still to be done.
    AlreadyRegistered(Option<String>),
    /// Follow this link to set a password.
    ResetPassword(String),
    /// An administrator has registered you; follow this link to set a password.
    Invited(String),
    /// Your password was changed.
    PasswordChanged,
    /// Your registration with the portal was decided about.
    DeveloperDecided(Status, Option<DecisionReason>),
    /// The registration of an application for an API was decided about.
    RegistrationDecided {
        /// Name of the application.
        application: String,
        /// Name of the API.
        api: String,
        /// What was decided.
        status: Status,
        /// What was said of it.
        reason: Option<DecisionReason>,
    },
    /// Something waits for an administrator.
    Waits(Waits),
}

/// The mail that an event asks for, if it asks for one and its reason still holds.
pub(crate) async fn mail_for(portal: &Portal, committed: &Committed) -> Result<Option<Due>, Problem> {
    let event = &committed.event;
    match event.name {
        Name::DeveloperSignedUp
        | Name::DeveloperSignedUpAgain
        | Name::DeveloperPasswordRequested
        | Name::DeveloperInvited
        | Name::DeveloperPasswordChanged
        | Name::DeveloperApproved
        | Name::DeveloperRejected
        | Name::DeveloperRevoked => to_developer(portal, committed).await,
        Name::RegistrationApproved | Name::RegistrationRejected | Name::RegistrationRevoked => to_owner(portal, event).await,
        Name::DeveloperVerified | Name::RegistrationRequested => to_administrators(portal, committed).await,
        Name::DeveloperCreated
        | Name::DeveloperDeleted
        | Name::DeveloperMailFailed
        | Name::DeveloperMailRestored
        | Name::ApplicationCreated
        | Name::ApplicationUpdated
        | Name::ApplicationDeleted
        | Name::RegistrationDeleted
        | Name::CredentialCreated
        | Name::CredentialRenamed
        | Name::CredentialDeleted
        | Name::ApiCreated
        | Name::ApiUpdated
        | Name::ApiDeleted
        | Name::ApiVersionCreated
        | Name::ApiVersionUpdated
        | Name::ApiVersionDeleted
        | Name::ApiDocumentCreated
        | Name::ApiDocumentUpdated
        | Name::ApiDocumentMoved
        | Name::ApiDocumentDeleted
        | Name::ApiPublished
        | Name::ApiUnpublished
        | Name::ApiLinked
        | Name::ApiUnlinked
        | Name::TeamCreated
        | Name::TeamUpdated
        | Name::TeamDeleted
        | Name::TeamMemberAdded
        | Name::TeamMemberRemoved
        | Name::TeamRoleAssigned
        | Name::TeamRoleRemoved
        | Name::StrategyCreated
        | Name::StrategyUpdated
        | Name::StrategyDeleted
        | Name::PortalCreated
        | Name::PortalUpdated
        | Name::IdentityProviderCreated
        | Name::IdentityProviderUpdated
        | Name::IdentityProviderDeleted
        | Name::SignInThrottled
        | Name::DeveloperUpdated
        | Name::DeveloperIdentityLinked => Ok(None),
    }
}

async fn to_developer(portal: &Portal, committed: &Committed) -> Result<Option<Due>, Problem> {
    let Some(to) = developer(portal, root_developer(committed)?).await? else { return Ok(None) };
    // A later decision has a mail of its own: its reason is not told for this one.
    let decided = |status| Says::DeveloperDecided(status, to.reason.clone().filter(|_| to.status == status));
    let says = match committed.event.name {
        Name::DeveloperSignedUp => verify_link(portal, &to, &committed.event).await?.map(Says::Verify),
        Name::DeveloperSignedUpAgain => Some(Says::AlreadyRegistered(verify_link(portal, &to, &committed.event).await?)),
        Name::DeveloperPasswordRequested => password_link(portal, &to, &committed.event).await?.map(Says::ResetPassword),
        Name::DeveloperInvited => password_link(portal, &to, &committed.event).await?.map(Says::Invited),
        Name::DeveloperPasswordChanged => Some(Says::PasswordChanged),
        Name::DeveloperApproved => Some(decided(Status::Approved)),
        Name::DeveloperRejected => Some(decided(Status::Rejected)),
        Name::DeveloperRevoked => Some(decided(Status::Revoked)),
        _ => None, // `mail_for` lists every name; only the above come here
    };
    Ok(says.map(|says| Due { to: Recipient::Developer(Box::new(to)), says }))
}

/// The developer in whose partition an event lies.
pub(crate) fn root_developer(committed: &Committed) -> Result<DeveloperId, Problem> {
    let id = committed.root.strip_prefix("DEV#").and_then(|id| id.parse().ok());
    id.ok_or_else(|| Problem::internal("an event of a developer has another root"))
}

/// What waits for administrators, if there are any to be told and if it still waits.
async fn to_administrators(portal: &Portal, committed: &Committed) -> Result<Option<Due>, Problem> {
    if portal.config.notify.is_empty() {
        return Ok(None);
    }
    let waits = match committed.event.name {
        Name::DeveloperVerified => waiting::developer(portal, root_developer(committed)?).await?,
        _ => waiting::registration(portal, &committed.event).await?,
    };
    Ok(waits.map(|waits| Due { to: Recipient::Administrators, says: Says::Waits(waits) }))
}

async fn to_owner(portal: &Portal, event: &Event) -> Result<Option<Due>, Problem> {
    let status = match event.name {
        Name::RegistrationApproved => Status::Approved,
        Name::RegistrationRejected => Status::Rejected,
        _ => Status::Revoked,
    };
    let (application, api) = pair(event)?;
    let registration = Key::registration(application, api);
    let items = portal.store.load(&[Key::application(application), Key::api(api), registration.clone()]).await?;
    let now = items.get::<Registration>(&registration)?.filter(|one| one.status == status);
    let application = items.get::<Application>(&Key::application(application))?.filter(Application::is_live);
    let api = items.get::<Api>(&Key::api(api))?.filter(|api| api.deleted_at.is_none());
    let (Some(application), Some(api)) = (application, api) else { return Ok(None) };
    let Some(to) = owner(portal, application.owner).await? else { return Ok(None) };
    let says = Says::RegistrationDecided {
        application: application.card.name,
        api: api.name,
        status,
        reason: now.and_then(|one| one.reason),
    };
    Ok(Some(Due { to, says }))
}

/// Who is written to about an application: its developer, or the members of its team who may sign in and have proven the address, those
/// who have been members for longest. SES takes no more in one mail.
async fn owner(portal: &Portal, owner: Owner) -> Result<Option<Recipient>, Problem> {
    const MOST: usize = 50;
    match owner {
        Owner::Developer(id) => Ok(developer(portal, id).await?.map(|to| Recipient::Developer(Box::new(to)))),
        Owner::Team(id) => {
            let members = portal.store.developers_in(id).await?.into_iter();
            let reached = |one: &Developer| {
                one.is_approved() && one.email_verified_at.is_some() && one.mail_failure.is_none() && !one.email.is_empty()
            };
            let members: Vec<_> = members.filter(reached).take(MOST).collect();
            Ok((!members.is_empty()).then_some(Recipient::Members(members)))
        }
    }
}

/// The application and the API that an event of a registration names.
pub(crate) fn pair(event: &Event) -> Result<(ApplicationId, ApiId), Problem> {
    let id = |member: &str| event.data.get(member).and_then(serde_json::Value::as_str).unwrap_or_default();
    match (id("application").parse(), id("api").parse()) {
        (Ok(application), Ok(api)) => Ok((application, api)),
        _ => Err(Problem::internal("an event of a registration does not name application and API")),
    }
}

/// A developer who can still be written to.
async fn developer(portal: &Portal, id: DeveloperId) -> Result<Option<Developer>, Problem> {
    let developer = portal.store.find::<Developer>(&Key::developer(id)).await?;
    Ok(developer.filter(|developer| developer.deleted_at.is_none() && !developer.email.is_empty()))
}

fn generation(event: &Event) -> u64 {
    event.data.get("generation").and_then(serde_json::Value::as_u64).unwrap_or(0)
}

/// The link that proves the address, if this event's is the one in force and there is still something to prove.
async fn verify_link(portal: &Portal, to: &Developer, event: &Event) -> Result<Option<String>, Problem> {
    let generation = generation(event);
    if generation == 0 || generation != to.verify_generation || to.email_verified_at.is_some() {
        return Ok(None);
    }
    link(portal, to, Purpose::Verify, "/login", generation).await.map(Some)
}

/// The link that sets a password, if this event's is the one in force.
async fn password_link(portal: &Portal, to: &Developer, event: &Event) -> Result<Option<String>, Problem> {
    let generation = generation(event);
    if generation == 0 || generation != to.password_generation {
        return Ok(None);
    }
    link(portal, to, Purpose::Password, "/reset-password", generation).await.map(Some)
}

/// A link to the portal's configured address, whatever the request that caused it said of hosts.
async fn link(portal: &Portal, to: &Developer, purpose: Purpose, path: &str, generation: u64) -> Result<String, Problem> {
    let token = portal.issued_token(to, purpose, generation).await?;
    let origin = portal.config.public_url.origin();
    let mut url = url::Url::parse(&format!("{origin}{path}")).map_err(|error| Problem::internal(error.to_string()))?;
    url.query_pairs_mut().append_pair("email", &to.email).append_pair("token", &token.expose());
    Ok(url.into())
}
