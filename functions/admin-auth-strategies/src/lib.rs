//! `/v2/application-auth-strategies`: how applications prove who they are, for administrators.

mod parse;

use portico_domain::event::Name;
use portico_domain::gateway::LinkedPublication;
use portico_domain::id::StrategyId;
use portico_domain::job::{Job, Work};
use portico_domain::strategy::{OtherType, Strategy};
use portico_http::listing::Column;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::response::{created, no_content, ok};
use portico_http::views::admin_strategy::AdminStrategyView;
use portico_http::who::Administrator;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::portals::STRATEGIES_LIST;
use portico_store::strategies::{DeleteStrategyError, UpdateStrategyError};
use portico_store::{Key, decide_again};
use serde_json::json;

/// Answers the routes of `admin-auth-strategies`.
///
/// # Errors
/// 400 for wrong fields, 401 and 403 for whoever may not, 404 for an unknown strategy, 409 for one that is in use and for another
/// type, 422 for dynamic client registration.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    match request.route.operation {
        "create-app-auth-strategy" => create(portal, &request).await,
        "list-app-auth-strategies" => list(portal, &request).await,
        "get-app-auth-strategy" => {
            let (_, id) = named(portal, &request).await?;
            ok(&AdminStrategyView::of(&known(portal, id).await?))
        }
        "replace-app-auth-strategy" => replace(portal, &request).await,
        "update-app-auth-strategy" => update(portal, &request).await,
        "delete-app-auth-strategy" => delete(portal, &request).await,
        _ => Err(Problem::not_found()),
    }
}

const TYPES: &[&str] = &["key_auth", "openid_connect"];
const COLUMNS: &[Column<Strategy>] = &[
    Column::id("id", |strategy: &Strategy| Some(strategy.id.uuid())).sort_only(),
    Column::text("name", |strategy| Some(&strategy.name)),
    Column::text("display_name", |strategy| Some(&strategy.display_name)),
    Column::choice("strategy_type", TYPES, |strategy| Some(strategy.method.type_name())),
    // Every strategy is, while it is there, and only one with API keys knows several credentials.
    Column::flag("active", |_: &Strategy| Some(true)).sort_only(),
    Column::flag("supports_multiple_credentials", |strategy: &Strategy| Some(strategy.is_key_auth())).sort_only(),
    // No strategy has a provider of client registrations.
    Column::id("dcr_provider_id", |_: &Strategy| None).filter_only(),
    Column::text("dcr_provider_name", |_: &Strategy| None).filter_only(),
    Column::text("dcr_provider_type", |_: &Strategy| None).filter_only(),
    Column::time("created_at", |strategy: &Strategy| Some(strategy.created_at)).sort_only(),
    Column::time("updated_at", |strategy: &Strategy| Some(strategy.updated_at)).sort_only(),
];

async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    portal.administrator(request, []).await?;
    let page = Browsing::parse(request, COLUMNS)?.browse(&portal.store, STRATEGIES_LIST, CAP).await?;
    ok(&page.map(|strategy| AdminStrategyView::of(&strategy)))
}

async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.administrator(request, []).await?;
    of_all_portals(&who)?;
    let terms = parse::terms(request, portal.providers.reach())?;
    let strategy = Strategy::create(portal.new_id::<StrategyId>()?, terms, portal.now());
    let event = portal.event(Name::StrategyCreated, who.actor(), json!({ "strategy": strategy.id }))?;
    portal.store.create_strategy(&strategy, &event).await?;
    created(&AdminStrategyView::of(&strategy))
}

async fn replace(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    of_all_portals(&who)?;
    known(portal, id).await?;
    let terms = parse::terms(request, portal.providers.reach())?;
    let replaced = edit(portal, &who, id, |before| before.replaced(terms.clone(), portal.now())).await?;
    created(&AdminStrategyView::of(&replaced)) // the contract's own status for this PUT
}

async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    of_all_portals(&who)?;
    known(portal, id).await?;
    let changes = parse::changes(request, portal.providers.reach())?;
    let updated = edit(portal, &who, id, |before| before.changed(changes.clone(), portal.now())).await?;
    ok(&AdminStrategyView::of(&updated))
}

