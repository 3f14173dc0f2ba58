//! `POST /api/v3/developer/verify-email`: the link of a verification mail is used, and a token to set a password takes its place.

use portico_domain::developer::Developer;
use portico_domain::digest::Digest;
use portico_domain::event::{Actor, Name};
use portico_domain::issued_token::IssuedToken;
use portico_domain::mail_token::{MailToken, PASSWORD_LIFETIME, Purpose};
use portico_http::fields::kinds::uuid;
use portico_http::fields::{Fields, Kind as _};
use portico_http::response::accepted;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::developers::UseLinkError;
use portico_store::mail_tokens::Link;
use portico_store::{Key, decide_again};
use serde::Serialize;
use serde_json::json;

/// What follows from a proven address.
#[derive(Serialize)]
struct Verified<'a> {
    email: &'a str,
    token: &'a str,
}

/// Proves the address that a token was mailed to, once.
///
/// # Errors
/// 400 for a malformed token, 404 for an unknown one, 410 for one that was used, replaced or is too old, 403 where nobody has a
/// password.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let mut body = Fields::of(&request.body);
    let token = body.required("token", uuid().map(MailToken::from));
    let digest = body.finish(token)?.digest();
    decide_again(|| attempt(portal, digest)).await
}

/// Uses the token as it was read. `None` if somebody was faster: with this link, which is over then, or with one to a password,
/// which does it no harm.
async fn attempt(portal: &Portal, digest: Digest) -> Result<Option<Response>, Problem> {
    let now = portal.now();
    let key = Key::mail_token(Purpose::Verify.as_str(), &digest.to_string());
    let items = portal.store.load(&[Key::portal(portal.config.portal), key.clone()]).await?;
    portal.with_passwords(&items)?;
    let issued = items.get::<IssuedToken>(&key)?.filter(|issued| issued.portal == portal.config.portal);
    let issued = issued.ok_or_else(Problem::not_found)?;
    let developer = portal.store.find::<Developer>(&Key::developer(issued.developer)).await?.ok_or_else(gone)?;
    issued.accept(&developer, now).map_err(|_| gone())?;

    let (token, next) = portal.link(IssuedToken::next(&developer, Purpose::Password, PASSWORD_LIFETIME, now))?;
    let status = json!({ "status": developer.status });
    let data = json!({ "portal": developer.portal, "developer": developer.id, "before": status, "after": status });
    let event = portal.event(Name::DeveloperVerified, Actor::Developer(developer.id), data)?;
    match portal.store.verify_email(&Link { issued, digest }, &next, &event, now).await {
        Ok(()) => accepted(&Verified { email: &developer.email, token: &token.expose() }).map(Some),
        Err(UseLinkError::Spent) => Ok(None),
        Err(UseLinkError::Store(error)) => Err(error.into()),
    }
}

fn gone() -> Problem {
    Problem::new(Kind::Gone, "This link was used, was replaced by a newer one, or is too old. Sign up again to get another one.")
}
