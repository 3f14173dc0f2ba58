//! `update-application`: an administrator gives an application to another owner, a developer or a team. And how a body names one.

use portico_domain::application::Application;
use portico_domain::application_edit::ApplicationEdit;
use portico_domain::id::{DeveloperId, TeamId};
use portico_domain::owner::Owner;
use portico_domain::strategy::Strategy;
use portico_http::fields::kinds::{object, one_of, uuid};
use portico_http::fields::{Fields, Read};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::ownership::{Editor, cannot_take};
use portico_http::response::ok;
use portico_http::views::admin_application::AdminApplicationView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::owners::Acting;
use portico_store::{Key, decide_again};
use uuid::Uuid;

use crate::applications::strategy_gone;
use crate::{live, named};

/// Gives an application to the owner that the body names. Its registrations, credentials and calls stay: a developer must be approved,
/// a team must be allowed to own applications and have the role for every API that it is registered for.
pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, application) = named(portal, request).await?;
    let mut body = Fields::of(&request.body);
    let owner = body.optional("owner", object(named_owner));
    let owner = body.finish(owner)?.map(owner_of);
    let id = application.card.id;
    let mut known = Some(application);
    let who = &who;
    let application = decide_again::<_, Problem, _>(|| {
        let known = known.take();
        async move {
            let application = match known {
                Some(application) => application,
                None => live(portal.store.find(&Key::application(id)).await?).ok_or_else(Problem::not_found)?,
            };
            let edit = ApplicationEdit { owner, ..ApplicationEdit::default() };
            let edited = edit.of(&application, portal.now());
            let Some((edited, owner)) = edited.and_then(|edited| edited.owner.map(|owner| (edited, owner))) else {
                return Ok(Some(application));
            };
            let taker = portal.taker(owner, who.portal.id).await?.ok_or_else(unknown_owner)?;
            taker.may_take(application.grants.keys()).map_err(cannot_take)?;
            let acting = Acting::on_behalf(application.owner);
            let editor = Editor { acting, member: None, actor: who.administrator.actor() };
            let written = portal.write_edit(&application, &edited, Some(&taker), &editor).await?;
            Ok(written.then_some(Application { card: edited.card, owner, ..application }))
        }
    })
    .await?;
    let strategy = portal.store.find::<Strategy>(&Key::strategy(application.card.strategy)).await?;
    ok(&AdminApplicationView::of(&application, &strategy.ok_or_else(strategy_gone)?))
}

/// What makes an owner of an id.
type OfId = fn(Uuid) -> Owner;

const KINDS: &[(&str, OfId)] =
    &[("developer", |id| Owner::Developer(DeveloperId::new(id))), ("team", |id| Owner::Team(TeamId::new(id)))];

/// An owner as a body names one.
pub(crate) fn named_owner(owner: &mut Fields<'_>) -> (Read<OfId>, Read<Uuid>) {
    (owner.required("type", one_of(KINDS)), owner.required("id", uuid()))
}

/// The owner that was named.
pub(crate) fn owner_of((of_id, id): (OfId, Uuid)) -> Owner {
    of_id(id)
}

pub(crate) fn unknown_owner() -> Problem {
    let reason = "must be the id of a developer or a team of this portal, as owner.type says";
    InvalidParameter::body("owner.id", Rule::MissingReference, reason).into()
}
