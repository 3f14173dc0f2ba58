//! `POST /api/v3/developer/refresh`: the refresh cookie is exchanged for its successor and a new access JWT.

use http::header;
use portico_domain::developer::Developer;
use portico_domain::portal::Portal as Settings;
use portico_domain::refresh_token::RefreshClaims;
use portico_domain::session::{Refresh, Session};
use portico_http::cookies::{self, REFRESH};
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::Key;

/// Rotates the session of the refresh cookie, once for each token; the previous token gets the same successor for some
/// seconds, an older one ends the session.
///
/// # Errors
/// 401 for everything that is no refresh token in force; both cookies are cleared then.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    refresh(portal, &request).await.map_err(|problem| match problem.kind() {
        Kind::Unauthorized => cleared(portal, problem),
        _ => problem,
    })
}

fn cleared(portal: &Portal, problem: Problem) -> Problem {
    match cookies::clear(&portal.config.public_url) {
        Ok(lines) => lines.into_iter().fold(problem, |problem, line| problem.with_header(header::SET_COOKIE, line)),
        Err(fault) => fault,
    }
}

async fn refresh(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let token = request.cookies.one(REFRESH)?.ok_or_else(Problem::unauthorized)?;
    let claims = portal.refresh_claims(token)?;
    let now = portal.now();

    let (root, key) = (Key::developer(claims.developer), Key::session(claims.developer, claims.session));
    let settings = Key::portal(portal.config.portal);
    let items = portal.store.load(&[settings.clone(), root.clone(), key.clone()]).await?;
    let settings = items.get::<Settings>(&settings)?.filter(|settings| settings.authentication_enabled);
    let developer =
        items.get::<Developer>(&root)?.filter(|developer| settings.is_some_and(|portal| portal.id == developer.portal));
    let developer = developer.ok_or_else(Problem::unauthorized)?;
    let mut session = items.get::<Session>(&key)?.ok_or_else(Problem::unauthorized)?;
    // At most twice: whoever loses the race finds the generation after the one it presented.
    loop {
        match session.refresh(claims.generation, &developer, portal.session_lifetime(), now) {
            Refresh::Rotate(next) => match portal.store.rotate_session(&next).await? {
                Ok(()) => return portal.with_session(&next, now),
                Err(Some(moved)) if moved.generation != session.generation => session = moved,
                Err(_) => return Err(Problem::unauthorized()),
            },
            Refresh::Repeat => return portal.with_session(&session, now),
            Refresh::Stolen => return Err(end(portal, claims).await?),
            Refresh::Over => return Err(Problem::unauthorized()),
        }
    }
}

/// Ends the session of a token that somebody kept a copy of.
async fn end(portal: &Portal, claims: RefreshClaims) -> Result<Problem, Problem> {
    portal.store.end_session(claims.developer, claims.session).await?;
    tracing::warn!(developer.id = %claims.developer, session.id = %claims.session, "a refresh token was presented again");
    Ok(Problem::unauthorized())
}
