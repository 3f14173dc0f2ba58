//! Statuses on the wire, and the answer to a step that the state machine does not have.

use portico_domain::status::{IllegalStep, Status};

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

/// The 409 that names the current status (contract, point 8).
pub fn illegal_step(step: IllegalStep) -> Problem {
    Problem::new(Kind::IllegalStatusChange, format!("No such step: {step}."))
}
