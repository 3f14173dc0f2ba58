//! The developers of the portal: searched, by status, page by page.

use askama::Template;
use portico_domain::developer::Developer;
use portico_domain::status::Status;
use portico_http::{Portal, Request};
use portico_store::Item;
use portico_store::developers::developers_list;

use crate::frame::Frame;
use crate::parts::{Empty, Pill, When};
use crate::shown::{Page, Stop};

use super::newest::Search;
use super::pager::Pager;
use super::{Admin, Place, Side, asked, holds};

struct Row {
    id: String,
    name: String,
    email: String,
    status: Pill,
    apps: u32,
    mail_failed: bool,
    since: When,
}

#[derive(Template)]
#[template(path = "admin/developers.html")]
struct DevelopersPage {
    frame: Frame,
    side: Side,
    words: String,
    statuses: [(Status, bool); 4],
    rows: Vec<Row>,
    total: usize,
    more: bool,
    pager: Pager,
    empty: Empty,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let (words, wanted) = (asked(request, "q"), asked(request, "status"));
    let fits = |item: &Item| {
        (wanted.is_empty() || item.text("status") == Some(wanted))
            && holds(words, &[item.text("email").unwrap_or_default(), item.text("full_name").unwrap_or_default()])
    };
    let search = Search {
        list: &developers_list(admin.settings.id),
        path: "/admin/developers",
        query: &[("q", words), ("status", wanted)],
        page: asked(request, "page"),
        attributes: &["status", "email", "full_name"],
    };
    let found = search.page::<Developer>(portal, fits).await?;
    let now = portal.now();
    let row = |developer: Developer| Row {
        id: developer.id.to_string(),
        status: Pill::of(developer.status),
        apps: developer.app_count,
        mail_failed: developer.mail_failure.is_some(),
        since: When::of(developer.created_at, now),
        name: developer.full_name,
        email: developer.email,
    };
    let page = DevelopersPage {
        frame: admin.frame(request, "Developers"),
        side: Side::at(Place::Developers),
        statuses: Status::ALL.map(|status| (status, status.as_str() == wanted)),
        rows: found.rows.into_iter().map(row).collect(),
        total: found.total,
        more: found.more,
        pager: found.pager,
        empty: match found.any {
            true => Empty {
                title: "No developer is like that".to_owned(),
                text: "Try other words, or another status.".to_owned(),
                action: Some(("Show all developers", "/admin/developers".to_owned())),
            },
            false => Empty {
                title: "No developers yet".to_owned(),
                text: "Whoever signs up, or is invited, is here.".to_owned(),
                action: Some(("Invite a developer", "/admin".to_owned())),
            },
        },
        words: words.to_owned(),
    };
    Page::own(&page)
}
