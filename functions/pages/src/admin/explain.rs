//! Explain access: each gate of the authorizer, open or shut, for an application and an API.

use askama::Template;
use portico_domain::api::Api;
use portico_domain::api_key::PublicPart;
use portico_domain::application::Application;
use portico_domain::id::{ApiId, ApplicationId};
use portico_http::access::Access;
use portico_http::{Portal, Request};
use portico_store::Key;

use crate::frame::Frame;
use crate::parts::{Notice, Pill};
use crate::shown::{Page, Stop};

use super::{Admin, Place, Side, apis, asked};

struct GateRow {
    stands: Pill,
    name: &'static str,
    says: String,
}

struct Explained {
    title: String,
    gates: Vec<GateRow>,
}

#[derive(Template)]
#[template(path = "admin/explain.html")]
struct ExplainPage {
    frame: Frame,
    side: Side,
    application: String,
    key: String,
    apis: Vec<(String, String, bool)>,
    notice: Option<Notice>,
    explained: Option<Explained>,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let (named, key, wanted) = (asked(request, "application"), asked(request, "key"), asked(request, "api"));
    let by_key = PublicPart::parse(key);
    let id = named.parse::<ApplicationId>().ok().or_else(|| by_key.ok().map(|part| part.application()));
    let api = wanted.parse::<ApiId>().ok();
    let admin = Admin::of(portal, request, id.map(Key::application).into_iter().chain(api.map(Key::api))).await?;
    let application = id.map(|id| admin.items.get::<Application>(&Key::application(id))).transpose()?.flatten();
    let application = application.filter(|one| one.is_live() && one.portal == admin.settings.id);
    let api = api.map(|id| admin.items.get::<Api>(&Key::api(id))).transpose()?.flatten().filter(|api| api.deleted_at.is_none());
    let asked_anything = !(named.is_empty() && key.is_empty());
    let notice = match (&by_key, &application, &api) {
        (Err(error), _, _) if !key.is_empty() => Some(Notice::bad(format!("What you pasted {error}."))),
        (_, None, _) if !named.is_empty() => Some(Notice::bad("There is no application with this id in this portal.")),
        (_, _, None) if asked_anything => Some(Notice::bad("Choose an API.")),
        _ => None,
    };
    let explained = match (&api, &notice) {
        (Some(api), None) if asked_anything => {
            let access = portal.explain_access(application.as_ref(), api).await?;
            let name = application.as_ref().map_or("Whoever has this key", |one| one.card.name.as_str());
            Some(explain(access, name, &api.name))
        }
        _ => None,
    };
    let apis = apis::all(portal).await?;
    let chosen = api.map(|api| api.id);
    let page = ExplainPage {
        frame: admin.frame(request, "Explain access"),
        side: Side::at(Place::Explain),
        application: named.to_owned(),
        // What is no public part is not shown again: it may be more.
        key: by_key.map(|part| part.to_string()).unwrap_or_default(),
        apis: apis.into_iter().map(|one| (one.id.to_string(), one.name, Some(one.id) == chosen)).collect(),
        notice,
        explained,
    };
    Page::own(&page)
}

fn explain(access: Access, application: &str, api: &str) -> Explained {
    let title = match access.allowed {
        true => format!("{application} can call {api}, with a whole key in the right header."),
        false => format!("{application} cannot call {api}."),
    };
    let row = |gate: portico_http::access::ExplainedGate| GateRow {
        stands: match gate.stands {
            "open" => Pill::good("Open"),
            "shut" => Pill::refused("Shut"),
            _ => Pill::ended("Undecided"),
        },
        name: gate.gate,
        says: gate.explanation,
    };
    Explained { title, gates: access.gates.into_iter().map(row).collect() }
}
