//! Administrators: no session without its token.

use std::collections::BTreeSet;

use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

pub(super) fn check(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    for session in &snapshot.admin_sessions {
        let token = Key::from_parts(&session.pk, "TOKEN");
        if !snapshot.admin_tokens.contains(&token) {
            found.insert(Violation::new(Rule::Orphan, [session.clone(), token]));
        }
    }
}
