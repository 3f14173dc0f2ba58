//! Identity providers of the tests' portal, as an administrator makes them over the wire.

use std::time::Duration;

use portico_domain::id::TeamId;
use serde_json::{Value, json};

use crate::portal::TestPortal;

/// The secret of the portal's client.
pub const CLIENT_SECRET: &str = "keep-this-from-everybody";

impl TestPortal {
    /// Where the portal's identity providers are.
    pub fn providers_path(&self) -> String {
        format!("/v3/portals/{}/identity-providers", self.id())
    }

    /// Adds a provider, of which the portal is the client `portal` with [`CLIENT_SECRET`]; its id.
    pub async fn identity_provider(&self, issuer: &str, enabled: bool) -> String {
        self.clock.advance(Duration::from_millis(1));
        self.admin().post(&self.providers_path(), provider(issuer, enabled)).await.expect(201).id()
    }

    /// Makes a group of a provider a team; the mapping's id.
    pub async fn group_mapping(&self, provider: &str, team: TeamId, group: &str) -> String {
        self.clock.advance(Duration::from_millis(1));
        let path = format!("{}/{provider}/team-group-mappings", self.providers_path());
        self.admin().post(&path, json!({ "team_id": team, "group": group })).await.expect(201).id()
    }
}

/// The body that adds a provider.
pub fn provider(issuer: &str, enabled: bool) -> Value {
    let config = json!({ "issuer_url": issuer, "client_id": "portal", "client_secret": CLIENT_SECRET });
    json!({ "type": "oidc", "enabled": enabled, "config": config })
}
