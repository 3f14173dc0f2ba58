//! The applications of the portal.

use askama::Template;
use portico_domain::application::Application;
use portico_domain::status::Status;
use portico_http::{Portal, Request};
use portico_store::Item;
use portico_store::applications::applications_list;

use crate::frame::Frame;
use crate::parts::{Empty, When};
use crate::shown::{Page, Stop};

use super::newest::Search;
use super::owners::{OwnerLink, Owners};
use super::pager::Pager;
use super::{Admin, Place, Side, asked, holds};

struct Row {
    id: String,
    name: String,
    reference_id: String,
    owner: Option<OwnerLink>,
    approved: usize,
    waiting: usize,
    created: When,
}

#[derive(Template)]
#[template(path = "admin/applications.html")]
struct ApplicationsPage {
    frame: Frame,
    side: Side,
    words: String,
    rows: Vec<Row>,
    total: usize,
    more: bool,
    pager: Pager,
    empty: Empty,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let words = asked(request, "q");
    let fits = |item: &Item| {
        let text = |name| item.text(name).unwrap_or_default();
        holds(words, &[text("name"), text("reference_id"), text("id")])
    };
    let search = Search {
        list: &applications_list(admin.settings.id),
        path: "/admin/applications",
        query: &[("q", words)],
        page: asked(request, "page"),
        attributes: &["name", "reference_id", "id"],
    };
    let found = search.page::<Application>(portal, fits).await?;
    let owners = Owners::of(portal, found.rows.iter().map(|one| one.owner)).await?;
    let now = portal.now();
    let mut rows = Vec::with_capacity(found.rows.len());
    for application in found.rows {
        let with = |status| application.grants.values().filter(|grant| grant.status == status).count();
        rows.push(Row {
            owner: owners.get(application.owner)?,
            id: application.card.id.to_string(),
            approved: with(Status::Approved),
            waiting: with(Status::Pending),
            created: When::of(application.card.created_at, now),
            reference_id: application.card.reference_id.unwrap_or_default(),
            name: application.card.name,
        });
    }
    let page = ApplicationsPage {
        frame: admin.frame(request, "Applications"),
        side: Side::at(Place::Applications),
        rows,
        total: found.total,
        more: found.more,
        pager: found.pager,
        empty: match found.any {
            true => Empty {
                title: format!("No application matches “{words}”"),
                text: "Look for a name, a reference ID or an id.".to_owned(),
                action: Some(("Show all applications", "/admin/applications".to_owned())),
            },
            false => Empty {
                title: "No applications yet".to_owned(),
                text: "What developers create is here.".to_owned(),
                action: None,
            },
        },
        words: words.to_owned(),
    };
    Page::own(&page)
}
