//! One identity provider: what the portal is there, the domains that it is trusted with, and which of its groups are teams.

use askama::Template;
use portico_domain::id::{GroupMappingId, TeamId};
use portico_domain::identity_provider::{
    ClaimMappings, GroupMapping, GroupName, IdentityProvider, IdentityProviders, ProviderSettings,
};
use portico_domain::sealed::ClientSecret;
use portico_http::Portal;
use portico_http::sign_on::redirect_uri;

use crate::parts::{Confirm, Field, Pill};

use super::Admin;
use super::sign_in::{HERE, state};

/// What a provider has to know of the portal.
#[derive(Template)]
#[template(path = "admin/provider_addresses.html")]
pub(super) struct Addresses {
    /// Where it sends browsers back to.
    redirect: String,
    /// Where it sends them after signing out.
    signed_out: String,
}

impl Addresses {
    /// Those of a portal.
    pub(super) fn of(portal: &Portal) -> Self {
        let url = &portal.config.public_url;
        Self { redirect: redirect_uri(url), signed_out: format!("{}/", url.origin()) }
    }
}

/// What is filled in about a provider.
#[derive(Template)]
#[template(path = "admin/provider_fields.html")]
pub(super) struct Fields {
    issuer: Field,
    client: Field,
    secret: Field,
    scopes: Field,
    claims: [Field; 3],
    /// Whether developers sign in with it.
    enabled: bool,
}

impl Fields {
    /// Those of a provider, or of a new one.
    pub(super) fn of(settings: Option<&ProviderSettings>, has_secret: bool) -> Self {
        let text = |read: fn(&ProviderSettings) -> &str| settings.map(read).unwrap_or_default().to_owned();
        let scopes = settings.map_or_else(|| ProviderSettings::SCOPES.join("\n"), |settings| settings.scopes.join("\n"));
        let claims = settings.map_or_else(ClaimMappings::default, |settings| settings.claims.clone());
        let claim = |field: Field, value: String| field.required().value(value);
        Self {
            issuer: Field::text("config.issuer_url", "Issuer")
                .required()
                .hint("Exactly as the provider writes it in its tokens, with https, and with a slash at the end only if it has one there.")
                .value(text(|settings| &settings.issuer)),
            client: Field::text("config.client_id", "Client ID")
                .required()
                .hint("Of the client that stands for this portal at the provider.")
                .value(text(|settings| &settings.client_id)),
            secret: Field::password("config.client_secret", "Client secret")
                .autocomplete("new-password")
                .most(ClientSecret::MAX_CHARS)
                .hint(match (settings.is_some(), has_secret) {
                    (true, true) => "One is stored, and is never shown again. Leave empty to keep it; another issuer or client needs its own.",
                    (true, false) => "None is stored: the client is public.",
                    (false, _) => "It is stored encrypted and never shown again. A public client has none.",
                }),
            scopes: Field::lines("config.scopes", "Scopes")
                .required()
                .hint("What is asked for, one on each line. Without openid nobody can sign in.")
                .value(scopes)
                .list(),
            claims: [
                claim(Field::text("config.claim_mappings.name", "Claim with the name"), claims.name),
                claim(Field::text("config.claim_mappings.email", "Claim with the e-mail address"), claims.email),
                claim(Field::text("config.claim_mappings.groups", "Claim with the groups"), claims.groups),
            ],
            enabled: false,
        }
    }
}

/// A group that is a team here.
struct MappingRow {
    group: String,
    /// The team's id.
    team: String,
    /// What the team is called, while it is there.
    name: Option<String>,
    remove: Confirm,
}

/// A provider, as the page shows it.
#[derive(Template)]
#[template(path = "admin/provider.html")]
pub(super) struct Provider {
    pub(super) id: String,
    /// Where the management contract has it.
    place: String,
    /// Where the rest is.
    own_place: String,
    state: Pill,
    addresses: Addresses,
    fields: Fields,
    domains: Field,
    /// Whether groups count.
    maps_groups: bool,
    mappings: Vec<MappingRow>,
    teams: Vec<(String, String)>,
    group: Field,
    delete: Confirm,
}

impl Provider {
    /// One of a portal's providers, with its teams.
    pub(super) fn of(
        provider: &IdentityProvider,
        among: &IdentityProviders,
        admin: &Admin,
        addresses: Addresses,
        teams: Vec<(TeamId, String)>,
    ) -> Self {
        let enabled = among.is_enabled(provider.id);
        let place = format!("{}/identity-providers/{}", admin.root(), provider.id);
        let mut mappings: Vec<_> = provider.mappings.iter().map(|(id, one)| mapping(*id, one, &place, &teams)).collect();
        mappings.sort_by_cached_key(|row| (row.group.to_lowercase(), row.name.clone()));
        let domains: Vec<_> = provider.domains.iter().map(|domain| domain.as_str()).collect();
        Self {
            id: provider.id.to_string(),
            own_place: format!("{}/identity-providers/{}", admin.own_root(), provider.id),
            state: state(enabled),
            addresses,
            fields: Fields { enabled, ..Fields::of(Some(&provider.settings), provider.secret.is_some()) },
            domains: Field::lines("domains", "Domains")
                .hint("One on each line, as example.com. A subdomain is another domain.")
                .value(domains.join("\n"))
                .list(),
            maps_groups: among.maps_groups,
            mappings,
            teams: teams.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
            group: Field::text("group", "Group")
                .required()
                .most(GroupName::MAX_BYTES)
                .hint("Exactly as it stands in the claim: some providers send ids, or paths with a slash."),
            delete: delete(provider, enabled, place.clone()),
            place,
        }
    }
}

fn mapping(id: GroupMappingId, mapping: &GroupMapping, place: &str, teams: &[(TeamId, String)]) -> MappingRow {
    let name = teams.iter().find(|(team, _)| *team == mapping.team).map(|(_, name)| name.clone());
    let group = mapping.group.as_str().to_owned();
    MappingRow {
        remove: Confirm {
            id: format!("unmap-{id}"),
            title: format!("Remove {group} from {}?", name.as_deref().unwrap_or("the team that is gone")),
            text: "Whoever is in the team by this group alone leaves it when they next sign in.".to_owned(),
            action: format!("{place}/team-group-mappings/{id}"),
            method: "DELETE",
            button: "Remove group",
            type_name: None,
            next: None,
            done: format!("{group} makes nobody a member of it any more."),
        },
        group,
        team: mapping.team.to_string(),
        name,
    }
}

fn delete(provider: &IdentityProvider, enabled: bool, place: String) -> Confirm {
    let who = match enabled {
        true => "Developers without a password cannot sign in until another one is enabled.",
        false => "Nobody signs in with it now.",
    };
    Confirm {
        id: "delete-provider".to_owned(),
        title: "Delete the identity provider?".to_owned(),
        text: format!(
            "{who} Its client secret, its domains and its groups go. Developers stay, and are known again by the same issuer."
        ),
        action: place,
        method: "DELETE",
        button: "Delete identity provider",
        type_name: Some(provider.settings.issuer.clone()),
        next: Some(HERE.to_owned()),
        done: "The identity provider is deleted.".to_owned(),
    }
}
