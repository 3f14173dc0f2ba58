//! Problems: every answer that is not a success, as `application/problem+json` (docs/contract/README.md, "Errors").

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use portico_store::StoreError;
use serde::Serialize;

use crate::Response;
use crate::invalid::{Invalid, InvalidParameter};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $status:ident, $name:literal, $title:literal;)+) => {
        /// The closed set of problems. Each has one status and one title.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The status that it is answered with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status,)+ }
            }

            /// Its name, the last part of its `type`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// Its title, the same every time.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)+ }
            }
        }
    };
}

kinds! {
    /// Unreadable, or a field is wrong.
    Invalid = BAD_REQUEST, "invalid-request", "Invalid Request";
    /// No session, no token, or not one that is in force.
    Unauthorized = UNAUTHORIZED, "unauthorized", "Unauthorized";
    /// Address or password is wrong, or there is no such developer.
    InvalidCredentials = UNAUTHORIZED, "invalid-credentials", "Invalid Credentials";
    /// The password is right, but nobody has approved the developer.
    ApprovalRequired = UNAUTHORIZED, "approval-required", "Approval Required";
    /// The password is right, but the developer was rejected or revoked. Its title is the contract's for whoever is not approved.
    AccessRefused = UNAUTHORIZED, "access-refused", "Approval Required";
    /// The token is not for this.
    Forbidden = FORBIDDEN, "forbidden", "Forbidden";
    /// A browser sent it from another site.
    CrossSite = FORBIDDEN, "cross-site-request", "Cross-Site Request";
    /// A set is full.
    QuotaReached = FORBIDDEN, "quota-reached", "Quota Reached";
    /// Absent, not yours, or not visible to you.
    NotFound = NOT_FOUND, "not-found", "Not Found";
    /// The path has other methods.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed", "Method Not Allowed";
    /// Another application of the portal has this reference ID.
    ReferenceIdTaken = CONFLICT, "reference-id-taken", "Reference ID Taken";
    /// The application is registered for this API, in whatever status.
    AlreadyRegistered = CONFLICT, "already-registered", "Already Registered";
    /// A developer with this address exists.
    AddressTaken = CONFLICT, "address-taken", "Address Taken";
    /// The name, slug, version or link is used already.
    AlreadyExists = CONFLICT, "already-exists", "Already Exists";
    /// The state machine has no such step.
    IllegalStatusChange = CONFLICT, "illegal-status-change", "Illegal Status Change";
    /// Something else still uses it.
    InUse = CONFLICT, "in-use", "In Use";
    /// It cannot be done with what this is.
    Conflict = CONFLICT, "conflict", "Conflict";
    /// Used up, replaced or expired.
    Gone = GONE, "gone", "Gone";
    /// Too many bytes.
    TooLarge = PAYLOAD_TOO_LARGE, "too-large", "Too Large";
    /// The body is not JSON by its own account.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported Media Type";
    /// Portico does not do this.
    NotSupported = UNPROCESSABLE_ENTITY, "not-supported", "Not Supported";
    /// Too often.
    TooManyRequests = TOO_MANY_REQUESTS, "too-many-requests", "Too Many Requests";
    /// A fault of ours.
    Internal = INTERNAL_SERVER_ERROR, "internal-error", "Internal Error";
    /// The store is busy or away.
    Busy = SERVICE_UNAVAILABLE, "busy", "Service Unavailable";
}

/// A problem: what the caller is told, and what only the log is told.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    invalid: Vec<InvalidParameter>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

impl Problem {
    /// A problem of a kind; `detail` is safe to show to a person.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), invalid: Vec::new(), headers: Vec::new(), cause: None }
    }

    /// Fields are wrong.
    pub fn invalid(parameters: Vec<InvalidParameter>) -> Self {
        let detail = match parameters.as_slice() {
            [one] => format!("{} {}", one.field, one.reason),
            many => format!("{} parameters are invalid", many.len()),
        };
        Self { invalid: parameters, ..Self::new(Kind::Invalid, detail) }
    }

    /// Not there, or not for this caller: the two look the same.
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing here, or it is not yours to see.")
    }

    /// Nobody is signed in. The reason is the same whatever was wrong with what came.
    pub fn unauthorized() -> Self {
        Self::new(Kind::Unauthorized, "Sign in and try again.")
    }

    /// A fault of ours; `cause` goes to the log.
    pub fn internal(cause: impl Into<String>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(Kind::Internal, "Something went wrong on our side. The instance names this request in the logs.")
        }
    }

    /// The store cannot answer now; `cause` goes to the log.
    pub fn busy(cause: impl Into<String>) -> Self {
        let mut problem = Self::new(Kind::Busy, "The portal is busy. Try again in a moment.").retry_after(1);
        problem.cause = Some(cause.into());
        problem
    }

    /// The same problem, in other words for whoever asked.
    #[must_use]
    pub fn saying(self, detail: &str) -> Self {
        Self { detail: detail.to_owned(), ..self }
    }

    /// Too often; it may be tried again after so many seconds.
    pub fn too_many_requests(seconds: u64, detail: impl Into<String>) -> Self {
        Self::new(Kind::TooManyRequests, detail).retry_after(seconds)
    }

    /// When to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// Adds a header to the answer; cookies may come more than once.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Its kind.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What is safe to show to a person.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The fields that are wrong.
    pub fn invalid_parameters(&self) -> &[InvalidParameter] {
        &self.invalid
    }

    /// What the answer says beside its body, such as when to come again.
    pub fn headers(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        self.headers.iter()
    }

    /// What is for the log alone.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The answer.
    pub fn into_response(self, trace: &str) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            status: u16,
            title: &'a str,
            detail: &'a str,
            instance: String,
            #[serde(rename = "type")]
            kind: String,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            invalid_parameters: &'a [InvalidParameter],
        }
        let status = self.kind.status();
        let body = Body {
            status: status.as_u16(),
            title: self.kind.title(),
            detail: &self.detail,
            instance: format!("portico:trace:{trace}"),
            kind: format!("urn:portico:problem:{}", self.kind.name()),
            invalid_parameters: &self.invalid,
        };
        let mut response = Response::new(Bytes::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        response
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::invalid(invalid.into_parameters())
    }
}

impl From<InvalidParameter> for Problem {
    fn from(parameter: InvalidParameter) -> Self {
        Self::invalid(vec![parameter])
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(cause) | StoreError::Unavailable(cause) => Self::busy(cause),
            StoreError::Corrupt(cause) => Self::internal(cause),
        }
    }
}
