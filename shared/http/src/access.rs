//! Why calls of an application reach an API, or do not: the authorizer's own gates, each with a sentence for people.

use portico_domain::api::Api;
use portico_domain::api_key::PublicPart;
use portico_domain::application::Application;
use portico_domain::authorization::{Gate, Loaded, Stands, gates};
use portico_domain::credential::Credential;
use portico_domain::gateway::Link;
use portico_domain::owner::Owner;
use portico_domain::presented_token::{BEARER, CLIENT_CREDENTIALS};
use portico_domain::strategy::OpenIdConnect;
use portico_domain::time::Timestamp;
use portico_store::Key;
use serde::Serialize;

use crate::portal::Portal;
use crate::problem::Problem;

/// One gate, and what stands there.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplainedGate {
    /// Its name, as the authorizer's log has it.
    pub gate: &'static str,
    /// `open`, `shut` or `undecided`.
    pub stands: &'static str,
    /// What that means, and for a shut one what opens it.
    pub explanation: String,
}

/// What the authorizer would say of an application's calls to an API.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Access {
    /// Whether a call with a good key, in the right header, would pass.
    pub allowed: bool,
    /// The gate at which it would be refused.
    pub refused_by: Option<&'static str>,
    /// Where the key has to stand; empty while the API is not published for keys.
    pub key_names: Vec<String>,
    /// What the application's keys begin with, which is no secret; absent if there is no such application.
    pub key_prefix: Option<String>,
    /// Every gate, in the authorizer's order.
    pub gates: Vec<ExplainedGate>,
}

/// What sentences are about.
struct Facts<'a> {
    api: &'a Api,
    link: Option<&'a Link>,
    application: Option<&'a Application>,
    credential: Option<&'a Credential>,
    key_names: &'a [String],
    oidc: Option<&'a OpenIdConnect>,
}

impl Portal {
    /// Explains an application's access to an API. Without an application (a key names one that is not there) most gates are
    /// undecided. Of several keys the one that works longest is looked at.
    ///
    /// # Errors
    /// What the store says.
    pub async fn explain_access(&self, application: Option<&Application>, api: &Api) -> Result<Access, Problem> {
        let now = self.now();
        // Every link of an API lets in the same applications: one stands for all.
        let link = match api.implementations.first() {
            Some(first) => self.store.find::<Link>(&Key::link(&first.gateway, &first.stage)).await?,
            None => None,
        };
        let mut credentials = match application {
            Some(application) => self.store.credentials_of(application.card.id).await?,
            None => Vec::new(),
        };
        credentials.sort_by_key(|credential| credential.expires_at.map_or(i64::MAX, Timestamp::millis));
        let loaded = Loaded { link: link.as_ref(), application, credential: credentials.last() };
        let publication = loaded.link.zip(application).and_then(|(link, of)| link.portals.get(&of.portal));
        let oidc = publication.and_then(|publication| publication.oidc.as_ref());
        let key_names = publication.map(|publication| publication.key_names.clone()).unwrap_or_default();
        let facts = Facts { api, link: loaded.link, application, credential: loaded.credential, key_names: &key_names, oidc };
        let gates = gates(None, &loaded, now);
        let refused_by = gates.iter().find(|(_, stands)| *stands == Stands::Shut).map(|(gate, _)| gate.name());
        let explained = gates.iter().map(|(gate, stands)| ExplainedGate {
            gate: gate.name(),
            stands: word(*stands),
            explanation: facts.say(*gate, *stands),
        });
        Ok(Access {
            allowed: refused_by.is_none(),
            refused_by,
            key_prefix: application.map(|application| PublicPart::of(application.card.id).to_string()),
            gates: explained.collect(),
            key_names,
        })
    }
}

const fn word(stands: Stands) -> &'static str {
    match stands {
        Stands::Open => "open",
        Stands::Shut => "shut",
        Stands::Undecided => "undecided",
    }
}

