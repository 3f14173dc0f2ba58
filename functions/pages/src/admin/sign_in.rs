//! How developers sign in: with a password, with the portal's identity provider, or both; and what groups are good for.

use askama::Template;
use portico_domain::id::{IdentityProviderId, TeamId};
use portico_domain::identity_provider::{IdentityProvider, IdentityProviders};
use portico_domain::limits::IDENTITY_PROVIDERS;
use portico_http::{Portal, Request};
use portico_store::Key;
use portico_store::teams::teams_list;

use crate::frame::Frame;
use crate::parts::{Empty, Pill};
use crate::shown::{Page, Stop};

use super::provider::{Addresses, Fields, Provider};
use super::{Admin, CAP, Place, Side, asked};

/// What `?provider=` says where a new one is to be filled in.
const NEW: &str = "new";
/// The page.
pub(super) const HERE: &str = "/admin/sign-in";

/// A provider among others.
struct Row {
    id: String,
    issuer: String,
    state: Pill,
    /// Whether it is the one that the page shows.
    here: bool,
}

/// What the page shows of identity providers.
enum Shown {
    /// There is none.
    None(Empty),
    /// One of them.
    One(Box<Provider>),
    /// One that is yet to be.
    New(Box<(Addresses, Fields)>),
}

#[derive(Template)]
#[template(path = "admin/sign_in.html")]
struct SignInPage {
    frame: Frame,
    side: Side,
    root: String,
    /// Whether developers can sign in at all.
    open: bool,
    passwords: bool,
    /// Whether nobody could sign in without a password.
    passwords_alone: bool,
    maps_groups: bool,
    /// All of them, where there is more than one.
    rows: Vec<Row>,
    /// Whether there is room for another one.
    more: bool,
    shown: Shown,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, [Key::identity_providers(portal.config.portal)]).await?;
    let providers = admin.items.identity_providers(admin.settings.id)?;
    let choice = asked(request, "provider");
    let shown = match chosen(&providers, choice) {
        _ if choice == NEW => Shown::New(Box::new((Addresses::of(portal), Fields::of(None, false)))),
        None => Shown::None(none()),
        Some(provider) => {
            let teams = teams(portal, &admin).await?;
            Shown::One(Box::new(Provider::of(provider, &providers, &admin, Addresses::of(portal), teams)))
        }
    };
    let page = SignInPage {
        frame: admin.frame(request, "Sign-in"),
        side: Side::at(Place::SignIn),
        root: admin.root(),
        open: admin.settings.authentication_enabled,
        passwords: admin.settings.basic_auth_enabled,
        passwords_alone: providers.enabled().is_none(),
        maps_groups: providers.maps_groups,
        rows: rows(&providers, &shown),
        more: !providers.providers.is_empty() && providers.providers.len() < IDENTITY_PROVIDERS && choice != NEW,
        shown,
    };
    Page::own(&page)
}

/// The provider that is asked for, else the one that developers sign in with, else the oldest.
fn chosen<'p>(providers: &'p IdentityProviders, asked: &str) -> Option<&'p IdentityProvider> {
    let asked = asked.parse::<IdentityProviderId>().ok().and_then(|id| providers.get(id).ok());
    asked.or_else(|| providers.enabled()).or_else(|| providers.providers.values().next())
}

fn none() -> Empty {
    Empty {
        title: "No identity provider yet".to_owned(),
        text: "With one, developers sign in as they do at work: Keycloak, Okta, Auth0, Entra ID, Cognito or any other that speaks OpenID Connect."
            .to_owned(),
        action: Some(("Add an identity provider", format!("{HERE}?provider={NEW}"))),
    }
}

/// The list to choose from, unless the only one is shown anyway.
fn rows(providers: &IdentityProviders, shown: &Shown) -> Vec<Row> {
    let here = match shown {
        Shown::One(provider) => Some(provider.id.as_str()),
        Shown::New(_) | Shown::None(_) => None,
    };
    let row = |provider: &IdentityProvider| {
        let id = provider.id.to_string();
        let state = state(providers.is_enabled(provider.id));
        Row { here: here == Some(&id), issuer: provider.settings.issuer.clone(), state, id }
    };
    let rows: Vec<Row> = providers.providers.values().map(row).collect();
    if rows.len() == 1 && here.is_some() { Vec::new() } else { rows }
}

/// Whether developers sign in with a provider, in a word.
pub(super) const fn state(enabled: bool) -> Pill {
    if enabled { Pill::good("Enabled") } else { Pill::ended("Not enabled") }
}

/// The teams of the portal with their names, by the alphabet.
async fn teams(portal: &Portal, admin: &Admin) -> Result<Vec<(TeamId, String)>, Stop> {
    let walked = portal.store.skim(&teams_list(admin.settings.id), &["id", "name"], CAP).await?;
    let named = walked.items.iter().filter_map(|item| Some((item.text("id")?.parse().ok()?, item.text("name")?.to_owned())));
    let mut teams: Vec<_> = named.collect();
    teams.sort_by_cached_key(|(_, name): &(TeamId, String)| name.to_lowercase());
    Ok(teams)
}
