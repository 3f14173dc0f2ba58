//! `POST /api/v3/developer/logout`: the session ends on the server, in the browser and, where it came from there, at the identity provider.

use http::{HeaderName, HeaderValue, header};
use portico_http::account::with_cookies;
use portico_http::cookies::{self, ID_TOKEN};
use portico_http::response::{no_content, past_is_gone};
use portico_http::sign_on::CONTINUE;
use portico_http::{Portal, Problem, Request, Response};

/// Ends the session that the browser shows, also an expired one, and clears both cookies: 204 in any case. What the browser
/// kept of the portal's answers goes too, so that *Back* shows nothing. `Portico-Continue` says where the browser is signed out at the
/// identity provider, if the developer came from one that has such a place.
///
/// # Errors
/// Only what the store says: a session that could not be ended is not reported as ended.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let presented = portal.presented_session(&request);
    if let Some((developer, session)) = presented {
        portal.store.end_session(developer, session).await?;
    }
    let mut response = with_cookies(past_is_gone(no_content()), cookies::clear(&portal.config.public_url)?);
    let kept = request.cookies.one(ID_TOKEN);
    if !matches!(kept, Ok(None)) {
        response.headers_mut().append(header::SET_COOKIE, cookies::clear_id_token(&portal.config.public_url)?);
    }
    // One that another session left behind is somebody else's.
    let of_session = kept.ok().flatten().and_then(|kept| kept.split_once('~'));
    let of_session = of_session.filter(|(of, _)| presented.is_some_and(|(_, session)| *of == session.to_string()));
    if let Some((_, id_token)) = of_session
        && let Some(there) = there(portal, id_token).await
    {
        response.headers_mut().insert(HeaderName::from_static(CONTINUE), there);
    }
    Ok(response)
}

/// Where the browser is signed out too. The session here is over whether that can be found out or not.
async fn there(portal: &Portal, id_token: &str) -> Option<HeaderValue> {
    let provider = portal.sign_on().await.ok()?.provider?;
    let back_to = format!("{}/", portal.config.public_url.origin());
    let party = portal.party(&provider);
    let place = portal.providers.sign_out_url(&party.relying(), id_token, &back_to, portal.now()).await;
    HeaderValue::from_str(&place.ok()??).ok()
}
