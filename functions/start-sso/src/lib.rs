//! `GET /api/v3/developer/authenticate/sso` and `GET /login/sso`: a browser goes to the identity provider to sign in.

use http::{StatusCode, header};
use portico_domain::sign_on_attempt::Attempt;
use portico_http::local_path::LocalPath;
use portico_http::plain_page::PlainPage;
use portico_http::sign_on::{BEGIN, HOME, SignOn, sent_to};
use portico_http::{Kind, Portal, Problem, Request, Response, cookies};
use portico_identity::code_flow::SignOnError;
use url::form_urlencoded::byte_serialize;

/// Sends the browser to the provider: a 302, with what it has to show when it comes back in a cookie. Nothing is written. One call of the
/// store; the provider is asked for what it says of itself where that is not known.
///
/// # Errors
/// 400 where the portal has no single sign-on, 503 if the provider cannot be asked; a page of either for whoever came by the page.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let sign_on = portal.sign_on().await?;
    match begin(portal, &request, &sign_on).await {
        Err(problem) if request.route.operation == "begin-sign-on" => page(&request, &sign_on, &problem),
        answer => answer,
    }
}

async fn begin(portal: &Portal, request: &Request, sign_on: &SignOn) -> Result<Response, Problem> {
    let provider = sign_on.provider.as_ref().ok_or_else(none)?;
    let to = request.query.get("to").ok().flatten().and_then(LocalPath::parse);
    let to = to.as_ref().map_or(HOME, LocalPath::as_str);
    if let Some(origin) = elsewhere(portal, request) {
        let to: String = byte_serialize(to.as_bytes()).collect();
        return sent_to(StatusCode::FOUND, &format!("{origin}{BEGIN}?to={to}"));
    }
    let attempt = Attempt::begin(portal.random()?, provider.id, to, portal.now());
    let party = portal.party(provider);
    let place = portal.providers.authorization_url(&party.relying(), &attempt, portal.now()).await.map_err(refused)?;
    let mut response = sent_to(StatusCode::FOUND, &place)?;
    response.headers_mut().append(header::SET_COOKIE, cookies::set_attempt(&attempt, &portal.config.public_url)?);
    Ok(response)
}

/// Where a browser on this machine has to begin that is at another of the machine's names: cookies of `localhost` are not those of
/// `127.0.0.1`, to which it would come back. Nowhere else, since a proxy may call the portal by any name.
fn elsewhere(portal: &Portal, request: &Request) -> Option<String> {
    let url = &portal.config.public_url;
    let host = request.headers.get(header::HOST)?.to_str().ok()?;
    let origin = url.origin();
    let here = origin.strip_prefix("http://").is_some_and(|own| own == host);
    (url.is_plain_loopback() && !here && request.route.operation == "begin-sign-on").then_some(origin)
}

fn none() -> Problem {
    Problem::new(Kind::Invalid, "This portal has no single sign-on.")
}

fn refused(error: SignOnError) -> Problem {
    let words = match error {
        SignOnError::NotSetUp => "The portal is not set up at the identity provider as it should be. Tell an administrator.",
        SignOnError::Unavailable(_) | SignOnError::Code | SignOnError::NotTheirs => {
            "The identity provider cannot be reached now. Try again in a moment."
        }
    };
    Problem::busy(error.to_string()).saying(words)
}

fn page(request: &Request, sign_on: &SignOn, problem: &Problem) -> Result<Response, Problem> {
    tracing::warn!(
        function = "start-sso",
        trace = request.trace,
        kind = problem.kind().name(),
        cause = problem.cause(),
        "no sign-in begins"
    );
    let page = PlainPage {
        portal: &sign_on.portal.display_name,
        title: "Signing in does not work now",
        paragraphs: vec![problem.detail().to_owned()],
        actions: vec![("Go to the sign-in page", "/login".to_owned())],
        trace: &request.trace,
    };
    page.answer_to(problem)
}
