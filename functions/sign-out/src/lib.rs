//! `POST /api/v3/developer/logout`: the session ends on the server and in the browser.

use http::{HeaderName, HeaderValue};
use portico_http::account::with_cookies;
use portico_http::response::no_content;
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
    let mut response = with_cookies(no_content(), cookies::clear(&portal.config.public_url)?);
    // Not "cookies": that would take those of every neighbouring host, too.
    let what = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), what);
    Ok(response)
}
