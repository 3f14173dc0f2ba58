//! `list-portal-team-roles`, `assign-role-to-portal-teams`, `remove-role-from-portal-team`, `list-portal-roles`.

use http::{HeaderName, HeaderValue};
use portico_domain::api::Api;
use portico_domain::event::Name;
use portico_domain::id::AssignmentId;
use portico_domain::reader::{Role, Scope};
use portico_domain::team::{AssignError, Assigned, Assignment, Team};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{one_of, text};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::listing::{Column, Listing};
use portico_http::response::{created, no_content, ok};
use portico_http::views::admin_team::{AssignedRoleView, ENTITY_TYPE, EVERY_API, entity};
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::team_roles::RoleError;
use portico_store::{Key, decide_again};
use serde_json::{Value, json};

use crate::{again, alive, named};

const ROLES: &[(&str, Role)] = &[(Role::Viewer.name(), Role::Viewer), (Role::Consumer.name(), Role::Consumer)];
const TYPES: &[(&str, ())] = &[(ENTITY_TYPE, ())];
const REGIONS: &[(&str, &str)] =
    &[("us", "us"), ("eu", "eu"), ("au", "au"), ("me", "me"), ("in", "in"), ("sg", "sg"), ("*", "*")];

/// A role of a team, and what is kept of it.
struct Row {
    assigned: Assigned,
    assignment: Assignment,
    entity: String,
}

const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |row: &Row| Some(row.assignment.id.uuid())).sort_only(),
    Column::text("role_name", |row: &Row| Some(row.assigned.role.name())).sort_only(),
    Column::text("entity_id", |row: &Row| Some(&row.entity)).sort_only(),
    Column::text("entity_type_name", |_: &Row| Some(ENTITY_TYPE)).sort_only(),
    Column::text("entity_region", |row: &Row| Some(&row.assignment.region)).sort_only(),
];

/// The roles, in the order in which they were given.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, team) = named(portal, request, []).await?;
    let team = alive(team)?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let rows = team.roles.into_iter().map(|(assigned, assignment)| Row { assigned, assignment, entity: entity(&assigned) });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| row.assignment.id);
    ok(&listing.apply(rows).map(|row| AssignedRoleView::of(&row.assigned, &row.assignment)))
}

/// What the contract says of both roles.
pub(crate) async fn known(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    portal.administrator(request, []).await?;
    ok(&json!({ "services": { "name": ENTITY_TYPE, "roles": {
        "apiviewer": {
            "name": Role::Viewer.name(),
            "description": "API Viewers have read-only access to the documentation of a service in a portal",
        },
        "apiconsumer": {
            "name": Role::Consumer.name(),
            "description": "API Consumers can make calls to the given service",
        },
    } } }))
}

pub(crate) async fn assign(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let parsed = parse(request);
    let api = parsed.as_ref().ok().and_then(|(assigned, _)| match assigned.scope {
        Scope::One(api) => Some(Key::api(api)),
        Scope::All => None,
    });
    let (who, team) = named(portal, request, api.clone()).await?;
    let (assigned, region) = parsed?;
    let id = team.id;
    let assignment = Assignment { id: portal.new_id()?, region: region.to_owned() };
    let mut known = Some(alive(team)?);
    if let Some(key) = api
        && who.administrator.items.get::<Api>(&key)?.is_none_or(|api| api.deleted_at.is_some())
    {
        return Err(unknown_api());
    }
    let (who, kept) = (&who, &assignment);
    decide_again::<_, Problem, _>(|| {
        let known = known.take();
        async move {
            let team = match known {
                Some(team) => team,
                None => again(portal, id).await?,
            };
            team.may_be_given(&assigned).map_err(refused)?;
            let event = portal.event(Name::TeamRoleAssigned, who.administrator.actor(), audited(&team, &assigned, kept.id))?;
            match portal.store.assign_role(&team, &assigned, kept, &event).await {
                Ok(()) => Ok(Some(())),
                Err(RoleError::Changed) => Ok(None),
                Err(RoleError::ApiGone) => Err(unknown_api()),
                Err(RoleError::Store(error)) => Err(error.into()),
            }
        }
    })
    .await?;
    created(&AssignedRoleView::of(&assigned, &assignment))
}

/// Takes a role away: nothing is registered by it any more. What is registered already stays, and the answer says how much that is.
pub(crate) async fn remove(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let role = request.id::<AssignmentId>("roleId");
    let (who, team) = named(portal, request, []).await?;
    let role = role?;
    let id = team.id;
    let mut known = Some(alive(team)?);
    let who = &who;
    let (team, assigned) = decide_again::<_, Problem, _>(|| {
        let known = known.take();
        async move {
            let team = match known {
                Some(team) => team,
                None => again(portal, id).await?,
            };
            let (assigned, assignment) = team.assignment(role).ok_or_else(Problem::not_found)?;
            let event = portal.event(Name::TeamRoleRemoved, who.administrator.actor(), audited(&team, &assigned, role))?;
            match portal.store.remove_role(&team, &assigned, assignment, &event).await {
                Ok(()) => Ok(Some((team, assigned))),
                Err(RoleError::Changed | RoleError::ApiGone) => Ok(None),
                Err(RoleError::Store(error)) => Err(error.into()),
            }
        }
    })
    .await?;
    let stay = portal.registrations_that_stay(&team, assigned.scope).await?;
    let mut response = no_content();
    response.headers_mut().insert(HeaderName::from_static("portico-registrations"), HeaderValue::from(stay));
    Ok(response)
}

fn parse(request: &Request) -> Result<(Assigned, &'static str), Problem> {
    let mut body = Fields::of(&request.body);
    body.open();
    let role = body.required("role_name", one_of(ROLES));
    let scope = body.required("entity_id", text().parse_with(scope));
    let kind = body.required("entity_type_name", one_of(TYPES));
    let region = body.required("entity_region", one_of(REGIONS));
    let (role, scope, (), region) = body.finish((role, scope, kind, region))?;
    Ok((Assigned { scope, role }, region))
}

fn scope(text: &str) -> Result<Scope, &'static str> {
    match text {
        EVERY_API => Ok(Scope::All),
        api => api.parse().map(Scope::One).map_err(|_| "must be the id of an API, or * for all of them"),
    }
}

fn audited(team: &Team, assigned: &Assigned, id: AssignmentId) -> Value {
    json!({ "portal": team.portal, "team": team.id, "assignment": id, "role": assigned })
}

fn refused(error: AssignError) -> Problem {
    match error {
        AssignError::AlreadyAssigned => Problem::new(Kind::AlreadyExists, format!("{error}.")),
        AssignError::TooMany => Problem::new(Kind::QuotaReached, format!("{error}.")),
    }
}

fn unknown_api() -> Problem {
    InvalidParameter::body("entity_id", Rule::MissingReference, "must be the id of an API").into()
}
