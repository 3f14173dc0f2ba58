//! Mails that never arrived: what is noted of that on the developer, and what takes the note away again.
//!
//! Reports come more than once and in any order. A mail is known by the event that it is about, whose id sorts by time: a report counts
//! only if it is about a newer mail than what is known already.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::developer::Developer;
use crate::id::EventId;
use crate::time::Timestamp;

/// Why a mail never arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// SES does not send it: its content, or an identity that is not verified while the account is in the sandbox.
    Rejected,
    /// SES cannot read it or its recipient's address.
    Malformed,
    /// The sender's domain is not verified.
    SenderNotVerified,
    /// The account may not send any more.
    AccountSuspended,
    /// The recipient's server has refused it for good.
    Bounced,
    /// The recipient called it spam.
    Complained,
    /// The address is on a list of those that bounced or complained before.
    Suppressed,
}

impl Reason {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Malformed => "malformed",
            Self::SenderNotVerified => "sender_not_verified",
            Self::AccountSuspended => "account_suspended",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
        }
    }

    /// Whether the mail did not even leave: then the next one that does is a sign that the fault is gone. What failed on its way is
    /// known to be mended only by one that arrives.
    pub const fn is_before_sending(self) -> bool {
        match self {
            Self::Rejected | Self::Malformed | Self::SenderNotVerified | Self::AccountSuspended => true,
            Self::Bounced | Self::Complained | Self::Suppressed => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A mail that never arrived, as it stands on the developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFailure {
    /// The event that the mail was about.
    pub mail: EventId,
    /// Why.
    pub reason: Reason,
    /// The event that noted it.
    pub noted: EventId,
    /// When it was noted.
    pub at: Timestamp,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It left.
    Accepted,
    /// It arrived.
    Delivered,
    /// It never will.
    Failed(Reason),
}

impl Outcome {
    /// Whether this changes what the developer says of their mails.
    pub fn is_news(self, developer: &Developer, mail: EventId) -> bool {
        if developer.deleted_at.is_some() {
            return false;
        }
        let arrived_since = developer.mail_arrived.is_some_and(|arrived| arrived >= mail);
        let newer = developer.mail_failure.filter(|failure| failure.mail < mail);
        match self {
            Self::Failed(_) => !arrived_since && (developer.mail_failure.is_none() || newer.is_some()),
            Self::Delivered => newer.is_some(),
            Self::Accepted => newer.is_some_and(|failure| failure.reason.is_before_sending()),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::developer::SignUp;
    use crate::id::{DeveloperId, PortalId};
    use crate::status::Status;

    fn mail(number: u128) -> EventId {
        EventId::new(Uuid::from_u128(number))
    }

    fn developer(failure: Option<(u128, Reason)>, arrived: Option<u128>) -> Developer {
        let new = SignUp {
            id: DeveloperId::new(Uuid::from_u128(1)),
            portal: PortalId::new(Uuid::from_u128(2)),
            email: "ada@example.test".to_owned(),
            full_name: "Ada".to_owned(),
        };
        let at = Timestamp::from_millis(0);
        let failure = failure.map(|(number, reason)| MailFailure { mail: mail(number), reason, noted: mail(9), at });
        Developer { mail_failure: failure, mail_arrived: arrived.map(mail), ..Developer::sign_up(new, Status::Pending, at) }
    }

    #[test]
    fn a_failure_is_news_once_whatever_comes_again_and_in_whatever_order() {
        let bounced = Outcome::Failed(Reason::Bounced);
        assert!(bounced.is_news(&developer(None, None), mail(5)));
        assert!(!bounced.is_news(&developer(Some((5, Reason::Bounced)), None), mail(5)), "again");
        assert!(!bounced.is_news(&developer(Some((6, Reason::Bounced)), None), mail(5)), "older than what is known");
        assert!(bounced.is_news(&developer(Some((4, Reason::Bounced)), None), mail(5)));
        assert!(!bounced.is_news(&developer(None, Some(6)), mail(5)), "a later one has arrived");
        assert!(bounced.is_news(&developer(None, Some(4)), mail(5)));
    }

    #[test]
    fn only_a_later_mail_takes_a_failure_away_and_only_one_that_arrives_takes_a_bounce_away() {
        let bounced = developer(Some((5, Reason::Bounced)), None);
        assert!(Outcome::Delivered.is_news(&bounced, mail(6)));
        assert!(!Outcome::Delivered.is_news(&bounced, mail(5)), "it is the one that failed");
        assert!(!Outcome::Delivered.is_news(&bounced, mail(4)));
        assert!(!Outcome::Accepted.is_news(&bounced, mail(6)), "it may bounce too");
        assert!(Outcome::Accepted.is_news(&developer(Some((5, Reason::SenderNotVerified)), None), mail(6)));
        assert!(!Outcome::Delivered.is_news(&developer(None, None), mail(6)), "nothing to take away");
    }

    #[test]
    fn nothing_is_noted_on_a_tombstone() {
        let mut gone = developer(Some((5, Reason::Bounced)), None);
        gone.deleted_at = Some(Timestamp::from_millis(1));
        for outcome in [Outcome::Accepted, Outcome::Delivered, Outcome::Failed(Reason::Bounced)] {
            assert!(!outcome.is_news(&gone, mail(6)));
        }
    }

    #[test]
    fn a_reason_is_written_as_it_is_called() {
        for reason in [
            Reason::Rejected,
            Reason::Malformed,
            Reason::SenderNotVerified,
            Reason::AccountSuspended,
            Reason::Bounced,
            Reason::Complained,
            Reason::Suppressed,
        ] {
            assert_eq!(serde_json::to_value(reason).ok(), Some(serde_json::json!(reason.as_str())));
        }
    }
}
