//! What administrators change, and a developer's new application, with a crash at each store call: the same request again ends it, or
//! says that it happened. (Publications, versions, links and APIs have their sweeps in `admin_catalog_races`, decisions about
//! developers and their deletion in `developer_gates`, the headers of a strategy in `admin_auth_strategies`.)

mod contents;
mod identity;

use http::Method;
use portico_domain::event::Name;
use portico_domain::id::{ApiId, ApplicationId, DeveloperId, TeamId};
use portico_domain::image::{Media, data_uri};
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::crashes::each_crash;
use portico_tests::management::{APIS, STRATEGIES};
use portico_tests::steps::APPLICATIONS;
use serde_json::{Value, json};

/// What there is before a change: everything that a change may be about, all of it this scene's own but the portal.
struct Scene {
    number: usize,
    app: ApplicationId,
    registration: String,
    api: ApiId,
    version: String,
    document: String,
    strategy: String,
    provider: String,
    mapping: String,
    team: TeamId,
    before: usize,
}

/// By what it is counted how often a change happened.
enum Counted {
    /// Events of this name on this item.
    Events(fn(&TestPortal, &Scene) -> Key, Name),
    /// What a list of the administrator has.
    Listed(fn(&TestPortal) -> String),
}

/// A change, what it answers, what it may answer when it happened before, and how often at most the two requests make it happen.
struct Change {
    name: &'static str,
    method: Method,
    path: fn(&TestPortal, &Scene) -> String,
    body: fn(&Scene) -> Option<Value>,
    done: u16,
    done_before: u16,
    counted: Counted,
    at_most: usize,
}

/// A change of the portal's settings: one event, however often it is asked for.
fn setting(
    name: &'static str,
    method: Method,
    path: fn(&TestPortal, &Scene) -> String,
    body: fn(&Scene) -> Option<Value>,
) -> Change {
    let counted = Counted::Events(portal_key, Name::PortalUpdated);
    Change { name, method, path, body, done: 200, done_before: 200, counted, at_most: 1 }
}

fn portal_path(portal: &TestPortal) -> String {
    format!("/v3/portals/{}", portal.id())
}

fn app_path(portal: &TestPortal, scene: &Scene) -> String {
    format!("{}/applications/{}", portal_path(portal), scene.app)
}

fn registration_path(portal: &TestPortal, scene: &Scene) -> String {
    format!("{}/registrations/{}", app_path(portal, scene), scene.registration)
}

fn strategy_path(_: &TestPortal, scene: &Scene) -> String {
    format!("{STRATEGIES}/{}", scene.strategy)
}

fn portal_key(portal: &TestPortal, _: &Scene) -> Key {
    Key::portal(portal.id())
}

fn app_key(_: &TestPortal, scene: &Scene) -> Key {
    Key::application(scene.app)
}

fn strategy_key(_: &TestPortal, scene: &Scene) -> Key {
    Key::strategy(scene.strategy.parse().expect("an id"))
}

fn keys(name: String) -> Value {
    json!({ "name": name, "display_name": name, "strategy_type": "key_auth", "configs": { "key-auth": { "key_names": ["apikey"] } } })
}

fn gif(number: usize) -> Value {
    json!({ "data": data_uri(Media::Gif, format!("GIF89a{number}").as_bytes()) })
}

fn new_developer(scene: &Scene, invited: bool) -> Option<Value> {
    let email = format!("new{}@example.test", scene.number);
    Some(json!({ "email": email, "full_name": "Grace Hopper", "send_invitation_email": invited }))
}

