//! `GET /login/sso/callback`: a browser comes back from the identity provider, and is signed in or told why not.

mod groups;
mod meeting;
mod stop;

use http::{HeaderValue, StatusCode, header};
use portico_domain::developer::Developer;
use portico_domain::event::Actor;
use portico_domain::id::DeveloperId;
use portico_domain::identity_provider::IdentityProvider;
use portico_domain::session::Session;
use portico_domain::sign_on_attempt::Attempt;
use portico_domain::single_sign_on::Person;
use portico_domain::status::Status;
use portico_http::cookies::ACCESS;
use portico_http::decisions::{By, DecideError};
use portico_http::local_path::LocalPath;
use portico_http::sign_on::{HOME, SignOn};
use portico_http::{Portal, Problem, Request, Response, cookies};
use portico_identity::code_flow::SignedOn;
use portico_store::single_sign_on::BeginSessionError;
use portico_store::{decide_again, sha256_hex};

use crate::stop::Stop;

/// Begins a session for whom the provider has signed in: 303 to where they were going, with the cookies of the session. The attempt that
/// the browser kept is forgotten, whatever comes of it.
///
/// # Errors
/// None but of the store: what is in the way is a page that says so. 400 if the answer is not to an attempt of this browser, was used
/// before, or is none of the provider's; 403 or 409 if the person may not come in; 503 if the provider cannot be asked.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let sign_on = portal.sign_on().await?;
    let mut answer = match Box::pin(finish(portal, &request, &sign_on)).await {
        Ok(answer) => answer,
        Err(stop) => stop.page(&request, &sign_on.portal)?,
    };
    answer.headers_mut().append(header::SET_COOKIE, cookies::clear_attempt(&portal.config.public_url)?);
    Ok(answer)
}

async fn finish(portal: &Portal, request: &Request, sign_on: &SignOn) -> Result<Response, Stop> {
    let provider = sign_on.provider.as_ref().ok_or(Stop::NoSignOn)?;
    let attempt = answered(portal, request, provider)?;
    let signed_on = redeem(portal, request, provider, &attempt).await?;
    let person = Person::read(&provider.settings.issuer, &signed_on.claims, &provider.settings.claims).ok_or(Stop::NotTheirs)?;
    let signed_in = signed_in(portal, request).await;
    let developer = decide_again(|| async {
        match meeting::developer(portal, &person, provider, signed_in).await? {
            Some(developer) => approved(portal, developer).await,
            None => Ok(None),
        }
    })
    .await?;
    if sign_on.maps_groups {
        groups::follow(portal, &developer, &person, provider).await?;
    }
    begin(portal, request, (&developer, provider), &attempt, &signed_on).await
}

/// The attempt of this browser that the provider answers, if it is one that was begun with this provider not long ago.
fn answered(portal: &Portal, request: &Request, provider: &IdentityProvider) -> Result<Attempt, Stop> {
    let name = cookies::attempt_name(&portal.config.public_url);
    let cookie = request.cookies.one(name).ok().flatten().ok_or(Stop::NotBegun)?;
    let attempt = Attempt::read(cookie).ok_or(Stop::NotBegun)?;
    let state = request.query.get("state").ok().flatten().unwrap_or_default();
    let settings = &provider.settings;
    let fits = attempt.fits(state, &settings.issuer, &settings.client_id)
        && attempt.provider() == provider.id
        && attempt.is_in_time(portal.now());
    if fits { Ok(attempt) } else { Err(Stop::NotBegun) }
}

/// What the provider says of somebody, for the code that the browser brings.
async fn redeem(portal: &Portal, request: &Request, provider: &IdentityProvider, attempt: &Attempt) -> Result<SignedOn, Stop> {
    let said = |name| request.query.get(name).ok().flatten();
    let now = portal.now();
    portal.providers.is_answer_of(&provider.settings.issuer, said("iss"), now).await?;
    if let Some(error) = said("error") {
        return Err(Stop::declined(error));
    }
    let code = said("code").filter(|code| !code.is_empty()).ok_or(Stop::NotTheirs)?;
    let party = portal.party_with_secret(provider)?;
    Ok(Box::pin(portal.providers.redeem(&party.relying(), attempt, code, now)).await?)
}

/// Whose session the browser has that comes back, if it is in force.
async fn signed_in(portal: &Portal, request: &Request) -> Option<DeveloperId> {
    let token = request.cookies.one(ACCESS).ok().flatten()?;
    let claims = portal.config.verifier.verify(token, portal.now()).ok()?;
    let visitor = portal.visitor_with(Some(&claims), []).await.ok()?;
    visitor.developer.map(|developer| developer.id)
}

/// The developer, approved: somebody who waited waits no longer (contract, point 10). Nothing, if an administrator decided meanwhile: then
/// it has to be looked at again who may come in.
async fn approved(portal: &Portal, developer: Developer) -> Result<Option<Developer>, Stop> {
    if developer.status != Status::Pending {
        return Ok(Some(developer));
    }
    match portal.decide_about_developer(developer, Status::Approved, &By::as_seen(actor())).await {
        Ok(developer) => Ok(Some(developer)),
        Err(DecideError::Overtaken(_) | DecideError::Gone) => Ok(None),
        Err(error @ (DecideError::IllegalStep(_) | DecideError::Repeated | DecideError::Failed(_))) => {
            Err(Stop::Problem(error.into()))
        }
    }
}

/// Who does what follows from signing in.
fn actor() -> Actor {
    Actor::System("single-sign-on".to_owned())
}

async fn begin(
    portal: &Portal,
    request: &Request,
    (developer, provider): (&Developer, &IdentityProvider),
    attempt: &Attempt,
    signed_on: &SignedOn,
) -> Result<Response, Stop> {
    let now = portal.now();
    let session = Session::begin(portal.new_id()?, developer, portal.session_lifetime(), now);
    let old = portal.presented_session(request);
    let settings = &provider.settings;
    let answer = sha256_hex(&attempt.state(&settings.issuer, &settings.client_id));
    portal.store.begin_session(developer, &session, &answer, old, now).await.map_err(|error| match error {
        // Whoever lost the approval meanwhile reads why at the next try.
        BeginSessionError::Used | BeginSessionError::NotApproved => Stop::NotBegun,
        BeginSessionError::Store(error) => Stop::Problem(error.into()),
    })?;
    let mut response = portal.with_session(&session, now)?;
    *response.status_mut() = StatusCode::SEE_OTHER;
    let to = LocalPath::parse(attempt.to());
    let to = HeaderValue::from_str(to.as_ref().map_or(HOME, LocalPath::as_str)).unwrap_or(HeaderValue::from_static(HOME));
    response.headers_mut().insert(header::LOCATION, to);
    let kept = cookies::set_id_token(session.id, &signed_on.id_token, session.absolute_until, now, &portal.config.public_url)?;
    response.headers_mut().append(header::SET_COOKIE, kept);
    Ok(response)
}
