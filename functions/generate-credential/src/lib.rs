//! `POST …/credentials`: a developer makes an API key, which the answer shows this once.

use portico_domain::api_key::ApiKey;
use portico_domain::application::Application;
use portico_domain::credential::Credential;
use portico_domain::event::Name;
use portico_domain::strategy::Strategy;
use portico_domain::text::DisplayName;
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::idempotency::{Outcome, Repeat, gone, raced};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::response::created;
use portico_http::views::credential::CreatedCredentialView;
use portico_http::who::SignedIn;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::credentials::CreateCredentialError;
use portico_store::idempotency::Made;
use portico_store::{Key, decide_again};
use serde_json::json;

/// Makes an API key for an application of whoever is signed in, or of a team of theirs.
///
/// # Errors
/// 400 for wrong fields, 403 at the limit, 404 for an application that is not there, or somebody else's, 409 for a repetition: a
/// secret is shown once; 400 where credentials are made at an identity provider.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let repeat = request.repeat();
    let (who, application) = portal.own_application(&request, Repeat::keys(&repeat)).await?;
    let (repeat, display_name) = (repeat?, parse(&request)?);
    match repeat.first(portal, &who.items, create(portal, &who, application, display_name, &repeat)).await? {
        Outcome::First(response) => Ok(response),
        Outcome::Repeated(made) => Err(again(portal, made).await?),
    }
}

/// Makes it and shows it, this once.
async fn create(
    portal: &Portal,
    who: &SignedIn,
    application: Application,
    display_name: Option<DisplayName>,
    repeat: &Repeat,
) -> Result<Response, Problem> {
    let strategy = portal
        .store
        .find::<Strategy>(&Key::strategy(application.card.strategy))
        .await?
        .ok_or_else(|| Problem::internal("an application's strategy is not there"))?;
    let (id, now) = (application.card.id, portal.now());
    let credential = Credential::create(portal.new_id()?, &application, display_name, &strategy, now)
        .map_err(|error| Problem::invalid(vec![InvalidParameter::path("applicationId", Rule::Invalid, error.to_string())]))?;
    let key = ApiKey::generate(id, portal.random()?);
    let mut known = Some(application);
    let (made, digest) = (&credential, key.digest());
    decide_again(|| {
        let known = known.take();
        async move {
            let application = match known {
                Some(application) => application,
                None => portal.own_application_again(who, id, []).await?.1,
            };
            let data = application.told(json!({ "credential": made.id }));
            let event = portal.event(Name::CredentialCreated, who.actor(), data)?;
            match portal.store.create_credential(made, digest, who.acting(&application), repeat.once(), &event).await {
                Ok(()) => Ok(Some(())),
                Err(CreateCredentialError::Changed) => Ok(None),
                Err(error) => Err(problem(error)),
            }
        }
    })
    .await?;
    created(&CreatedCredentialView::of(&credential, &key, now))
}

/// What a repetition is told: nothing can show the secret again, and a second key would not be what was asked for.
async fn again(portal: &Portal, made: Made) -> Result<Problem, Problem> {
    let id = made.credential.ok_or_else(gone)?;
    portal.store.find_credential(made.application, id).await?.ok_or_else(gone)?;
    let detail = format!(
        "The credential {id} was made under this Idempotency-Key, and its secret is in the first answer alone. \
         If that answer is lost, delete the credential and make another with another key."
    );
    Ok(Problem::new(Kind::AlreadyExists, detail))
}

fn parse(request: &Request) -> Result<Option<DisplayName>, Problem> {
    let mut body = Fields::of(&request.body);
    let display_name = body.optional("display_name", text().parse_with(DisplayName::parse));
    Ok(body.finish(display_name)?)
}

fn problem(error: CreateCredentialError) -> Problem {
    match error {
        CreateCredentialError::Changed => Problem::not_found(),
        CreateCredentialError::TooMany => Problem::new(Kind::QuotaReached, format!("At the limit: {error}.")),
        CreateCredentialError::Repeated => raced(),
        CreateCredentialError::Store(error) => error.into(),
    }
}
