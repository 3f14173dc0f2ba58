//! `POST /api/v3/developer/reset-password`: a mailed or handed-out token sets a password, the first one or another.

use portico_domain::developer::Developer;
use portico_domain::event::{Actor, Name};
use portico_domain::issued_token::IssuedToken;
use portico_domain::mail_token::{MailToken, Purpose};
use portico_domain::password::ProposedPassword;
use portico_http::account::accept_password;
use portico_http::fields::kinds::{text, uuid};
use portico_http::fields::{Fields, Kind as _};
use portico_http::response::no_content;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::Key;
use portico_store::developers::{StoredPassword, UseLinkError, address_of};
use portico_store::mail_tokens::Link;
use portico_store::throttles::Counter;
use serde_json::json;

/// Sets a password, once for each token. It ends every session and every other link, and signs nobody in.
///
/// # Errors
/// 400 for a malformed token or a password that breaks a rule (the token stays good), 404 for an unknown token, 410 for one that
/// was used, replaced or is too old, or whose developer was rejected or revoked; 403 where nobody has a password.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let mut body = Fields::of(&request.body);
    let password = body.required("password", text().parse_with(ProposedPassword::parse));
    let token = body.required("token", uuid().map(MailToken::from));
    let (password, token) = body.finish((password, token))?;
    let digest = token.digest();
    let now = portal.now();

    let key = Key::mail_token(Purpose::Password.as_str(), &digest.to_string());
    let items = portal.store.load(&[Key::portal(portal.config.portal), key.clone()]).await?;
    let settings = portal.with_passwords(&items)?;
    let issued = items.get::<IssuedToken>(&key)?.filter(|issued| issued.portal == portal.config.portal);
    let issued = issued.ok_or_else(Problem::not_found)?;
    let developer = portal.store.find::<Developer>(&Key::developer(issued.developer)).await?.ok_or_else(gone)?;
    issued.accept(&developer, now).map_err(|_| gone())?;
    let password = accept_password("password", password, &settings, &developer)?;

    let phc = portal.passwords.hash(password, &*portal.entropy).await?;
    let by = Actor::Developer(developer.id);
    let changed = portal.event(Name::DeveloperPasswordChanged, by.clone(), json!({ "developer": developer.id }))?;
    // Whoever follows a link from a mail has proven the address, if that was still to be done.
    let status = json!({ "status": developer.status });
    let facts = json!({ "portal": developer.portal, "developer": developer.id, "before": status, "after": status });
    let unproven = developer.email_verified_at.is_none();
    let verified = unproven.then(|| portal.event(Name::DeveloperVerified, by, facts)).transpose()?;
    let attempts = Counter::sign_ins_of(developer.portal, &address_of(&developer)?);
    let stored = StoredPassword { phc, changed_at: now };
    portal
        .store
        .set_password(&developer, &Link { issued, digest }, &stored, &attempts, (&changed, verified.as_ref()))
        .await
        .map_err(|error| match error {
            UseLinkError::Spent => gone(),
            UseLinkError::Store(error) => error.into(),
        })?;
    Ok(no_content())
}

fn gone() -> Problem {
    Problem::new(Kind::Gone, "This link was used, was replaced by a newer one, or is too old. Ask for a new one.")
}
