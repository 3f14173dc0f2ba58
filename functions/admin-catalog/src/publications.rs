//! `publish-api-to-portal`, `fetch-publication`, `delete-publication`.

use portico_domain::event::Name;
use portico_domain::id::{ApiId, PortalId, StrategyId};
use portico_domain::portal::Visibility;
use portico_domain::publication::{Publication, Terms};
use portico_domain::strategy::Strategy;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{boolean, list, one_of, uuid};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::response::{no_content, ok};
use portico_http::views::publication::PublicationView;
use portico_http::who::PortalAdministrator;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::publications::{PublishError, Publishing};
use portico_store::{Key, decide_again};
use serde_json::{Value, json};

use crate::{live, too_many};

/// What a publication is to be like; PUT replaces all, so that what is absent is the portal's default (contract, point 17).
struct Asked {
    visibility: Option<Visibility>,
    strategy: Option<Option<StrategyId>>,
    auto_approve_registrations: bool,
}

pub(crate) async fn publish(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    live(portal, id).await?;
    let asked = parse(request)?;
    let (who, asked) = (&who, &asked);
    let card = decide_again::<_, Problem, _>(|| async move {
        let before = live(portal, id).await?;
        let old = card(portal, who.portal.id, id).await?;
        let strategy = strategy(portal, asked.strategy.unwrap_or(who.portal.default_strategy)).await?;
        let terms = Terms {
            visibility: asked.visibility.unwrap_or(who.portal.default_api_visibility),
            strategy: strategy.as_ref().map(|strategy| strategy.id),
            auto_approve_registrations: asked.auto_approve_registrations,
        };
        if let Some(old) = old.as_ref().filter(|old| old.terms() == terms) {
            return Ok(Some(old.clone()));
        }
        let after = before.published(who.portal.id, terms.strategy).map_err(too_many)?;
        let new = match &old {
            Some(old) => old.with_terms(terms, portal.now()),
            None => Publication::new(who.portal.id, &after, terms, portal.now()),
        };
        let data = json!({
            "api": id,
            "portal": who.portal.id,
            "before": old.as_ref().map(|old| audited(&old.terms())),
            "after": audited(&terms),
        });
        let event = portal.event(Name::ApiPublished, who.administrator.actor(), data)?;
        let packed = match &old {
            Some(_) => None,
            None => Some(portal.searchable(&after, &[], None).await?),
        };
        let publishing = Publishing {
            before: &before,
            after: &after,
            old: old.as_ref(),
            new: &new,
            strategy: strategy.as_ref(),
            packed: packed.as_ref(),
        };
        match portal.store.publish(publishing, &event).await {
            Ok(()) => Ok(Some(new)),
            Err(PublishError::Changed) => Ok(None),
            Err(PublishError::Store(error)) => Err(error.into()),
        }
    })
    .await?;
    ok(&PublicationView::of(&card))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let card = card(portal, who.portal.id, id).await?.ok_or_else(Problem::not_found)?;
    ok(&PublicationView::of(&card))
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let who = &who;
    decide_again::<_, Problem, _>(|| async move {
        let before = live(portal, id).await?;
        let after = before.unpublished(who.portal.id).ok_or_else(Problem::not_found)?;
        // Read after the API: where the two differ, the API has changed, and the transaction finds out.
        let Some(card) = card(portal, who.portal.id, id).await? else { return Ok(None) };
        let data = json!({ "api": id, "portal": who.portal.id, "before": audited(&card.terms()) });
        let event = portal.event(Name::ApiUnpublished, who.administrator.actor(), data)?;
        match portal.store.unpublish(&before, &after, &card, &event).await {
            Ok(()) => Ok(Some(())),
            Err(PublishError::Changed) => Ok(None),
            Err(PublishError::Store(error)) => Err(error.into()),
        }
    })
    .await?;
    Ok(no_content())
}

/// The administrator of the portal and the API that the path names.
async fn named(portal: &Portal, request: &Request) -> Result<(PortalAdministrator, ApiId), Problem> {
    let id = request.id::<ApiId>("apiId");
    let who = portal.portal_administrator(request, []).await?;
    Ok((who, id?))
}

async fn card(portal: &Portal, of: PortalId, api: ApiId) -> Result<Option<Publication>, Problem> {
    Ok(portal.store.find::<Publication>(&Key::publication(of, api)).await?)
}

async fn strategy(portal: &Portal, id: Option<StrategyId>) -> Result<Option<Strategy>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let known = portal.store.find::<Strategy>(&Key::strategy(id)).await?;
    known.map(Some).ok_or_else(|| {
        InvalidParameter::body("auth_strategy_ids.0", Rule::MissingReference, "must be the id of an auth strategy").into()
    })
}

fn audited(terms: &Terms) -> Value {
    json!({
        "visibility": terms.visibility,
        "auth_strategy": terms.strategy,
        "auto_approve_registrations": terms.auto_approve_registrations,
    })
}

const VISIBILITIES: &[(&str, Visibility)] =
    &[(Visibility::Public.as_str(), Visibility::Public), (Visibility::Private.as_str(), Visibility::Private)];

fn parse(request: &Request) -> Result<Asked, Problem> {
    let mut body = Fields::of(&request.body);
    body.read_only(&["warnings", "created_at", "updated_at"]);
    let auto_approve_registrations = body.optional("auto_approve_registrations", boolean()).or(false);
    let strategies = body.nullable("auth_strategy_ids", list(uuid()).items(1..=1));
    let visibility = body.optional("visibility", one_of(VISIBILITIES));
    let (auto_approve_registrations, strategies, visibility) =
        body.finish((auto_approve_registrations, strategies, visibility))?;
    let strategy = strategies.map(|ids| ids.and_then(|ids| ids.into_iter().next()).map(StrategyId::new));
    Ok(Asked { visibility, strategy, auto_approve_registrations })
}
