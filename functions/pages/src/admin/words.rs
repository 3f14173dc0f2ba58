//! Words for what events say happened.

use portico_domain::event::{Actor, Event, Name};
use portico_domain::time::Timestamp;

use crate::parts::When;

/// How much of a history is shown.
const SHOWN: usize = 50;

/// One thing that happened.
pub(super) struct Happened {
    what: &'static str,
    who: String,
    when: When,
}

impl Happened {
    /// The newest events of a history, in words.
    pub(super) fn newest(mut events: Vec<Event>, now: Timestamp) -> Vec<Self> {
        events.sort_by_key(|event| std::cmp::Reverse((event.at, event.id)));
        events.truncate(SHOWN);
        let happened = |event: Event| Self { what: what(event.name), who: who(&event.actor), when: When::of(event.at, now) };
        events.into_iter().map(happened).collect()
    }

    pub(super) const fn what(&self) -> &'static str {
        self.what
    }

    pub(super) fn who(&self) -> &str {
        &self.who
    }

    pub(super) const fn when(&self) -> &When {
        &self.when
    }
}

fn who(actor: &Actor) -> String {
    match actor {
        Actor::Developer(_) => "the developer".to_owned(),
        Actor::Administrator(name) => format!("administrator {name}"),
        Actor::Automation(name) => format!("automation {name}"),
        Actor::System(name) => format!("Portico ({name})"),
        Actor::Anonymous(_) => "somebody who was not signed in".to_owned(),
    }
}

const fn what(name: Name) -> &'static str {
    match name {
        Name::DeveloperSignedUp => "Signed up",
        Name::DeveloperSignedUpAgain => "Signed up again with the same address",
        Name::DeveloperCreated => "Created",
        Name::DeveloperInvited => "Invited",
        Name::DeveloperVerified => "Address proven",
        Name::DeveloperPasswordRequested => "Link to set a password asked for",
        Name::DeveloperPasswordChanged => "Password set",
        Name::DeveloperUpdated => "Profile changed",
        Name::DeveloperIdentityLinked => "Signs in with the identity provider",
        Name::DeveloperApproved | Name::RegistrationApproved => "Approved",
        Name::DeveloperRejected | Name::RegistrationRejected => "Rejected",
        Name::DeveloperRevoked | Name::RegistrationRevoked => "Revoked",
        Name::DeveloperDeleted => "Deleted",
        Name::DeveloperMailFailed => "A mail did not arrive",
        Name::DeveloperMailRestored => "Mails arrive again",
        Name::ApplicationCreated => "Application created",
        Name::ApplicationUpdated => "Application edited",
        Name::ApplicationDeleted => "Application deleted",
        Name::RegistrationRequested => "Access requested",
        Name::RegistrationDeleted => "Registration deleted",
        Name::CredentialCreated => "Credential generated",
        Name::CredentialRenamed => "Credential renamed",
        Name::CredentialDeleted => "Credential deleted",
        Name::ApiCreated => "API added",
        Name::ApiUpdated => "API edited",
        Name::ApiDeleted => "API deleted",
        Name::ApiVersionCreated => "Version added",
        Name::ApiVersionUpdated => "Version edited",
        Name::ApiVersionDeleted => "Version deleted",
        Name::ApiDocumentCreated => "Document added",
        Name::ApiDocumentUpdated => "Document edited",
        Name::ApiDocumentMoved => "Document moved",
        Name::ApiDocumentDeleted => "Document deleted",
        Name::ApiPublished => "Published",
        Name::ApiUnpublished => "Unpublished",
        Name::ApiLinked => "Gateway linked",
        Name::ApiUnlinked => "Gateway link removed",
        Name::TeamCreated => "Team created",
        Name::TeamUpdated => "Team edited",
        Name::TeamDeleted => "Team deleted",
        Name::TeamMemberAdded => "Member added",
        Name::TeamMemberRemoved => "Member removed",
        Name::TeamRoleAssigned => "Role assigned",
        Name::TeamRoleRemoved => "Role removed",
        Name::StrategyCreated => "Auth strategy created",
        Name::StrategyUpdated => "Auth strategy edited",
        Name::StrategyDeleted => "Auth strategy deleted",
        Name::PortalCreated => "Portal created",
        Name::PortalUpdated => "Settings changed",
        Name::IdentityProviderCreated => "Identity provider added",
        Name::IdentityProviderUpdated => "Identity provider edited",
        Name::IdentityProviderDeleted => "Identity provider deleted",
        Name::SignInThrottled => "Sign-ins throttled",
    }
}
