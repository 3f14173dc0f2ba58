//! `DELETE /api/portico/v1/developer/sessions/{sessionId}`: a developer ends one of the own sessions, here or elsewhere.

use portico_domain::id::SessionId;
use portico_domain::session::Session;
use portico_http::account::with_cookies;
use portico_http::response::{no_content, past_is_gone};
use portico_http::{Portal, Problem, Request, Response, cookies};
use portico_store::Key;

/// Ends a session: its next request is a 401. Ending the one that asks is signing out.
///
/// # Errors
/// 401 without a session in force; 404 for one that is not there, over, or somebody else's.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let id = request.id::<SessionId>("sessionId");
    let key = |id| request.claims.as_ref().map(|claims| Key::session(claims.sub, id));
    let who = portal.signed_in(&request, id.as_ref().ok().and_then(|id| key(*id))).await?;
    let id = id?;
    let session = who.items.get::<Session>(&Key::session(who.developer.id, id))?;
    let live = session.filter(|session| session.is_live(&who.developer, portal.now()));
    live.ok_or_else(Problem::not_found)?;
    portal.store.end_session(who.developer.id, id).await?;
    if id == who.session.id {
        return Ok(with_cookies(past_is_gone(no_content()), cookies::clear(&portal.config.public_url)?));
    }
    Ok(no_content())
}
