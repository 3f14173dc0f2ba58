//! Why somebody is not signed in, and the page that tells them.

use http::StatusCode;
use portico_domain::portal::Portal as Settings;
use portico_domain::single_sign_on::Refusal;
use portico_http::approval::not_let_in;
use portico_http::plain_page::PlainPage;
use portico_http::sign_on::BEGIN;
use portico_http::{Problem, Request, Response};
use portico_identity::code_flow::SignOnError;
use portico_store::StoreError;

/// Why there is no session.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The portal has no single sign-on now.
    NoSignOn,
    /// What came is no answer to something that this browser began, or was used before.
    NotBegun,
    /// What came is none of the provider's, or not for this portal.
    NotTheirs,
    /// The person did not sign in there.
    Declined,
    /// The provider does not sign the person in.
    Failed,
    /// The portal is set up otherwise at the provider.
    NotSetUp,
    /// The provider cannot be asked.
    Unavailable,
    /// The person may not come in.
    Refused(Refusal),
    /// The store, or a fault.
    Problem(Problem),
}

impl From<SignOnError> for Stop {
    fn from(error: SignOnError) -> Self {
        match error {
            SignOnError::Code => Self::NotBegun,
            SignOnError::NotSetUp => Self::NotSetUp,
            SignOnError::NotTheirs => Self::NotTheirs,
            SignOnError::Unavailable(_) => Self::Unavailable,
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

/// What a page says.
struct Words {
    status: StatusCode,
    /// For the log.
    name: &'static str,
    title: &'static str,
    text: String,
}

impl Stop {
    /// What a provider's `error` means (RFC 6749, 4.1.2.1).
    pub(crate) fn declined(error: &str) -> Self {
        match error {
            "access_denied" | "login_required" | "consent_required" | "interaction_required" => Self::Declined,
            "invalid_request" | "unauthorized_client" | "unsupported_response_type" | "invalid_scope" => Self::NotSetUp,
            "temporarily_unavailable" | "server_error" => Self::Unavailable,
            _ => Self::Failed,
        }
    }

    /// The page, which says what is in the way and where to go on.
    ///
    /// # Errors
    /// A 500 if it cannot be rendered.
    pub(crate) fn page(self, request: &Request, portal: &Settings) -> Result<Response, Problem> {
        let Words { status, name, title, text } = self.words(portal);
        if let Self::Problem(problem) = &self {
            tracing::error!(
                function = "finish-sso",
                trace = request.trace,
                status = status.as_u16(),
                kind = name,
                cause = problem.cause(),
                "failed"
            );
        } else {
            tracing::info!(function = "finish-sso", trace = request.trace, status = status.as_u16(), kind = name, "refused");
        }
        let actions = self.actions(portal);
        let page = PlainPage { portal: &portal.display_name, title, paragraphs: vec![text], actions, trace: &request.trace };
        match &self {
            Self::Problem(problem) => page.answer_to(problem),
            _ => page.answer(status),
        }
    }

    /// Where to go on. Whoever has an account with a password comes back here after signing in to it.
    fn actions(&self, portal: &Settings) -> Vec<(&'static str, String)> {
        let begin = (!matches!(self, Self::NoSignOn | Self::Refused(_))).then(|| ("Begin again", BEGIN.to_owned()));
        let place = match self {
            Self::Refused(Refusal::AddressTaken) => format!("/login?to={BEGIN}"),
            _ => "/login".to_owned(),
        };
        let password = portal.basic_auth_enabled.then_some(("Sign in with a password", place));
        [begin, password, Some(("Go to the catalog", "/apis".to_owned()))].into_iter().flatten().collect()
    }

    fn words(&self, portal: &Settings) -> Words {
        let words = |status, name, title, text: &str| Words { status, name, title, text: text.to_owned() };
        match self {
            Self::NoSignOn => words(
                StatusCode::BAD_REQUEST,
                "no-single-sign-on",
                "This portal has no single sign-on",
                "An administrator has switched it off.",
            ),
            Self::NotBegun => words(
                StatusCode::BAD_REQUEST,
                "sign-in-not-begun",
                "This sign-in cannot be finished",
                "It was begun in another browser, longer than ten minutes ago, or was finished before. Begin again.",
            ),
            Self::NotTheirs => words(
                StatusCode::BAD_REQUEST,
                "answer-not-accepted",
                "This sign-in cannot be finished",
                "What came back is no answer of the identity provider to this portal. Begin again.",
            ),
            Self::Declined => words(
                StatusCode::BAD_REQUEST,
                "declined",
                "You are not signed in",
                "You did not sign in at the identity provider, or did not agree there.",
            ),
            Self::Failed => words(
                StatusCode::BAD_REQUEST,
                "provider-refuses",
                "You are not signed in",
                "The identity provider did not sign you in.",
            ),
            Self::NotSetUp => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-set-up",
                "Signing in does not work now",
                "The portal is not set up at the identity provider as it should be. Tell an administrator.",
            ),
            Self::Unavailable => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "provider-unavailable",
                "Signing in does not work now",
                "The identity provider cannot be asked. Try again in a moment.",
            ),
            Self::Refused(refusal) => refused(refusal, portal),
            Self::Problem(problem) => {
                words(problem.kind().status(), problem.kind().name(), "Signing in does not work now", problem.detail())
            }
        }
    }
}

fn refused(refusal: &Refusal, portal: &Settings) -> Words {
    let title = "You cannot come in this way";
    let words = |status, name, text: &str| Words { status, name, title, text: text.to_owned() };
    match refusal {
        Refusal::NoAddress => words(
            StatusCode::FORBIDDEN,
            "no-address",
            "The identity provider gives no e-mail address of yours that the portal can take. Ask whoever manages it to add one.",
        ),
        Refusal::NotProven => words(
            StatusCode::FORBIDDEN,
            "address-not-proven",
            "The identity provider does not say that your e-mail address was verified. Verify it there, then begin again.",
        ),
        Refusal::AddressTaken => words(
            StatusCode::CONFLICT,
            "address-taken",
            if portal.basic_auth_enabled {
                "There is an account with your e-mail address already. Sign in to it with its password: from then on, both lead to it."
            } else {
                "There is an account with your e-mail address already. Ask an administrator."
            },
        ),
        Refusal::SomebodyElse => words(
            StatusCode::CONFLICT,
            "somebody-else",
            "The account with your e-mail address belongs to somebody else at the identity provider. Ask an administrator.",
        ),
        Refusal::NotApproved { status, reason } => {
            words(StatusCode::FORBIDDEN, "access-refused", &not_let_in(*status, reason.as_ref()))
        }
    }
}
