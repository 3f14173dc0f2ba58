//! Who sees a private API and who may register for it (B35): every route and page that could show it, with role-based access and
//! without, to nobody, to a developer without a role, to a viewer and to a consumer. What one may not see is what is not there.

use std::ops::Deref;

use http::Method;
use portico::faults::Matching;
use portico_domain::id::{ApiId, ApplicationId};
use portico_http::routes::{self, Caller, Route};
use portico_store::Key;
use portico_tests::management::APIS;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::teams::{CONSUMER, VIEWER};
use portico_tests::{Client, TestPortal};
use serde_json::json;

use crate::tenancy;

/// Lists that count and find what lies in APIs.
const ATTRIBUTES: &str = "/api/v3/api-attributes";
const SEARCH: &str = "/api/v3/search?q=whenitebbs";

/// Pages that list what lies in the catalog.
const PAGES: [&str; 5] = ["/", "/apis", "/apis?q=tides", "/search?q=tides", "/search?q=whenitebbs"];

/// The scene of the tenancy matrix, whose API `tides` is private, and everybody who might want to see it.
struct Scene {
    scene: tenancy::scene::Scene,
    api: ApiId,
    /// In a team whose roles are for another API.
    without: Client,
    viewer: Client,
    consumer: Client,
    /// Consumer of every API.
    everywhere: Client,
}

impl Deref for Scene {
    type Target = TestPortal;

    fn deref(&self) -> &TestPortal {
        &self.scene.portal
    }
}

impl Scene {
    async fn start(rbac: bool) -> Self {
        let scene = tenancy::scene::Scene::start().await;
        let portal = &scene.portal;
        let api = scene.ids["apiId"].parse().expect("an id");
        let other = portal.published_api("Rains").await;
        let attributes = json!({ "attributes": { "water": ["salt"] } });
        portal.admin().patch(&format!("{APIS}/{api}"), attributes).await.expect(200);
        let paths = json!({ "/ebb": { "get": { "operationId": "whenItEbbs", "responses": {} } } });
        let operations = json!({ "openapi": "3.1.0", "info": { "title": "Tides", "version": "9" }, "paths": paths }).to_string();
        let version = json!({ "version": "9.0.0", "spec": { "content": operations } });
        portal.admin().post(&format!("{APIS}/{api}/versions"), version).await.expect(201);
        let without = portal.developer_with_role("mallory", Some(other), CONSUMER).await;
        let viewer = portal.developer_with_role("vera", Some(api), VIEWER).await;
        let consumer = portal.developer_with_role("carl", Some(api), CONSUMER).await;
        let everywhere = portal.developer_with_role("olga", None, CONSUMER).await;
        portal.set_rbac(rbac).await;
        Self { scene, api, without, viewer, consumer, everywhere }
    }

    /// The addresses of a route, by the API's id and by its slug, each with one that is the same but for names that nothing has.
    fn named(&self, path: &str) -> Vec<(String, String)> {
        let by = |name: &str, nobodys: &str| {
            let theirs = self.scene.paths(&path.replace("{apiIdOrSlug}", name)).0;
            (theirs, self.scene.paths(&path.replace("{apiIdOrSlug}", nobodys)).1)
        };
        vec![by(&self.api.to_string(), NOBODYS), by("tides", "nothing-like-it")]
    }

    /// Every address that shows the API to anybody: all routes that name one, so that a new route is looked at too.
    fn addresses(&self) -> Vec<(String, String)> {
        let shows = |route: &&Route| {
            let names_one = route.method == "GET" && route.path.contains("{apiIdOrSlug}");
            // Nobody gets to the page of a registration without signing in; it has a test of its own below.
            names_one && route.caller != Caller::Developer && route.operation != "show-register-api"
        };
        let all: Vec<_> = routes::all().filter(shows).flat_map(|route| self.named(route.path)).collect();
        assert!(all.len() >= 14, "the routes are looked at");
        all
    }

    /// Those that only a developer may ask for.
    fn own_addresses(&self) -> Vec<(String, String)> {
        let shows =
            |route: &&Route| route.method == "GET" && route.path.contains("{apiIdOrSlug}") && route.caller == Caller::Developer;
        let routes = routes::all().filter(shows).map(|route| route.path);
        routes.chain(["/apps/new?api={apiIdOrSlug}"]).flat_map(|path| self.named(path)).collect()
    }

    async fn expect_hidden_from(&self, who: &Client, addresses: &[(String, String)]) {
        for (path, unknown) in addresses {
            let (seen, nothing) = (who.get(path).await, who.get(unknown).await);
            assert_eq!((seen.status.as_u16(), nothing.status.as_u16()), (404, 404), "{path}");
            assert_eq!(text(&seen.bytes, path), text(&nothing.bytes, unknown), "{path}");
        }
        let list = who.get("/api/v3/apis?filter[name]=Tides").await.expect(200);
        assert_eq!((list.total(), list.each("name").len()), (0, 0));
        assert_eq!(who.get(ATTRIBUTES).await.expect(200).total(), 0);
        assert!(who.get(SEARCH).await.expect(200).each("name").is_empty());
        for page in PAGES {
            let page = who.get(page).await.expect(200);
            assert!(!String::from_utf8_lossy(&page.bytes).contains("/apis/tides"), "a page shows it");
        }
    }

