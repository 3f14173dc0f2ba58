//! `POST /api/v3/developer`: somebody signs up. The answer is the same whether the address is new or known.

use http::StatusCode;
use portico_domain::developer::{Developer, SignUp};
use portico_domain::email::EmailAddress;
use portico_domain::event::{Actor, Name};
use portico_domain::issued_token::IssuedToken;
use portico_domain::mail_token::{Purpose, VERIFY_LIFETIME};
use portico_domain::status::Status;
use portico_domain::text::FullName;
use portico_domain::time::Timestamp;
use portico_http::account::{Account, alive};
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::response::empty;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::developers::MailRequestError;
use portico_store::throttles::{Counter, Pass, Verdict};
use portico_store::{Key, decide_again};
use serde_json::json;

/// Makes an account, or tells the owner of the address that there is one: 201 with an empty body in any case.
///
/// Where enough mails went out already, a new account is still made (an acknowledged sign-up is never lost), but nothing is
/// mailed: its owner gets a link by signing up again later, or by asking for a password.
///
/// # Errors
/// 400 for wrong fields, 403 where nobody has a password.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let (email, full_name) = parse(&request)?;
    let counters = Counter::mails(portal.config.portal, &email, &request.source);
    decide_again(|| attempt(portal, &email, &full_name, &counters)).await?;
    Ok(empty(StatusCode::CREATED))
}

fn parse(request: &Request) -> Result<(EmailAddress, FullName), Problem> {
    let mut body = Fields::of(&request.body);
    let email = body.required("email", text().parse_with(EmailAddress::parse));
    let full_name = body.required("full_name", text().parse_with(FullName::parse));
    Ok(body.finish((email, full_name))?)
}

/// Three calls in each arm; `None` if somebody was faster.
async fn attempt(
    portal: &Portal,
    email: &EmailAddress,
    full_name: &FullName,
    counters: &[Counter; 2],
) -> Result<Option<()>, Problem> {
    let now = portal.now();
    let account = portal.account(email, counters, now).await?;
    let known = alive(portal.store.find::<Developer>(&Key::developer(account.owner)).await?);
    let done = match (known, &account.verdict) {
        (None, verdict) => sign_up(portal, &account, email, full_name, verdict, now).await?,
        (Some(known), Verdict::Passes(passes)) => remind(portal, &known, passes, now).await?,
        (Some(known), Verdict::RetryAfter(_)) => portal.store.confirm_developer(&known).await,
    };
    match done {
        Ok(()) => Ok(Some(())),
        Err(MailRequestError::Moved) => Ok(None),
        Err(MailRequestError::Store(error)) => Err(error.into()),
    }
}

/// A new account: with a link in a mail, or without.
async fn sign_up(
    portal: &Portal,
    account: &Account,
    email: &EmailAddress,
    full_name: &FullName,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<Result<(), MailRequestError>, Problem> {
    let new = SignUp {
        id: portal.new_id()?,
        portal: portal.config.portal,
        email: email.canonical().to_owned(),
        full_name: full_name.as_str().to_owned(),
    };
    let mut developer = Developer::sign_up(new, Status::initial(account.portal.auto_approve_developers), now);
    let by = Actor::Anonymous("sign-up".to_owned());
    let facts = json!({ "portal": developer.portal, "developer": developer.id, "after": { "status": developer.status } });
    let (link, passes, event) = match verdict {
        Verdict::Passes(passes) => {
            let (_, link) = portal.link(IssuedToken::next(&developer, Purpose::Verify, VERIFY_LIFETIME, now))?;
            developer.verify_generation = link.issued.generation;
            let mut data = facts;
            data["generation"] = json!(link.issued.generation);
            (Some(link), passes.as_slice(), portal.event(Name::DeveloperSignedUp, by, data)?)
        }
        Verdict::RetryAfter(_) => (None, <&[Pass]>::default(), portal.event(Name::DeveloperCreated, by, facts)?),
    };
    Ok(portal.store.sign_up(&developer, link.as_ref(), passes, &event).await)
}

/// A mail to the owner of a known address, with a fresh link if the address is not proven yet. What was sent changes nothing.
async fn remind(
    portal: &Portal,
    known: &Developer,
    passes: &[Pass],
    now: Timestamp,
) -> Result<Result<(), MailRequestError>, Problem> {
    let by = Actor::Anonymous("sign-up".to_owned());
    let unproven = known.email_verified_at.is_none() && known.may_set_password();
    let fresh = || portal.link(IssuedToken::next(known, Purpose::Verify, VERIFY_LIFETIME, now)).map(|(_, link)| link);
    let link = unproven.then(fresh).transpose()?;
    let data = match &link {
        Some(link) => json!({ "developer": known.id, "generation": link.issued.generation }),
        None => json!({ "developer": known.id }),
    };
    let event = portal.event(Name::DeveloperSignedUpAgain, by, data)?;
    Ok(portal.store.request_mail(known, link.as_ref(), passes, &event).await)
}
