//! `get-paginated-api-attributes`: the attributes of the APIs that the caller may see, and how many of those have each value.

use std::collections::{BTreeMap, BTreeSet};

use portico_domain::api::Attributes;
use portico_http::invalid::{Invalid, InvalidParameter, Rule};
use portico_http::listing::{Column, Listing};
use portico_http::query::Query;
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};
use serde::Serialize;

/// How many APIs have a value, and how many of those that are selected.
type Counts = BTreeMap<String, (usize, usize)>;
/// An attribute.
type Row = (String, Counts);

const COLUMNS: &[Column<Row>] = &[Column::text("key", |(key, _)| Some(key))];

#[derive(Serialize)]
struct AttributeView {
    key: String,
    values: Vec<ValueView>,
}

#[derive(Serialize)]
struct ValueView {
    value: String,
    api_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected_api_count: Option<usize>,
}

/// What must be true of an API that is selected: of each key, one of the values.
type Selected = BTreeMap<String, BTreeSet<String>>;

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.visitor(request, []).await?;
    let listing = Listing::parse(&request.query, COLUMNS)?;
    let selected = selected(&request.query)?;
    let reader = portal.reader(&who.portal, who.developer.as_ref()).await?;
    let mut cards = portal.store.cards_of(who.portal.id).await?;
    cards.retain(|card| card.is_visible_to(&reader));
    let mut rows: BTreeMap<String, Counts> = BTreeMap::new();
    for card in &cards {
        let is_selected = usize::from(has(&card.attributes, &selected));
        for (key, values) in &card.attributes {
            let row = rows.entry(key.clone()).or_default();
            for value in values.iter().collect::<BTreeSet<_>>() {
                let counts = row.entry(value.clone()).or_default();
                *counts = (counts.0 + 1, counts.1 + is_selected);
            }
        }
    }
    let view = |(value, (api_count, of_selected)): (String, (usize, usize))| ValueView {
        value,
        api_count,
        selected_api_count: (!selected.is_empty()).then_some(of_selected),
    };
    let page = listing.apply(rows.into_iter().collect());
    ok(&page.map(|(key, values)| AttributeView { key, values: values.into_iter().map(view).collect() }))
}

fn has(attributes: &Attributes, selected: &Selected) -> bool {
    selected.iter().all(|(key, some)| attributes.get(key).is_some_and(|values| values.iter().any(|value| some.contains(value))))
}

fn selected(query: &Query) -> Result<Selected, Invalid> {
    let (mut selected, mut faults) = (Selected::new(), Vec::new());
    for deep in query.deep("selected")? {
        match deep.segments.as_slice() {
            [key] | [key, "eq" | "oeq"] if !key.is_empty() => {
                let values = deep.value.split(',').filter(|value| !value.is_empty()).map(str::to_owned);
                let values: BTreeSet<String> = values.collect();
                if !values.is_empty() {
                    selected.entry((*key).to_owned()).or_default().extend(values);
                }
            }
            _ => faults.push(InvalidParameter::query(deep.parameter, Rule::UnknownProperty, "must be selected[KEY]=VALUE")),
        }
    }
    Invalid::any(faults)?;
    Ok(selected)
}
