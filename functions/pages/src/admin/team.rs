//! A team: its members, its roles, what happened, and what stays when a role is taken away.

use std::collections::BTreeMap;

use askama::Template;
use portico_domain::developer::Developer;
use portico_domain::event::Event;
use portico_domain::id::{ApiId, TeamId};
use portico_domain::reader::{Role, Scope};
use portico_domain::team::{Assigned, Assignment, Team};
use portico_http::views::admin_team::{ENTITY_TYPE, EVERY_API};
use portico_http::{Portal, Problem, Request};
use portico_store::developers::developers_list;
use portico_store::{Item, Key};

use crate::frame::Frame;
use crate::parts::{Confirm, Field, Pill, counted};
use crate::shown::{Page, Stop};

use super::words::Happened;
use super::{Admin, CAP, Place, Side, apis, asked, holds, teams};

/// How many developers are offered to become members.
const OFFERED: usize = 10;

struct MemberRow {
    id: String,
    name: String,
    email: String,
    status: Pill,
    remove: Confirm,
}

struct RoleRow {
    name: &'static str,
    /// The id and name of the API; absent for all of them.
    api: Option<(String, String)>,
    remove: Confirm,
}

/// A developer who could become a member.
struct Offer {
    id: String,
    name: String,
    email: String,
}

#[derive(Template)]
#[template(path = "admin/team.html")]
struct TeamPage {
    frame: Frame,
    side: Side,
    id: String,
    place: String,
    /// What it is for.
    about: String,
    owns: bool,
    roles_count: bool,
    name: Field,
    description: Field,
    members: Vec<MemberRow>,
    /// What was searched for among the developers.
    words: String,
    offers: Vec<Offer>,
    /// Whether more fit than are offered.
    more: bool,
    roles: Vec<RoleRow>,
    choices: Vec<(String, String)>,
    every_api: &'static str,
    entity_type: &'static str,
    viewer: &'static str,
    consumer: &'static str,
    delete: Confirm,
    history: Vec<Happened>,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let id = request.parameter("teamId").parse::<TeamId>().ok();
    let admin = Admin::of(portal, request, id.map(Key::team)).await?;
    let id = id.ok_or_else(Problem::not_found)?;
    let team = admin.items.get::<Team>(&Key::team(id))?.filter(|team| team.portal == admin.settings.id && team.is_live());
    let team = team.ok_or_else(Problem::not_found)?;
    let place = format!("{}/teams/{id}", admin.root());
    let members = portal.store.developers_in(id).await?;
    let choices: Vec<_> = apis::all(portal).await?.into_iter().map(|api| (api.id, api.name)).collect();
    let stay = portal.registrations_of_members(&team).await?;
    let words = asked(request, "q");
    let (offers, more) = offers(portal, &admin, &team, words).await?;
    let events: Vec<Event> = portal.store.children_as(Key::team(id).pk(), "EVENT#").await?;
    let mut roles: Vec<_> = team.roles.iter().collect();
    roles.sort_by_key(|(_, assignment)| assignment.id);
    let named =
        |api: ApiId| choices.iter().find(|(one, _)| *one == api).map_or_else(|| api.to_string(), |(_, name)| name.clone());
    let page = TeamPage {
        frame: admin.frame(request, team.name.clone()),
        side: Side::at(Place::Teams),
        about: team.description.clone().unwrap_or_default(),
        owns: team.can_own_applications,
        roles_count: admin.settings.rbac_enabled,
        name: teams::name(&team.name),
        description: teams::description(team.description.as_deref()),
        roles: roles.into_iter().map(|(assigned, kept)| role(assigned, kept, &place, &named, &stay)).collect(),
        members: members.iter().map(|one| member(one, &place, members.len() == 1)).collect(),
        words: words.to_owned(),
        offers,
        more,
        choices: choices.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
        every_api: EVERY_API,
        entity_type: ENTITY_TYPE,
        viewer: Role::Viewer.name(),
        consumer: Role::Consumer.name(),
        delete: Confirm {
            id: "delete-team".to_owned(),
            title: format!("Delete {}?", team.name),
            text: format!(
                "What its roles let its {} see and register for ends at once. {} This cannot be undone.",
                counted(members.len(), "member"),
                staying(stay.values().sum()),
            ),
            action: place.clone(),
            method: "DELETE",
            button: "Delete team",
            type_name: Some(team.name.clone()),
            next: Some("/admin/teams".to_owned()),
            done: format!("{} is deleted.", team.name),
        },
        history: Happened::newest(events, portal.now()),
        id: id.to_string(),
        place,
    };
    Page::own(&page)
}

