//! `POST /api/v3/applications`: a developer creates an application, their own or one of a team of theirs.

use portico_domain::application::{Application, NewApplication};
use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::id::{ApplicationId, StrategyId, TeamId};
use portico_domain::owner::{TakeError, Taker};
use portico_domain::strategy::Strategy;
use portico_domain::team::Team;
use portico_domain::text::{ApplicationName, Description, ReferenceId};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{list, text, uri, uuid};
use portico_http::idempotency::{Outcome, Repeat, gone, raced};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::ownership::{cannot_take, reference_id_taken};
use portico_http::response::created;
use portico_http::views::application::ApplicationView;
use portico_http::who::SignedIn;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::applications::CreateApplicationError;
use portico_store::{Key, decide_again};
use serde_json::json;

/// What the body asks for.
struct Asked {
    new: NewApplication,
    strategy: Option<StrategyId>,
    /// The team that is to own it.
    team: Option<TeamId>,
}

/// Creates an application for whoever is signed in, or for a team of theirs that may own applications.
///
/// # Errors
/// 400 for wrong fields, 403 at the quota and for a team that may own none, 404 for an unknown strategy and for a team that is not
/// theirs, 409 for a reference ID that is taken.
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
    let strategy = asked.strategy.or(who.portal.default_strategy).ok_or_else(strategy_required)?;
    let strategy = Key::strategy(strategy);
    let mut keys = vec![strategy.clone()];
    let (asked, strategy) = (&asked, &strategy);
    let (application, strategy) = decide_again(|| {
        let keys = std::mem::replace(&mut keys, vec![Key::developer(who.developer.id), strategy.clone()]);
        async move {
            let team = asked.team.map(Key::team);
            let items = portal.store.load(&keys.into_iter().chain(team.clone()).collect::<Vec<_>>()).await?;
            let strategy = items.get::<Strategy>(strategy)?.ok_or_else(Problem::not_found)?;
            // In the first round the developer is as the session was read with them.
            let developer = items.get::<Developer>(&Key::developer(who.developer.id))?.unwrap_or_else(|| who.developer.clone());
            let taker = taker(developer, team.map(|team| items.get::<Team>(&team)).transpose()?, asked.team)?;
            taker.may_take([]).map_err(refused)?;
            let application = Application::create(portal.new_id()?, asked.new.clone(), &taker, &strategy, portal.now())
                .map_err(|error| InvalidParameter::body("client_id", Rule::Required, error.to_string()))?;
            let event = portal.event(Name::ApplicationCreated, who.actor(), application.told(json!({})))?;
            match portal.store.create_application(&application, who.acting(&application), repeat.once(), &event).await {
                Ok(()) => Ok(Some((application, strategy))),
                Err(CreateApplicationError::OwnerChanged) => Ok(None),
                Err(error) => Err(problem(error)),
            }
        }
    })
    .await?;
    created(&ApplicationView::of(application.owner, &application.card, &strategy))
}

/// Who is to own it: whoever asks, or a team that they are a member of.
fn taker(developer: Developer, team: Option<Option<Team>>, named: Option<TeamId>) -> Result<Taker, Problem> {
    let Some(named) = named else { return Ok(Taker::Developer(Box::new(developer))) };
    let team = team.flatten().filter(|team| team.is_live() && team.portal == developer.portal);
    let team = team.filter(|_| developer.teams.contains(&named)).ok_or_else(Problem::not_found)?;
    Ok(Taker::Team(Box::new(team)))
}

fn refused(error: TakeError) -> Problem {
    match error {
        TakeError::NotApproved { .. } => Problem::unauthorized(),
        TakeError::CannotOwn | TakeError::RolesMissing { .. } => cannot_take(error),
    }
}

/// Shows the application that an earlier request made.
async fn again(portal: &Portal, who: &SignedIn, made: ApplicationId) -> Result<Response, Problem> {
    let application = portal.store.find::<Application>(&Key::application(made)).await?;
    let application = application.filter(|application| application.is_of(&who.developer)).ok_or_else(gone)?;
    let strategy = portal.store.find::<Strategy>(&Key::strategy(application.card.strategy)).await?;
    let strategy = strategy.ok_or_else(|| Problem::internal("an application's strategy is not there"))?;
    created(&ApplicationView::of(application.owner, &application.card, &strategy))
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
    Ok(Asked { new, strategy: strategy.map(StrategyId::new), team: team.map(TeamId::new) })
}

fn strategy_required() -> Problem {
    InvalidParameter::body("auth_strategy_id", Rule::Required, "is required: this portal has no default strategy").into()
}

fn problem(error: CreateApplicationError) -> Problem {
    use CreateApplicationError as Error;
    match error {
        Error::ReferenceIdTaken => reference_id_taken(),
        Error::TooManyApplications => Problem::new(Kind::QuotaReached, error.to_string()),
        Error::OwnerChanged => Problem::unauthorized(),
        Error::Repeated => raced(),
        Error::StrategyGone => Problem::not_found(),
        Error::Store(error) => error.into(),
    }
}
