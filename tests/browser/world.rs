//! A portal with something in it: developers, applications, keys and requests in every state, as somebody would find them on an
//! ordinary day.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::program::{PASSWORD, Program, id};
use crate::scene::Scene;
use crate::window::{Kind, Window};

/// The developer whose windows tests open.
pub(crate) const ADA: &str = "ada@example.test";

/// The portal, and what tests refer to in it.
pub(crate) struct World {
    pub(crate) scene: Scene,
    pub(crate) admin: Program,
    pub(crate) ada: Program,
    /// Ada's application with two keys.
    pub(crate) clock: String,
    /// The API that it may call.
    pub(crate) tides: String,
    /// Ada.
    pub(crate) developer: String,
    /// The portal's default strategy.
    pub(crate) strategy: String,
    /// A team with ada in it.
    pub(crate) team: String,
    /// An application of the team.
    pub(crate) log: String,
}

/// Documents of the API that ada's application may call: title, the one that each lies below, and text.
const DOCUMENTS: &[(&str, Option<usize>, &str)] = &[
    (
        "Getting started",
        None,
        "# Getting started\n\nEvery harbour has a **station**, and every station its tides. Begin with the list of harbours, and go on \
         to the tides of one of them.\n\n## Your first call\n\n1. Create an application and register it for this API.\n2. Generate a \
         credential. It is shown once.\n3. Send it in the header `apikey`:\n\n```\ncurl -H 'apikey: portico_…' \
         https://api.example.com/tides\n```\n\n> Times are UTC. Heights are metres above chart datum.\n\n## What you get\n\n\
         | Member | What it is |\n|---|---|\n| `at` | When the tide turns |\n| `height` | How high the water is then |\n| `kind` | \
         `high` or `low` |\n\nIf a call fails, read on at [errors](errors).",
    ),
    (
        "Errors",
        Some(0),
        "Whatever goes wrong says so in the same form.\n\n## Too many calls\n\nWait as long as `Retry-After` says.",
    ),
    ("Limits", Some(0), "One hundred calls each minute."),
    ("Changes", None, "## 1.4\n\n- Tides of the next *seven* days.\n\n## 1.3\n\n- Heights in metres."),
];

impl World {
    pub(crate) async fn start() -> Self {
        let scene = Scene::start().await;
        let admin = Program::of_administrator(&scene);
        let words = json!({ "display_name": "Harbour Works", "description": "Tides, weather and berths for everybody who builds \
            something for the harbour. Sign up, create an application, and call an API within minutes." });
        admin.send(Method::PATCH, &scene.portal(), words).await;
        let berths = openapi("Berths", "2.0.1", "Which berths are free, and for how long.", &scene.origin);
        let second = json!({ "name": "partners", "display_name": "Partner keys", "strategy_type": "key_auth",
            "configs": { "key-auth": { "key_names": ["x-partner-key"] } } });
        let partners = admin.post("/v2/application-auth-strategies", second).await;
        let new = json!({ "name": "Berths", "version": "2.0.1", "slug": "berths", "description": "Which berths are free.",
            "attributes": { "area": ["harbour"], "audience": ["partners"] }, "spec_content": berths });
        let berths = admin.post("/v3/apis", new).await;
        let publication = format!("/v3/apis/{}/publications/{}", id(&berths), scene.local.portal().config.portal);
        admin.send(Method::PUT, &publication, json!({ "auth_strategy_ids": [id(&partners)], "visibility": "public" })).await;

        let hours = |hours: u64| scene.clock.advance(Duration::from_secs(hours * 60 * 60));
        hours(6 * 24);
        let mut ada = Program::of_new_developer(&scene, ADA, "Ada Lovelace").await;
        for (email, name) in [
            ("grace@example.test", "Grace Hopper"),
            ("edsger@example.test", "Edsger Dijkstra"),
            ("barbara@example.test", "Barbara Liskov"),
            ("niklaus@example.test", "Niklaus Wirth"),
        ] {
            Program::of_new_developer(&scene, email, name).await;
        }
        let world = |email| developer(&admin, &scene, email);
        let developer = decide(&admin, &scene, &world(ADA).await, "approved").await;
        decide(&admin, &scene, &world("grace@example.test").await, "approved").await;
        decide(&admin, &scene, &world("barbara@example.test").await, "rejected").await;
        hours(3 * 24);
        let mut grace = Program::with_password(&scene, "grace@example.test").await;
        ada.sign_in(ADA).await;
        let tides = id(&ada.get("/api/v3/apis/tides").await).to_owned();
        let weather = id(&ada.get("/api/v3/apis/weather-board").await).to_owned();

        let clock = json!({ "name": "Harbour clock", "description": "Shows the next high water in the hall.", "client_id": "harbour-clock" });
        let clock = id(&ada.post("/api/v3/applications", clock).await).to_owned();
        let ferry = json!({ "name": "Night ferry board", "description": "" });
        let ferry = id(&ada.post("/api/v3/applications", ferry).await).to_owned();
        for name in ["Clock in the hall", "Build server"] {
            ada.post(&format!("/api/v3/applications/{clock}/credentials"), json!({ "display_name": name })).await;
        }
        let registrations = format!("/api/v3/applications/{clock}/registrations");
        let granted = ada.post(&registrations, json!({ "api_id": tides })).await;
        hours(26);
        ada.sign_in(ADA).await;
        grace.sign_in("grace@example.test").await;
        ada.post(&registrations, json!({ "api_id": weather })).await;
        let decided = format!("{}/applications/{clock}/registrations/{}", scene.portal(), id(&granted));
        admin.send(Method::PATCH, &decided, json!({ "status": "approved" })).await;
        ada.post(&format!("/api/v3/applications/{ferry}/registrations"), json!({ "api_id": tides })).await;
        let map = id(&grace.post("/api/v3/applications", json!({ "name": "Chart table" })).await).to_owned();
        grace.post(&format!("/api/v3/applications/{map}/registrations"), json!({ "api_id": weather })).await;
        hours(3);
        ada.sign_in(ADA).await;
        let strategy = ada.get(&format!("/api/v3/applications/{clock}")).await;
        let strategy = strategy["auth_strategy"]["id"].as_str().expect("a strategy").to_owned();
        documents(&admin, &tides).await;
        let team = team(&admin, &scene, &tides, &developer).await;
        identity_provider(&admin, &scene, &team).await;
        let log = json!({ "name": "Harbour log", "description": "Who came, and when.", "team_id": team });
        let log = id(&ada.post("/api/v3/applications", log).await).to_owned();
        Self { scene, admin, ada, clock, tides, developer, strategy, team, log }
    }