    async fn expect_shown_to(&self, who: &Client, addresses: &[(String, String)]) {
        for (path, _) in addresses {
            who.get(path).await.expect(200);
        }
        let list = who.get("/api/v3/apis?filter[name]=Tides").await.expect(200);
        assert_eq!((list.total(), list.each("name")), (1, vec!["Tides".to_owned()]));
        assert_eq!(who.get(ATTRIBUTES).await.expect(200).each("key"), ["water"]);
        assert_eq!(who.get(SEARCH).await.expect(200).each("name").len(), 1);
        for page in PAGES {
            let page = who.get(page).await.expect(200);
            assert!(String::from_utf8_lossy(&page.bytes).contains("/apis/tides"), "a page shows it");
        }
    }

    async fn may_register(&self, who: &Client) -> bool {
        let actions = who.get(&format!("/api/v3/apis/{}/actions", self.api)).await.expect(200);
        assert_eq!(
            (actions.body["actions"]["view"].clone(), actions.body["actions"]["view_documentation"].clone()),
            (json!(true), json!(true))
        );
        actions.body["actions"]["register"].as_bool().expect("a boolean")
    }

    async fn register(&self, who: &Client, app: ApplicationId, api: &str) -> portico_tests::Reply {
        who.post(&format!("{APPLICATIONS}/{app}/registrations"), json!({ "api_id": api })).await
    }
}

/// An answer without what differs from request to request, and without the address that was asked for.
fn text(bytes: &[u8], path: &str) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let trace = text.split_once("portico:trace:").map(|(_, rest)| rest.split(['"', '<']).next().unwrap_or_default().to_owned());
    text.replace(&trace.unwrap_or_default(), "").replace(path, "")
}

#[tokio::test]
async fn without_role_based_access_every_approved_developer_sees_a_private_api_and_may_register() {
    let scene = Scene::start(false).await;
    scene.expect_hidden_from(&scene.anonymous(), &scene.addresses()).await;
    for who in [&scene.without, &scene.viewer, &scene.consumer, &scene.everywhere] {
        scene.expect_shown_to(who, &scene.addresses()).await;
        scene.expect_shown_to(who, &scene.own_addresses()).await;
        assert!(scene.may_register(who).await);
        let app = who.create_app("Weather board").await;
        scene.register(who, app, &scene.api.to_string()).await.expect(201);
    }
    scene.scene.portal.end().await;
}

#[tokio::test]
async fn with_role_based_access_it_is_there_for_those_whose_team_has_a_role_for_it() {
    let scene = Scene::start(true).await;
    scene.expect_hidden_from(&scene.anonymous(), &scene.addresses()).await;
    scene.expect_hidden_from(&scene.without, &scene.addresses()).await;
    scene.expect_hidden_from(&scene.without, &scene.own_addresses()).await;
    for who in [&scene.viewer, &scene.consumer, &scene.everywhere] {
        scene.expect_shown_to(who, &scene.addresses()).await;
        scene.expect_shown_to(who, &scene.own_addresses()).await;
    }
    let seen = async |who: &Client| {
        let mut names = who.get("/api/v3/apis").await.expect(200).each("name");
        names.sort_unstable();
        names
    };
    assert_eq!(seen(&scene.viewer).await, ["Tides"], "a role for one API is none for another");
    assert_eq!(seen(&scene.everywhere).await, ["Rains", "Tides", "Winds"]);
    scene.scene.portal.end().await;
}

#[tokio::test]
async fn with_role_based_access_only_a_consumer_registers_and_to_others_it_is_forbidden_or_not_there() {
    let scene = Scene::start(true).await;
    let api = scene.api.to_string();
    for who in [&scene.consumer, &scene.everywhere] {
        assert!(scene.may_register(who).await);
        let app = who.create_app("Weather board").await;
        scene.register(who, app, &api).await.expect(201);
        who.get("/apis/tides/register").await.expect(200);
    }
    assert!(!scene.may_register(&scene.viewer).await);
    let app = scene.viewer.create_app("Weather board").await;
    let refused = scene.register(&scene.viewer, app, &api).await.expect_problem(403, "forbidden");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains("API Consumer")), "{}", refused.body);
    let page = scene.viewer.get("/apis/tides").await.expect(200);
    let page = String::from_utf8_lossy(&page.bytes).into_owned();
    assert!(page.contains("API Consumer") && !page.contains("/apis/tides/register"), "the page says why not");
    assert_eq!(scene.viewer.get("/apis/tides/register").await.expect(303).headers["location"], "/apis/tides");
    let app = scene.without.create_app("Weather board").await;
    let path = format!("{APPLICATIONS}/{app}/registrations");
    let hidden = scene.without.send(Method::POST, &path, Some(json!({ "api_id": api }))).await.expect_problem(404, "not-found");
    let nothing =
        scene.without.send(Method::POST, &path, Some(json!({ "api_id": NOBODYS }))).await.expect_problem(404, "not-found");
    assert_eq!(hidden.without_trace(), nothing.without_trace());
    assert!(scene.application(app).await.expect("there").grants.is_empty());
    scene.scene.portal.end().await;
}

