//! `list-portal-idp-team-group-mappings`, `create-portal-idp-team-group-mapping`, `get-portal-idp-team-group-mapping`,
//! `delete-portal-idp-team-group-mapping`: the groups of one provider that are teams.

mod page;

use portico_domain::id::{GroupMappingId, TeamId};
use portico_domain::identity_provider::{GroupMapping, GroupName, ProviderError};
use portico_domain::team::Team;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{text, uuid};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::listing::{Column, Listing};
use portico_http::response::{created, no_content, ok};
use portico_http::views::group_mapping::GroupMappingView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

use crate::change::{Asked, asked_of_one, refused};
use page::Page;

/// A mapping under its id.
pub(crate) type Row = (GroupMappingId, GroupMapping);

const COLUMNS: &[Column<Row>] = &[
    Column::id("team_id", |(_, mapping): &Row| Some(mapping.team.uuid())).filter_only(),
    Column::text("group", |(_, mapping): &Row| Some(mapping.group.as_str())).filter_only(),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (asked, id) = asked_of_one(portal, request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let page = Page::parse(request, listing.size())?;
    let rows = asked.provider(id)?.mappings.iter().map(|(id, mapping)| (*id, mapping.clone()));
    ok(&page.of(rows.filter(|row| listing.keeps(row)).collect()))
}

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let mapping = request.id::<GroupMappingId>("mappingId");
    let (asked, id) = asked_of_one(portal, request, []).await?;
    let mapping = mapping?;
    let found = asked.provider(id)?.mappings.get(&mapping);
    ok(&GroupMappingView::of(mapping, found.ok_or_else(|| refused(ProviderError::Unknown))?))
}

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let parsed = parse(request);
    let team = parsed.as_ref().ok().map(|(team, _)| Key::team(*team));
    let (asked, id) = asked_of_one(portal, request, team).await?;
    let (team, group) = parsed?;
    if !has_team(&asked, team)? {
        return Err(unknown_team("team_id"));
    }
    let (mapping, made) = (portal.new_id()?, GroupMapping { team, group, created_at: portal.now() });
    asked.change_providers(portal, |before| before.mapping(id, mapping, &made, portal.now()).map_err(refused)).await?;
    created(&GroupMappingView::of(mapping, &made))
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let mapping = request.id::<GroupMappingId>("mappingId");
    let (asked, id) = asked_of_one(portal, request, []).await?;
    let mapping = mapping?;
    asked.change_providers(portal, |before| before.unmapping(id, mapping, portal.now()).map_err(refused)).await?;
    Ok(no_content())
}

fn parse(request: &Request) -> Result<(TeamId, GroupName), Problem> {
    let mut body = Fields::of(&request.body);
    body.open(); // the contract does not close it
    let team = body.required("team_id", uuid());
    let group = body.required("group", text().parse_with(GroupName::parse));
    let (team, group) = body.finish((team, group))?;
    Ok((TeamId::new(team), group))
}

/// Whether a team that was read with the token is one of the portal's, and there.
///
/// # Errors
/// What the store says.
pub(crate) fn has_team(asked: &Asked, id: TeamId) -> Result<bool, Problem> {
    let team = asked.administrator.items.get::<Team>(&Key::team(id))?;
    Ok(team.is_some_and(|team| team.is_live() && team.portal == asked.sign_in.portal.id))
}

/// The problem of a team that is not there, or another portal's.
pub(crate) fn unknown_team(field: &str) -> Problem {
    InvalidParameter::body(field, Rule::MissingReference, "must be the id of a team of this portal").into()
}
