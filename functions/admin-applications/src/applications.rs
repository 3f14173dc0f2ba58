//! `list-applications`, `get-application`, `delete-application`.

use portico_domain::application::Application;
use portico_domain::id::{ApplicationId, DeveloperId, TeamId};
use portico_domain::owner::Owner;
use portico_domain::strategy::Strategy;
use portico_http::listing::Column;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::response::{no_content, ok};
use portico_http::views::admin_application::AdminApplicationView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::applications::applications_list;
use portico_store::owners::Acting;
use portico_store::{Key, decide_again};
use uuid::Uuid;

use crate::{live, named};

const COLUMNS: &[Column<Application>] = &[
    Column::id("id", |application| Some(application.card.id.uuid())),
    Column::text("name", |application| Some(&application.card.name)),
    Column::text("description", |application: &Application| application.card.description.as_deref()).sort_only(),
    Column::text("client_id", |application: &Application| application.card.reference_id.as_deref()).sort_only(),
    Column::id("developer_id", |application: &Application| application.owner.developer().map(|id| id.uuid())).filter_only(),
    Column::id("team_id", |application: &Application| application.owner.team().map(|id| id.uuid())).filter_only(),
    Column::number("registration_count", |application| i64::try_from(application.grants.len()).ok()),
    Column::time("created_at", |application: &Application| Some(application.card.created_at)).sort_only(),
    Column::time("updated_at", |application: &Application| Some(application.card.updated_at)).sort_only(),
];

/// The applications of a portal; those of one developer or one team are read from the owner's own list.
pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let browsing = Browsing::parse(request, COLUMNS)?;
    let owner = |column, of: fn(Uuid) -> Owner| browsing.listing.equals_id(column).map(of);
    let developer = owner("developer_id", |id| Owner::Developer(DeveloperId::new(id)));
    let page = match developer.or_else(|| owner("team_id", |id| Owner::Team(TeamId::new(id)))) {
        None => browsing.browse(&portal.store, &applications_list(who.portal.id), CAP).await?,
        Some(owner) => {
            let owned = portal.store.applications_in_full(owner).await?;
            browsing.listing.apply(owned.into_iter().filter(|application| application.portal == who.portal.id).collect())
        }
    };
    let keys: Vec<Key> = page.data.iter().map(|application| Key::strategy(application.card.strategy)).collect();
    let strategies = portal.store.load(&keys).await?;
    let mut views = Vec::with_capacity(page.data.len());
    for application in &page.data {
        let strategy = strategies.get::<Strategy>(&Key::strategy(application.card.strategy))?.ok_or_else(strategy_gone)?;
        views.push(AdminApplicationView::of(application, &strategy));
    }
    let mut views = views.into_iter();
    ok(&page.filter_map(|_| views.next()))
}

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, application) = named(portal, request).await?;
    let strategy = portal.store.find::<Strategy>(&Key::strategy(application.card.strategy)).await?;
    ok(&AdminApplicationView::of(&application, &strategy.ok_or_else(strategy_gone)?))
}

/// An application whose portal the path does not name. One of a portal that the token is not for is not there.
pub(crate) async fn get_unscoped(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let id = request.id::<ApplicationId>("applicationId");
    let key = id.as_ref().ok().map(|id| Key::application(*id));
    let who = portal.administrator(request, key).await?;
    let application = live(who.items.get::<Application>(&Key::application(id?))?);
    let application = application.filter(|application| who.token.may_manage(application.portal));
    let application = application.ok_or_else(Problem::not_found)?;
    let strategy = portal.store.find::<Strategy>(&Key::strategy(application.card.strategy)).await?;
    ok(&AdminApplicationView::of(&application, &strategy.ok_or_else(strategy_gone)?))
}

/// Deletes an application: its calls stop and its reference ID is free before the answer.
pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, application) = named(portal, request).await?;
    let id = application.card.id;
    let mut known = Some(application);
    let job = decide_again(|| {
        let (known, who) = (known.take(), &who);
        async move {
            let application = match known {
                Some(application) => application,
                None => live(portal.store.find(&Key::application(id)).await?).ok_or_else(Problem::not_found)?,
            };
            let acting = Acting::on_behalf(application.owner);
            portal.delete_application(&application, acting, &[], who.administrator.actor()).await
        }
    })
    .await?;
    portal.finish_application_removal(&job).await;
    Ok(no_content())
}

/// A strategy that an application uses cannot be deleted.
pub(crate) fn strategy_gone() -> Problem {
    Problem::internal("the strategy of an application is not there")
}