impl Facts<'_> {
    /// The sentence of a gate.
    fn say(&self, gate: Gate, stands: Stands) -> String {
        match stands {
            Stands::Open => self.open(gate),
            Stands::Shut => self.shut(gate).to_owned(),
            Stands::Undecided => self.undecided(gate),
        }
    }

    fn open(&self, gate: Gate) -> String {
        match gate {
            Gate::UnknownGateway => match self.link {
                Some(link) => format!("The API is linked to stage {} of gateway {}.", link.stage, link.gateway),
                None => String::new(),
            },
            Gate::UnknownApplication => "The application exists.".to_owned(),
            Gate::UnknownKey => {
                let keys = self.application.map_or(0, |application| application.key_count);
                format!("The application has {keys} {}.", if keys == 1 { "key" } else { "keys" })
            }
            Gate::ExpiredKey => match self.credential.and_then(|credential| credential.expires_at) {
                Some(at) => format!("At least one key has not expired; the last one does at {}.", at.rfc3339()),
                None => "At least one key never expires.".to_owned(),
            },
            Gate::OwnerNotApproved => match self.application.map(|application| application.owner) {
                Some(Owner::Team(_)) => "A team owns the application: it depends on no developer's approval.".to_owned(),
                _ => "The developer who owns the application is approved.".to_owned(),
            },
            Gate::NotPublished => "The API is published in this portal.".to_owned(),
            Gate::NoToken => "The API takes API keys.".to_owned(),
            Gate::MethodNotSupported => {
                let methods = self.oidc.map(|oidc| oidc.auth_methods.join(", ")).unwrap_or_default();
                format!("The API takes {methods}; what is checked here is {BEARER} and {CLIENT_CREDENTIALS}.")
            }
            Gate::OtherStrategy => "The application has the auth strategy that the API is published with.".to_owned(),
            Gate::NotRegistered => "The application is registered for the API.".to_owned(),
            Gate::RegistrationNotApproved => "The registration is approved.".to_owned(),
            _ => String::new(), // of a call, and there is none
        }
    }

    fn shut(&self, gate: Gate) -> &'static str {
        match gate {
            Gate::UnknownGateway => "No gateway is linked to the API. Link a stage of one on the API's page.",
            Gate::UnknownApplication => "No application of this portal has such keys. It may have been deleted.",
            Gate::UnknownKey => "The application has no key. Its developer can generate a credential.",
            Gate::ExpiredKey => "Every key of the application has expired. Its developer can generate another one.",
            Gate::OwnerNotApproved => "The developer who owns the application is not approved. Approve the developer.",
            Gate::NotPublished => self.not_published(),
            Gate::NoToken => "The API takes tokens of an identity provider, and no API keys.",
            Gate::OtherStrategy => {
                "The API is published with another auth strategy than the application's, which never changes. The developer needs \
                 another application."
            }
            Gate::NotRegistered => "The application is not registered for the API. Its developer can request access.",
            Gate::RegistrationNotApproved => "The registration is not approved. Approve it under Access and approvals.",
            Gate::NoKey | Gate::TwoKeys | Gate::MalformedKey | Gate::WrongHeader => {
                "The call does not show one key where it belongs."
            }
            Gate::UntrustedToken
            | Gate::ProviderUnavailable
            | Gate::ExpiredToken
            | Gate::MethodNotOffered
            | Gate::RefusedClient
            | Gate::MissingScope
            | Gate::NoReferenceId => "The call does not show a good token of the identity provider.",
            Gate::MethodNotSupported => {
                "The auth_methods of the API's strategy are none of those that are checked here: bearer and client_credentials."
            }
            Gate::StoreUnavailable => "The table does not answer.",
        }
    }

    fn not_published(&self) -> &'static str {
        let here = self.application.and_then(|application| self.api.publications.get(&application.portal));
        match here {
            Some(_) => {
                "The API is published without application authentication: the authorizer refuses its calls, and belongs in front of \
                 none of them."
            }
            None => "The API is not published in this portal. Publish it.",
        }
    }

    /// What the token of a call must be.
    fn token(&self, gate: Gate) -> Option<String> {
        let (oidc, card) = (self.oidc?, &self.application?.card);
        let must = match gate {
            Gate::UntrustedToken => {
                let (claims, id) = (oidc.credential_claim.join(" or "), card.reference_id.as_deref().unwrap_or_default());
                format!("an access token of {}, whose claim {claims} must be {id}", oidc.issuer)
            }
            Gate::ExpiredToken => "a token that is in force".to_owned(),
            Gate::MissingScope if oidc.scopes.is_empty() => return Some("No scope is asked for.".to_owned()),
            Gate::MissingScope => format!("a token with the scopes {}", oidc.scopes.join(", ")),
            _ => return None,
        };
        Some(format!("This depends on the call: it must show {must}."))
    }

    fn undecided(&self, gate: Gate) -> String {
        let of_call = matches!(
            gate,
            Gate::MalformedKey | Gate::WrongHeader | Gate::UntrustedToken | Gate::ExpiredToken | Gate::MissingScope
        );
        match (gate, self.key_names) {
            (Gate::MalformedKey, [_, ..]) => {
                "This depends on the call: it must show a whole key, to the last character.".to_owned()
            }
            (Gate::WrongHeader, [one]) => format!("This depends on the call: the key must be in the header {one}."),
            (Gate::WrongHeader, [_, ..]) => {
                format!("This depends on the call: the key must be in one of the headers {}.", self.key_names.join(", "))
            }
            _ if of_call => self.token(gate).unwrap_or_else(|| "This depends on the call.".to_owned()),
            _ => "This cannot be told before a gate above is open.".to_owned(),
        }
    }
}
