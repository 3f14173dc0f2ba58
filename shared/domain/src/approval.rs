//! What administrators decide about developers and about registrations: the same steps, with events of their own.

use serde_json::{Value, json};

use crate::event::Name;
use crate::status::{IllegalStep, Status, Step};

/// A decision that changes a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The status that the decision was made on.
    pub from: Status,
    /// The status from now on.
    pub to: Status,
    /// What it is called.
    pub event: Name,
}

/// The events of the three statuses that can be reached.
struct Events {
    approved: Name,
    rejected: Name,
    revoked: Name,
}

impl Decision {
    /// A decision about a developer; nothing if the status is there already.
    ///
    /// # Errors
    /// [`IllegalStep`] if the status cannot become `to` (contract, point 8).
    pub fn about_developer(from: Status, to: Status) -> Result<Option<Self>, IllegalStep> {
        let events =
            Events { approved: Name::DeveloperApproved, rejected: Name::DeveloperRejected, revoked: Name::DeveloperRevoked };
        Self::of(from, to, &events)
    }

    /// A decision about a registration; nothing if the status is there already.
    ///
    /// # Errors
    /// [`IllegalStep`] if the status cannot become `to` (contract, point 8).
    pub fn about_registration(from: Status, to: Status) -> Result<Option<Self>, IllegalStep> {
        let events = Events {
            approved: Name::RegistrationApproved,
            rejected: Name::RegistrationRejected,
            revoked: Name::RegistrationRevoked,
        };
        Self::of(from, to, &events)
    }

    fn of(from: Status, to: Status, events: &Events) -> Result<Option<Self>, IllegalStep> {
        if from.step(to)? == Step::Unchanged {
            return Ok(None);
        }
        let event = match to {
            Status::Approved => events.approved,
            Status::Rejected => events.rejected,
            Status::Revoked => events.revoked,
            Status::Pending => return Err(IllegalStep { from, to }),
        };
        Ok(Some(Self { from, to, event }))
    }

    /// Whether it takes something away that was granted: then sessions end.
    pub fn withdraws(&self) -> bool {
        self.from == Status::Approved
    }

    /// What was before and what is after, for the event.
    pub fn before_and_after(&self) -> (Value, Value) {
        (json!({ "status": self.from }), json!({ "status": self.to }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_legal_step_has_the_event_of_its_end_and_no_other_step_is_decided() {
        for from in Status::ALL {
            for to in Status::ALL {
                let developer = Decision::about_developer(from, to);
                let registration = Decision::about_registration(from, to);
                match from.step(to) {
                    Err(step) => assert_eq!((developer, registration), (Err(step), Err(step))),
                    Ok(Step::Unchanged) => assert_eq!((developer, registration), (Ok(None), Ok(None))),
                    Ok(Step::Changed) => {
                        let name =
                            |decision: Result<Option<Decision>, IllegalStep>| decision.ok().flatten().map(|d| d.event.as_str());
                        assert_eq!(name(developer), Some(format!("developer.{to}").as_str()));
                        assert_eq!(name(registration), Some(format!("registration.{to}").as_str()));
                    }
                }
            }
        }
    }

    #[test]
    fn only_leaving_approved_withdraws_something() {
        let withdraws = |from, to| Decision::about_developer(from, to).ok().flatten().map(|decision| decision.withdraws());
        assert_eq!(withdraws(Status::Approved, Status::Revoked), Some(true));
        assert_eq!(withdraws(Status::Pending, Status::Rejected), Some(false));
        assert_eq!(withdraws(Status::Revoked, Status::Approved), Some(false));
    }
}
