//! Gateway links: each is an implementation of its API, and lets in exactly those whom the API's publications let in.

use std::collections::BTreeSet;

use portico_domain::gateway::{Link, LinkedPublication};

use super::catalog::authenticated;
use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

pub(super) fn check(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    for api in snapshot.apis.values().filter(|api| api.deleted_at.is_none()) {
        for implementation in &api.implementations {
            let key = Key::link(&implementation.gateway, &implementation.stage);
            let is_there =
                snapshot.links.get(&key).is_some_and(|link| (link.api, link.implementation) == (api.id, implementation.id));
            if !is_there {
                found.insert(Violation::new(Rule::ImplementationWithoutLink, [Key::api(api.id), key]));
            }
        }
    }
    for (key, link) in &snapshot.links {
        check_link(snapshot, key, link, found);
    }
}

fn check_link(snapshot: &Snapshot, key: &Key, link: &Link, found: &mut BTreeSet<Violation>) {
    let keys = [key.clone(), Key::api(link.api)];
    let Some(api) = snapshot.api(link.api) else {
        found.insert(Violation::new(Rule::Orphan, keys));
        return;
    };
    let is_implementation = api
        .implementations
        .iter()
        .any(|one| (one.id, &one.gateway, &one.stage) == (link.implementation, &link.gateway, &link.stage));
    if !is_implementation {
        found.insert(Violation::new(Rule::LinkWithoutImplementation, keys.clone()));
    }
    let lets_in = link.portals.iter().map(|(portal, linked)| (*portal, linked.strategy));
    if !lets_in.eq(authenticated(api)) {
        found.insert(Violation::new(Rule::LinkDiffers, keys));
    }
    for linked in link.portals.values() {
        if let Some(strategy) = snapshot.strategies.get(&linked.strategy)
            && LinkedPublication::of(strategy) != *linked
        {
            found.insert(Violation::new(Rule::KeyNamesDiffer, [key.clone(), Key::strategy(linked.strategy)]));
        }
    }
}