fn changes() -> Vec<Change> {
    let developers: fn(&TestPortal) -> String = |portal| format!("{}/developers", portal_path(portal));
    vec![
        setting(
            "update-portal",
            Method::PATCH,
            |portal, _| portal_path(portal),
            |scene| Some(json!({ "display_name": format!("Portal {}", scene.number) })),
        ),
        setting(
            "update-portal-authentication-settings",
            Method::PATCH,
            |portal, _| format!("{}/authentication-settings", portal_path(portal)),
            |scene| Some(json!({ "basic_auth_enabled": scene.number % 2 == 1 })),
        ),
        setting(
            "replace-portal-customization",
            Method::PUT,
            |portal, _| format!("{}/customization", portal_path(portal)),
            |scene| Some(json!({ "theme": { "name": format!("Theme {}", scene.number) } })),
        ),
        setting(
            "update-portal-customization",
            Method::PATCH,
            |portal, _| format!("{}/customization", portal_path(portal)),
            |scene| Some(json!({ "layout": format!("layout {}", scene.number) })),
        ),
        setting(
            "replace-portal-asset-logo",
            Method::PUT,
            |portal, _| format!("{}/assets/logo", portal_path(portal)),
            |scene| Some(gif(scene.number)),
        ),
        setting(
            "replace-portal-asset-favicon",
            Method::PUT,
            |portal, _| format!("{}/assets/favicon", portal_path(portal)),
            |scene| Some(gif(scene.number)),
        ),
        setting(
            "replace-try-it-servers",
            Method::PUT,
            |portal, _| format!("/portico/v1/portals/{}/try-it-servers", portal.id()),
            |scene| Some(json!({ "servers": [format!("https://api{}.example.test", scene.number)] })),
        ),
        Change {
            name: "create-developer",
            method: Method::POST,
            path: |portal, _| format!("{}/developers", portal_path(portal)),
            body: |scene| new_developer(scene, false),
            done: 201,
            done_before: 409,
            counted: Counted::Listed(developers),
            at_most: 1,
        },
        Change {
            name: "create-developer, with an invitation",
            method: Method::POST,
            path: |portal, _| format!("{}/developers", portal_path(portal)),
            body: |scene| new_developer(scene, true),
            done: 201,
            done_before: 409,
            counted: Counted::Listed(developers),
            at_most: 1,
        },
        Change {
            name: "create-app-auth-strategy",
            method: Method::POST,
            path: |_, _| STRATEGIES.to_owned(),
            body: |scene| Some(keys(format!("New {}", scene.number))),
            done: 201,
            done_before: 201,
            counted: Counted::Listed(|_| STRATEGIES.to_owned()),
            // A strategy has no name that would tell the second request from a wish for two.
            at_most: 2,
        },
        Change {
            name: "replace-app-auth-strategy",
            method: Method::PUT,
            path: strategy_path,
            body: |scene| Some(keys(format!("Other {}", scene.number))),
            done: 201,
            done_before: 201,
            counted: Counted::Events(strategy_key, Name::StrategyUpdated),
            at_most: 1,
        },
        Change {
            name: "update-app-auth-strategy",
            method: Method::PATCH,
            path: strategy_path,
            body: |_| Some(json!({ "display_name": "Partners" })),
            done: 200,
            done_before: 200,
            counted: Counted::Events(strategy_key, Name::StrategyUpdated),
            at_most: 1,
        },
        Change {
            name: "delete-app-auth-strategy",
            method: Method::DELETE,
            path: strategy_path,
            body: |_| None,
            done: 204,
            done_before: 404,
            counted: Counted::Events(strategy_key, Name::StrategyDeleted),
            at_most: 1,
        },
        Change {
            name: "update-application-registration, approved",
            method: Method::PATCH,
            path: registration_path,
            body: |_| Some(json!({ "status": "approved" })),
            done: 200,
            done_before: 200,
            counted: Counted::Events(app_key, Name::RegistrationApproved),
            at_most: 1,
        },
        Change {
            name: "decide-registration, rejected",
            method: Method::PATCH,
            path: |portal, scene| registration_path(portal, scene).replacen("/v3/", "/portico/v1/", 1),
            body: |_| Some(json!({ "status": "rejected", "reason": "Use the sandbox." })),
            done: 200,
            done_before: 200,
            counted: Counted::Events(app_key, Name::RegistrationRejected),
            at_most: 1,
        },
        Change {
            name: "delete-application-registration",
            method: Method::DELETE,
            path: registration_path,
            body: |_| None,
            done: 204,
            done_before: 404,
            counted: Counted::Events(app_key, Name::RegistrationDeleted),
            at_most: 1,
        },
        Change {
            name: "delete-application",
            method: Method::DELETE,
            path: app_path,
            body: |_| None,
            done: 204,
            done_before: 404,
            counted: Counted::Events(app_key, Name::ApplicationDeleted),
            at_most: 1,
        },
    ]
}

