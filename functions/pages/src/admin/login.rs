//! An administrator's token is exchanged for a session here.

use askama::Template;
use portico_http::local_path::LocalPath;
use portico_http::{Kind, Portal, Request};

use crate::frame::Frame;
use crate::parts::{Field, Notice};
use crate::shown::{Page, Stop};

use super::{Admin, asked};

#[derive(Template)]
#[template(path = "admin/login.html")]
struct LoginPage {
    frame: Frame,
    notice: Option<Notice>,
    token: Field,
    /// The page that follows.
    next: String,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let to = LocalPath::parse(asked(request, "to")).map_or_else(|| "/admin".to_owned(), |path| path.as_str().to_owned());
    let frame = Frame::without_settings(portal, request, "Administration").await;
    let notice = match Admin::of(portal, request, []).await {
        // Whoever has a session already is where they wanted to be.
        Ok(_) if asked(request, "problem").is_empty() => return Err(Stop::Elsewhere(to)),
        Err(Stop::Problem(problem)) if problem.kind() != Kind::Forbidden => return Err(problem.into()),
        Err(Stop::Problem(_)) => Some(Notice::bad("This session's token is for other portals than this one.")),
        _ if asked(request, "problem") == "unauthorized" => {
            Some(Notice::bad("Your session is over. Sign in again: what you typed is kept."))
        }
        _ => None,
    };
    let token = Field::password("token", "Token")
        .required()
        .autocomplete("off")
        .hint("An administrator's token. It begins with portico_admin_. Whoever runs this portal makes one with: portico admin-token create --name NAME");
    Page::own(&LoginPage { frame, notice, token, next: to })
}