fn member(developer: &Developer, place: &str, last: bool) -> MemberRow {
    let name = &developer.full_name;
    let text = match last {
        true => {
            "They are the last member. Until somebody else is one, nobody uses the roles of this team, or keeps what it owns."
        }
        false => "What the roles of this team let them see and register for ends at once. Their registrations stay.",
    };
    MemberRow {
        id: developer.id.to_string(),
        name: name.clone(),
        email: developer.email.clone(),
        status: Pill::of(developer.status),
        remove: Confirm {
            id: format!("remove-{}", developer.id),
            title: format!("Remove {name} from the team?"),
            text: text.to_owned(),
            action: format!("{place}/developers/{}", developer.id),
            method: "DELETE",
            button: "Remove member",
            type_name: None,
            next: None,
            done: format!("{name} is no member any more."),
        },
    }
}

fn role(
    assigned: &Assigned,
    kept: &Assignment,
    place: &str,
    named: &impl Fn(ApiId) -> String,
    stay: &BTreeMap<ApiId, u64>,
) -> RoleRow {
    let (api, what, stay) = match assigned.scope {
        Scope::All => (None, "all APIs".to_owned(), stay.values().sum()),
        Scope::One(api) => (Some((api.to_string(), named(api))), named(api), stay.get(&api).copied().unwrap_or_default()),
    };
    let name = assigned.role.name();
    RoleRow {
        name,
        api,
        remove: Confirm {
            id: format!("take-{}", kept.id),
            title: format!("Take away {name} for {what}?"),
            text: format!("By this role nobody registers any more, from now on. {}", staying(stay)),
            action: format!("{place}/assigned-roles/{}", kept.id),
            method: "DELETE",
            button: "Take away",
            type_name: None,
            next: None,
            done: format!("{name} is taken away. {}", staying(stay)),
        },
    }
}

/// What is there already.
fn staying(registrations: u64) -> String {
    match registrations {
        0 => "Its members have no registration that stays.".to_owned(),
        some => format!(
            "{} of its members {} until somebody revokes {}.",
            counted(usize::try_from(some).unwrap_or(usize::MAX), "registration"),
            if some == 1 { "stays" } else { "stay" },
            if some == 1 { "it" } else { "them" },
        ),
    }
}

/// Developers like the words who are no members, the newest first, and whether there are more.
async fn offers(portal: &Portal, admin: &Admin, team: &Team, words: &str) -> Result<(Vec<Offer>, bool), Stop> {
    if words.is_empty() {
        return Ok((Vec::new(), false));
    }
    let walked = portal.store.skim(&developers_list(admin.settings.id), &["email", "full_name"], CAP).await?;
    let fits = |item: &&Item| holds(words, &[item.text("email").unwrap_or_default(), item.text("full_name").unwrap_or_default()]);
    let found: Vec<Item> = walked.items.iter().filter(fits).take(OFFERED + 1 + team.member_count as usize).cloned().collect();
    let fresh: Result<Vec<Developer>, _> = portal.store.fresh(&found).await?.into_iter().map(Item::into_entity).collect();
    let mut offers: Vec<Offer> = fresh?
        .into_iter()
        .filter(|one| one.deleted_at.is_none() && !one.teams.contains(&team.id))
        .map(|one| Offer { id: one.id.to_string(), name: one.full_name, email: one.email })
        .collect();
    let more = offers.len() > OFFERED;
    offers.truncate(OFFERED);
    Ok((offers, more))
}
