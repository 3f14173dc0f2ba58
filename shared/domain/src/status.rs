//! The one state machine that developers and registrations share.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How far an approval has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Waits for an administrator.
    Pending,
    /// May do what was asked for.
    Approved,
    /// Was refused; may still be approved.
    Rejected,
    /// Was approved and is no longer; may be approved again.
    Revoked,
}

/// What a permitted request for a status amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is there already: nothing is written and no event tells of it.
    Unchanged,
    /// The status changes.
    Changed,
}

/// A step that the state machine does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the status is {from}, from where it cannot become {to}")]
pub struct IllegalStep {
    /// The status now.
    pub from: Status,
    /// The status that was asked for.
    pub to: Status,
}

impl Status {
    /// Every status, in the order of the contract.
    pub const ALL: [Self; 4] = [Self::Approved, Self::Pending, Self::Rejected, Self::Revoked];

    /// Decides whether this status may become another one (contract, point 8).
    ///
    /// # Errors
    /// [`IllegalStep`] names both.
    pub const fn step(self, to: Self) -> Result<Step, IllegalStep> {
        use Status::{Approved, Pending, Rejected, Revoked};
        match (self, to) {
            (Pending, Pending) | (Approved, Approved) | (Rejected, Rejected) | (Revoked, Revoked) => Ok(Step::Unchanged),
            (Pending | Rejected | Revoked, Approved) | (Pending, Rejected) | (Approved, Revoked) => Ok(Step::Changed),
            (Pending | Rejected, Revoked) | (Approved | Rejected | Revoked, Pending) | (Approved | Revoked, Rejected) => {
                Err(IllegalStep { from: self, to })
            }
        }
    }

    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
        }
    }

    /// The status of something new that needs approval, unless the switch approves it by itself.
    pub const fn initial(approves_by_itself: bool) -> Self {
        if approves_by_itself { Self::Approved } else { Self::Pending }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be approved, pending, rejected or revoked")]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_are_those_of_the_contract_and_no_others() {
        use Status::{Approved, Pending, Rejected, Revoked};
        let legal = [(Pending, Approved), (Pending, Rejected), (Approved, Revoked), (Rejected, Approved), (Revoked, Approved)];
        for from in Status::ALL {
            for to in Status::ALL {
                let expected = if from == to {
                    Ok(Step::Unchanged)
                } else if legal.contains(&(from, to)) {
                    Ok(Step::Changed)
                } else {
                    Err(IllegalStep { from, to })
                };
                assert_eq!(from.step(to), expected, "{from} -> {to}");
            }
        }
    }
}
