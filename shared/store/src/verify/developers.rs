//! Developers: their counts, passwords, sessions and mail tokens.

use std::collections::{BTreeMap, BTreeSet};

use portico_domain::developer::Developer;
use portico_domain::id::DeveloperId;
use portico_domain::mail_token::Purpose;
use portico_domain::owner::Owner;

use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

pub(super) fn check(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    let owned = snapshot.owned();
    for developer in snapshot.developers.values().filter(|developer| developer.deleted_at.is_none()) {
        let (id, root) = (developer.id, Key::developer(developer.id));
        let (says, is) = (u64::from(developer.app_count), owned.get(&Owner::Developer(id)).copied().unwrap_or_default());
        if says != is {
            found.insert(Violation::count(Rule::ApplicationCount, [root.clone()], says, is));
        }
        if developer.has_password != snapshot.passwords.contains(&id) {
            found.insert(Violation::new(Rule::PasswordFlag, [root.clone(), Key::password(id)]));
        }
        if let Some(failure) = developer.mail_failure
            && !snapshot.mail_failures.contains(&(root.pk.clone(), failure.noted))
        {
            found.insert(Violation::new(Rule::MailFailureWithoutEvent, [root.clone(), root.event(failure.noted)]));
        }
        if developer.teams_by_groups.iter().any(|team| !developer.teams.contains(team)) {
            found.insert(Violation::new(Rule::BroughtWithoutTeam, [root.clone()]));
        }
        if !snapshot.portals.contains_key(&developer.portal) {
            found.insert(Violation::new(Rule::Orphan, [root, Key::portal(developer.portal)]));
        }
    }
    for id in &snapshot.passwords {
        proven(snapshot, *id, Key::password(*id), found);
    }
    for session in &snapshot.sessions {
        let key = Key::session(session.developer, session.id);
        proven(snapshot, session.developer, key.clone(), found);
        if snapshot.developer(session.developer).is_some_and(|developer| session.epoch > developer.epoch) {
            found.insert(Violation::new(Rule::SessionOfTheFuture, [key, Key::developer(session.developer)]));
        }
    }
    mail_tokens(snapshot, found);
}

/// A password and a session need a live developer whose address was proven.
fn proven(snapshot: &Snapshot, id: DeveloperId, key: Key, found: &mut BTreeSet<Violation>) {
    let keys = [key, Key::developer(id)];
    match snapshot.developer(id) {
        None => found.insert(Violation::new(Rule::Orphan, keys)),
        Some(developer) if developer.email_verified_at.is_none() => found.insert(Violation::new(Rule::AddressNotVerified, keys)),
        Some(_) => false,
    };
}

fn mail_tokens(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    let mut live: BTreeMap<(DeveloperId, &str), &Key> = BTreeMap::new();
    for (key, token) in &snapshot.mail_tokens {
        let keys = [key.clone(), Key::developer(token.developer)];
        let Some(developer) = snapshot.developer(token.developer) else {
            found.insert(Violation::new(Rule::Orphan, keys));
            continue;
        };
        if token.portal != developer.portal {
            found.insert(Violation::new(Rule::OtherPortal, keys.clone()));
        }
        let in_force = generation_in_force(developer, token.purpose);
        if token.generation > in_force {
            found.insert(Violation::new(Rule::TokenOfTheFuture, keys.clone()));
        }
        if token.generation == in_force
            && token.used_at.is_none()
            && let Some(other) = live.insert((token.developer, token.purpose.as_str()), key)
        {
            let [key, developer] = keys;
            found.insert(Violation::new(Rule::TwoLiveTokens, [other.clone(), key, developer]));
        }
    }
}

fn generation_in_force(developer: &Developer, purpose: Purpose) -> u64 {
    match purpose {
        Purpose::Verify => developer.verify_generation,
        Purpose::Password => developer.password_generation,
    }
}
