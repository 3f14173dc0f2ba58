//! `POST /api/v3/applications`: a developer creates an application.

use portico_domain::application::{Application, NewApplication};
use portico_domain::event::Name;
use portico_domain::id::{ApplicationId, StrategyId};
use portico_domain::strategy::Strategy;
use portico_domain::text::{ApplicationName, Description, ReferenceId};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{list, text, uri, uuid};
use portico_http::idempotency::{Outcome, Repeat, gone, raced};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::response::created;
use portico_http::views::application::ApplicationView;
use portico_http::who::SignedIn;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::Key;
use portico_store::applications::CreateApplicationError;
use serde_json::json;

/// What the body asks for.
struct Asked {
    new: NewApplication,
    strategy: Option<StrategyId>,
    /// Whether a team is to own it.
    of_team: bool,
}

/// Creates an application for whoever is signed in.
///
/// # Errors
/// 400 for wrong fields, 403 at the quota, 404 for an unknown strategy or team, 409 for a reference ID that is taken.
/// A repetition whose application is gone is a 409.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let repeat = request.repeat();
    let who = portal.signed_in(&request, Repeat::keys(&repeat)).await?;
    let (repeat, asked) = (repeat?, parse(&request)?);
    match repeat.first(portal, &who.items, create(portal, &who, asked, &repeat)).await? {
        Outcome::First(response) => Ok(response),
        Outcome::Repeated(made) => again(portal, &who, made.application).await,
    }
}

/// Creates it and shows it.
async fn create(portal: &Portal, who: &SignedIn, asked: Asked, repeat: &Repeat) -> Result<Response, Problem> {
    if asked.of_team {
        return Err(Problem::not_found());
    }
    let strategy = asked.strategy.or(who.portal.default_strategy).ok_or_else(strategy_required)?;
    let strategy = portal.store.find::<Strategy>(&Key::strategy(strategy)).await?.ok_or_else(Problem::not_found)?;
    let application = Application::create(portal.new_id()?, asked.new, &who.developer, &strategy, portal.now())
        .map_err(|error| InvalidParameter::body("client_id", Rule::Required, error.to_string()))?;
    let data = json!({ "portal": application.portal, "developer": application.owner, "application": application.card.id });
    let event = portal.event(Name::ApplicationCreated, who.actor(), data)?;
    portal.store.create_application(&application, repeat.once(), &event).await.map_err(problem)?;
    created(&ApplicationView::of(&application.card, &strategy))
}

/// Shows the application that an earlier request made.
async fn again(portal: &Portal, who: &SignedIn, made: ApplicationId) -> Result<Response, Problem> {
    let application = portal.store.find::<Application>(&Key::application(made)).await?;
    let application = application.filter(|application| application.is_of(&who.developer)).ok_or_else(gone)?;
    let strategy = portal.store.find::<Strategy>(&Key::strategy(application.card.strategy)).await?;
    let strategy = strategy.ok_or_else(|| Problem::internal("an application's strategy is not there"))?;
    created(&ApplicationView::of(&application.card, &strategy))
}

fn parse(request: &Request) -> Result<Asked, Problem> {
    let mut body = Fields::of(&request.body);
    let name = body.required("name", text().parse_with(ApplicationName::parse));
    let description = body.optional("description", text().parse_with(Description::parse));
    let reference_id = body.optional("client_id", text().parse_with(ReferenceId::parse));
    let redirect_uri = body.optional("redirect_uri", uri());
    let scopes = body.optional("scopes", list(text().single_line().max(128)).items(0..=50));
    let strategy = body.nullable("auth_strategy_id", uuid()).null_is_absent();
    let team = body.nullable("team_id", uuid()).null_is_absent();
    let (name, description, reference_id, redirect_uri, scopes, strategy, team) =
        body.finish((name, description, reference_id, redirect_uri, scopes, strategy, team))?;
    let new = NewApplication { name, description, reference_id, redirect_uri, scopes };
    Ok(Asked { new, strategy: strategy.map(StrategyId::new), of_team: team.is_some() })
}

fn strategy_required() -> Problem {
    InvalidParameter::body("auth_strategy_id", Rule::Required, "is required: this portal has no default strategy").into()
}

fn problem(error: CreateApplicationError) -> Problem {
    use CreateApplicationError as Error;
    match error {
        Error::ReferenceIdTaken => {
            Problem::new(Kind::ReferenceIdTaken, "This reference ID is already used in this portal. Choose another one.")
        }
        Error::TooManyApplications => Problem::new(Kind::QuotaReached, error.to_string()),
        Error::OwnerNotApproved => Problem::unauthorized(),
        Error::Repeated => raced(),
        Error::StrategyGone => Problem::not_found(),
        Error::Store(error) => error.into(),
    }
}