#[tokio::test]
async fn a_public_api_takes_no_role() {
    let scene = Scene::start(true).await;
    let mut seed = scene.seed_api("Seas");
    seed.visibility = portico_domain::portal::Visibility::Public;
    let seas = scene.publish(seed).await;
    scene.anonymous().get("/api/v3/apis/seas").await.expect(200);
    let app = scene.without.create_app("Weather board").await;
    scene.register(&scene.without, app, &seas.to_string()).await.expect(201);
    scene.scene.portal.end().await;
}

#[tokio::test]
async fn a_role_that_is_taken_away_stops_new_registrations_at_once_and_leaves_those_that_are() {
    let scene = Scene::start(true).await;
    let (portal, carl) = (&scene.scene.portal, &scene.consumer);
    let developer = carl.developer.expect("carl");
    let (first, second) = (carl.create_app("First").await, carl.create_app("Second").await);
    let registration = carl.register(first, scene.api).await;
    let team = carl.get("/api/v3/developer/teams").await.expect(200).each("id").remove(0);
    portal.admin().delete(&format!("{}/{team}/developers/{developer}", portal.teams_path())).await.expect(204);
    scene.expect_hidden_from(carl, &scene.addresses()).await;
    scene.register(carl, second, &scene.api.to_string()).await.expect_problem(404, "not-found");
    // The registration stays, and shows no more of the API than its id.
    let path = format!("{APPLICATIONS}/{first}/registrations");
    for reply in [
        carl.get(&path).await.expect(200).body["data"][0].clone(),
        carl.get(&format!("{path}/{registration}")).await.expect(200).body,
    ] {
        assert_eq!((reply["id"].clone(), reply["api_id"].clone()), (json!(registration), json!(scene.api)));
        assert!(!reply.to_string().to_lowercase().contains("tides"), "{reply}");
    }
    assert_eq!(carl.get(&format!("{path}?filter[api_name]=Tides")).await.expect(200).total(), 0);
    let page = carl.get(&format!("/apps/{first}")).await.expect(200);
    assert!(!String::from_utf8_lossy(&page.bytes).to_lowercase().contains("tides"), "the application's page shows it");
    carl.delete(&format!("{path}/{registration}")).await.expect(204);
    scene.scene.portal.end().await;
}

#[tokio::test]
async fn a_registration_that_races_the_end_of_its_role_is_refused_or_was_first() {
    for round in 0..10 {
        let scene = Scene::start(true).await;
        let (portal, carl) = (&scene.scene.portal, &scene.consumer);
        let app = carl.create_app("Weather board").await;
        let team = carl.get("/api/v3/developer/teams").await.expect(200).each("id").remove(0);
        let end = async {
            let path = format!("{}/{team}", portal.teams_path());
            portal.admin().delete(&path).await.expect(204);
        };
        let api = scene.api.to_string();
        let (asked, ()) = if round % 2 == 0 {
            tokio::join!(scene.register(carl, app, &api), end)
        } else {
            let (end, asked) = tokio::join!(end, scene.register(carl, app, &api));
            (asked, end)
        };
        let events = portal.events(&Key::application(app)).await;
        match asked.status.as_u16() {
            201 => assert_eq!(events.len(), 2),
            404 => assert_eq!(events.len(), 1),
            status => panic!("{status}"),
        }
        scene.register(carl, app, &api).await.expect_problem(404, "not-found");
        scene.scene.portal.end().await;
    }
}

#[tokio::test]
async fn a_registration_decided_on_a_role_that_is_gone_when_it_is_written_is_refused() {
    for taken in ["member", "role"] {
        let scene = Scene::start(true).await;
        let (portal, carl) = (&scene.scene.portal, scene.consumer.clone());
        let app = carl.create_app("Weather board").await;
        let team = carl.get("/api/v3/developer/teams").await.expect(200).each("id").remove(0);
        let role =
            portal.admin().get(&format!("{}/{team}/assigned-roles", portal.teams_path())).await.expect(200).each("id").remove(0);
        let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
        let (api, path) = (scene.api, format!("{APPLICATIONS}/{app}/registrations"));
        let asking = {
            let carl = carl.clone();
            tokio::spawn(async move { carl.post(&path, json!({ "api_id": api })).await })
        };
        gate.arrived().await;
        let what = match taken {
            "member" => format!("developers/{}", carl.developer.expect("carl")),
            _ => format!("assigned-roles/{role}"),
        };
        portal.admin().delete(&format!("{}/{team}/{what}", portal.teams_path())).await.expect(204);
        gate.open();
        asking.await.expect("an answer").expect_problem(404, "not-found");
        assert!(portal.application(app).await.expect("there").grants.is_empty(), "{taken}");
        scene.scene.portal.end().await;
    }
}
