//! From an event of the bus to a decision: every wrong field by name, and no member that is not understood.

use portico_domain::arrived::{Arrived, DecisionId, Subject};
use portico_domain::id::{DeveloperId, RegistrationId};
use portico_domain::status::Status;
use portico_http::fields::kinds::{object, one_of, text, uuid};
use portico_http::fields::{Fields, Kind as _};
use portico_http::invalid::Invalid;
use portico_http::{Kind, Problem};
use serde_json::Value;

#[derive(Clone, Copy)]
enum About {
    Developer,
    Registration,
}

const SUBJECTS: &[(&str, About)] = &[("developer", About::Developer), ("registration", About::Registration)];

const DECISIONS: &[(&str, Status)] = &[
    (Status::Approved.as_str(), Status::Approved),
    (Status::Rejected.as_str(), Status::Rejected),
    (Status::Revoked.as_str(), Status::Revoked),
];

/// The decision that an event of the bus (EventBridge's envelope) tells of. Its `reason` is for those who read the bus: it may name
/// somebody, so that Portico does not keep it.
///
/// # Errors
/// Every wrong field, by its path in the event.
pub fn decision(event: &Value) -> Result<Arrived, Invalid> {
    let mut envelope = Fields::of(event);
    envelope.open();
    let detail = object(|detail: &mut Fields<'_>| {
        (
            detail.required("subject", one_of(SUBJECTS)),
            detail.required("id", uuid()),
            detail.required("decision", one_of(DECISIONS)),
            detail.required("decided_by", text().single_line().chars(1..=64)),
            detail.nullable("reason", text().max(1000)).null_is_absent(),
            detail.required("decision_id", text().parse_with(DecisionId::parse)),
        )
    });
    let detail = envelope.required(
        "detail",
        detail.map(|(about, id, to, decided_by, _reason, decision_id)| {
            let subject = match about {
                About::Developer => Subject::Developer(DeveloperId::new(id)),
                About::Registration => Subject::Registration(RegistrationId::new(id)),
            };
            Arrived { subject, to, decided_by, decision_id }
        }),
    );
    envelope.finish(detail)
}

/// What the log and the dead letter say of an event that is no decision: fields and rules, and nothing that was in them.
pub(crate) fn unreadable(faults: &Invalid) -> Problem {
    let faults: Vec<_> = faults.parameters().iter().map(|fault| format!("{} {}", fault.field, fault.reason)).collect();
    Problem::new(Kind::Invalid, faults.join("; "))
}
