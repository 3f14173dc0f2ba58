//! Applications whose credentials an identity provider issues: how they are made, and what their Authentication pane says.

use serde_json::json;

use crate::pictures;
use crate::program::id;
use crate::window::DESK;
use crate::world::{World, openapi};
use reqwest::Method;

const ISSUER: &str = "https://id.example.com/realms/harbour";

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_makes_an_application_of_a_client_and_reads_how_it_gets_its_tokens() {
    let world = World::start().await;
    let configs = json!({ "openid-connect": { "issuer": ISSUER, "credential_claim": ["azp"], "scopes": ["openid"],
        "auth_methods": ["bearer", "client_credentials"] } });
    let new = json!({ "name": "staff", "display_name": "Harbour staff", "strategy_type": "openid_connect", "configs": configs });
    let strategy = world.admin.post("/v2/application-auth-strategies", new).await;
    let document = openapi("Moorings", "1.0.0", "Who lies where.", &world.scene.origin);
    let new = json!({ "name": "Moorings", "version": "1.0.0", "slug": "moorings", "spec_content": document });
    let api = world.admin.post("/v3/apis", new).await;
    let publication = format!("/v3/apis/{}/publications/{}", id(&api), world.scene.local.portal().config.portal);
    world.admin.send(Method::PUT, &publication, json!({ "auth_strategy_ids": [id(&strategy)], "visibility": "public" })).await;

    // Where there is a choice, the portal offers to make up what only it has to know.
    let ada = world.window_of_ada(DESK).await;
    ada.goto("/apps/new").await;
    let offered = "return [...document.querySelectorAll('[data-generate]')].filter(e => e.checkVisibility()).length";
    assert_eq!(ada.script(offered, &[]).await, 1);
    ada.tick("Harbour staff").await;
    assert_eq!(ada.script(offered, &[]).await, 0);
    assert_eq!(ada.barriers().await, Vec::<String>::new());
    ada.fill("Name", "Mooring board").await;
    ada.press("Create application").await;
    ada.sees("Reference ID is required").await;

    ada.goto("/apis/moorings").await;
    ada.sees(&format!("sends a token that {ISSUER} issued to its client")).await;
    ada.goto("/apps/new?api=moorings").await;
    ada.sees(&format!("The clients of {ISSUER}.")).await;
    pictures::take(&ada, "new-app-of-a-client-light").await;
    ada.fill("Name", "Mooring board").await;
    ada.fill("Reference ID", "mooring-board").await;
    ada.press("Create application").await;
    ada.sees("Created, and access requested.").await;
    ada.sees("as soon as access is approved.").await;
    let text = ada.text().await;
    for shown in [
        ISSUER,
        "curl -s 'https://id.example.com/realms/harbour/.well-known/openid-configuration'",
        "curl -s -u 'mooring-board:YOUR_CLIENT_SECRET' -d grant_type=client_credentials -d 'scope=openid' \"$TOKEN_ENDPOINT\"",
        "curl -i -H \"Authorization: Bearer $TOKEN\"",
        "curl -i -u 'mooring-board:YOUR_CLIENT_SECRET'",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    assert!(!text.contains("Generate Credential"), "{text}");
    ada.goto(&ada.place().await).await;
    for theme in ["light", "dark"] {
        ada.prefer(theme).await;
        assert_eq!(ada.barriers().await, Vec::<String>::new(), "{theme}");
        pictures::take(&ada, &format!("app-of-a-client-{theme}")).await;
    }
    ada.press("Edit").await;
    ada.sees("Another reference ID holds from the next call on").await;
    world.scene.end([ada]).await;
}
