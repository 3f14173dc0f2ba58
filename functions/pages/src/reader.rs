//! Who reads a page: a developer who is signed in, or anybody.

use portico_domain::developer::Developer;
use portico_domain::portal::Portal as Settings;
use portico_domain::session::Session;
use portico_http::cookies::ACCESS;
use portico_http::session_tokens::Claims;
use portico_http::who::{SignedIn, Visitor};
use portico_http::{Kind, Portal, Problem, Request};
use portico_store::{Items, Key};

use crate::shown::Stop;

/// The cookie that the theme switch sets: `light` or `dark`.
pub(crate) const THEME: &str = "porticotheme";

/// Somebody who reads a page, and what was read with it.
#[derive(Debug)]
pub(crate) struct Reader {
    /// The developer, if one is signed in.
    pub(crate) developer: Option<Developer>,
    /// The portal's settings.
    pub(crate) settings: Settings,
    /// What was asked for beside them.
    pub(crate) items: Items,
}

impl Reader {
    /// Whether a developer is signed in.
    pub(crate) const fn is_signed_in(&self) -> bool {
        self.developer.is_some()
    }

    /// As the domain asks who sees an API.
    pub(crate) async fn reads(&self, portal: &Portal) -> Result<portico_domain::reader::Reader, Problem> {
        portal.reader(&self.settings, self.developer.as_ref()).await
    }
}

/// What the access cookie says; nobody if there is none.
fn claims(portal: &Portal, request: &Request) -> Result<Option<Claims>, Stop> {
    let twice = |_| Problem::new(Kind::Invalid, "The browser sends two sessions. Delete this site's cookies, and sign in again.");
    match request.cookies.one(ACCESS).map_err(twice)?.filter(|token| !token.is_empty()) {
        None => Ok(None),
        // Whether its time is over or it was never ours: the refresh route sets or clears it.
        Some(token) => portal.config.verifier.verify(token, portal.now()).map(Some).map_err(|_| Stop::Continue),
    }
}

/// Anybody, with what else is to be read.
pub(crate) async fn anybody(portal: &Portal, request: &Request, also: impl IntoIterator<Item = Key>) -> Result<Reader, Stop> {
    let claims = claims(portal, request)?;
    let Visitor { developer, portal: settings, items } = visit(portal, request, claims, also).await?;
    Ok(Reader { developer, settings, items })
}

/// A developer who is signed in, with what else is to be read. Anybody else is sent to sign in.
pub(crate) async fn developer(portal: &Portal, request: &Request, also: impl IntoIterator<Item = Key>) -> Result<SignedIn, Stop> {
    let claims = claims(portal, request)?.ok_or(Stop::SignIn)?;
    let key = Key::session(claims.sub, claims.sid);
    let Visitor { developer, portal: settings, items } = visit(portal, request, Some(claims), also).await?;
    let developer = developer.ok_or(Stop::SignIn)?;
    let session = items.get::<Session>(&key)?.ok_or(Stop::Continue)?;
    Ok(SignedIn { developer, session, portal: settings, items })
}

async fn visit(
    portal: &Portal,
    request: &Request,
    claims: Option<Claims>,
    also: impl IntoIterator<Item = Key>,
) -> Result<Visitor, Stop> {
    portal.visitor_with(claims.as_ref(), also).await.map_err(|problem| match problem.kind() {
        Kind::Unauthorized => {
            tracing::info!(function = "pages", trace = request.trace, "the session is over");
            Stop::Continue
        }
        _ => Stop::Problem(problem),
    })
}
