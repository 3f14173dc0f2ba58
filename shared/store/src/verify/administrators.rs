//! Administrators: no session without its token; and what portals say of the identity providers that administrators keep.

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
    for (id, providers) in &snapshot.identity_providers {
        let keys = [Key::identity_providers(*id), Key::portal(*id)];
        match snapshot.portals.get(id) {
            None => found.insert(Violation::new(Rule::Orphan, keys)),
            Some(portal) if portal.sso_enabled != providers.enabled().is_some() => {
                found.insert(Violation::new(Rule::SingleSignOnDiffers, keys))
            }
            Some(_) => false,
        };
    }
    for portal in snapshot.portals.values().filter(|portal| portal.sso_enabled) {
        if !snapshot.identity_providers.contains_key(&portal.id) {
            let keys = [Key::portal(portal.id), Key::identity_providers(portal.id)];
            found.insert(Violation::new(Rule::SingleSignOnDiffers, keys));
        }
    }
}
