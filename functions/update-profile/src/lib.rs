//! `PATCH /api/portico/v1/developer`: a developer changes the own profile, which is the name. (The address is what they sign in with.)

use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::text::FullName;
use portico_http::fields::Fields;
use portico_http::fields::kinds::text;
use portico_http::response::ok;
use portico_http::views::profile::ProfileView;
use portico_http::who::SignedIn;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::developer_admin::ChangeDeveloperError;
use portico_store::{Key, decide_again};
use serde_json::json;

/// Changes what is named. An edit that changes nothing writes nothing.
///
/// # Errors
/// 400 for wrong fields, 401 without a session in force.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let who = portal.signed_in(&request, []).await?;
    let mut body = Fields::of(&request.body);
    let name = body.optional("full_name", text().parse_with(FullName::parse));
    let name = body.finish(name)?;
    let mut known = Some(who.developer.clone());
    let developer = decide_again(|| {
        let (known, who, name) = (known.take(), &who, name.as_ref());
        async move {
            let developer = match known {
                Some(developer) => developer,
                None => again(portal, who).await?,
            };
            match name {
                Some(name) if name.as_str() != developer.full_name => rename(portal, who, developer, name).await,
                _ => Ok(Some(developer)),
            }
        }
    })
    .await?;
    ok(&ProfileView::of(&developer))
}

/// Renames the developer as read; nothing, if something changed meanwhile.
async fn rename(portal: &Portal, who: &SignedIn, developer: Developer, name: &FullName) -> Result<Option<Developer>, Problem> {
    let data = json!({ "portal": developer.portal, "developer": developer.id, "changed": ["full_name"] });
    let event = portal.event(Name::DeveloperUpdated, who.actor(), data)?;
    match portal.store.rename_developer(&developer, name, &event).await {
        Ok(()) => {
            Ok(Some(Developer { full_name: name.as_str().to_owned(), updated_at: event.at, ver: developer.ver + 1, ..developer }))
        }
        Err(ChangeDeveloperError::Changed) => Ok(None),
        Err(ChangeDeveloperError::Store(error)) => Err(error.into()),
    }
}

/// The developer as they are now: the session may have ended with what changed.
async fn again(portal: &Portal, who: &SignedIn) -> Result<Developer, Problem> {
    let developer = portal.store.find::<Developer>(&Key::developer(who.developer.id)).await?;
    let live = developer.filter(|developer| developer.is_approved() && who.session.is_live(developer, portal.now()));
    live.ok_or_else(Problem::unauthorized)
}
