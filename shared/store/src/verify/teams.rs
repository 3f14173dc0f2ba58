//! Teams: their members, each noted on both sides, and the pointers of their roles.

use std::collections::{BTreeMap, BTreeSet};

use portico_domain::id::TeamId;
use portico_domain::owner::Owner;
use portico_domain::reader::Scope;
use portico_domain::team::Team;

use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

pub(super) fn check(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    let mut counted: BTreeMap<TeamId, u64> = BTreeMap::new();
    for member in snapshot.members.values() {
        *counted.entry(member.team).or_default() += 1;
        let (team, developer) = (Key::team(member.team), Key::developer(member.developer));
        let key = Key::member(member.team, member.developer);
        match (snapshot.team(member.team), snapshot.developer(member.developer)) {
            (None, _) => found.insert(Violation::new(Rule::Orphan, [key, team])),
            (_, None) => found.insert(Violation::new(Rule::Orphan, [key, developer])),
            (Some(of), Some(whose)) if (of.portal, whose.portal) != (member.portal, member.portal) => {
                found.insert(Violation::new(Rule::OtherPortal, [key, team, developer]))
            }
            (_, Some(whose)) if !whose.teams.contains(&member.team) => {
                found.insert(Violation::new(Rule::MemberNotNoted, [key, developer, team]))
            }
            _ => false,
        };
    }
    for developer in snapshot.developers.values() {
        for team in &developer.teams {
            if !snapshot.members.contains_key(&(*team, developer.id)) {
                let keys = [Key::developer(developer.id), Key::member(*team, developer.id), Key::team(*team)];
                found.insert(Violation::new(Rule::NotedWithoutMember, keys));
            }
        }
    }
    let owned = snapshot.owned();
    for team in snapshot.teams.values().filter(|team| team.is_live()) {
        let (says, is) = (u64::from(team.member_count), counted.get(&team.id).copied().unwrap_or_default());
        if says != is {
            found.insert(Violation::count(Rule::MemberCount, [Key::team(team.id)], says, is));
        }
        let (says, is) = (u64::from(team.app_count), owned.get(&Owner::Team(team.id)).copied().unwrap_or_default());
        if says != is {
            found.insert(Violation::count(Rule::ApplicationCount, [Key::team(team.id)], says, is));
        }
        if !snapshot.portals.contains_key(&team.portal) {
            found.insert(Violation::new(Rule::Orphan, [Key::team(team.id), Key::portal(team.portal)]));
        }
        roles(snapshot, team, found);
    }
    for (key, pointer) in &snapshot.role_pointers {
        let points = |team: &Team| {
            let is = |assigned: &portico_domain::team::Assigned| {
                (assigned.scope, assigned.role) == (Scope::One(pointer.api), pointer.role)
            };
            team.portal == pointer.portal && team.roles.keys().any(is)
        };
        if !snapshot.team(pointer.team).is_some_and(points) {
            found.insert(Violation::new(Rule::PointerWithoutRole, [key.clone(), Key::team(pointer.team)]));
        }
    }
}

fn roles(snapshot: &Snapshot, team: &Team, found: &mut BTreeSet<Violation>) {
    for assigned in team.roles.keys() {
        let Scope::One(api) = assigned.scope else { continue };
        let (root, pointer) = (Key::team(team.id), Key::role_pointer(api, team.id, assigned.role));
        if snapshot.api(api).is_none() {
            found.insert(Violation::new(Rule::Orphan, [root.clone(), Key::api(api)]));
        }
        if !snapshot.role_pointers.contains_key(&pointer) {
            found.insert(Violation::new(Rule::RoleWithoutPointer, [root, pointer]));
        }
    }
}
