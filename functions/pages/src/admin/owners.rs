//! Owners of applications, as administrators' pages name them: a developer, or a team.

use askama::Template;
use portico_domain::developer::Developer;
use portico_domain::owner::Owner;
use portico_domain::team::Team;
use portico_http::Portal;
use portico_store::{Items, Key};

use crate::shown::Stop;

/// An owner, with a way to their page.
#[derive(Template)]
#[template(
    source = r#"<a href="{{ href }}">{{ name }}</a>{% if is_team %} <span class="hint">team</span>{% endif %}"#,
    ext = "html"
)]
pub(super) struct OwnerLink {
    /// Where the owner's page is.
    href: String,
    /// What people call the owner.
    pub(super) name: String,
    /// The address of a developer; a team has none.
    pub(super) email: String,
    is_team: bool,
}

/// The owners of some applications, in one read.
pub(super) struct Owners(Items);

impl Owners {
    /// Reads them.
    pub(super) async fn of(portal: &Portal, owners: impl Iterator<Item = Owner>) -> Result<Self, Stop> {
        Ok(Self(portal.store.load(&owners.map(Key::owner).collect::<Vec<_>>()).await?))
    }

    /// One of them, if it is there.
    pub(super) fn get(&self, owner: Owner) -> Result<Option<OwnerLink>, Stop> {
        let key = Key::owner(owner);
        Ok(match owner {
            Owner::Developer(id) => self.0.get::<Developer>(&key)?.map(|developer| OwnerLink {
                href: format!("/admin/developers/{id}"),
                is_team: false,
                name: developer.full_name,
                email: developer.email,
            }),
            Owner::Team(id) => self.0.get::<Team>(&key)?.filter(Team::is_live).map(|team| OwnerLink {
                href: format!("/admin/teams/{id}"),
                is_team: true,
                name: team.name,
                email: String::new(),
            }),
        })
    }
}
