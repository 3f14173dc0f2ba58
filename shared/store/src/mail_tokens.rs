//! Mail tokens: found by purpose and digest, put when a mail is due, used once.

use portico_domain::digest::Digest;
use portico_domain::issued_token::IssuedToken;
use portico_domain::mail_token::REMEMBERED;
use portico_domain::time::Timestamp;

use crate::{Condition, Item, Key, StoreError, Update};

/// A token and the digest that it lies under.
#[derive(Clone, Debug)]
pub struct Link {
    /// What the table keeps of the token.
    pub issued: IssuedToken,
    /// What it is found by.
    pub digest: Digest,
}

impl Link {
    /// Where it lies.
    pub fn key(&self) -> Key {
        Key::mail_token(self.issued.purpose.as_str(), &self.digest.to_string())
    }

    /// Its item. It outlives the token for [`REMEMBERED`], so that a link that is over is told from one that never was.
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        Ok(Item::new(&self.key(), "mail_token", &self.issued)?.removed_after(self.issued.expires_at.plus(REMEMBERED)))
    }

    /// The write that uses it up.
    pub(crate) fn used(&self, now: Timestamp) -> Update {
        Update::of(self.key()).set("used_at", &now).when(Condition::has_not("used_at"))
    }
}
