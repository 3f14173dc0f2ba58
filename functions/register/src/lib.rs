//! `POST …/registrations`: a developer registers an application for an API.

use portico_domain::api::Api;
use portico_domain::id::{ApiId, ApplicationId};
use portico_domain::publication::Publication;
use portico_domain::registration::Registration;
use portico_http::fields::Fields;
use portico_http::fields::kinds::uuid;
use portico_http::idempotency::{Outcome, Repeat, gone};
use portico_http::registering::Asking;
use portico_http::response::created;
use portico_http::views::registration::RegistrationView;
use portico_http::who::SignedIn;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::idempotency::Made;
use portico_store::registrations::Entitled;
use portico_store::{Key, decide_again};

/// Registers an application of whoever is signed in, or of a team of theirs, for an API; approved at once where the portal or the publication says so.
///
/// # Errors
/// 400 for wrong fields and for an API that this application cannot be registered for, 403 at the limit and without the role, 404 for an application or
/// an API that is not there for the developer, 409 if it was asked for before, or for a repetition whose
/// registration is gone.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let (repeat, api) = (request.repeat(), parse(&request));
    let of_api = |api: ApiId| [Key::publication(portal.config.portal, api), Key::api(api)];
    let also = api.as_ref().ok().copied().into_iter().flat_map(of_api).chain(Repeat::keys(&repeat));
    let (who, application) = portal.own_application(&request, also).await?;
    let (repeat, api) = (repeat?, api?);
    match repeat.first(portal, &who.items, create(portal, &who, application.card.id, api, &repeat)).await? {
        Outcome::First(response) => Ok(response),
        Outcome::Repeated(made) => again(portal, &who, api, made).await,
    }
}

/// Registers it and shows the registration.
async fn create(portal: &Portal, who: &SignedIn, id: ApplicationId, api: ApiId, repeat: &Repeat) -> Result<Response, Problem> {
    let mut first = true;
    let (registration, api) = decide_again(|| {
        let again = !std::mem::replace(&mut first, false);
        async move {
            if !again {
                return register(portal, who, id, api, repeat).await;
            }
            let also = [Key::publication(who.portal.id, api), Key::api(api)];
            let (who, _) = portal.own_application_again(who, id, also).await?;
            register(portal, &who, id, api, repeat).await
        }
    })
    .await?;
    created(&RegistrationView::of(&registration, &api))
}

/// Shows the registration that an earlier request made.
async fn again(portal: &Portal, who: &SignedIn, api: ApiId, made: Made) -> Result<Response, Problem> {
    let registration = Key::registration(made.application, api);
    let apis = portal.registered_apis(who, std::iter::once(api), [registration.clone()]).await?;
    let registration = apis.items().get::<Registration>(&registration)?.filter(|found| made.registration == Some(found.id));
    let (Some(registration), Some(api)) = (registration, apis.get(api)?) else { return Err(gone()) };
    created(&RegistrationView::of(&registration, &api))
}

fn parse(request: &Request) -> Result<ApiId, Problem> {
    let mut body = Fields::of(&request.body);
    let api = body.required("api_id", uuid());
    Ok(ApiId::new(body.finish(api)?))
}

/// Registers the application for the API as both were read; nothing, if the publication or the developer's roles changed meanwhile.
async fn register(
    portal: &Portal,
    who: &SignedIn,
    application: ApplicationId,
    api: ApiId,
    repeat: &Repeat,
) -> Result<Option<(Registration, Api)>, Problem> {
    let items = &who.items;
    let application = who.own(application, items)?;
    let publication = items.get::<Publication>(&Key::publication(who.portal.id, api))?;
    let known = items.get::<Api>(&Key::api(api))?.filter(|api| api.deleted_at.is_none());
    let (Some(publication), Some(api)) = (publication, known) else { return Err(Problem::not_found()) };
    let reader = portal.reader(&who.portal, Some(&who.developer)).await?;
    let team = portal.owning_team(&application).await?;
    let (id, now) = (portal.new_id()?, portal.now());
    let asked = Registration::request(id, &application, Some(&publication), &reader, team.as_ref(), &who.portal, now);
    let registration = match asked {
        Ok(registration) => registration,
        Err(error) => return Err(portal.registration_refused(error).await),
    };
    // A team's application rests on the team's own role; the membership of whoever asks is a matter of the right to the application.
    let entitled = match team {
        Some(team) => Some(Entitled { developer: None, through: team.id }),
        None => {
            let through = publication.registers_through(&reader);
            through.map(|through| Entitled { developer: Some(who.developer.id), through })
        }
    };
    let acting = who.acting(&application);
    let asking = Asking { application: &application, publication: &publication, acting, entitled, once: repeat.once() };
    let written = portal.write_registration(&registration, asking, who.actor()).await?;
    Ok(written.then_some((registration, api)))
}
