//! What an administrator does on behalf of a developer or a team: `create-application`, `create-application-registration`. Never a credential:
//! its secret is for the developer alone.

use portico_domain::api::Api;
use portico_domain::application::{Application, NewApplication};
use portico_domain::event::Name;
use portico_domain::id::{ApiId, StrategyId};
use portico_domain::owner::Owner;
use portico_domain::publication::Publication;
use portico_domain::reader::Reader;
use portico_domain::registration::Registration;
use portico_domain::status::Status;
use portico_domain::strategy::Strategy;
use portico_domain::text::{ApplicationName, Description, ReferenceId};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{object, one_of, text, uuid};
use portico_http::fields::maps::label_changes;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::ownership::{cannot_take, reference_id_taken};
use portico_http::registering::Asking;
use portico_http::response::created;
use portico_http::views::admin_application::AdminApplicationView;
use portico_http::views::admin_registration::AdminRegistrationView;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::applications::CreateApplicationError;
use portico_store::owners::Acting;
use portico_store::registrations::Entitled;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::owner::{named_owner, owner_of, unknown_owner};
use crate::{live, named};

/// What the body of a new application says.
struct Asked {
    new: NewApplication,
    strategy: Option<StrategyId>,
    owner: Owner,
}

const STATUSES: &[(&str, Status)] = &[("approved", Status::Approved), ("pending", Status::Pending)];

/// Creates an application of a developer, who must be approved as if they had created it, or of a team that may own applications.
pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let asked = parse(request)?;
    let strategy = asked.strategy.or(who.portal.default_strategy).ok_or_else(strategy_required)?;
    let strategy = portal.store.find::<Strategy>(&Key::strategy(strategy)).await?;
    let (who, asked, strategy) = (&who, &asked, &strategy);
    let (application, strategy) = decide_again(|| async move {
        let taker = portal.taker(asked.owner, who.portal.id).await?.ok_or_else(unknown_owner)?;
        let strategy = strategy.as_ref().ok_or_else(unknown_strategy)?;
        let application = Application::create(portal.new_id()?, asked.new.clone(), &taker, strategy, portal.now())
            .map_err(|error| InvalidParameter::body("client_id", Rule::Required, error.to_string()))?;
        taker.may_take([]).map_err(cannot_take)?;
        let event = portal.event(Name::ApplicationCreated, who.administrator.actor(), application.told(json!({})))?;
        match portal.store.create_application(&application, Acting::on_behalf(asked.owner), None, &event).await {
            Ok(()) => Ok(Some((application, strategy))),
            Err(CreateApplicationError::OwnerChanged) => Ok(None),
            Err(error) => Err(problem(error)),
        }
    })
    .await?;
    created(&AdminApplicationView::of(&application, strategy))
}

fn parse(request: &Request) -> Result<Asked, Problem> {
    let mut body = Fields::of(&request.body);
    let name = body.required("name", text().parse_with(ApplicationName::parse));
    let description = body.optional("description", text().parse_with(Description::parse));
    let reference_id = body.optional("client_id", text().parse_with(ReferenceId::parse));
    let strategy = body.optional("auth_strategy_id", uuid());
    // Nothing ever shows an application's labels: the contract has them write-only.
    let labels = body.nullable("labels", label_changes());
    let registered = body.optional("dcr_client_id", text().max(255));
    let owner = body.required("owner", object(named_owner));
    let (name, description, reference_id, strategy, _, registered, owner) =
        body.finish((name, description, reference_id, strategy, labels, registered, owner))?;
    if registered.is_some() {
        return Err(Problem::new(Kind::NotSupported, "Portico does not register clients with a provider."));
    }
    let new = NewApplication { name, description, reference_id, redirect_uri: None, scopes: None };
    Ok(Asked { new, strategy: strategy.map(StrategyId::new), owner: owner_of(owner) })
}

/// Registers an application for an API that is published here, approved or pending, or as the portal would have it. What an
/// administrator gives takes no role of a developer; a team has one for every API that an application of its own is registered for.
pub(crate) async fn register(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, application) = named(portal, request).await?;
    let mut body = Fields::of(&request.body);
    let api = body.required("api_id", uuid());
    let status = body.optional("status", one_of(STATUSES));
    let (api, status) = body.finish((api, status))?;
    let (id, api) = (application.card.id, ApiId::new(api));
    let mut known = Some(application);
    let who = &who;
    let (registration, application, api) = decide_again::<_, Problem, _>(|| {
        let known = known.take();
        async move {
            let keys = [Key::publication(who.portal.id, api), Key::api(api), Key::application(id)];
            let items = portal.store.load(&keys).await?;
            let application = match known {
                Some(application) => application,
                None => live(items.get(&Key::application(id))?).ok_or_else(Problem::not_found)?,
            };
            let publication = items.get::<Publication>(&Key::publication(who.portal.id, api))?;
            let found = items.get::<Api>(&Key::api(api))?.filter(Api::is_live);
            let (Some(publication), Some(found)) = (publication, found) else { return Err(unknown_api()) };
            let team = portal.owning_team(&application).await?;
            let asked = Registration::request(
                portal.new_id()?,
                &application,
                Some(&publication),
                &Reader::Approved,
                team.as_ref(),
                &who.portal,
                portal.now(),
            );
            let mut registration = match asked {
                Ok(registration) => registration,
                Err(error) => return Err(portal.registration_refused(error).await),
            };
            registration.status = status.unwrap_or(registration.status);
            let entitled = team.map(|team| Entitled { developer: None, through: team.id });
            let acting = Acting::on_behalf(application.owner);
            let asking = Asking { application: &application, publication: &publication, acting, entitled, once: None };
            let written = portal.write_registration(&registration, asking, who.administrator.actor()).await?;
            Ok(written.then_some((registration, application, found)))
        }
    })
    .await?;
    created(&AdminRegistrationView::of(&registration, &application, &api))
}

fn problem(error: CreateApplicationError) -> Problem {
    use CreateApplicationError as Error;
    match error {
        Error::ReferenceIdTaken => reference_id_taken(),
        Error::TooManyApplications => Problem::new(Kind::QuotaReached, error.to_string()),
        Error::OwnerChanged => Problem::busy("the owner changed while the application was created"),
        Error::StrategyGone => unknown_strategy(),
        Error::Repeated => Problem::internal("a request without a key is no repetition"),
        Error::Store(error) => error.into(),
    }
}

fn strategy_required() -> Problem {
    InvalidParameter::body("auth_strategy_id", Rule::Required, "is required: this portal has no default strategy").into()
}

fn unknown_strategy() -> Problem {
    InvalidParameter::body("auth_strategy_id", Rule::MissingReference, "must be the id of an auth strategy").into()
}

fn unknown_api() -> Problem {
    InvalidParameter::body("api_id", Rule::MissingReference, "must be the id of an API that is published in this portal").into()
}
