//! `POST /api/v3/developer/forgot-password`: a link to set a password is mailed, if there is somebody to mail it to.

use http::StatusCode;
use portico_domain::developer::Developer;
use portico_domain::email::EmailAddress;
use portico_domain::event::{Actor, Name};
use portico_domain::issued_token::IssuedToken;
use portico_domain::mail_token::{PASSWORD_LIFETIME, Purpose};
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::response::empty;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::developers::MailRequestError;
use portico_store::throttles::{Counter, Verdict};
use portico_store::{Key, decide_again};
use serde_json::json;

/// Answers 200 with an empty body, whether or not the address is known. Pending and approved developers get a link, at most
/// as often as mails may go to an address and be caused by a source.
///
/// # Errors
/// 400 for wrong fields, 403 where nobody has a password.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let mut body = Fields::of(&request.body);
    let email = body.required("email", text().parse_with(EmailAddress::parse));
    let email = body.finish(email)?;
    let counters = Counter::mails(portal.config.portal, &email, &request.source);
    decide_again(|| attempt(portal, &email, &counters)).await?;
    Ok(empty(StatusCode::OK))
}

/// One call over the limit, else three, whoever has the address; `None` if somebody was faster.
async fn attempt(portal: &Portal, email: &EmailAddress, counters: &[Counter; 2]) -> Result<Option<()>, Problem> {
    let now = portal.now();
    let account = portal.account(email, counters, now).await?;
    let Verdict::Passes(passes) = &account.verdict else { return Ok(Some(())) };
    let developer = portal.store.find::<Developer>(&Key::developer(account.owner)).await?;
    let done = match developer.filter(Developer::may_set_password) {
        None => portal.store.count_mail_request(passes).await,
        Some(developer) => {
            let (_, link) = portal.link(IssuedToken::next(&developer, Purpose::Password, PASSWORD_LIFETIME, now))?;
            let data = json!({ "developer": developer.id, "generation": link.issued.generation });
            let event = portal.event(Name::DeveloperPasswordRequested, Actor::Anonymous("forgot-password".to_owned()), data)?;
            portal.store.request_mail(&developer, Some(&link), passes, &event).await
        }
    };
    match done {
        Ok(()) => Ok(Some(())),
        Err(MailRequestError::Moved) => Ok(None),
        Err(MailRequestError::Store(error)) => Err(error.into()),
    }
}
