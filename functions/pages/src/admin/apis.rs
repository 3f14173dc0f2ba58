//! The catalog, as administrators keep it: all APIs, published or not, and a new one.

use askama::Template;
use portico_domain::api::Api;
use portico_domain::text::{ApiDescription, DisplayName};
use portico_http::{Portal, Request};
use portico_store::Item;
use portico_store::apis::APIS_LIST;

use crate::frame::Frame;
use crate::parts::{Empty, Field, Pill, When};
use crate::shown::{Page, Stop};

use super::pager::Pager;
use super::{Admin, CAP, Place, Side, asked, holds};

struct Row {
    id: String,
    name: String,
    version: String,
    published: Pill,
    links: usize,
    updated: When,
}

#[derive(Template)]
#[template(path = "admin/apis.html")]
struct ApisPage {
    frame: Frame,
    side: Side,
    words: String,
    rows: Vec<Row>,
    pager: Pager,
    empty: Empty,
}

/// Every API, by name.
pub(super) async fn all(portal: &Portal) -> Result<Vec<Api>, Stop> {
    let walked = portal.store.walk(APIS_LIST, None, CAP).await?;
    let apis: Result<Vec<Api>, _> = walked.items.into_iter().map(Item::into_entity).collect();
    let mut apis: Vec<Api> = apis?.into_iter().filter(|api| api.deleted_at.is_none()).collect();
    apis.sort_by_cached_key(|api| api.name.to_lowercase());
    Ok(apis)
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let words = asked(request, "q");
    let mut apis = all(portal).await?;
    let any = !apis.is_empty();
    apis.retain(|api| holds(words, &[&api.name, &api.slug]));
    let pager = Pager::of(asked(request, "page"), apis.len(), "/admin/apis", &[("q", words)]);
    let now = portal.now();
    let row = |api: Api| Row {
        id: api.id.to_string(),
        version: api.current_version.as_ref().map(|current| current.version.clone()).or(api.version).unwrap_or_default(),
        published: match api.publications.get(&admin.settings.id) {
            None => Pill::ended("Not published"),
            Some(terms) if terms.strategy.is_none() => Pill::good("Published, no credential needed"),
            Some(_) => Pill::good("Published"),
        },
        links: api.implementations.len(),
        updated: When::of(api.updated_at, now),
        name: api.name,
    };
    let page = ApisPage {
        frame: admin.frame(request, "Catalog"),
        side: Side::at(Place::Catalog),
        rows: pager.cut(apis).into_iter().map(row).collect(),
        pager,
        empty: match any {
            true => Empty {
                title: format!("No API matches “{words}”"),
                text: "Try fewer or other words.".to_owned(),
                action: Some(("Clear the search", "/admin/apis".to_owned())),
            },
            false => Empty {
                title: "No APIs yet".to_owned(),
                text: "Add one by dropping its OpenAPI file. Publish it afterwards, and link the gateway that serves it."
                    .to_owned(),
                action: Some(("Add an API", "/admin/apis/new".to_owned())),
            },
        },
        words: words.to_owned(),
    };
    Page::own(&page)
}

#[derive(Template)]
#[template(path = "admin/new_api.html")]
struct NewApiPage {
    frame: Frame,
    side: Side,
    name: Field,
    description: Field,
}

/// The field of an API's name.
pub(super) fn name(value: &str) -> Field {
    Field::text("name", "Name").required().most(DisplayName::MAX_CHARS).value(value)
}

/// The field of an API's description.
pub(super) fn description(value: &str) -> Field {
    Field::lines("description", "Description")
        .most(ApiDescription::MAX_CHARS)
        .hint("What developers read in the catalog. Markdown.")
        .value(value)
}

pub(crate) async fn new(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let page = NewApiPage {
        frame: admin.frame(request, "Add an API"),
        side: Side::at(Place::Catalog),
        name: name("").hint("Taken from the file, if you give one."),
        description: description(""),
    };
    Page::own(&page)
}
