//! Throttles: counters of attempts, counted in the transaction of what they count, so that no race gets past a limit.
//!
//! A counter is read with everything else, the domain decides over it, and the write depends on what the decision rested on:
//! below the burst on the count alone (so that many at once need not wait for one another), from its last place on on nobody having
//! been faster.

use std::net::IpAddr;

use portico_domain::email::EmailAddress;
use portico_domain::id::{DeveloperId, PortalId};
use portico_domain::throttle::{Decision, Limit, Throttle};
use portico_domain::time::Timestamp;

use crate::{Condition, Items, Key, StoreError, Update};

/// A counter: whose it is, and how many it lets pass.
#[derive(Clone, Debug)]
pub struct Counter {
    key: Key,
    limit: Limit,
}

/// What the counters of a request say.
#[derive(Debug)]
pub enum Verdict {
    /// It passes; to be counted.
    Passes(Vec<Pass>),
    /// It does not pass before so many seconds.
    RetryAfter(u64),
}

/// One that passes a counter, to be counted in a transaction.
#[derive(Clone, Debug)]
pub struct Pass {
    counter: Counter,
    read: Throttle,
    next: Throttle,
}

/// The network that a source address stands for: one IPv6 subscriber has a whole /64.
fn network(source: &str) -> String {
    match source.parse() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => source.to_owned(),
    }
}

impl Counter {
    fn of_address(name: &str, portal: PortalId, email: &EmailAddress, limit: Limit) -> Self {
        Self { key: Key::throttle(name, &format!("{portal}|{}", email.canonical())), limit }
    }

    fn of_source(name: &str, portal: PortalId, source: &str, limit: Limit) -> Self {
        Self { key: Key::throttle(name, &format!("{portal}|{}", network(source))), limit }
    }

    /// The mails that requests may send to an address, and those that a source may cause.
    pub fn mails(portal: PortalId, email: &EmailAddress, source: &str) -> [Self; 2] {
        [
            Self::of_address("mail-address", portal, email, Limit::MAILS_PER_ADDRESS),
            Self::of_source("mail-source", portal, source, Limit::MAILS_PER_SOURCE),
        ]
    }

    /// The failed sign-ins with an address, whether somebody has it or not, and those from a source.
    pub fn sign_ins(portal: PortalId, email: &EmailAddress, source: &str) -> [Self; 2] {
        [Self::sign_ins_of(portal, email), Self::of_source("sign-in-source", portal, source, Limit::SIGN_INS_PER_SOURCE)]
    }

    /// The failed sign-ins with an address.
    pub fn sign_ins_of(portal: PortalId, email: &EmailAddress) -> Self {
        Self::of_address("sign-in-address", portal, email, Limit::SIGN_INS_PER_ACCOUNT)
    }

    /// The applications that a developer deletes.
    pub fn deletions(developer: DeveloperId) -> Self {
        Self { key: Key::throttle("delete-application", &developer.to_string()), limit: Limit::DELETIONS_PER_DEVELOPER }
    }

    /// Where it lies.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// That the counter would still let one pass, counted or not.
    pub(crate) fn lets_pass(&self, now: Timestamp) -> Condition {
        Condition::Missing
            .or(Condition::less("count", &self.limit.burst))
            .or(Condition::less("since", &now.millis().saturating_sub(self.limit.pace_ms).saturating_add(1)))
    }
}

/// What counters say about one more, as they were just read: it passes all of them, or waits for the slowest.
///
/// # Errors
/// [`StoreError::Corrupt`] if an item is no counter.
pub fn judge(counters: &[Counter], items: &Items, now: Timestamp) -> Result<Verdict, StoreError> {
    let mut passes = Vec::with_capacity(counters.len());
    let mut wait = None;
    for counter in counters {
        let read = items.get::<Throttle>(&counter.key)?.unwrap_or_default();
        match read.next(now.millis(), counter.limit) {
            Decision::Allowed(next) => passes.push(Pass { counter: counter.clone(), read, next }),
            Decision::RetryAfter(seconds) => wait = wait.max(Some(seconds)),
        }
    }
    Ok(wait.map_or(Verdict::Passes(passes), Verdict::RetryAfter))
}

impl Pass {
    /// Whether it is the last one without a pause: from now on the counter refuses.
    pub const fn reaches_limit(&self) -> bool {
        self.read.count < self.counter.limit.burst && self.next.count == self.counter.limit.burst
    }

    /// The write that counts it, unless the counter has moved past what the decision rested on.
    pub(crate) fn count(&self) -> Update {
        let Self { counter, read, next } = self;
        let update = Update::of_or_new(counter.key.clone())
            .set("kind", "throttle")
            .set("since", &next.since)
            .set("ttl", &next.ttl_seconds(counter.limit));
        let untouched = Condition::is("since", &read.since).and(Condition::is("count", &read.count));
        if read.count == 0 {
            update.set("count", &next.count).when(Condition::Missing)
        } else if next.count == 1 {
            update.set("count", &next.count).when(untouched)
        } else if self.reaches_limit() {
            // Exactly one of those who race reaches the limit, and it knows that it does.
            update.add("count", 1).when(Condition::is("count", &read.count))
        } else if read.count < counter.limit.burst {
            update.add("count", 1).when(Condition::less("count", &counter.limit.burst.saturating_sub(1)))
        } else {
            update.add("count", 1).when(untouched)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_ipv6_source_counts_as_its_network_and_an_ipv4_one_as_itself() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
        assert_ne!(network("::ffff:192.0.2.1"), network("::ffff:192.0.2.2"));
    }
}
