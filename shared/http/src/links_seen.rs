//! The gateway links that a warm authorizer has seen: they say whose tokens to expect, and nothing is decided by them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use portico_domain::gateway::Link;

/// The most links that are kept.
const MOST: usize = 1_000;

/// Links that were seen, by gateway and stage. Cheap to clone; clones see the same.
#[derive(Clone, Debug, Default)]
pub struct LinksSeen(Arc<Mutex<BTreeMap<(String, String), Link>>>);

impl LinksSeen {
    /// The link as it was when it was last seen.
    pub fn get(&self, (gateway, stage): (&str, &str)) -> Option<Link> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&(gateway.to_owned(), stage.to_owned())).cloned()
    }

    /// Keeps a link as it is now.
    pub fn keep(&self, (gateway, stage): (&str, &str), link: &Link) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert((gateway.to_owned(), stage.to_owned()), link.clone());
    }
}
