//! The samples in `events/` and what the functions answer to them: by their own binaries, and under `cargo lambda invoke`.

use serde_json::Value;

/// What each function answers to its sample on a portal without developers: a status, or a whole reply.
pub const ANSWERS: &[(&str, Answer)] = &[
    ("admin-applications", Answer::Status(401)),
    ("admin-auth-strategies", Answer::Status(401)),
    ("admin-catalog", Answer::Status(401)),
    ("admin-developers", Answer::Status(401)),
    ("admin-documents", Answer::Status(401)),
    ("admin-identity", Answer::Status(401)),
    ("admin-portal", Answer::Status(401)),
    ("admin-session", Answer::Status(401)),
    ("admin-teams", Answer::Status(401)),
    ("authorize", Answer::Member("isAuthorized", "false")),
    ("browse-catalog", Answer::Status(200)),
    ("cancel-registration", Answer::Status(401)),
    ("change-password", Answer::Status(401)),
    ("create-app", Answer::Status(401)),
    ("decide-approval", Answer::Failed("not-found: detail.id")),
    ("delete-app", Answer::Status(401)),
    ("delete-credential", Answer::Status(401)),
    ("describe-portal", Answer::Status(200)),
    ("end-session", Answer::Status(401)),
    ("finish-sso", Answer::Status(400)),
    ("forgot-password", Answer::Status(200)),
    ("generate-credential", Answer::Status(401)),
    ("note-delivery", Answer::Any),
    ("pages", Answer::Status(200)),
    ("refresh-session", Answer::Status(401)),
    ("register", Answer::Status(401)),
    ("relay-events", Answer::Member("batchItemFailures", "[]")),
    ("rename-credential", Answer::Status(401)),
    ("reset-password", Answer::Status(404)),
    ("run-jobs", Answer::Any),
    ("search-catalog", Answer::Status(200)),
    ("send-email", Answer::Any),
    ("sign-in", Answer::Status(401)),
    ("sign-out", Answer::Status(204)),
    ("signup", Answer::Status(201)),
    ("start-sso", Answer::Status(400)),
    ("unknown-route", Answer::Status(404)),
    ("update-app", Answer::Status(401)),
    ("update-profile", Answer::Status(401)),
    ("verify-email", Answer::Status(404)),
    ("view-apps", Answer::Status(401)),
    ("view-profile", Answer::Status(401)),
];

/// What a reply must be.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// `statusCode`.
    Status(u16),
    /// A member of the reply, as JSON text.
    Member(&'static str, &'static str),
    /// An error whose message begins so.
    Failed(&'static str),
    /// A reply and not an error.
    Any,
}

impl Answer {
    /// Holds the reply of a function, or its error, against what it must be.
    ///
    /// # Panics
    /// If it is something else.
    #[track_caller]
    pub fn check(&self, function: &str, reply: Result<Value, String>) {
        let reply = match (self, reply) {
            (Self::Failed(message), Err(error)) => return assert!(error.contains(message), "{function}: {error}"),
            (Self::Failed(_), Ok(reply)) => panic!("{function} does not fail: {reply}"),
            (_, Err(error)) => panic!("{function}: {error}"),
            (_, Ok(reply)) => reply,
        };
        match self {
            Self::Status(status) => assert_eq!(reply["statusCode"], *status, "{function}: {reply}"),
            Self::Member(member, value) => assert_eq!(reply[member].to_string(), *value, "{function}: {reply}"),
            Self::Failed(_) | Self::Any => {}
        }
    }
}
