//! What the running portal was asked and what it answered, under ids and at times that are the same in every run: the examples.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_http::routes::{Route, of_the_api};
use portico_tests::account::PASSWORD;
use portico_tests::entropy::CountingEntropy;
use portico_tests::management::ADMIN_SESSION;
use portico_tests::portal::ADMIN_TOKEN;
use portico_tests::{Client, Reply, TestPortal};
use serde_json::{Value, json};

use crate::bad_input::Asked;
use crate::tenancy::matrix::Who;
use crate::tenancy::scene::Scene;

const ADA: &str = "ada@example.test";

/// A request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) request: Option<Value>,
    pub(crate) status: u16,
    pub(crate) media: Option<String>,
    pub(crate) answer: Value,
}

/// What went well, by route key, and a problem of each status.
#[derive(Default)]
pub(crate) struct Examples {
    pub(crate) by_route: BTreeMap<String, Told>,
    pub(crate) problems: BTreeMap<u16, Value>,
}

/// A portal whose ids, keys and tokens are the same in every run.
async fn portal() -> TestPortal {
    let mut portal = TestPortal::start().await;
    portal.portal.entropy = Arc::new(CountingEntropy::default());
    portal
}

impl Examples {
    pub(crate) async fn gather() -> Self {
        let mut examples = Self::default();
        examples.account().await;
        // What another route had used up or taken away is asked for in the next round.
        while !examples.missing().is_empty() {
            let before = examples.by_route.len();
            examples.everything().await;
            assert!(examples.by_route.len() > before, "{:?}", examples.missing());
        }
        examples.refusals().await;
        examples
    }

    fn keep(&mut self, portal: &TestPortal, key: &str, request: Option<Value>, reply: &Reply) {
        let status = reply.status.as_u16();
        let media = reply.headers.get("content-type").and_then(|value| value.to_str().ok());
        let media = media.map(|media| media.split(';').next().unwrap_or_default().to_owned());
        let steady = |value: &Value| {
            let trace = value["instance"].as_str().unwrap_or("no trace").to_owned();
            let text = value.to_string().replace(&portal.strategy.to_string(), "019bc0a1-8800-7000-8000-000000000002");
            let text = text.replace("https://localhost/", "https://id.example.com/");
            serde_json::from_str(&text.replace(&trace, "portico:trace:1-69689880-0f2a7c31d84be96f5a0c2e17")).expect("JSON")
        };
        if status >= 400 {
            self.problems.entry(status).or_insert_with(|| steady(&reply.body));
        } else {
            let told = Told { request: request.as_ref().map(steady), status, media, answer: steady(&reply.body) };
            self.by_route.entry(key.to_owned()).or_insert(told);
        }
    }

    async fn ask(&mut self, client: &Client, key: &str, path: &str, body: Option<Value>) -> Reply {
        let method: Method = key.split(' ').next().unwrap_or_default().parse().expect("a method");
        let reply = client.send(method, path, body.clone()).await;
        self.keep(client.portal(), key, body, &reply);
        client.portal().clock.advance(Duration::from_secs(1));
        reply
    }

    async fn plain(&mut self, client: &Client, method: &str, path: &str, body: Option<Value>) -> Reply {
        self.ask(client, &format!("{method} {path}"), path, body).await
    }

