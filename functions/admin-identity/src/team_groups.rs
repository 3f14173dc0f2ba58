//! `list-portal-team-group-mappings`, `update-portal-team-group-mappings`: the older form of the mappings, team by team, of the one
//! provider that it knows.

use std::collections::{BTreeMap, BTreeSet};

use portico_domain::id::{GroupMappingId, TeamId};
use portico_domain::identity_provider::{GroupMapping, GroupName, IdentityProviders};
use portico_domain::limits::GROUP_MAPPINGS;
use portico_http::fields::kinds::{list as array, object, text, uuid};
use portico_http::fields::{Fields, Kind as _};
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::views::group_mapping::TeamGroupsView;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::Key;
use uuid::Uuid;

use crate::change::{asked, refused};
use crate::mappings::{has_team, unknown_team};
use crate::settings::the_one;

/// A team, and all the groups that it is to be.
type Wanted = (TeamId, Vec<GroupName>);

const COLUMNS: &[Column<TeamGroupsView>] = &[Column::id("team_id", |row: &TeamGroupsView| Some(row.team_id.uuid())).sort_only()];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let providers = asked(portal, request, []).await?.sign_in.providers;
    view(request, &providers)
}

pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let parsed = parse(request);
    let teams: Vec<_> = parsed.iter().flatten().map(|(team, _)| Key::team(*team)).collect();
    let asked = asked(portal, request, teams).await?;
    let wanted = parsed?;
    for (place, (team, _)) in wanted.iter().enumerate() {
        if !has_team(&asked, *team)? {
            return Err(unknown_team(&format!("data.{place}.team_id")));
        }
    }
    view(request, &asked.change_providers(portal, |before| replaced(portal, before, &wanted)).await?)
}

/// The providers with the groups of the teams that are named, and those of others as they are.
fn replaced(portal: &Portal, before: &IdentityProviders, wanted: &[Wanted]) -> Result<IdentityProviders, Problem> {
    if wanted.is_empty() {
        return Ok(before.clone());
    }
    let none = || Problem::new(Kind::Conflict, "The portal has no identity provider whose groups could be teams.");
    let provider = the_one(before)?.ok_or_else(none)?;
    let (id, now, mut after) = (provider.id, portal.now(), before.clone());
    for (team, groups) in wanted {
        let of_team = |mapping: &GroupMapping| mapping.team == *team;
        for (mapping, _) in provider.mappings.iter().filter(|(_, known)| of_team(known) && !groups.contains(&known.group)) {
            after = after.unmapping(id, *mapping, now).map_err(refused)?;
        }
        let known = |group: &GroupName| provider.mappings.values().any(|known| of_team(known) && known.group == *group);
        for group in groups.iter().filter(|group| !known(group)) {
            let made = GroupMapping { team: *team, group: group.clone(), created_at: now };
            after = after.mapping(id, portal.new_id::<GroupMappingId>()?, &made, now).map_err(refused)?;
        }
    }
    Ok(after)
}

fn parse(request: &Request) -> Result<Vec<Wanted>, Problem> {
    let mut body = Fields::of(&request.body);
    body.open(); // the contract closes neither of the two
    let groups = || array(text().parse_with(GroupName::parse)).items(0..=GROUP_MAPPINGS).unique();
    let entry = object(|entry| {
        entry.open();
        (entry.required("team_id", uuid()), entry.required("groups", groups()))
    });
    let once = |data: Vec<(Uuid, Vec<GroupName>)>| {
        let teams: BTreeSet<_> = data.iter().map(|(team, _)| *team).collect();
        if teams.len() == data.len() { Ok(data) } else { Err("must name each team once") }
    };
    let data = body.optional("data", array(entry).items(0..=GROUP_MAPPINGS).try_map(once));
    let data = body.finish(data)?.unwrap_or_default();
    Ok(data.into_iter().map(|(team, groups)| (TeamId::new(team), groups)).collect())
}

fn view(request: &Request, providers: &IdentityProviders) -> Result<Response, Problem> {
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let mut teams: BTreeMap<TeamId, BTreeSet<String>> = BTreeMap::new();
    for mapping in providers.enabled_or_only().into_iter().flat_map(|provider| provider.mappings.values()) {
        teams.entry(mapping.team).or_default().insert(mapping.group.as_str().to_owned());
    }
    ok(&listing.apply(
        teams.into_iter().map(|(team_id, groups)| TeamGroupsView { team_id, groups: groups.into_iter().collect() }).collect(),
    ))
}
