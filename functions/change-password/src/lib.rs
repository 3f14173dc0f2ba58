//! `POST /api/portico/v1/developer/change-password`: whoever is signed in sets another password, and is asked for the current one.

use portico_domain::event::Name;
use portico_domain::password::{AttemptedPassword, ProposedPassword};
use portico_http::account::accept_password;
use portico_http::failed_sign_ins::too_many_attempts;
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::response::no_content;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::Key;
use portico_store::developers::{StoredPassword, address_of};
use portico_store::sessions::ChangePasswordError;
use portico_store::throttles::{Counter, Verdict};
use serde_json::json;

/// Sets another password: 204. This session goes on; every other one, and every link to set a password, is over.
///
/// A wrong current password counts as a failed sign-in: a session that somebody else uses is no way around that limit.
///
/// # Errors
/// 400 for a new password that breaks a rule (told first, and counted as nothing), 401 `Invalid Credentials` for a wrong current one (it
/// is counted, and a 400 never changes anything), 401 without a session in force, 403 where nobody has a password, 429 after too many
/// failures.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let claims = request.claims.as_ref().ok_or_else(Problem::unauthorized)?;
    let secret = Key::password(claims.sub);
    let who = portal.signed_in(&request, [secret.clone()]).await?;
    let settings = portal.with_passwords(&who.items)?;
    let mut body = Fields::of(&request.body);
    let current = body.required("current_password", text().parse_with(AttemptedPassword::parse));
    let wanted = body.required("new_password", text().parse_with(ProposedPassword::parse));
    let (current, wanted) = body.finish((current, wanted))?;
    let wanted = accept_password("new_password", wanted, &settings, &who.developer)?;

    let counters = Counter::sign_ins(portal.config.portal, &address_of(&who.developer)?, &request.source);
    let passes = match portal.verdict(&counters).await? {
        Verdict::Passes(passes) => passes,
        Verdict::RetryAfter(seconds) => return Err(too_many_attempts(seconds)),
    };
    let stored = who.items.get::<StoredPassword>(&secret)?;
    if !portal.passwords.verify(current, stored.map(|stored| stored.phc)).await? {
        return Err(portal.count_failure(&counters, passes, &who.actor(), wrong()).await?);
    }
    let password = StoredPassword { phc: portal.passwords.hash(wanted, &*portal.entropy).await?, changed_at: portal.now() };
    let changed = portal.event(Name::DeveloperPasswordChanged, who.actor(), json!({ "developer": who.developer.id }))?;
    portal.store.change_password((&who.developer, &who.session), &password, &counters, &changed).await.map_err(|error| {
        match error {
            ChangePasswordError::TooManyAttempts => too_many_attempts(1),
            ChangePasswordError::SessionOver => Problem::unauthorized(),
            ChangePasswordError::Store(error) => error.into(),
        }
    })?;
    Ok(no_content())
}

fn wrong() -> Problem {
    Problem::new(Kind::InvalidCredentials, "The current password is wrong.")
}