    /// The operations of an account, in the order in which somebody comes by them.
    async fn account(&mut self) {
        let portal = portal().await;
        let (ada, admin) = (portal.anonymous(), portal.anonymous());
        self.plain(&ada, "POST", "/api/v3/developer", Some(json!({ "email": ADA, "full_name": "Ada Example" }))).await;
        let token = portal.mailed(ADA, Name::DeveloperSignedUp).await;
        let verify = "/api/v3/developer/verify-email";
        let verified = self.plain(&ada, "POST", verify, Some(json!({ "token": token }))).await;
        let token = verified.body["token"].clone();
        let reset = "/api/v3/developer/reset-password";
        self.plain(&ada, "POST", reset, Some(json!({ "token": token, "password": PASSWORD }))).await;
        self.plain(&ada, "POST", reset, Some(json!({ "token": token, "password": PASSWORD }))).await.expect(410);
        portal.decide(portal.known(ADA).await.id, Status::Approved).await;
        let credentials = json!({ "username": ADA, "password": PASSWORD });
        self.plain(&ada, "POST", "/api/v3/developer/authenticate", Some(credentials)).await;
        self.plain(&ada, "POST", "/api/v3/developer/refresh", None).await;
        let passwords = json!({ "current_password": PASSWORD, "new_password": "a quiet harbour at dawn" });
        self.plain(&ada, "POST", "/api/portico/v1/developer/change-password", Some(passwords)).await;
        self.plain(&ada, "POST", "/api/v3/developer/forgot-password", Some(json!({ "email": ADA }))).await;
        self.plain(&ada, "POST", "/api/v3/developer/logout", None).await;
        self.plain(&admin, "POST", ADMIN_SESSION, Some(json!({ "token": ADMIN_TOKEN }))).await.expect(204);
        self.plain(&admin, "DELETE", ADMIN_SESSION, None).await.expect(204);
        portal.end().await;
    }

    fn missing(&self) -> Vec<&'static Route> {
        of_the_api().filter(|route| !self.by_route.contains_key(&route.key())).collect()
    }

    /// Every route of a scene but those that are known; what others lie in is deleted last.
    async fn everything(&mut self) {
        let scene = Scene::on(portal().await).await;
        let mut routes = self.missing();
        routes.sort_by_key(|route| (route.method == "DELETE", std::cmp::Reverse(route.path.len()), route.key()));
        for (number, route) in (1..).zip(routes) {
            let mut asked = Asked::of(&scene, route);
            match route.operation {
                "explain-access" => {
                    let (application, api) = (&scene.ids["applicationId"], &scene.ids["apiId"]);
                    asked.path.push_str(&format!("?application={application}&api={api}"));
                }
                "search-portal" => asked.path.push_str("?q=tides"),
                _ => {}
            }
            self.ask(&asked.client, &route.key(), &asked.path, scene.body(&route.key(), number)).await;
        }
        scene.portal.end_with_jobs().await;
    }

    /// Problems that have not come by themselves.
    async fn refusals(&mut self) {
        let scene = Scene::on(portal().await).await;
        self.problems.clear();
        let (ada, admin) = (scene.client(Who::Owner), scene.client(Who::Admin));
        self.plain(&ada, "POST", "/api/v3/applications", Some(json!({ "name": "", "colour": "blue" }))).await.expect(400);
        self.plain(&scene.client(Who::Anonymous), "GET", "/api/v3/developer/me", None).await.expect(401);
        let portals = scene.paths("/v3/portals/{portalId}").0;
        self.plain(&scene.client(Who::OtherAdmin), "GET", &portals, None).await.expect(403);
        let nobodys = scene.paths("/api/v3/applications/{applicationId}").1;
        self.plain(&ada, "GET", &nobodys, None).await.expect(404);
        self.plain(&ada, "POST", "/api/v3/applications", Some(json!({ "name": "One", "client_id": "same" }))).await.expect(201);
        self.plain(&ada, "POST", "/api/v3/applications", Some(json!({ "name": "Two", "client_id": "same" }))).await.expect(409);
        let large = json!({ "name": "x".repeat(70_000) });
        self.plain(&ada, "POST", "/api/v3/applications", Some(large)).await.expect(413);
        let text = http::Request::post("/api/v3/applications").header("content-type", "text/plain");
        let reply = ada.send_raw(text.body("name=One".into()).expect("a request")).await.expect(415);
        self.keep(&scene.portal, "POST /api/v3/applications", None, &reply);
        let token = json!({ "token": portico_tests::steps::NOBODYS, "password": PASSWORD });
        self.plain(&admin, "POST", "/api/v3/developer/reset-password", Some(token)).await.expect(404);
        scene.portal.end().await;
    }
}
