//! The teams of the portal, and a new one.

use askama::Template;
use portico_domain::team::Team;
use portico_domain::text::{TeamDescription, TeamName};
use portico_http::{Portal, Request};
use portico_store::Item;
use portico_store::teams::teams_list;

use crate::frame::Frame;
use crate::parts::{Empty, Field, When};
use crate::shown::{Page, Stop};

use super::pager::Pager;
use super::{Admin, CAP, Place, Side, asked, holds};

struct Row {
    id: String,
    name: String,
    description: String,
    members: u32,
    roles: usize,
    owns: bool,
    created: When,
}

#[derive(Template)]
#[template(path = "admin/teams.html")]
struct TeamsPage {
    frame: Frame,
    side: Side,
    words: String,
    rows: Vec<Row>,
    /// Whether roles count.
    roles_count: bool,
    pager: Pager,
    empty: Empty,
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let words = asked(request, "q");
    let walked = portal.store.walk(&teams_list(admin.settings.id), None, CAP).await?;
    let any = !walked.items.is_empty();
    let fits = |item: &Item| holds(words, &[item.text("name").unwrap_or_default(), item.text("description").unwrap_or_default()]);
    let found: Vec<Item> = walked.items.into_iter().filter(fits).collect();
    let pager = Pager::of(asked(request, "page"), found.len(), "/admin/teams", &[("q", words)]);
    let fresh: Result<Vec<Team>, _> = portal.store.fresh(&pager.cut(found)).await?.into_iter().map(Item::into_entity).collect();
    let now = portal.now();
    let row = |team: Team| Row {
        id: team.id.to_string(),
        name: team.name,
        description: team.description.unwrap_or_default(),
        members: team.member_count,
        roles: team.roles.len(),
        owns: team.can_own_applications,
        created: When::of(team.created_at, now),
    };
    let page = TeamsPage {
        frame: admin.frame(request, "Teams"),
        side: Side::at(Place::Teams),
        rows: fresh?.into_iter().filter(Team::is_live).map(row).collect(),
        roles_count: admin.settings.rbac_enabled,
        pager,
        empty: match any {
            true => Empty {
                title: format!("No team matches “{words}”"),
                text: "Try fewer or other words.".to_owned(),
                action: Some(("Clear the search", "/admin/teams".to_owned())),
            },
            false => Empty {
                title: "No teams yet".to_owned(),
                text: "A team shares roles for private APIs among its members.".to_owned(),
                action: Some(("New team", "/admin/teams/new".to_owned())),
            },
        },
        words: words.to_owned(),
    };
    Page::own(&page)
}

/// What a team is called.
pub(super) fn name(value: &str) -> Field {
    Field::text("name", "Name").required().most(TeamName::MAX_CHARS).value(value)
}

/// What a team is for. One that is there can be changed, and not taken away.
pub(super) fn description(value: Option<&str>) -> Field {
    let field = Field::lines("description", "Description").most(TeamDescription::MAX_CHARS).hint("What the team is for.");
    match value {
        Some(value) => field.value(value).sent_when_empty(),
        None => field,
    }
}

#[derive(Template)]
#[template(path = "admin/new_team.html")]
struct NewTeamPage {
    frame: Frame,
    side: Side,
    place: String,
    name: Field,
    description: Field,
    owns: bool,
}

pub(crate) async fn new(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let page = NewTeamPage {
        frame: admin.frame(request, "New team"),
        side: Side::at(Place::Teams),
        place: format!("{}/teams", admin.root()),
        name: name(""),
        description: description(None),
        owns: false,
    };
    Page::own(&page)
}
