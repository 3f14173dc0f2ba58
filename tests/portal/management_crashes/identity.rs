//! Changes of identity providers and of what they are trusted with.

use http::Method;
use portico_domain::event::Name;
use portico_domain::id::TeamId;
use portico_tests::TestPortal;
use portico_tests::identity::provider;
use serde_json::{Value, json};

use super::{Change, Counted, Scene, portal_key};

/// A provider, one of its groups that is a team, and the team. A portal has few providers: the one of the scene before is gone.
pub(super) async fn scene(portal: &TestPortal, number: usize) -> (String, String, TeamId) {
    let admin = portal.admin();
    for known in admin.get(&portal.providers_path()).await.expect(200).body.as_array().into_iter().flatten() {
        let id = known["id"].as_str().expect("an id");
        admin.delete(&format!("{}/{id}", portal.providers_path())).await.expect(204);
    }
    let team = portal.team(&format!("Team {number}")).await;
    let provider = portal.identity_provider(&issuer(number), false).await;
    let mapping = portal.group_mapping(&provider, team, "partners").await;
    (provider, mapping, team)
}

fn issuer(number: usize) -> String {
    format!("https://id{number}.example.com")
}

fn one(portal: &TestPortal, scene: &Scene) -> String {
    format!("{}/{}", portal.providers_path(), scene.provider)
}

fn mappings(portal: &TestPortal, scene: &Scene) -> String {
    format!("{}/team-group-mappings", one(portal, scene))
}

/// A change of the scene's provider. `answers` are what it answers, and what it may answer when it happened before.
fn change(
    name: &'static str,
    method: Method,
    path: fn(&TestPortal, &Scene) -> String,
    body: fn(&Scene) -> Option<Value>,
    (done, done_before): (u16, u16),
) -> Change {
    let counted = Counted::Events(portal_key, Name::IdentityProviderUpdated);
    Change { name, method, path, body, done, done_before, counted, at_most: 1 }
}

pub(super) fn changes() -> Vec<Change> {
    vec![
        Change {
            counted: Counted::Events(portal_key, Name::IdentityProviderCreated),
            // Nothing but its being enabled tells the second request from a wish for two.
            ..change(
                "create-portal-identity-provider",
                Method::POST,
                |portal, _| portal.providers_path(),
                |scene| Some(provider(&format!("https://new{}.example.com", scene.number), true)),
                (201, 409),
            )
        },
        change(
            "update-portal-identity-provider",
            Method::PATCH,
            one,
            |scene| Some(provider(&format!("https://other{}.example.com", scene.number), true)),
            (200, 200),
        ),
        Change {
            counted: Counted::Events(portal_key, Name::IdentityProviderDeleted),
            ..change("delete-portal-identity-provider", Method::DELETE, one, |_| None, (204, 404))
        },
        change(
            "create-portal-idp-team-group-mapping",
            Method::POST,
            mappings,
            |scene| Some(json!({ "team_id": scene.team, "group": "others" })),
            (201, 409),
        ),
        change(
            "delete-portal-idp-team-group-mapping",
            Method::DELETE,
            |portal, scene| format!("{}/{}", mappings(portal, scene), scene.mapping),
            |_| None,
            (204, 404),
        ),
        change(
            "update-portal-team-group-mappings",
            Method::PATCH,
            |portal, _| format!("/v3/portals/{}/identity-provider/team-group-mappings", portal.id()),
            |scene| Some(json!({ "data": [{ "team_id": scene.team, "groups": ["others"] }] })),
            (200, 200),
        ),
        change(
            "replace-trusted-domains",
            Method::PUT,
            |portal, scene| format!("{}/trusted-domains", one(portal, scene).replacen("/v3/", "/portico/v1/", 1)),
            |_| Some(json!({ "domains": ["sea.example"] })),
            (200, 200),
        ),
    ]
}
