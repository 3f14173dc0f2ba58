//! The applications of the portal.

use askama::Template;
use portico_domain::application::Application;
use portico_domain::developer::Developer;
use portico_domain::status::Status;
use portico_http::{Portal, Request};
use portico_store::applications::applications_list;
use portico_store::{Item, Key};

use crate::frame::Frame;
use crate::parts::{Empty, When};
use crate::shown::{Page, Stop};

use super::pager::Pager;
use super::{Admin, CAP, Place, Side, asked, holds};

struct Row {
    id: String,
    name: String,
    reference_id: String,
    owner: Option<(String, String)>,
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
    let walked = portal.store.walk(&applications_list(admin.settings.id), None, CAP).await?;
    let any = !walked.items.is_empty();
    let fits = |item: &&Item| {
        let text = |name| item.text(name).unwrap_or_default();
        holds(words, &[text("name"), text("reference_id"), text("id")])
    };
    let found: Vec<Item> = walked.items.iter().rev().filter(fits).cloned().collect();
    let total = found.len();
    let pager = Pager::of(asked(request, "page"), total, "/admin/applications", &[("q", words)]);
    let fresh: Result<Vec<Application>, _> = portal.store.fresh(&pager.cut(found)).await?.iter().map(Item::read).collect();
    let fresh = fresh?;
    let owners = portal.store.load(&fresh.iter().map(|one| Key::developer(one.owner)).collect::<Vec<_>>()).await?;
    let now = portal.now();
    let mut rows = Vec::with_capacity(fresh.len());
    for application in fresh {
        let owner = owners.get::<Developer>(&Key::developer(application.owner))?;
        let with = |status| application.grants.values().filter(|grant| grant.status == status).count();
        rows.push(Row {
            id: application.card.id.to_string(),
            approved: with(Status::Approved),
            waiting: with(Status::Pending),
            created: When::of(application.card.created_at, now),
            reference_id: application.card.reference_id.unwrap_or_default(),
            name: application.card.name,
            owner: owner.map(|owner| (owner.id.to_string(), owner.full_name)),
        });
    }
    let page = ApplicationsPage {
        frame: admin.frame(request, "Applications"),
        side: Side::at(Place::Applications),
        rows,
        total,
        more: walked.next.is_some(),
        pager,
        empty: match any {
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
