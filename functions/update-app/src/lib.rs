//! `PATCH /api/v3/applications/{applicationId}`: a developer edits an application.

use portico_domain::application::{Application, ApplicationCard};
use portico_domain::application_edit::ApplicationEdit;
use portico_domain::event::Name;
use portico_domain::strategy::Strategy;
use portico_domain::text::{ApplicationName, Description, ReferenceId};
use portico_http::fields::Fields;
use portico_http::fields::kinds::{list, text, uri, uuid};
use portico_http::response::ok;
use portico_http::views::application::ApplicationView;
use portico_http::who::SignedIn;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::applications::EditApplicationError;
use portico_store::{Key, decide_again};
use serde_json::json;

/// Edits an application of whoever is signed in. An edit that changes nothing writes nothing.
///
/// # Errors
/// 400 for wrong fields, 404 for an application that is not there, or somebody else's, and for an unknown team, 409 for a reference
/// ID that is taken.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let (who, application) = portal.own_application(&request, []).await?;
    let (wanted, team) = parse(&request)?;
    if team {
        return Err(Problem::not_found());
    }
    let (id, strategy) = (application.card.id, application.card.strategy);
    let mut known = Some(application);
    let card = decide_again(|| {
        let (known, wanted, who) = (known.take(), wanted.clone(), &who);
        async move {
            let application = match known {
                Some(application) => application,
                None => portal.own_application_again(who, id).await?,
            };
            edit(portal, who, &application, wanted).await
        }
    })
    .await?;
    let strategy = portal
        .store
        .find::<Strategy>(&Key::strategy(strategy))
        .await?
        .ok_or_else(|| Problem::internal("an application's strategy is not there"))?;
    ok(&ApplicationView::of(&card, &strategy))
}

/// What is to change, and whether it is to become a team's.
fn parse(request: &Request) -> Result<(ApplicationEdit, bool), Problem> {
    let mut body = Fields::of(&request.body);
    let name = body.optional("name", text().parse_with(ApplicationName::parse));
    let reference_id = body.optional("client_id", text().parse_with(ReferenceId::parse));
    let redirect_uri = body.nullable("redirect_uri", uri());
    let description = body.optional("description", text().parse_with(Description::parse));
    let scopes = body.optional("scopes", list(text().single_line().max(128)).items(0..=50));
    let team = body.nullable("team_id", uuid()).null_is_absent();
    let (name, reference_id, redirect_uri, description, scopes, team) =
        body.finish((name, reference_id, redirect_uri, description, scopes, team))?;
    Ok((ApplicationEdit { name, reference_id, redirect_uri, description, scopes }, team.is_some()))
}

/// Edits the application as it was read; nothing, if it changed meanwhile.
async fn edit(
    portal: &Portal,
    who: &SignedIn,
    application: &Application,
    wanted: ApplicationEdit,
) -> Result<Option<ApplicationCard>, Problem> {
    let Some(edited) = wanted.of(application, portal.now()) else { return Ok(Some(application.card.clone())) };
    let data = json!({
        "portal": application.portal,
        "developer": application.owner,
        "application": application.card.id,
        "changed": edited.changed,
    });
    let event = portal.event(Name::ApplicationUpdated, who.actor(), data)?;
    match portal.store.edit_application(application, &edited.card, &event).await {
        Ok(()) => Ok(Some(edited.card)),
        Err(EditApplicationError::Changed) => Ok(None),
        Err(EditApplicationError::ReferenceIdTaken) => {
            Err(Problem::new(Kind::ReferenceIdTaken, "This reference ID is already used in this portal. Choose another one."))
        }
        Err(EditApplicationError::Store(error)) => Err(error.into()),
    }
}
