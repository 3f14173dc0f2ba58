//! The ways into the portal: a password, single sign-on, both or neither; and what stands where the form for a password would.

use askama::Template;
use portico_domain::portal::Portal as Settings;
use portico_http::local_path::LocalPath;
use portico_http::sign_on::BEGIN;

use crate::frame::Frame;
use crate::parts::Notice;
use crate::shown::{Page, Stop, encoded};

/// What the link to the identity provider says, wherever it stands.
pub(crate) const SINGLE_SIGN_ON: &str = "Sign in with single sign-on";

/// What developers can sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ways {
    /// With a password: then they can sign up, too.
    pub(crate) passwords: bool,
    /// With the portal's identity provider.
    pub(crate) single_sign_on: bool,
}

impl Ways {
    /// Those of a portal; where its settings cannot be read, the one that every portal begins with.
    pub(crate) fn of(settings: Option<&Settings>) -> Self {
        settings.map_or(Self { passwords: true, single_sign_on: false }, |settings| Self {
            passwords: settings.authentication_enabled && settings.basic_auth_enabled,
            single_sign_on: settings.authentication_enabled && settings.sso_enabled,
        })
    }

    /// Whether anybody can sign in at all.
    pub(crate) const fn any(self) -> bool {
        self.passwords || self.single_sign_on
    }

    /// The link to the identity provider beside a form for a password, if there is a provider.
    pub(crate) fn beside(self, form: &'static str, to: Option<&LocalPath>) -> Option<Beside> {
        self.single_sign_on.then(|| Beside { place: place(to), form })
    }

    /// The page without the form for a password: it says why, and leads to the identity provider if there is one.
    pub(crate) fn instead(self, page: Instead<'_>) -> Result<Page, Stop> {
        let Instead { frame, sentence, notice, to } = page;
        let (sentence, action) = match self.single_sign_on {
            true => (sentence, (SINGLE_SIGN_ON, place(to))),
            false => ("An administrator of this portal has switched signing in off.", ("Browse the catalog", "/apis".to_owned())),
        };
        let page = WordsPage { frame, notice, paragraphs: vec![sentence.to_owned()], action: Some(action) };
        Page::open(&page, false)
    }
}

/// Where single sign-on begins. Without a place of the portal to go on at, it leads to the own applications; to itself it does not lead.
fn place(to: Option<&LocalPath>) -> String {
    let to = to.filter(|to| !to.as_str().starts_with("/login"));
    to.map_or_else(|| BEGIN.to_owned(), |to| format!("{BEGIN}?to={}", encoded(to.as_str())))
}

/// Single sign-on above a form: the link, and what the form is beside it.
#[derive(Template)]
#[template(
    source = r#"<p class="actions"><a class="button primary" href="{{ place }}">{{ SINGLE_SIGN_ON }}</a></p>
<h2>{{ form }}</h2>
"#,
    ext = "html"
)]
pub(crate) struct Beside {
    place: String,
    form: &'static str,
}

/// What stands in the place of a form.
pub(crate) struct Instead<'r> {
    /// Around it.
    pub(crate) frame: Frame,
    /// Why there is no form, where there is an identity provider.
    pub(crate) sentence: &'static str,
    /// What is in the way.
    pub(crate) notice: Option<Notice>,
    /// Where to go on after signing in.
    pub(crate) to: Option<&'r LocalPath>,
}

/// A page that says something, and where to go.
#[derive(Template)]
#[template(path = "account/words.html")]
pub(crate) struct WordsPage {
    /// Around it.
    pub(crate) frame: Frame,
    /// What is in the way.
    pub(crate) notice: Option<Notice>,
    /// What it says.
    pub(crate) paragraphs: Vec<String>,
    /// A label and a place.
    pub(crate) action: Option<(&'static str, String)>,
}
