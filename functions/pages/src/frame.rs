//! What stands around every page: the head, the top bar, the foot.

use portico_domain::portal::Portal as Settings;
use portico_http::{Portal, Request};
use portico_store::Key;

use crate::assets::{self, Named};
use crate::look::Look;
use crate::reader::Reader;
use crate::shown::chosen_theme;
use crate::ways::Ways;

/// What the layout shows around a page.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// What the page is called.
    pub(crate) title: String,
    /// What the portal is called.
    pub(crate) portal: String,
    /// The name of the developer who is signed in.
    pub(crate) developer: Option<String>,
    /// The name of the token that an administrator signed in with.
    pub(crate) administrator: Option<String>,
    /// The part of the portal that the page belongs to, marked in the top bar.
    pub(crate) part: Part,
    /// What the reader chose, or nothing for what the system says.
    pub(crate) theme: Option<&'static str>,
    /// What was searched for, to stand in the search field.
    pub(crate) searched: String,
    /// How people can sign in.
    pub(crate) ways: Ways,
    /// What was just done on another page.
    pub(crate) done: Option<&'static str>,
    /// Where style and script lie.
    pub(crate) assets: &'static Named,
    /// The portal's own look.
    pub(crate) look: Look,
}

/// A part of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What everybody sees.
    Catalog,
    /// What is one's own.
    Apps,
    /// The rest.
    Elsewhere,
}

impl Frame {
    /// The frame for whoever reads the page.
    pub(crate) fn of(reader: &Reader, request: &Request, part: Part, title: impl Into<String>) -> Self {
        let name = reader.developer.as_ref().map(|developer| developer.full_name.clone());
        Self::new(Some(&reader.settings), name, request, part, title.into())
    }

    /// The frame of a page for those who are signed in.
    pub(crate) fn own(settings: &Settings, name: &str, request: &Request, part: Part, title: impl Into<String>) -> Self {
        Self::new(Some(settings), Some(name.to_owned()), request, part, title.into())
    }

    /// The frame of what is shown when it is not known who reads, or when reading itself failed.
    pub(crate) async fn without_settings(portal: &Portal, request: &Request, title: &str) -> Self {
        let settings = portal.store.find::<Settings>(&Key::portal(portal.config.portal)).await.ok().flatten();
        Self::new(settings.as_ref(), None, request, Part::Elsewhere, title.to_owned())
    }

    fn new(settings: Option<&Settings>, developer: Option<String>, request: &Request, part: Part, title: String) -> Self {
        let done = match request.query.get("done").ok().flatten() {
            Some("signed-out") => Some("You are signed out."),
            Some("password") => Some("Your password is set. Sign in with it."),
            _ => None,
        };
        let look = Look::of(settings, developer.is_some());
        Self {
            title,
            portal: settings.map_or_else(|| "Developer portal".to_owned(), |settings| settings.display_name.clone()),
            developer,
            administrator: None,
            part,
            theme: look.only.or_else(|| chosen_theme(request)),
            searched: String::new(),
            ways: Ways::of(settings),
            done,
            assets: assets::named(),
            look,
        }
    }

    /// Whether a part is the page's own.
    pub(crate) fn is(&self, part: &str) -> bool {
        match self.part {
            Part::Catalog => part == "catalog",
            Part::Apps => part == "apps",
            Part::Elsewhere => false,
        }
    }
}
