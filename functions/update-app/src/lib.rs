//! `PATCH /api/v3/applications/{applicationId}`: a developer edits an application.

use portico_domain::application::{Application, ApplicationCard};
use portico_domain::application_edit::ApplicationEdit;
use portico_domain::id::TeamId;
use portico_domain::owner::Owner;
use portico_domain::strategy::Strategy;
use portico_domain::text::{ApplicationName, Description, ReferenceId};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{list, text, uri, uuid};
use portico_http::ownership::{Editor, cannot_take};
use portico_http::response::ok;
use portico_http::views::application::ApplicationView;
use portico_http::who::SignedIn;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::{Key, decide_again};

/// Edits an application of whoever is signed in, or of a team of theirs: `team_id` gives it to another team of theirs, and `null` to
/// whoever asks. An edit that changes nothing writes nothing.
///
/// # Errors
/// 400 for wrong fields, 403 for a team that may not take it and at the quota, 404 for an application that is not there, or somebody
/// else's, and for a team that is not theirs, 409 for a reference ID that is taken.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let (who, application) = portal.own_application(&request, []).await?;
    let (wanted, team) = parse(&request)?;
    let own = Owner::Developer(who.developer.id);
    let wanted = ApplicationEdit { owner: team.map(|team| team.map_or(own, Owner::Team)), ..wanted };
    let (id, strategy) = (application.card.id, application.card.strategy);
    let mut known = Some(application);
    let who = &who;
    let (owner, card) = decide_again(|| {
        let (known, wanted) = (known.take(), wanted.clone());
        async move {
            match known {
                Some(application) => edit(portal, who, &application, wanted).await,
                None => {
                    let (who, application) = portal.own_application_again(who, id, []).await?;
                    edit(portal, &who, &application, wanted).await
                }
            }
        }
    })
    .await?;
    let strategy = portal
        .store
        .find::<Strategy>(&Key::strategy(strategy))
        .await?
        .ok_or_else(|| Problem::internal("an application's strategy is not there"))?;
    ok(&ApplicationView::of(owner, &card, &strategy))
}

/// What is to change, and the team that is to own it, if that is said: none gives it back to whoever asks.
fn parse(request: &Request) -> Result<(ApplicationEdit, Option<Option<TeamId>>), Problem> {
    let mut body = Fields::of(&request.body);
    let name = body.optional("name", text().parse_with(ApplicationName::parse));
    let reference_id = body.optional("client_id", text().parse_with(ReferenceId::parse));
    let redirect_uri = body.nullable("redirect_uri", uri());
    let description = body.optional("description", text().parse_with(Description::parse));
    let scopes = body.optional("scopes", list(text().single_line().max(128)).items(0..=50));
    let team = body.nullable("team_id", uuid());
    let (name, reference_id, redirect_uri, description, scopes, team) =
        body.finish((name, reference_id, redirect_uri, description, scopes, team))?;
    let edit = ApplicationEdit { name, reference_id, redirect_uri, description, scopes, owner: None };
    Ok((edit, team.map(|team| team.map(TeamId::new))))
}

/// Edits the application as it was read; nothing, if it changed meanwhile, or whoever is to own it did.
async fn edit(
    portal: &Portal,
    who: &SignedIn,
    application: &Application,
    wanted: ApplicationEdit,
) -> Result<Option<(Owner, ApplicationCard)>, Problem> {
    let Some(edited) = wanted.of(application, portal.now()) else {
        return Ok(Some((application.owner, application.card.clone())));
    };
    let taker = match edited.owner {
        None => None,
        Some(Owner::Team(team)) if !who.developer.teams.contains(&team) => return Err(Problem::not_found()),
        Some(owner) => Some(portal.taker(owner, who.portal.id).await?.ok_or_else(Problem::not_found)?),
    };
    if let Some(taker) = &taker {
        taker.may_take(application.grants.keys()).map_err(cannot_take)?;
    }
    let editor = Editor { acting: who.acting(application), member: Some(who.developer.id), actor: who.actor() };
    let written = portal.write_edit(application, &edited, taker.as_ref(), &editor).await?;
    Ok(written.then(|| (edited.owner.unwrap_or(application.owner), edited.card)))
}