    /// A window in which ada is signed in.
    pub(crate) async fn window_of_ada(&self, kind: Kind) -> Window {
        let window = self.scene.window_of(kind).await;
        window.goto("/login").await;
        window.fill("E-mail address", ADA).await;
        window.fill("Password", PASSWORD).await;
        window.press_near("E-mail address", "Sign in").await;
        window.is_at("/apis").await;
        window
    }

    /// A window in which an administrator is signed in.
    pub(crate) async fn window_of_administrator(&self, kind: Kind) -> Window {
        let window = self.scene.window_of(kind).await;
        self.scene.administer(&window).await;
        window
    }
}

async fn documents(admin: &Program, api: &str) {
    let mut made: Vec<String> = Vec::new();
    for (title, below, content) in DOCUMENTS {
        let parent = below.and_then(|at| made.get(at));
        let new = json!({ "title": title, "content": content, "status": "published", "parent_document_id": parent });
        made.push(id(&admin.post(&format!("/v3/apis/{api}/documents"), new).await).to_owned());
    }
}

/// A team with one member and a role; another one has nothing yet.
async fn team(admin: &Program, scene: &Scene, api: &str, member: &str) -> String {
    let teams = format!("{}/teams", scene.portal());
    admin.post(&teams, json!({ "name": "Pilots", "description": "Who brings ships in." })).await;
    let new =
        json!({ "name": "Harbour office", "description": "Partners who work in the harbour.", "can_own_applications": true });
    let team = id(&admin.post(&teams, new).await).to_owned();
    admin.send(Method::POST, &format!("{teams}/{team}/developers"), json!({ "id": member })).await;
    for (role, entity) in [("API Consumer", api), ("API Viewer", "*")] {
        let given = json!({ "role_name": role, "entity_id": entity, "entity_type_name": "Services", "entity_region": "*" });
        admin.post(&format!("{teams}/{team}/assigned-roles"), given).await;
    }
    team
}

/// An identity provider that nobody asks, with all that can be said of one.
async fn identity_provider(admin: &Program, scene: &Scene, team: &str) {
    let providers = format!("{}/identity-providers", scene.portal());
    let config =
        json!({ "issuer_url": "https://id.example.com/realms/harbour", "client_id": "portal", "client_secret": "a secret" });
    let made = admin.post(&providers, json!({ "type": "oidc", "enabled": true, "config": config })).await;
    let provider = format!("{providers}/{}", id(&made));
    admin.post(&format!("{provider}/team-group-mappings"), json!({ "team_id": team, "group": "harbour" })).await;
    let domains = format!("{}/trusted-domains", provider.replacen("/v3/", "/portico/v1/", 1));
    admin.send(Method::PUT, &domains, json!({ "domains": ["example.test"] })).await;
}

/// An OpenAPI document with one operation.
pub(crate) fn openapi(title: &str, version: &str, description: &str, server: &str) -> String {
    json!({
        "openapi": "3.1.0",
        "info": { "title": title, "version": version, "description": description },
        "servers": [{ "url": server }],
        "paths": { "/berths": { "get": { "summary": "List them", "responses": { "200": { "description": "All of them" } } } } },
    })
    .to_string()
}

/// A developer's id, by the address.
pub(crate) async fn developer(admin: &Program, scene: &Scene, email: &str) -> String {
    let found = admin.get(&format!("{}/developers?filter%5Bemail%5D={email}", scene.portal())).await;
    id(&found["data"][0]).to_owned()
}

/// Sets a developer's status.
pub(crate) async fn decide(admin: &Program, scene: &Scene, developer: &str, status: &str) -> String {
    let decided: Value =
        admin.send(Method::PATCH, &format!("{}/developers/{developer}", scene.portal()), json!({ "status": status })).await;
    id(&decided).to_owned()
}
