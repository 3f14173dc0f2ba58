//! The portal's own look, as its administrator chose it: what the frame shows of it.

use portico_domain::customization::{MenuItem, Mode};
use portico_domain::image::Which;
use portico_domain::portal::{Portal as Settings, Visibility};

use crate::{assets, theme};

/// What the frame shows of the portal's look.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Light or dark, where the portal has but one.
    pub(crate) only: Option<&'static str>,
    /// Where the accent's style sheet lies.
    pub(crate) sheet: Option<String>,
    /// Where the logo lies.
    pub(crate) logo: String,
    /// Where the favicon lies.
    pub(crate) favicon: String,
    /// What search engines are told.
    pub(crate) robots: Option<String>,
    /// In the top bar.
    pub(crate) main: Vec<MenuItem>,
    /// In the footer, under their titles.
    pub(crate) sections: Vec<(String, Vec<MenuItem>)>,
    /// In the last line of the footer.
    pub(crate) bottom: Vec<MenuItem>,
}

impl Look {
    /// The look of a portal, for somebody who is signed in or not; Portico's own where the settings cannot be read.
    pub(crate) fn of(settings: Option<&Settings>, signed_in: bool) -> Self {
        let chosen = settings.map(|settings| settings.customization.clone()).unwrap_or_default();
        let seen = |items: Vec<MenuItem>| -> Vec<MenuItem> {
            items.into_iter().filter(|item| signed_in || item.visibility == Visibility::Public).collect()
        };
        let sections = chosen.menu.footer_sections.unwrap_or_default().into_iter();
        let sections = sections.map(|section| (section.title.to_string(), seen(section.items)));
        Self {
            only: match chosen.theme.mode {
                Some(Mode::Light) => Some("light"),
                Some(Mode::Dark) => Some("dark"),
                Some(Mode::System) | None => None,
            },
            sheet: settings.and_then(theme::path),
            logo: image(settings, Which::Logo),
            favicon: image(settings, Which::Favicon),
            robots: chosen.robots.map(String::from),
            main: seen(chosen.menu.main.unwrap_or_default()),
            sections: sections.filter(|(_, items)| !items.is_empty()).collect(),
            bottom: seen(chosen.menu.footer_bottom.unwrap_or_default()),
        }
    }
}

/// Where an image lies: under a name that changes with it, so that a new one is seen at once.
fn image(settings: Option<&Settings>, which: Which) -> String {
    let own = settings.and_then(|settings| settings.image(which));
    let name = match which {
        Which::Logo => "logo",
        Which::Favicon => "favicon",
    };
    match own {
        Some(own) => format!("/api/v3/assets/{name}?v={}", own.digest.get(..12).unwrap_or_default()),
        None => assets::named().icon.clone(),
    }
}
