//! Statuses on the wire and in words, decisions with a reason, and the answer to a step that the state machine does not have.

use portico_domain::status::{IllegalStep, Status};
use portico_domain::text::DecisionReason;
use serde_json::Value;

use crate::fields::Fields;
use crate::fields::kinds::{one_of, text};
use crate::invalid::{Invalid, Rule};
use crate::problem::{Kind, Problem};

/// The statuses that a body may ask for.
pub const STATUS_CHOICES: &[(&str, Status)] = &[
    (Status::Approved.as_str(), Status::Approved),
    (Status::Pending.as_str(), Status::Pending),
    (Status::Rejected.as_str(), Status::Rejected),
    (Status::Revoked.as_str(), Status::Revoked),
];

/// The statuses that a list may be filtered by.
pub const STATUS_WORDS: &[&str] =
    &[Status::Approved.as_str(), Status::Pending.as_str(), Status::Rejected.as_str(), Status::Revoked.as_str()];

/// The statuses that can be decided; the reason of an approval is that there is none against it.
const DECISIONS: &[(&str, Status)] = &[
    (Status::Approved.as_str(), Status::Approved),
    (Status::Rejected.as_str(), Status::Rejected),
    (Status::Revoked.as_str(), Status::Revoked),
];

/// Why somebody cannot sign in, in words for themselves: who was refused is not left waiting, and reads the reason if there is one.
pub fn not_let_in(status: Status, reason: Option<&DecisionReason>) -> String {
    let refused = match status {
        Status::Rejected => "An administrator has rejected this account.",
        Status::Revoked => "An administrator has revoked the access of this account.",
        Status::Pending | Status::Approved => {
            return "An administrator has to approve this account before you can sign in.".to_owned();
        }
    };
    match reason {
        Some(reason) => format!("{refused} The reason that was given: {reason}"),
        None => refused.to_owned(),
    }
}

/// A decision and its reason, as our own routes take them: `{"status": …, "reason": …}`.
///
/// # Errors
/// Every field that is wrong; a reason beside an approval, too.
pub fn decision(body: &Value) -> Result<(Status, Option<DecisionReason>), Invalid> {
    let mut body = Fields::of(body);
    let status = body.required("status", one_of(DECISIONS));
    let reason = body.nullable("reason", text().parse_with(DecisionReason::parse)).null_is_absent();
    if status.as_ref() == Some(&Status::Approved) && reason.as_ref().is_some_and(Option::is_some) {
        body.refuse("reason", Rule::Invalid, "is told with a rejection or a revocation, not with an approval");
    }
    body.finish((status, reason))
}

/// The 409 that names the current status (contract, point 8).
pub fn illegal_step(step: IllegalStep) -> Problem {
    Problem::new(Kind::IllegalStatusChange, format!("No such step: {step}."))
}
