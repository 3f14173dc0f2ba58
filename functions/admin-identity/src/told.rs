//! What an event says of a change: which members, and truth values as they were and are. Texts of people and of providers are named
//! and not told.

use std::collections::BTreeSet;

use portico_domain::event::Name;
use portico_domain::id::IdentityProviderId;
use portico_domain::identity_provider::IdentityProvider;
use serde_json::{Map, Value, json};

use crate::change::SignIn;

/// A member of something before and after a change.
type Member = (&'static str, Value, Value);

/// The event of a change, which is about one provider at most.
pub(crate) fn told(before: &SignIn, after: &SignIn) -> (Name, Value) {
    let (name, provider) = match changed_provider(before, after) {
        Some((name, id)) => (name, Some(id)),
        None => (Name::PortalUpdated, None),
    };
    let mut members = switches(before, after);
    if let Some(id) = provider {
        members.push(("enabled", json!(before.providers.is_enabled(id)), json!(after.providers.is_enabled(id))));
    }
    members.retain(|(_, was, is)| was != is);
    let texts = provider.map(|id| texts(before.providers.providers.get(&id), after.providers.providers.get(&id)));
    let names = members.iter().map(|(name, ..)| *name);
    let changed: Vec<_> = names.chain(texts.into_iter().flatten()).collect();
    let (was, is): (Vec<_>, Vec<_>) =
        members.into_iter().map(|(name, was, is)| ((name.to_owned(), was), (name.to_owned(), is))).unzip();
    let object = |members: Vec<(String, Value)>| Value::Object(members.into_iter().collect::<Map<_, _>>());
    let mut data = json!({ "portal": after.portal.id, "changed": changed, "before": object(was), "after": object(is) });
    if let Some(id) = provider {
        data["identity_provider"] = json!(id);
    }
    (name, data)
}

fn changed_provider(before: &SignIn, after: &SignIn) -> Option<(Name, IdentityProviderId)> {
    let (old, new) = (&before.providers, &after.providers);
    let all: BTreeSet<_> = old.providers.keys().chain(new.providers.keys()).copied().collect();
    all.into_iter().find_map(|id| match (old.providers.get(&id), new.providers.get(&id)) {
        (None, Some(_)) => Some((Name::IdentityProviderCreated, id)),
        (Some(_), None) => Some((Name::IdentityProviderDeleted, id)),
        (was, is) if was != is || old.is_enabled(id) != new.is_enabled(id) => Some((Name::IdentityProviderUpdated, id)),
        _ => None,
    })
}

fn switches(before: &SignIn, after: &SignIn) -> Vec<Member> {
    vec![
        ("basic_auth_enabled", json!(before.portal.basic_auth_enabled), json!(after.portal.basic_auth_enabled)),
        ("oidc_team_mapping_enabled", json!(before.providers.maps_groups), json!(after.providers.maps_groups)),
    ]
}

/// A member of a provider: its name in the contract, and what it is.
type Named = (&'static str, fn(&IdentityProvider) -> Value);

/// The members of a provider that differ: of one that is new or gone, all that it has.
fn texts(before: Option<&IdentityProvider>, after: Option<&IdentityProvider>) -> Vec<&'static str> {
    let differs = |of: fn(&IdentityProvider) -> Value| before.map(of) != after.map(of);
    let members: [Named; 7] = [
        ("issuer_url", |provider| json!(provider.settings.issuer)),
        ("client_id", |provider| json!(provider.settings.client_id)),
        ("client_secret", |provider| json!(provider.secret)),
        ("scopes", |provider| json!(provider.settings.scopes)),
        ("claim_mappings", |provider| json!(provider.settings.claims)),
        ("trusted_domains", |provider| json!(provider.domains)),
        ("team_group_mappings", |provider| json!(provider.mappings)),
    ];
    members.into_iter().filter(|(_, of)| differs(*of)).map(|(name, _)| name).collect()
}
