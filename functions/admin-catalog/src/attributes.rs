//! `list-api-attributes`: the attributes of all APIs, and how many have each value.

use std::collections::{BTreeMap, BTreeSet};

use portico_domain::api::Api;
use portico_domain::id::AttributeId;
use portico_domain::time::Timestamp;
use portico_http::listing::Column;
use portico_http::listing::browse::{Browsing, CAP};
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::apis::APIS_LIST;
use serde::Serialize;

/// An attribute: since when an API has had it, and when one that has it last changed.
struct Row {
    id: AttributeId,
    key: String,
    values: BTreeMap<String, usize>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

const COLUMNS: &[Column<Row>] = &[
    Column::id("id", |row| Some(row.id.uuid())),
    Column::text("key", |row: &Row| Some(&row.key)),
    Column::time("created_at", |row| Some(row.created_at)),
    Column::time("updated_at", |row| Some(row.updated_at)),
];

#[derive(Serialize)]
struct AttributeView {
    id: AttributeId,
    created_at: String,
    updated_at: String,
    key: String,
    values: Vec<ValueView>,
}

#[derive(Serialize)]
struct ValueView {
    value: String,
    api_count: usize,
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    portal.administrator(request, []).await?;
    let browsing = Browsing::parse(request, COLUMNS)?;
    let walked = browsing.walk(&portal.store, APIS_LIST, CAP).await?;
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for item in walked.items {
        let api: Api = item.into_entity()?;
        for (key, values) in &api.attributes {
            let row = rows.entry(key.clone()).or_insert_with(|| Row {
                id: AttributeId::of(key),
                key: key.clone(),
                values: BTreeMap::new(),
                created_at: api.created_at,
                updated_at: api.updated_at,
            });
            row.created_at = row.created_at.min(api.created_at);
            row.updated_at = row.updated_at.max(api.updated_at);
            for value in values.iter().collect::<BTreeSet<_>>() {
                *row.values.entry(value.clone()).or_default() += 1;
            }
        }
    }
    ok(&browsing.page(rows.into_values().collect(), walked.next.as_deref()).map(|row| AttributeView {
        id: row.id,
        created_at: row.created_at.rfc3339(),
        updated_at: row.updated_at.rfc3339(),
        key: row.key,
        values: row.values.into_iter().map(|(value, api_count)| ValueView { value, api_count }).collect(),
    }))
}