/// How often a change happened so far.
async fn count(portal: &TestPortal, scene: &Scene, counted: &Counted) -> usize {
    match counted {
        Counted::Events(root, name) => {
            let events = portal.events(&root(portal, scene)).await;
            events.iter().filter(|known| *known == name.as_str()).count()
        }
        Counted::Listed(path) => usize::try_from(portal.admin().get(&path(portal)).await.expect(200).total()).expect("a number"),
    }
}

async fn scene(portal: &TestPortal, ada: DeveloperId, taken: ApiId, number: usize) -> Scene {
    // The jobs move the clock, and sessions end.
    let (admin, ada) = (portal.admin(), portal.sign_in(ada).await);
    let app = ada.create_app(&format!("Board {number}")).await;
    ada.create_key(app).await;
    let registration = ada.register(app, taken).await;
    let api = admin.post(APIS, json!({ "name": format!("Api {number}") })).await.expect(201).id();
    let version = json!({ "version": "1", "spec": { "content": "openapi: 3.0.3" } });
    let version = admin.post(&format!("{APIS}/{api}/versions"), version).await.expect(201).id();
    let document = admin.post(&format!("{APIS}/{api}/documents"), json!({ "content": "# One" })).await.expect(201).id();
    admin.post(&format!("{APIS}/{api}/documents"), json!({ "content": "# Two" })).await.expect(201);
    let strategy = admin.post(STRATEGIES, keys(format!("Keys {number}"))).await.expect(201).id();
    let (provider, mapping, team) = identity::scene(portal, number).await;
    let api = api.parse().expect("an id");
    Scene { number, app, registration, api, version, document, strategy, provider, mapping, team, before: 0 }
}

async fn sweep(change: &Change) {
    let portal = TestPortal::start().await;
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    let taken = portal.published_api("Weather").await;
    each_crash(
        &portal,
        change.done,
        async |number| {
            let scene = scene(&portal, ada, taken, number).await;
            Scene { before: count(&portal, &scene, &change.counted).await, ..scene }
        },
        async |scene| portal.admin().send(change.method.clone(), &(change.path)(&portal, scene), (change.body)(scene)).await,
        async |scene, crash| {
            let (name, answer) = (change.name, crash.answer());
            assert!(answer == change.done || answer == change.done_before, "{name}: {crash:?}");
            portal.run_jobs().await;
            let times = count(&portal, scene, &change.counted).await - scene.before;
            assert!((1..=change.at_most).contains(&times), "{name}: {crash:?}: {times}");
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_change_happens_once_whatever_crashes() {
    // Each has a portal of its own; what takes time is the waiting before a call is tried again.
    let changes: Vec<_> = changes().into_iter().chain(contents::changes()).chain(identity::changes()).collect();
    futures_util::future::join_all(changes.iter().map(sweep)).await;
}

#[tokio::test]
async fn an_application_is_created_once_where_its_reference_id_names_it() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let scenes = each_crash(
        &portal,
        201,
        async |number| number,
        async |number| {
            let body = json!({ "name": "Weather board", "client_id": format!("board-{number}") });
            ada.post(APPLICATIONS, body).await
        },
        async |_, crash| assert!([201, 409].contains(&crash.answer()), "{crash:?}"),
    )
    .await;
    let applications = ada.get(APPLICATIONS).await.expect(200).total();
    assert_eq!(applications, u64::try_from(scenes).expect("few"));
    portal.end().await;
}
