//! A developer: somebody who signs up to use APIs.

use serde::{Deserialize, Serialize};

use crate::id::{DeveloperId, EventId, PortalId, TeamId};
use crate::identity::Identity;
use crate::mail_failure::MailFailure;
use crate::mail_token::Purpose;
use crate::status::Status;
use crate::text::DecisionReason;
use crate::time::Timestamp;

/// A developer of one portal.
///
/// Address and name are what was parsed when they came in; a tombstone (a deleted developer whose children are still being
/// removed) has neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Developer {
    /// Id.
    pub id: DeveloperId,
    /// The portal that the developer belongs to.
    pub portal: PortalId,
    /// The canonical address, which is also the one that mail goes to.
    #[serde(default)]
    pub email: String,
    /// The name, as given.
    #[serde(default)]
    pub full_name: String,
    /// Approval.
    pub status: Status,
    /// What whoever decided the status said of it, to the developer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DecisionReason>,
    /// Counts changes of the status; orders the updates of `standing` on the developer's applications.
    pub standing_ver: u64,
    /// Sessions of an earlier epoch are over.
    pub epoch: u64,
    /// Generation of the verification link in force; 0 when none was made.
    pub verify_generation: u64,
    /// Generation of the link to set a password in force; 0 when none was made.
    pub password_generation: u64,
    /// When the address was proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified_at: Option<Timestamp>,
    /// Whether a password was ever set.
    pub has_password: bool,
    /// Applications that the developer owns.
    pub app_count: u32,
    /// The teams that the developer is a member of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// Those of them that the identity provider's groups brought: what it gave, it takes away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams_by_groups: Vec<TeamId>,
    /// Who the developer is at identity providers, one of each issuer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
    /// The newest mail that never arrived, until a later one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_failure: Option<MailFailure>,
    /// The event of the mail that took the last such note away: what is told of older mails is no news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_arrived: Option<EventId>,
    /// Number of the developer's events.
    pub ver: u64,
    /// When the developer was created.
    pub created_at: Timestamp,
    /// When the developer last changed.
    pub updated_at: Timestamp,
    /// Set on a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

/// How a developer becomes a member of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// An administrator says so.
    Hand,
    /// A group of the identity provider says so.
    Group,
}

/// A developer's teams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memberships {
    /// All of them, in the order in which the developer became a member.
    pub teams: Vec<TeamId>,
    /// Those that groups brought.
    pub by_groups: Vec<TeamId>,
}

/// What somebody signs up with.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// The new developer's id.
    pub id: DeveloperId,
    /// The portal.
    pub portal: PortalId,
    /// The canonical address.
    pub email: String,
    /// The name, as given.
    pub full_name: String,
}

impl Developer {
    /// A developer who has just signed up: nothing is proven and nothing was mailed yet.
    pub fn sign_up(new: SignUp, status: Status, now: Timestamp) -> Self {
        let SignUp { id, portal, email, full_name } = new;
        Self {
            id,
            portal,
            email,
            full_name,
            status,
            reason: None,
            standing_ver: 1,
            epoch: 1,
            verify_generation: 0,
            password_generation: 0,
            email_verified_at: None,
            has_password: false,
            app_count: 0,
            teams: Vec::new(),
            teams_by_groups: Vec::new(),
            identities: Vec::new(),
            mail_failure: None,
            mail_arrived: None,
            ver: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }

    /// A developer whom an identity provider brought: approved, with an address that is proven (contract, point 10).
    pub fn brought(new: SignUp, identity: Identity, now: Timestamp) -> Self {
        Self { identities: vec![identity], email_verified_at: Some(now), ..Self::sign_up(new, Status::Approved, now) }
    }

    /// Whether the developer may sign in and own things.
    pub fn is_approved(&self) -> bool {
        self.status == Status::Approved && self.deleted_at.is_none()
    }

    /// The teams, and those of them that groups brought, with one more.
    pub fn joining(&self, team: TeamId, by: Joining) -> Memberships {
        let mut memberships = self.leaving(team);
        memberships.teams.push(team);
        if by == Joining::Group {
            memberships.by_groups.push(team);
        }
        memberships
    }

    /// The teams, and those of them that groups brought, without one.
    pub fn leaving(&self, team: TeamId) -> Memberships {
        let without = |teams: &[TeamId]| teams.iter().copied().filter(|one| *one != team).collect();
        Memberships { teams: without(&self.teams), by_groups: without(&self.teams_by_groups) }
    }

    /// Whether the developer may prove the address and set a password: a pending one may, because approval is asked for at
    /// sign-in; a rejected or revoked one may not.
    pub fn may_set_password(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Approved) && self.deleted_at.is_none()
    }

    /// The generation of the mail token in force, by purpose; 0 when none was made.
    pub fn generation(&self, purpose: Purpose) -> u64 {
        match purpose {
            Purpose::Verify => self.verify_generation,
            Purpose::Password => self.password_generation,
        }
    }
}
