//! Decisions that arrive as events on the bus. Each has an id that its sender chose, and takes effect once however often it arrives.

use serde::{Deserialize, Serialize};

use crate::id::{DeveloperId, RegistrationId};
use crate::status::Status;

/// What a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "subject", content = "id", rename_all = "lowercase")]
pub enum Subject {
    /// A developer of the portal.
    Developer(DeveloperId),
    /// An application's registration for an API.
    Registration(RegistrationId),
}

/// A decision that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// What it is about.
    pub subject: Subject,
    /// What was decided.
    pub to: Status,
    /// Who decided, as the event says: nobody has checked it.
    pub decided_by: String,
    /// What its sender calls it.
    pub decision_id: DecisionId,
}

/// What the sender of a decision calls it: 1 to [`Self::MAX_CHARS`] letters, digits and `. _ : / # + -`. No `@` and no blank: it is
/// kept for good, and must not be somebody's address or name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DecisionId(String);

/// The text is no decision's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {} letters, digits and . _ : / # + -", DecisionId::MAX_CHARS)]
pub struct InvalidDecisionId;

impl DecisionId {
    /// How long it may be.
    pub const MAX_CHARS: usize = 128;

    /// Reads an id.
    ///
    /// # Errors
    /// [`InvalidDecisionId`] if it is too long, empty, or has other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidDecisionId> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/#+-".contains(&byte);
        let good = (1..=Self::MAX_CHARS).contains(&text.len()) && text.bytes().all(known);
        good.then(|| Self(text.to_owned())).ok_or(InvalidDecisionId)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_word_that_can_be_nobodys_address() {
        for good in ["1", "CRM-4711", "a/b:c#d_e.f+g", &"x".repeat(128)] {
            assert_eq!(DecisionId::parse(good).map(|id| id.as_str().to_owned()), Ok(good.to_owned()));
        }
        for bad in ["", "ada@example.test", "two words", "é", "line\nbreak", &"x".repeat(129)] {
            assert_eq!(DecisionId::parse(bad), Err(InvalidDecisionId), "{bad:?}");
        }
    }

    #[test]
    fn a_subject_is_written_as_the_event_says_it() {
        let id = "01900000-0000-7000-8000-000000000001";
        let subject = Subject::Registration(id.parse().expect("an id"));
        let written = serde_json::json!({ "subject": "registration", "id": id });
        assert_eq!(serde_json::to_value(subject).expect("JSON"), written);
        assert_eq!(serde_json::from_value::<Subject>(written).expect("a subject"), subject);
    }
}
