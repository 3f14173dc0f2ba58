//! Every change that a developer makes to an application, with a crash at each of its store calls: the same request again ends it,
//! and the change has happened once. (`delete_app` has the sweep of deletions with many children.)

use http::Method;
use portico_domain::event::Name;
use portico_domain::id::{ApiId, ApplicationId};
use portico_store::Key;
use portico_tests::steps::APPLICATIONS;
use portico_tests::{Client, Reply, TestPortal};
use serde_json::{Value, json};

/// An application with one key and one registration, and another API to register for.
struct Scene {
    app: ApplicationId,
    key: String,
    registration: String,
    other_api: ApiId,
    number: usize,
}

/// A change: its request, what it answers, what it answers when it has happened before, and the event that it leaves.
struct Change {
    method: Method,
    path: fn(&Scene) -> String,
    body: fn(&Scene) -> Option<Value>,
    done: u16,
    done_before: u16,
    event: Name,
}

async fn scene(portal: &TestPortal, ada: &Client, apis: [ApiId; 2], number: usize) -> Scene {
    let app = ada.create_app("Weather board").await;
    let registration = ada.register(app, apis[0]).await;
    let key = ada.create_key(app).await.id;
    portal.take_calls();
    Scene { app, key, registration, other_api: apis[1], number }
}

async fn ask(ada: &Client, change: &Change, scene: &Scene) -> Reply {
    ada.send(change.method.clone(), &(change.path)(scene), (change.body)(scene)).await
}

/// Goes through every crash point of a change.
async fn sweep(change: Change) {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let apis = [portal.published_api("Weather").await, portal.published_api("Trains").await];
    let whole = scene(&portal, &ada, apis, 1_000).await;
    ask(&ada, &change, &whole).await.expect(change.done);
    let calls = portal.take_calls().len();
    assert!(calls >= 2, "there is something to sweep");
    for at in 0..calls {
        for during in [false, true] {
            let scene = scene(&portal, &ada, apis, 2 * at + usize::from(during)).await;
            if during {
                portal.database.faults().crash_during(at);
            } else {
                portal.database.faults().crash_before(at);
            }
            let crashed = ask(&ada, &change, &scene).await;
            portal.database.faults().heal();
            let status = crashed.status.as_u16();
            assert!(status == 503 || status == change.done, "call {at}, during: {during}: {status}");
            if status == 503 {
                let again = ask(&ada, &change, &scene).await.status.as_u16();
                assert!(again == change.done || again == change.done_before, "call {at}, during: {during}: then {again}");
            }
            let happened = portal.events(&Key::application(scene.app)).await;
            let times = happened.iter().filter(|name| *name == change.event.as_str()).count();
            let expected = match change.event {
                // The scene made one of each; a key has no name that would tell the second request from a wish for two.
                Name::RegistrationRequested => 2..=2,
                Name::CredentialCreated => 2..=3,
                _ => 1..=1,
            };
            assert!(expected.contains(&times), "call {at}, during: {during}: {happened:?}");
        }
    }
    portal.end().await;
}

fn app(scene: &Scene) -> String {
    format!("{APPLICATIONS}/{}", scene.app)
}

#[tokio::test]
async fn an_edit() {
    sweep(Change {
        method: Method::PATCH,
        path: app,
        body: |scene| Some(json!({ "client_id": format!("weather-{}", scene.number) })),
        done: 200,
        done_before: 200,
        event: Name::ApplicationUpdated,
    })
    .await;
}

#[tokio::test]
async fn a_registration() {
    sweep(Change {
        method: Method::POST,
        path: |scene| format!("{}/registrations", app(scene)),
        body: |scene| Some(json!({ "api_id": scene.other_api })),
        done: 201,
        done_before: 409,
        event: Name::RegistrationRequested,
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_registration() {
    sweep(Change {
        method: Method::DELETE,
        path: |scene| format!("{}/registrations/{}", app(scene), scene.registration),
        body: |_| None,
        done: 204,
        done_before: 404,
        event: Name::RegistrationDeleted,
    })
    .await;
}

#[tokio::test]
async fn a_new_key() {
    sweep(Change {
        method: Method::POST,
        path: |scene| format!("{}/credentials", app(scene)),
        body: |_| Some(json!({})),
        done: 201,
        done_before: 201,
        event: Name::CredentialCreated,
    })
    .await;
}

#[tokio::test]
async fn a_renamed_key() {
    sweep(Change {
        method: Method::PUT,
        path: |scene| format!("{}/credentials/{}", app(scene), scene.key),
        body: |_| Some(json!({ "display_name": "Production" })),
        done: 200,
        done_before: 200,
        event: Name::CredentialRenamed,
    })
    .await;
}

#[tokio::test]
async fn a_deleted_key() {
    sweep(Change {
        method: Method::DELETE,
        path: |scene| format!("{}/credentials/{}", app(scene), scene.key),
        body: |_| None,
        done: 204,
        done_before: 404,
        event: Name::CredentialDeleted,
    })
    .await;
}
