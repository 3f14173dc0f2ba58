//! `list-api-operations`, `fetch-api-operation`: those of the current version's specification.

use portico_domain::api::{Api, Version};
use portico_domain::id::OperationId;
use portico_domain::specification::{Operation, Specification};
use portico_http::listing::{Column, Listing};
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;
use serde::Serialize;

use crate::{live, named};

/// An operation, by an id that is made of the API, the method and the path: it stays the same from version to version.
struct Row {
    id: OperationId,
    operation: Operation,
}

#[derive(Serialize)]
struct OperationView {
    id: OperationId,
    method: String,
    path: String,
}

const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "CONNECT", "TRACE"];
const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |row: &Row| Some(row.id.uuid())).sort_only(),
    Column::choice("method", METHODS, |row: &Row| Some(&row.operation.method)),
    Column::text("path", |row: &Row| Some(&row.operation.path)),
];

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    let api = live(portal, id).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    ok(&listing.apply(rows(portal, &api).await?).map(view))
}

pub(crate) async fn fetch(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (_, id) = named(portal, request).await?;
    let operation = request.id::<OperationId>("operationId")?;
    let api = live(portal, id).await?;
    let found = rows(portal, &api).await?.into_iter().find(|row| row.id == operation);
    ok(&view(found.ok_or_else(Problem::not_found)?))
}

fn view(row: Row) -> OperationView {
    OperationView { id: row.id, method: row.operation.method, path: row.operation.path }
}

async fn rows(portal: &Portal, api: &Api) -> Result<Vec<Row>, Problem> {
    let Some(current) = api.current_version.as_ref() else { return Ok(Vec::new()) };
    let version = portal.store.find::<Version>(&Key::version(api.id, current.id)).await?;
    let Some(digest) = version.and_then(|version| version.digest) else { return Ok(Vec::new()) };
    let body = portal.specifications.body(&digest).await?;
    let read = Specification::read(&body).map_err(|error| Problem::internal(format!("the body {digest} {error}")))?;
    let row = |operation: &Operation| Row {
        id: OperationId::of(api.id, &operation.method, &operation.path),
        operation: operation.clone(),
    };
    Ok(read.operations().iter().map(row).collect())
}
