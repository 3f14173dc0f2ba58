//! What the table keeps of a token that was mailed: whose it is, what it is good for, and whether it still is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::developer::Developer;
use crate::id::{DeveloperId, PortalId};
use crate::mail_token::Purpose;
use crate::time::Timestamp;

/// A mail token as the table knows it. The token itself is derived from this and a key, and is not in here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssuedToken {
    /// The portal.
    pub portal: PortalId,
    /// Whose it is.
    pub developer: DeveloperId,
    /// What it is good for.
    pub purpose: Purpose,
    /// Which of the developer's tokens of that purpose it is; a later one replaces it.
    pub generation: u64,
    /// From when on it is good for nothing.
    pub expires_at: Timestamp,
    /// When it was used, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

/// The token was good once, or never will be again: used, replaced or expired, or its developer is not to have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token was used, was replaced by a newer one, or is too old")]
pub struct Spent;

impl IssuedToken {
    /// The token that follows a developer's last one of a purpose.
    pub fn next(developer: &Developer, purpose: Purpose, lifetime: Duration, now: Timestamp) -> Self {
        Self {
            portal: developer.portal,
            developer: developer.id,
            purpose,
            generation: developer.generation(purpose).saturating_add(1),
            expires_at: now.plus(lifetime),
            used_at: None,
        }
    }

    /// Whether it may be used for a developer as just read.
    ///
    /// A token to verify is over once the address is proven, by whatever link: it would lead to a link to set a password.
    ///
    /// # Errors
    /// [`Spent`].
    pub fn accept(&self, developer: &Developer, now: Timestamp) -> Result<(), Spent> {
        let proven = self.purpose == Purpose::Verify && developer.email_verified_at.is_some();
        let good = self.used_at.is_none()
            && now < self.expires_at
            && self.developer == developer.id
            && self.generation == developer.generation(self.purpose)
            && developer.may_set_password()
            && !proven;
        if good { Ok(()) } else { Err(Spent) }
    }
}

#[cfg(test)]
mod tests {
    use super::{IssuedToken, Purpose, Spent};
    use crate::developer::{Developer, SignUp};
    use crate::id::{DeveloperId, PortalId};
    use crate::mail_token::{PASSWORD_LIFETIME, VERIFY_LIFETIME};
    use crate::status::Status;
    use crate::time::Timestamp;
    use std::time::Duration;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn ada() -> Developer {
        let new = SignUp {
            id: DeveloperId::new(Uuid::from_u128(0xada)),
            portal: PortalId::new(Uuid::from_u128(1)),
            email: "ada@example.test".to_owned(),
            full_name: "Ada".to_owned(),
        };
        Developer::sign_up(new, Status::Pending, NOW)
    }

    #[test]
    fn a_token_is_good_from_its_issue_to_its_expiry_and_until_it_is_used() {
        let mut ada = ada();
        let token = IssuedToken::next(&ada, Purpose::Verify, VERIFY_LIFETIME, NOW);
        assert_eq!(token.accept(&ada, NOW), Err(Spent), "its generation is not in force yet");
        ada.verify_generation = token.generation;
        assert_eq!(token.accept(&ada, NOW), Ok(()));
        let end = NOW.plus(VERIFY_LIFETIME);
        assert_eq!(token.accept(&ada, Timestamp::from_millis(end.millis() - 1)), Ok(()));
        assert_eq!(token.accept(&ada, end), Err(Spent));
        assert_eq!(IssuedToken { used_at: Some(NOW), ..token }.accept(&ada, NOW), Err(Spent));
    }

    #[test]
    fn a_newer_token_or_a_proven_address_ends_a_token() {
        let mut ada = ada();
        let first = IssuedToken::next(&ada, Purpose::Verify, VERIFY_LIFETIME, NOW);
        ada.verify_generation = first.generation;
        let second = IssuedToken::next(&ada, Purpose::Verify, VERIFY_LIFETIME, NOW);
        ada.verify_generation = second.generation;
        assert_eq!(first.accept(&ada, NOW), Err(Spent));
        assert_eq!(second.accept(&ada, NOW), Ok(()));
        ada.email_verified_at = Some(NOW);
        assert_eq!(second.accept(&ada, NOW), Err(Spent));
    }

    #[test]
    fn only_a_pending_or_approved_developer_who_is_there_can_use_one() {
        let mut ada = ada();
        let token = IssuedToken::next(&ada, Purpose::Password, PASSWORD_LIFETIME, NOW);
        ada.password_generation = token.generation;
        for (status, good) in
            [(Status::Pending, true), (Status::Approved, true), (Status::Rejected, false), (Status::Revoked, false)]
        {
            assert_eq!(token.accept(&Developer { status, ..ada.clone() }, NOW).is_ok(), good, "{status}");
        }
        let deleted = Developer { deleted_at: Some(NOW), ..ada.clone() };
        assert_eq!(token.accept(&deleted, NOW), Err(Spent));
        let other = Developer { id: DeveloperId::new(Uuid::from_u128(0xe5e)), ..ada };
        assert_eq!(token.accept(&other, NOW.plus(Duration::ZERO)), Err(Spent));
    }
}
