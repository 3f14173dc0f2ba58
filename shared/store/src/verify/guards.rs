//! Guards: each address, identity, reference ID and slug has one guard, and each guard one live owner with that very value.

use std::collections::BTreeSet;

use portico_domain::identity::Identity;

use super::rows::GuardRow;
use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

pub(super) fn check(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    for (key, guard) in &snapshot.guards {
        match owner(snapshot, key, guard) {
            Owner::NoGuard => found.insert(Violation::new(Rule::WrongKey, [key.clone()])),
            Owner::Unreadable => found.insert(Violation::new(Rule::GuardWithoutOwner, [key.clone()])),
            Owner::At(root, None) => found.insert(Violation::new(Rule::GuardWithoutOwner, [key.clone(), root])),
            Owner::At(root, Some(guarded)) if guarded != *key => {
                found.insert(Violation::new(Rule::GuardOfAnotherValue, [key.clone(), root]))
            }
            Owner::At(..) => false,
        };
    }
    let developers = snapshot.developers.values().filter(|developer| developer.deleted_at.is_none()).map(|developer| {
        (Key::developer(developer.id), developer.id.to_string(), Key::email_guard(developer.portal, &developer.email))
    });
    let identities = snapshot.developers.values().filter(|developer| developer.deleted_at.is_none()).flat_map(|developer| {
        let guard = |identity: &Identity| Key::identity_guard(developer.portal, &identity.digest);
        let (root, id) = (Key::developer(developer.id), developer.id.to_string());
        developer.identities.iter().map(move |identity| (root.clone(), id.clone(), guard(identity)))
    });
    let applications = snapshot.applications.values().filter(|application| application.is_live()).map(|application| {
        let reference = application.card.reference_id.as_deref().unwrap_or_default();
        let id = application.card.id;
        (Key::application(id), id.to_string(), Key::reference_guard(application.portal, reference))
    });
    let apis = snapshot.apis.values().filter(|api| api.deleted_at.is_none());
    let apis = apis.map(|api| (Key::api(api.id), api.id.to_string(), Key::slug_guard(&api.slug)));
    for (root, id, guard) in developers.chain(identities).chain(applications).chain(apis) {
        if snapshot.guards.get(&guard).is_none_or(|row| row.owner != id) {
            found.insert(Violation::new(Rule::OwnerWithoutGuard, [root, guard]));
        }
    }
}

enum Owner {
    /// The key is none of a guard.
    NoGuard,
    /// What it says is no id.
    Unreadable,
    /// Where the owner lies, and the guard that the owner has, if there is a live one.
    At(Key, Option<Key>),
}

fn owner(snapshot: &Snapshot, key: &Key, guard: &GuardRow) -> Owner {
    let kind = key.pk.strip_prefix("UNIQUE#").unwrap_or_default();
    if kind.starts_with("SLUG#") {
        let Ok(id) = guard.owner.parse() else { return Owner::Unreadable };
        return Owner::At(Key::api(id), snapshot.api(id).map(|api| Key::slug_guard(&api.slug)));
    }
    match kind.split_once('#').map(|(_portal, rest)| rest) {
        Some(rest) if rest.starts_with("EMAIL#") => {
            let Ok(id) = guard.owner.parse() else { return Owner::Unreadable };
            let guarded = snapshot.developer(id).map(|developer| Key::email_guard(developer.portal, &developer.email));
            Owner::At(Key::developer(id), guarded)
        }
        Some(rest) if rest.starts_with("IDP#") => {
            let Ok(id) = guard.owner.parse() else { return Owner::Unreadable };
            let root = Key::developer(id);
            let guarded = snapshot.developer(id).map(|developer| {
                let mut keys =
                    developer.identities.iter().map(|identity| Key::identity_guard(developer.portal, &identity.digest));
                keys.find(|own| own == key).unwrap_or_else(|| root.clone())
            });
            Owner::At(root, guarded)
        }
        Some(rest) if rest.starts_with("REF#") => {
            let Ok(id) = guard.owner.parse() else { return Owner::Unreadable };
            let guarded = snapshot.application(id).map(|application| {
                Key::reference_guard(application.portal, application.card.reference_id.as_deref().unwrap_or_default())
            });
            Owner::At(Key::application(id), guarded)
        }
        _ => Owner::NoGuard,
    }
}
