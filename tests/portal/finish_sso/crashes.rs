//! A crash at each store call of a sign-in: whoever begins again comes in, as the same developer, and nothing happened twice.

use portico_domain::id::DeveloperId;
use portico_domain::status::Status;
use portico_tests::Client;
use portico_tests::crashes::each_crash;
use portico_tests::sign_on::{BEGIN, SignOn};
use serde_json::{Value, json};

/// Somebody of each scene.
struct Scene {
    browser: Client,
    claims: Value,
    email: String,
    known: Option<DeveloperId>,
}

fn scene(on: &SignOn, number: usize, more: &Value) -> Scene {
    let email = format!("ada{number}@example.test");
    let mut claims = json!({ "sub": format!("ada-{number}"), "email": email });
    for (name, value) in more.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    Scene { browser: on.portal.anonymous(), claims, email, known: None }
}

/// A whole sign-in; whatever it stops at is the answer.
async fn ask(on: &SignOn, scene: &Scene) -> portico_tests::Reply {
    let begun = scene.browser.get(BEGIN).await;
    if begun.status != 302 {
        return begun;
    }
    let asked = url::Url::parse(begun.location()).expect("a place");
    let code = on.lying.sign_in(&asked, on.now(), scene.claims.clone());
    scene.browser.come_back(&asked, &code).await
}

#[tokio::test]
async fn a_first_sign_in_with_a_group_makes_one_developer_in_one_team_whatever_crashes() {
    let on = SignOn::start().await;
    let pilots = on.portal.team("Pilots").await;
    on.map("pilots", pilots).await;
    each_crash(
        &on.portal,
        303,
        async |number| scene(&on, number, &json!({ "groups": ["pilots"] })),
        async |scene| ask(&on, scene).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 303, "{crash:?}");
            scene.browser.me().await.expect(200);
            assert_eq!(on.portal.history(&scene.email).await, ["developer.created"], "{crash:?}");
            assert_eq!(on.portal.known(&scene.email).await.teams, [pilots], "{crash:?}");
        },
    )
    .await;
    on.portal.end().await;
}

#[tokio::test]
async fn linking_approving_and_renaming_happen_once_whatever_crashes() {
    let on = SignOn::start().await;
    on.trust("example.test").await;
    let pilots = on.portal.team("Pilots").await;
    on.map("pilots", pilots).await;
    each_crash(
        &on.portal,
        303,
        async |number| {
            let mut scene = scene(&on, number, &json!({ "name": "Ada King" }));
            on.portal.developer_with_status(&scene.email, Status::Pending).await;
            scene.known = Some(on.portal.known(&scene.email).await.id);
            scene
        },
        async |scene| ask(&on, scene).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 303, "{crash:?}");
            scene.browser.me().await.expect(200);
            let developer = on.portal.known(&scene.email).await;
            assert_eq!((Some(developer.id), developer.status), (scene.known, Status::Approved), "{crash:?}");
            assert_eq!((developer.full_name.as_str(), developer.identities.len()), ("Ada King", 1), "{crash:?}");
            let history = on.portal.history(&scene.email).await;
            for name in ["developer.approved", "developer.identity_linked", "developer.updated"] {
                assert_eq!(history.iter().filter(|known| **known == name).count(), 1, "{crash:?}: {name}");
            }
        },
    )
    .await;
    on.portal.end_with_jobs().await;
}
