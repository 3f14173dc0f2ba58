//! `POST /api/v3/developer/authenticate`: a developer signs in with a password.

use portico_domain::developer::Developer;
use portico_domain::email::EmailAddress;
use portico_domain::event::Actor;
use portico_domain::password::AttemptedPassword;
use portico_domain::session::Session;
use portico_domain::status::Status;
use portico_http::account::alive;
use portico_http::approval::not_let_in;
use portico_http::failed_sign_ins::too_many_attempts;
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::Key;
use portico_store::developers::StoredPassword;
use portico_store::sessions::SignInError;
use portico_store::throttles::{Counter, Verdict};

/// Begins a session: 204 with both cookies, always under a new id; the session that the browser came with is over.
///
/// Each arm makes three store calls and computes one hash: two reads, then either the sign-in is accepted or its failure is
/// counted, on condition that the limit is not reached meanwhile. So no number of parallel guesses gets more answers than it.
///
/// # Errors
/// 401 `Invalid Credentials` in the same words whatever was wrong; 401 `Approval Required` after the right password alone; 429 after
/// too many failures, for known and unknown addresses alike; 403 where nobody has a password.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let mut body = Fields::of(&request.body);
    let email = body.required("username", text().parse_with(EmailAddress::parse));
    let password = body.required("password", text().parse_with(AttemptedPassword::parse));
    let (email, password) = body.finish((email, password))?;

    let counters = Counter::sign_ins(portal.config.portal, &email, &request.source);
    let account = portal.account(&email, &counters, portal.now()).await?;
    let passes = match account.verdict {
        Verdict::Passes(passes) => passes,
        Verdict::RetryAfter(seconds) => return Err(too_many_attempts(seconds)),
    };
    let (root, secret) = (Key::developer(account.owner), Key::password(account.owner));
    let items = portal.store.load(&[root.clone(), secret.clone()]).await?;
    let developer = alive(items.get::<Developer>(&root)?).filter(|developer| developer.email_verified_at.is_some());
    let stored = items.get::<StoredPassword>(&secret)?.filter(|_| developer.is_some());
    let right = portal.passwords.verify(password, stored.map(|stored| stored.phc)).await?;
    match developer.filter(|_| right) {
        Some(developer) => accept(portal, &request, &developer, &counters).await,
        None => {
            let by = Actor::Anonymous("sign-in".to_owned());
            Err(portal.count_failure(&counters, passes, &by, invalid_credentials()).await?)
        }
    }
}

/// The password is right: a session for an approved developer, else the reason why there is none.
async fn accept(portal: &Portal, request: &Request, developer: &Developer, counters: &[Counter; 2]) -> Result<Response, Problem> {
    let now = portal.now();
    let approved = developer.is_approved();
    let session = Session::begin(portal.new_id()?, developer, portal.session_lifetime(), now);
    let old = portal.presented_session(request).filter(|_| approved);
    portal.store.accept_sign_in(developer, approved.then_some(&session), old, counters, now).await.map_err(
        |error| match error {
            SignInError::TooManyAttempts => too_many_attempts(1),
            SignInError::NotApproved => not_approved(developer),
            SignInError::PasswordReplaced => invalid_credentials(),
            SignInError::Store(error) => error.into(),
        },
    )?;
    if approved { portal.with_session(&session, now) } else { Err(not_approved(developer)) }
}

fn invalid_credentials() -> Problem {
    Problem::new(Kind::InvalidCredentials, "The e-mail address or the password is wrong.")
}

/// Why somebody with the right password cannot sign in. Who was refused is not left waiting, and reads the reason if there is one.
fn not_approved(developer: &Developer) -> Problem {
    let kind = match developer.status {
        Status::Rejected | Status::Revoked => Kind::AccessRefused,
        Status::Pending | Status::Approved => Kind::ApprovalRequired,
    };
    Problem::new(kind, not_let_in(developer.status, developer.reason.as_ref()))
}
