//! `create-api-implementation`, `fetch-api-implementation`, `delete-api-implementation`, `list-api-implementations`, in our own form:
//! a stage of an API Gateway.

use portico_domain::api::{Api, Implementation};
use portico_domain::event::Name;
use portico_domain::gateway::{GatewayName, Link, LinkedPublication};
use portico_domain::id::{ApiId, ImplementationId};
use portico_domain::strategy::Strategy;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{object, text};
use portico_http::listing::Column;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::response::{created, no_content, ok};
use portico_http::views::implementation::{ImplementationRowView, ImplementationView};
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::apis::APIS_LIST;
use portico_store::links::LinkError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::{editable, live, named, too_many};

/// An implementation and whose it is.
type Row = (ApiId, Implementation);

const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |(_, one)| Some(one.id.uuid())),
    Column::id("api_id", |(api, _)| Some(api.uuid())),
    // Of gateways of another make, which no API here is linked to.
    Column::id("service_id", |_: &Row| None).filter_only(),
    Column::id("control_plane_id", |_: &Row| None).filter_only(),
    Column::time("created_at", |(_, one)| Some(one.created_at)),
    Column::time("updated_at", |(_, one)| Some(one.created_at)),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    portal.administrator(request, []).await?;
    let browsing = Browsing::parse(request, COLUMNS)?;
    let walked = browsing.walk(&portal.store, APIS_LIST, CAP).await?;
    let mut rows: Vec<Row> = Vec::new();
    for item in walked.items {
        let api: Api = item.into_entity()?;
        rows.extend(api.implementations.into_iter().map(|one| (api.id, one)));
    }
    ok(&browsing.page(rows, walked.next.as_deref()).map(|(api, one)| ImplementationRowView::of(api, &one)))
}

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    editable(portal, &who, id).await?;
    let (gateway, stage) = parse(request)?;
    let implementation = Implementation {
        id: portal.new_id::<ImplementationId>()?,
        gateway: gateway.as_str().to_owned(),
        stage: stage.as_str().to_owned(),
        created_at: portal.now(),
    };
    let (who, made) = (&who, &implementation);
    decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let after = before.linked(made.clone()).map_err(too_many)?;
        let strategies = strategies(portal, &before).await?;
        let link = link(&before, made, &strategies);
        let data = json!({ "api": id, "implementation": made.id, "gateway": made.gateway, "stage": made.stage });
        let event = portal.event(Name::ApiLinked, who.actor(), data)?;
        linked(portal.store.link(&before, &after, &link, &strategies, &event).await)
    })
    .await?;
    created(&ImplementationView::of(&implementation))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    let implementation = request.id::<ImplementationId>("implementationId")?;
    let api = live(portal, id).await?;
    ok(&ImplementationView::of(api.implementation(implementation).ok_or_else(Problem::not_found)?))
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let implementation = request.id::<ImplementationId>("implementationId")?;
    let who = &who;
    decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let gone = before.implementation(implementation).ok_or_else(Problem::not_found)?;
        let data = json!({ "api": id, "implementation": gone.id, "gateway": gone.gateway, "stage": gone.stage });
        let event = portal.event(Name::ApiUnlinked, who.actor(), data)?;
        linked(portal.store.unlink(&before, &before.unlinked(implementation), gone, &event).await)
    })
    .await?;
    Ok(no_content())
}

fn linked(ended: Result<(), LinkError>) -> Result<Option<()>, Problem> {
    match ended {
        Ok(()) => Ok(Some(())),
        Err(LinkError::Changed) => Ok(None),
        Err(LinkError::Taken) => Err(Problem::new(Kind::AlreadyExists, "This stage of the gateway is linked to an API.")),
        Err(LinkError::Store(error)) => Err(error.into()),
    }
}

/// The strategies that the API is published with, each once.
async fn strategies(portal: &Portal, api: &Api) -> Result<Vec<Strategy>, Problem> {
    let mut keys: Vec<Key> = api.publications.values().filter_map(|one| one.strategy).map(Key::strategy).collect();
    keys.sort();
    keys.dedup();
    let items = portal.store.load(&keys).await?;
    let mut strategies = Vec::with_capacity(keys.len());
    for key in &keys {
        strategies.extend(items.get::<Strategy>(key)?);
    }
    Ok(strategies)
}

/// Lets in, for each portal, the applications with the strategy that the API is published with there.
fn link(api: &Api, implementation: &Implementation, strategies: &[Strategy]) -> Link {
    let of = |id| strategies.iter().find(|strategy| Some(strategy.id) == id).map(LinkedPublication::of);
    Link {
        gateway: implementation.gateway.clone(),
        stage: implementation.stage.clone(),
        api: api.id,
        implementation: implementation.id,
        portals: api.publications.iter().filter_map(|(portal, one)| Some((*portal, of(one.strategy)?))).collect(),
    }
}

fn parse(request: &Request) -> Result<(GatewayName, GatewayName), Problem> {
    let mut body = Fields::of(&request.body);
    if body.has("service") || body.has("control_plane") {
        return Err(Problem::new(
            Kind::NotSupported,
            "Portico links APIs to stages of API Gateway: send api_gateway with gateway_id and stage.",
        ));
    }
    body.read_only(&["id", "created_at", "updated_at"]);
    let name = || text().parse_with(GatewayName::parse);
    let names = body.required("api_gateway", object(|of| (of.required("gateway_id", name()), of.required("stage", name()))));
    Ok(body.finish(names)?)
}
