//! `POST /api/v3/developer/logout`: the session ends on the server and in the browser.

use portico_http::account::with_cookies;
use portico_http::response::{no_content, past_is_gone};
use portico_http::{Portal, Problem, Request, Response, cookies};

/// Ends the session that the browser shows, also an expired one, and clears both cookies: 204 in any case. What the browser
/// kept of the portal's answers goes too, so that *Back* shows nothing.
///
/// # Errors
/// Only what the store says: a session that could not be ended is not reported as ended.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    if let Some((developer, session)) = portal.presented_session(&request) {
        portal.store.end_session(developer, session).await?;
    }
    Ok(with_cookies(past_is_gone(no_content()), cookies::clear(&portal.config.public_url)?))
}
