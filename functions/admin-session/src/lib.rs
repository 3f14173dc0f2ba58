//! `/portico/v1/session`: an administrator's token is exchanged for a session in a browser, which ends with it.

use http::header;
use portico_domain::admin::{AdminSession, AdminToken};
use portico_http::admin_session::{Secret, Shown};
use portico_http::cookies::{self, ADMIN};
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::response::{no_content, past_is_gone};
use portico_http::{Portal, Problem, Request, Response};
use portico_store::admin_sessions::BeginAdminSessionError;
use portico_store::{Key, sha256_hex};

/// Answers the routes of `admin-session`.
///
/// # Errors
/// 400 for wrong fields, 401 for a token that is not in force.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "create-admin-session" => begin(portal, &request).await,
        "delete-admin-session" => end(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

/// Begins a session: 204 with its cookie, always a new one; the session that the browser came with is over.
async fn begin(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let mut body = Fields::of(&request.body);
    let token = body.required("token", text().single_line());
    let digest = sha256_hex(body.finish(token)?.trim());
    let now = portal.now();
    let token = portal.store.find::<AdminToken>(&Key::admin_token(&digest)).await?;
    let token = token.filter(|token| token.is_valid(now)).ok_or_else(Problem::unauthorized)?;
    let (session, secret) = (AdminSession::begin(&token, now), Secret::new(portal.random()?));
    portal.store.begin_admin_session((&digest, &secret.digest()), &session, presented(request)).await.map_err(
        |error| match error {
            BeginAdminSessionError::TokenGone => Problem::unauthorized(),
            BeginAdminSessionError::Store(error) => error.into(),
        },
    )?;
    let line = cookies::set_admin(&secret.cookie(&digest), session.expires_at, now, &portal.config.public_url)?;
    let mut response = no_content();
    response.headers_mut().append(header::SET_COOKIE, line);
    Ok(response)
}

/// Ends the session that the browser shows, if it shows one, and clears its cookie: 204 in any case.
async fn end(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    if let Some(session) = presented(request) {
        portal.store.remove(&session).await?;
    }
    let mut response = past_is_gone(no_content());
    response.headers_mut().append(header::SET_COOKIE, cookies::clear_admin(&portal.config.public_url)?);
    Ok(response)
}

/// The session that a browser says it has: whoever knows its cookie may end it. Several cookies of the name name none.
fn presented(request: &Request) -> Option<Key> {
    Shown::session(request.cookies.one(ADMIN).ok().flatten()?)?.session_key()
}
