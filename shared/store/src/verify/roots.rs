//! Roots: `ver` equals the number of events, and a tombstone has a job that ends it.

use std::collections::BTreeSet;

use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

pub(super) fn check(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    let portals = snapshot.portals.values().map(|portal| (Key::portal(portal.id), portal.ver, false));
    let strategies = snapshot.strategies.values().map(|strategy| (Key::strategy(strategy.id), strategy.ver, false));
    let developers = snapshot.developers.values().map(|one| (Key::developer(one.id), one.ver, one.deleted_at.is_some()));
    let applications = snapshot.applications.values().map(|one| (Key::application(one.card.id), one.ver, !one.is_live()));
    let apis = snapshot.apis.values().map(|api| (Key::api(api.id), api.ver, api.deleted_at.is_some()));
    let teams = snapshot.teams.values().map(|team| (Key::team(team.id), team.ver, !team.is_live()));
    for (root, ver, is_tombstone) in portals.chain(strategies).chain(developers).chain(applications).chain(apis).chain(teams) {
        let events = snapshot.events.get(&root.pk).copied().unwrap_or_default();
        if is_tombstone {
            found.insert(Violation::new(Rule::TombstoneWithoutJob, [root]));
        } else if ver != events {
            found.insert(Violation::count(Rule::EventCount, [root], ver, events));
        }
    }
}
