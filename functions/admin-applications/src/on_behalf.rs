//! What an administrator does on a developer's behalf: `create-application`, `create-application-registration`. Never a credential:
//! its secret is for the developer alone.

use portico_domain::api::Api;
use portico_domain::application::{Application, NewApplication};
use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::id::{ApiId, DeveloperId, StrategyId};
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
use portico_http::registering::Asking;
use portico_http::response::created;
use portico_http::views::admin_application::AdminApplicationView;
use portico_http::views::admin_registration::AdminRegistrationView;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::applications::CreateApplicationError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::{live, named};

/// What the body of a new application says.
struct Asked {
    new: NewApplication,
    strategy: Option<StrategyId>,
    owner: DeveloperId,
}

/// Who owns an application.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OwnerKind {
    Developer,
    Team,
}

const OWNERS: &[(&str, OwnerKind)] = &[("developer", OwnerKind::Developer), ("team", OwnerKind::Team)];
const STATUSES: &[(&str, Status)] = &[("approved", Status::Approved), ("pending", Status::Pending)];

/// Creates an application of a developer, who must be approved as if they had created it.
pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let asked = parse(request)?;
    let strategy = asked.strategy.or(who.portal.default_strategy).ok_or_else(strategy_required)?;
    let (owner, strategy) = (Key::developer(asked.owner), Key::strategy(strategy));
    let items = portal.store.load(&[owner.clone(), strategy.clone()]).await?;
    let owner = items.get::<Developer>(&owner)?.filter(|owner| owner.portal == who.portal.id && owner.deleted_at.is_none());
    let (owner, strategy) = (owner.ok_or_else(unknown_owner)?, items.get::<Strategy>(&strategy)?.ok_or_else(unknown_strategy)?);
    let application = Application::create(portal.new_id()?, asked.new, &owner, &strategy, portal.now())
        .map_err(|error| InvalidParameter::body("client_id", Rule::Required, error.to_string()))?;
    let data = json!({ "portal": application.portal, "developer": owner.id, "application": application.card.id });
    let event = portal.event(Name::ApplicationCreated, who.administrator.actor(), data)?;
    portal.store.create_application(&application, None, &event).await.map_err(|error| problem(error, owner.status))?;
    created(&AdminApplicationView::of(&application, &strategy))
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
    let owner = body.required("owner", object(|owner| (owner.required("type", one_of(OWNERS)), owner.required("id", uuid()))));
    let (name, description, reference_id, strategy, _, registered, (kind, owner)) =
        body.finish((name, description, reference_id, strategy, labels, registered, owner))?;
    if kind == OwnerKind::Team {
        return Err(Problem::new(Kind::NotSupported, "Applications of teams are not supported yet. Name a developer."));
    }
    if registered.is_some() {
        return Err(Problem::new(Kind::NotSupported, "Portico does not register clients with a provider."));
    }
    let new = NewApplication { name, description, reference_id, redirect_uri: None, scopes: None };
    Ok(Asked { new, strategy: strategy.map(StrategyId::new), owner: DeveloperId::new(owner) })
}

/// Registers an application for an API that is published here, approved or pending, or as the portal would have it. What an
/// administrator gives takes no role.
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
            let asked = Registration::request(
                portal.new_id()?,
                &application,
                Some(&publication),
                &Reader::Approved,
                &who.portal,
                portal.now(),
            );
            let mut registration = match asked {
                Ok(registration) => registration,
                Err(error) => return Err(portal.registration_refused(error).await),
            };
            registration.status = status.unwrap_or(registration.status);
            let asking = Asking { application: &application, publication: &publication, entitled: None, once: None };
            let written = portal.write_registration(&registration, asking, who.administrator.actor()).await?;
            Ok(written.then_some((registration, application, found)))
        }
    })
    .await?;
    created(&AdminRegistrationView::of(&registration, &application, &api))
}

fn problem(error: CreateApplicationError, status: Status) -> Problem {
    use CreateApplicationError as Error;
    match error {
        Error::ReferenceIdTaken => {
            Problem::new(Kind::ReferenceIdTaken, "This reference ID is already used in this portal. Choose another one.")
        }
        Error::TooManyApplications => Problem::new(Kind::QuotaReached, error.to_string()),
        Error::OwnerNotApproved => {
            Problem::new(Kind::Conflict, format!("The developer is {status}. Only an approved one can own applications."))
        }
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

fn unknown_owner() -> Problem {
    InvalidParameter::body("owner.id", Rule::MissingReference, "must be the id of a developer of this portal").into()
}

fn unknown_api() -> Problem {
    InvalidParameter::body("api_id", Rule::MissingReference, "must be the id of an API that is published in this portal").into()
}
