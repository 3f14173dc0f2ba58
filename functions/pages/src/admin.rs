//! Pages for administrators. Whoever has no session of an administrator's token is sent to exchange one for it.
//!
//! These pages read what the management API reads, with the same functions, and their forms are requests to that API.

mod api;
mod apis;
mod application;
mod applications;
mod approvals;
mod developer;
mod developers;
mod explain;
mod login;
mod newest;
mod owners;
mod pager;
mod provider;
mod settings;
mod sign_in;
mod strategies;
mod team;
mod teams;
mod words;

use portico_domain::portal::Portal as Settings;
use portico_http::{Kind, Portal, Problem, Request};
use portico_store::{Items, Key};

use crate::frame::{Frame, Part};
use crate::shown::{Page, Stop, encoded, here};

/// How many items of a list are walked past on a page.
const CAP: usize = 10_000;

/// Shows the page of an operation that begins with `show-admin`.
pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    match request.route.operation {
        "show-admin-login" => login::show(portal, request).await,
        "show-admin-approvals" => approvals::show(portal, request).await,
        "show-admin-developers" => developers::show(portal, request).await,
        "show-admin-developer" => developer::show(portal, request).await,
        "show-admin-teams" => teams::list(portal, request).await,
        "show-admin-new-team" => teams::new(portal, request).await,
        "show-admin-team" => team::show(portal, request).await,
        "show-admin-applications" => applications::show(portal, request).await,
        "show-admin-application" => application::show(portal, request).await,
        "show-admin-apis" => apis::list(portal, request).await,
        "show-admin-new-api" => apis::new(portal, request).await,
        "show-admin-api" => api::show(portal, request).await,
        "show-admin-auth-strategies" => strategies::list(portal, request).await,
        "show-admin-new-auth-strategy" => strategies::new(portal, request).await,
        "show-admin-auth-strategy" => strategies::edit(portal, request).await,
        "show-admin-sign-in" => sign_in::show(portal, request).await,
        "show-admin-settings" => settings::show(portal, request).await,
        "show-admin-explain" => explain::show(portal, request).await,
        _ => Err(Problem::not_found().into()),
    }
}

/// An administrator who reads a page, and what was read with the session.
pub(crate) struct Admin {
    /// The name of the token behind the session.
    pub(crate) name: String,
    /// The portal's settings.
    pub(crate) settings: Settings,
    /// What was asked for beside them.
    pub(crate) items: Items,
}

impl Admin {
    /// The administrator of this request, with what else is to be read.
    pub(crate) async fn of(portal: &Portal, request: &Request, also: impl IntoIterator<Item = Key>) -> Result<Self, Stop> {
        let settings = Key::portal(portal.config.portal);
        let keys: Vec<_> = std::iter::once(settings.clone()).chain(also).collect();
        let who = match portal.administrator(request, keys).await {
            Ok(who) => who,
            Err(problem) if problem.kind() == Kind::Unauthorized => {
                return Err(Stop::Elsewhere(format!("/admin/login?to={}", encoded(&here(request)))));
            }
            Err(problem) => return Err(problem.into()),
        };
        who.require(portal.config.portal)?;
        let settings = who.items.get::<Settings>(&settings)?.ok_or_else(|| Problem::internal("the table has no such portal"))?;
        Ok(Self { name: who.token.name, settings, items: who.items })
    }

    /// What stands around a page.
    pub(crate) fn frame(&self, request: &Request, title: impl Into<String>) -> Frame {
        let mut frame = Frame::own(&self.settings, "", request, Part::Elsewhere, title);
        frame.developer = None;
        frame.administrator = Some(self.name.clone());
        frame
    }

    /// Where the management API has this portal.
    pub(crate) fn root(&self) -> String {
        format!("/v3/portals/{}", self.settings.id)
    }

    /// Where decisions with a reason go, and what else the contract has no room for.
    pub(crate) fn own_root(&self) -> String {
        format!("/portico/v1/portals/{}", self.settings.id)
    }
}

/// A part of the administration, as the side bar lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Approvals,
    Developers,
    Teams,
    Applications,
    Catalog,
    Strategies,
    SignIn,
    Explain,
    Settings,
}

/// The side bar.
pub(crate) struct Side {
    here: Place,
    /// How many wait for a decision, where that is known.
    waiting: Option<usize>,
}

impl Side {
    pub(crate) const fn at(here: Place) -> Self {
        Self { here, waiting: None }
    }

    pub(crate) const fn with_waiting(here: Place, waiting: usize) -> Self {
        Self { here, waiting: Some(waiting) }
    }

    /// Label, address, whether it is here, and a count.
    fn places(&self) -> [(&'static str, &'static str, bool, Option<usize>); 9] {
        [
            (Place::Approvals, "Access and approvals", "/admin"),
            (Place::Developers, "Developers", "/admin/developers"),
            (Place::Teams, "Teams", "/admin/teams"),
            (Place::Applications, "Applications", "/admin/applications"),
            (Place::Catalog, "Catalog", "/admin/apis"),
            (Place::Strategies, "Auth strategies", "/admin/auth-strategies"),
            (Place::SignIn, "Sign-in", sign_in::HERE),
            (Place::Explain, "Explain access", "/admin/explain"),
            (Place::Settings, "Settings", "/admin/settings"),
        ]
        .map(|(place, label, address)| (label, address, place == self.here, self.waiting.filter(|_| place == Place::Approvals)))
    }
}

/// What of these texts holds all words that were searched for.
fn holds(words: &str, texts: &[&str]) -> bool {
    let all = texts.join("\n").to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

/// A parameter of the page's own address.
fn asked<'r>(request: &'r Request, name: &str) -> &'r str {
    request.query.get(name).ok().flatten().unwrap_or_default().trim()
}