/// What an edit did to the headers of a strategy.
enum Headers {
    /// They stay.
    Kept,
    /// They are others, and a job is to say so to the links.
    Moved(Job),
    /// Nothing changed at all: perhaps an earlier try was cut off before it came to the links.
    Repeated,
}

/// Changes a strategy. Where its headers change, those on the links of its APIs do, too, before the answer.
async fn edit(
    portal: &Portal,
    who: &Administrator,
    id: StrategyId,
    decide: impl Fn(&Strategy) -> Result<Strategy, OtherType>,
) -> Result<Strategy, Problem> {
    let decide = &decide;
    let (strategy, headers) = decide_again::<_, Problem, _>(|| async move {
        let before = known(portal, id).await?;
        let after = decide(&before).map_err(|error| Problem::new(Kind::Conflict, format!("{error}.")))?;
        if after == before {
            return Ok(Some((before, Headers::Repeated)));
        }
        let moved = LinkedPublication::of(&before) != LinkedPublication::of(&after);
        let job: Option<Job> = moved.then(|| portal.job(Work::KeyNames { strategy: id })).transpose()?;
        let data = json!({ "strategy": id, "changed": changed(&before, &after) });
        let event = portal.event(Name::StrategyUpdated, who.actor(), data)?;
        match portal.store.update_strategy(&before, &after, &event, job.as_ref()).await {
            Ok(()) => Ok(Some((after, job.map_or(Headers::Kept, Headers::Moved)))),
            Err(UpdateStrategyError::Changed) => Ok(None),
            Err(UpdateStrategyError::Store(error)) => Err(error.into()),
        }
    })
    .await?;
    match headers {
        Headers::Kept => {}
        Headers::Moved(job) => portal.store.finish_key_names(&job).await?,
        Headers::Repeated => portal.store.copy_key_names(id).await?,
    }
    Ok(strategy)
}

async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    of_all_portals(&who)?;
    let who = &who;
    decide_again::<_, Problem, _>(|| async move {
        let strategy = known(portal, id).await?;
        let event = portal.event(Name::StrategyDeleted, who.actor(), json!({ "strategy": id }))?;
        match portal.store.delete_strategy(&strategy, &event).await {
            Ok(()) => Ok(Some(())),
            Err(DeleteStrategyError::Changed) => Ok(None),
            Err(DeleteStrategyError::InUse) => {
                Err(Problem::new(Kind::InUse, "A publication or an application uses this auth strategy."))
            }
            Err(DeleteStrategyError::IsDefault) => Err(Problem::new(
                Kind::InUse,
                "This auth strategy is the default of a portal. Give the portal another one first.",
            )),
            Err(DeleteStrategyError::Store(error)) => Err(error.into()),
        }
    })
    .await?;
    Ok(no_content())
}

/// The administrator, and the strategy that the path names, which may not be there.
async fn named(portal: &Portal, request: &Request) -> Result<(Administrator, StrategyId), Problem> {
    let id = request.id::<StrategyId>("authStrategyId");
    let who = portal.administrator(request, []).await?;
    Ok((who, id?))
}

async fn known(portal: &Portal, id: StrategyId) -> Result<Strategy, Problem> {
    portal.store.find::<Strategy>(&Key::strategy(id)).await?.ok_or_else(Problem::not_found)
}

/// A strategy serves every portal: who changes it must manage them all.
fn of_all_portals(who: &Administrator) -> Result<(), Problem> {
    match who.token.portals {
        None => Ok(()),
        Some(_) => Err(Problem::new(Kind::Forbidden, "Auth strategies serve every portal, and this token is for some.")),
    }
}

/// The members that differ, for the event: which, not what.
fn changed(before: &Strategy, after: &Strategy) -> Vec<&'static str> {
    let members = [
        ("name", before.name != after.name),
        ("display_name", before.display_name != after.display_name),
        ("configs", before.method != after.method),
        ("labels", before.labels != after.labels),
        ("principals", before.principals != after.principals),
    ];
    members.into_iter().filter(|(_, differs)| *differs).map(|(member, _)| member).collect()
}
