//! `POST /api/v3/applications`: a developer creates an application.

use portico_domain::application::{Application, NewApplication};
use portico_domain::event::Name;
use portico_domain::id::StrategyId;
use portico_domain::strategy::Strategy;
use portico_domain::text::{ApplicationName, Description, ReferenceId};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{list, text, uri, uuid};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::response::created;
use portico_http::views::application::ApplicationView;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::Key;
use portico_store::applications::CreateApplicationError;
use serde_json::json;

/// Creates an application for whoever is signed in.
///
/// # Errors
/// 400 for wrong fields, 403 at the quota, 404 for an unknown strategy or team, 409 for a reference ID that is taken.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let who = portal.signed_in(&request, []).await?;
    let (new, strategy, team) = parse(&request)?;
    if team {
        return Err(Problem::not_found());
    }
    let strategy = strategy.or(who.portal.default_strategy).ok_or_else(strategy_required)?;
    let strategy = portal.store.find::<Strategy>(&Key::strategy(strategy)).await?.ok_or_else(Problem::not_found)?;
    let application = Application::create(portal.new_id()?, new, &who.developer, &strategy, portal.now())
        .map_err(|error| InvalidParameter::body("client_id", Rule::Required, error.to_string()))?;
    let event = portal.event(Name::ApplicationCreated, who.actor(), json!({ "application": application.card.id }))?;
    portal.store.create_application(&application, &event).await.map_err(problem)?;
    created(&ApplicationView::of(&application.card, &strategy))
}

/// What is to be created, the strategy if one is named, and whether a team is to own it.
fn parse(request: &Request) -> Result<(NewApplication, Option<StrategyId>, bool), Problem> {
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
    Ok((new, strategy.map(StrategyId::new), team.is_some()))
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
        Error::StrategyGone => Problem::not_found(),
        Error::Store(error) => error.into(),
    }
}
