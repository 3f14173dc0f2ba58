//! Applications: their place in their owner's list, their keys, and grants that equal their registrations.

use std::collections::BTreeSet;

use portico_domain::application::{Application, Grant};
use portico_domain::id::PortalId;
use portico_domain::owner::Owner;
use portico_domain::registration::Registration;

use super::rows::RegistrationPointerRow;
use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

pub(super) fn check(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    for application in snapshot.applications.values().filter(|application| application.is_live()) {
        owner(snapshot, application, found);
        keys(snapshot, application, found);
        grants(snapshot, application, found);
        if !snapshot.strategies.contains_key(&application.card.strategy) {
            let keys = [Key::application(application.card.id), Key::strategy(application.card.strategy)];
            found.insert(Violation::new(Rule::StrategyMissing, keys));
        }
    }
    for (owner, id) in snapshot.app_pointers.keys() {
        let keys = [Key::app_pointer(*owner, *id), Key::application(*id), Key::owner(*owner)];
        if portal_of(snapshot, *owner).is_none() {
            found.insert(Violation::new(Rule::Orphan, keys.clone()));
        }
        if snapshot.application(*id).is_none_or(|application| application.owner != *owner) {
            found.insert(Violation::new(Rule::PointerWithoutApplication, keys));
        }
    }
    for (application, keys) in &snapshot.credentials {
        if snapshot.application(*application).is_none() {
            for key in keys {
                found.insert(Violation::new(Rule::Orphan, [key.clone(), Key::application(*application)]));
            }
        }
    }
    for registration in snapshot.registrations.values() {
        check_registration(snapshot, registration, found);
    }
    for pointer in snapshot.registration_pointers.values() {
        check_pointer(snapshot, pointer, found);
    }
}

/// The portal of an owner that is there.
fn portal_of(snapshot: &Snapshot, owner: Owner) -> Option<PortalId> {
    match owner {
        Owner::Developer(id) => snapshot.developer(id).map(|developer| developer.portal),
        Owner::Team(id) => snapshot.team(id).map(|team| team.portal),
    }
}

/// The owner is there, lists the application as it is, and a developer lends it their status.
fn owner(snapshot: &Snapshot, application: &Application, found: &mut BTreeSet<Violation>) {
    let card = &application.card;
    let (root, owner) = (Key::application(card.id), Key::owner(application.owner));
    let pointer = Key::app_pointer(application.owner, card.id);
    match snapshot.app_pointers.get(&(application.owner, card.id)) {
        None => found.insert(Violation::new(Rule::ApplicationWithoutPointer, [root.clone(), pointer])),
        Some(listed) if listed != card => found.insert(Violation::new(Rule::CardDiffers, [pointer, root.clone()])),
        Some(_) => false,
    };
    let Some(portal) = portal_of(snapshot, application.owner) else {
        found.insert(Violation::new(Rule::Orphan, [root, owner]));
        return;
    };
    if portal != application.portal {
        found.insert(Violation::new(Rule::OtherPortal, [root.clone(), owner.clone()]));
    }
    let developer = application.owner.developer().and_then(|id| snapshot.developer(id));
    let standing = developer.map_or(Application::OF_A_TEAM, |developer| (developer.status, developer.standing_ver));
    if (application.standing, application.standing_ver) != standing {
        found.insert(Violation::new(Rule::StandingDiffers, [root, owner]));
    }
}

fn keys(snapshot: &Snapshot, application: &Application, found: &mut BTreeSet<Violation>) {
    let says = u64::from(application.key_count);
    let is = snapshot.credentials.get(&application.card.id).map_or(0, Vec::len) as u64;
    if says != is {
        found.insert(Violation::count(Rule::KeyCount, [Key::application(application.card.id)], says, is));
    }
}

fn grants(snapshot: &Snapshot, application: &Application, found: &mut BTreeSet<Violation>) {
    let id = application.card.id;
    for (api, grant) in &application.grants {
        let keys = [Key::application(id), Key::registration(id, *api), Key::api(*api)];
        match snapshot.registrations.get(&(id, *api)) {
            None => found.insert(Violation::new(Rule::GrantWithoutRegistration, keys)),
            Some(registration) if *grant != granted(registration) => found.insert(Violation::new(Rule::GrantDiffers, keys)),
            Some(_) => false,
        };
    }
}

/// The grant that a registration makes.
fn granted(registration: &Registration) -> Grant {
    Grant { registration: registration.id, status: registration.status }
}

fn check_registration(snapshot: &Snapshot, registration: &Registration, found: &mut BTreeSet<Violation>) {
    let (id, api) = (registration.application, registration.api);
    let key = Key::registration(id, api);
    let (application, pointer) = (Key::application(id), Key::registration_pointer(api, id));
    match snapshot.application(id) {
        None => {
            found.insert(Violation::new(Rule::Orphan, [key.clone(), application]));
        }
        Some(owner) => {
            if !owner.grants.contains_key(&api) {
                let keys = [key.clone(), application.clone(), Key::api(api)];
                found.insert(Violation::new(Rule::RegistrationWithoutGrant, keys));
            }
            if owner.portal != registration.portal {
                found.insert(Violation::new(Rule::OtherPortal, [key.clone(), application]));
            }
        }
    }
    if snapshot.api(api).is_none() {
        found.insert(Violation::new(Rule::Orphan, [key.clone(), Key::api(api)]));
    }
    if !snapshot.registration_pointers.contains_key(&(api, id)) {
        found.insert(Violation::new(Rule::RegistrationWithoutPointer, [key, pointer]));
    }
}

fn check_pointer(snapshot: &Snapshot, pointer: &RegistrationPointerRow, found: &mut BTreeSet<Violation>) {
    let key = Key::registration_pointer(pointer.api, pointer.application);
    let is_right = snapshot
        .registrations
        .get(&(pointer.application, pointer.api))
        .is_some_and(|one| (one.id, one.portal) == (pointer.registration, pointer.portal));
    if !is_right {
        let keys = [key, Key::registration(pointer.application, pointer.api), Key::application(pointer.application)];
        found.insert(Violation::new(Rule::PointerWithoutRegistration, keys));
    }
}
