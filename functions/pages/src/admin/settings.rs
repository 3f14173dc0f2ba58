//! The portal's settings: what it is called, what is approved without asking, what holds where nothing else is said.

use askama::Template;
use portico_domain::customization::Mode;
use portico_domain::portal::Visibility;
use portico_domain::text::{DisplayName, PortalDescription};
use portico_http::{Portal, Request};

use crate::frame::Frame;
use crate::parts::Field;
use crate::shown::{Page, Stop};

use super::api::strategies;
use super::{Admin, Place, Side};

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    frame: Frame,
    side: Side,
    root: String,
    portal_id: String,
    display_name: Field,
    description: Field,
    approves_developers: bool,
    approves_applications: bool,
    private: bool,
    asks_for_roles: bool,
    strategies: Vec<(String, String, bool)>,
    no_strategy: bool,
    signs_in: bool,
    names_in_events: bool,
    accent: Field,
    modes: [(&'static str, &'static str, bool); 3],
    servers: Field,
    images: [Picture; 2],
}

/// An image of the portal's own.
struct Picture {
    label: &'static str,
    /// The last part of its address.
    name: &'static str,
    is_own: bool,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let settings = &admin.settings;
    let choices = strategies(portal).await?.into_iter().map(|strategy| {
        let chosen = Some(strategy.id) == settings.default_strategy;
        (strategy.id.to_string(), strategy.display_name, chosen)
    });
    let page = SettingsPage {
        frame: admin.frame(request, "Settings"),
        side: Side::at(Place::Settings),
        root: admin.root(),
        portal_id: settings.id.to_string(),
        display_name: Field::text("display_name", "Name")
            .required()
            .most(DisplayName::MAX_CHARS)
            .value(settings.display_name.clone()),
        description: Field::lines("description", "Welcome text")
            .most(PortalDescription::MAX_CHARS)
            .hint("What the first page says the portal is for.")
            .value(settings.description.clone().unwrap_or_default())
            .sent_when_empty(),
        approves_developers: settings.auto_approve_developers,
        approves_applications: settings.auto_approve_applications,
        private: settings.default_api_visibility == Visibility::Private,
        asks_for_roles: settings.rbac_enabled,
        strategies: choices.collect(),
        no_strategy: settings.default_strategy.is_none(),
        signs_in: settings.authentication_enabled,
        names_in_events: settings.pii_in_notifications,
        accent: Field::text("theme.colors.primary", "Accent colour")
            .hint("As #1a2b3c. Where it would be hard to read, pages take the nearest one that is not.")
            .value(settings.customization.theme.primary.as_ref().map(|colour| colour.as_str().to_owned()).unwrap_or_default()),
        modes: [
            (Mode::System, "system", "As each reader's system says"),
            (Mode::Light, "light", "Light"),
            (Mode::Dark, "dark", "Dark"),
        ]
        .map(|(mode, word, label)| (word, label, settings.customization.theme.mode.unwrap_or_default() == mode)),
        servers: Field::lines("servers", "Servers")
            .hint("One on each line, as https://api.example.com. Pages may send calls there, with a developer's key.")
            .value(settings.try_it_servers.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            .list(),
        images: [
            Picture { label: "Logo", name: "logo", is_own: settings.logo.is_some() },
            Picture { label: "Favicon", name: "favicon", is_own: settings.favicon.is_some() },
        ],
    };
    Page::own(&page)
}
