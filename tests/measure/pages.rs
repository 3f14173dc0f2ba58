//! What drawing each page costs, in a portal that begins and in one that has been in use for years: it should stay within 5 ms.
//!
//! The table is a file, as that of a portal is. Each measured call goes through the gateway's event, the function and the embedded
//! engine; a browser and the network come on top of it.

use std::time::Instant;

use portico::data::DataFolder;
use portico::engine::Database;
use portico_domain::id::{ApiId, ApplicationId, DeveloperId, TeamId};
use portico_domain::status::Status;
use portico_http::routes::{Route, all};
use portico_tests::portal::ADMIN_TOKEN;
use portico_tests::teams::VIEWER;
use portico_tests::{Client, TestPortal};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::report::{Table, goal};
use crate::spread::Spread;

/// Milliseconds.
const MOST: f64 = 5.0;
const RUNS: usize = 60;
const WARM: usize = 10;

/// How much there is to read.
struct Size {
    apis: usize,
    developers: usize,
    waiting: usize,
    /// Of the developer who reads.
    applications: usize,
}

/// A company that begins, and one that has been at it for years.
const SIZES: [Size; 2] = [
    Size { apis: 12, developers: 100, waiting: 5, applications: 3 },
    Size { apis: 60, developers: 1_000, waiting: 100, applications: 20 },
];

const OPERATIONS: usize = 40;
const KEYS: u32 = 10;
/// For how many of the APIs each application is registered.
const REGISTRATIONS: usize = 10;

/// A portal in use, and whoever reads its pages.
struct Bench {
    visitor: Client,
    ada: Client,
    admin: Client,
    api: ApiId,
    document: String,
    team: TeamId,
    application: ApplicationId,
    developer: DeveloperId,
    portal: TestPortal,
    _folder: DataFolder,
}

/// An OpenAPI document as APIs have them.
fn openapi(api: usize) -> String {
    let paths: Map<String, Value> = (0..OPERATIONS)
        .map(|number| {
            let get = json!({ "operationId": format!("get{number}"), "summary": "One of them", "responses": {} });
            (format!("/stations/{number}"), json!({ "get": get }))
        })
        .collect();
    let info = json!({ "title": format!("Api {api}"), "version": "1.0.0" });
    json!({ "openapi": "3.1.0", "info": info, "servers": [{ "url": "https://api.example.test" }], "paths": paths }).to_string()
}

async fn portal_in_use(size: &Size) -> Bench {
    let folder = DataFolder::temporary().expect("a folder");
    let portal = TestPortal::on(Database::open(&folder.table()).expect("the engine starts")).await;
    let management = portal.admin();
    let mut apis = Vec::new();
    for number in 0..size.apis {
        let about = format!("Readings of the stations of region {number}, every ten minutes, with their *forecasts*.");
        let body = json!({
            "name": format!("Api {number}"), "description": about, "spec_content": openapi(number),
            "attributes": { "domain": [format!("Domain {}", number % 7)] },
        });
        let api = management.create_api(body).await;
        management.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
        apis.push(api);
    }
    let words = "What the stations of a region say, and how to *read* it. ".repeat(40);
    let text = json!({ "title": "Getting started", "content": format!("# Getting started\n\n{words}"), "status": "published" });
    let document = management.post(&format!("/v3/apis/{}/documents", apis[0]), text).await.expect(201).id();
    portal.crowd(size.developers).await;
    for number in 0..size.waiting {
        portal.developer_with_status(&format!("waiting{number}@example.test"), Status::Pending).await;
    }
    let ada = portal.approved_developer("ada@example.test").await;
    let mut application = None;
    for number in 0..size.applications {
        let made = portal.application_of(&ada, &format!("App {number}")).await;
        portal
            .seed_registrations(made, &apis[..REGISTRATIONS], if number == 0 { Status::Approved } else { Status::Pending })
            .await;
        application.get_or_insert(made);
    }
    let application = application.expect("there is one");
    portal.seed_keys(application, KEYS).await;
    let admin = portal.anonymous();
    admin.open_admin_session(ADMIN_TOKEN).await;
    let developer = ada.developer.expect("ada");
    let team = portal.team("Partners").await;
    portal.join(team, developer).await;
    portal.give(team, Some(apis[0]), VIEWER).await;
    portal.database.faults().rest();
    Bench {
        visitor: portal.anonymous(),
        ada,
        admin,
        api: apis[0],
        document,
        team,
        application,
        developer,
        portal,
        _folder: folder,
    }
}

impl Bench {
    /// Whoever reads a page, and its path with the ids of this portal.
    fn reader_and_path(&self, route: &Route) -> (&Client, String) {
        let path = route
            .path
            .replace("{apiIdOrSlug}", &self.api.to_string())
            .replace("{apiId}", &self.api.to_string())
            .replace("{applicationId}", &self.application.to_string())
            .replace("{documentIdOrSlug}", &self.document)
            .replace("{teamId}", &self.team.to_string())
            .replace("{developerId}", &self.developer.to_string())
            .replace("{authStrategyId}", &self.portal.strategy.to_string());
        let path = if route.path == "/search" { format!("{path}?q=stations") } else { path };
        assert!(!path.contains('{'), "{path}: say here what stands for it");
        let reader = match route.path {
            "/admin/login" | "/login" | "/register" | "/register/sent" | "/waiting" => &self.visitor,
            path if path.starts_with("/forgot-password") || path.starts_with("/reset-password") => &self.visitor,
            path if path.starts_with("/admin") => &self.admin,
            _ => &self.ada,
        };
        (reader, path)
    }
}

impl Bench {
    async fn draw(&self, route: &Route) -> Spread {
        let (reader, path) = self.reader_and_path(route);
        let shown = reader.page(&path).await;
        assert!(shown.status.is_success(), "{path}: {}", shown.status);
        let mut took = Vec::new();
        for number in 0..RUNS + WARM {
            let began = Instant::now();
            reader.page(&path).await;
            if number >= WARM {
                took.push(began.elapsed());
            }
        }
        Spread::of(took)
    }
}

/// Whether a route is a page; what pages are made of is read from the binary, and single sign-on only leads elsewhere.
fn is_drawn(route: &&Route) -> bool {
    route.function == "pages" && route.method == "GET" && route.path != "/assets/{file}"
}

pub(crate) fn part(runtime: &Runtime) -> String {
    let portals = SIZES.map(|size| runtime.block_on(portal_in_use(&size)));
    let mut table = Table::new(["Page", "12 APIs, 100 developers: ms", "60 APIs, 1,100 developers: ms"]);
    let (mut within, mut drawn) = ([0; 2], 0);
    let mut slowest = [0.0_f64; 2];
    for route in all().filter(is_drawn) {
        let spreads = portals.each_ref().map(|bench| runtime.block_on(bench.draw(route)));
        for (number, spread) in spreads.iter().enumerate() {
            let milliseconds = spread.median().as_secs_f64() * 1_000.0;
            within[number] += usize::from(milliseconds <= MOST);
            slowest[number] = slowest[number].max(milliseconds);
        }
        drawn += 1;
        let [small, large] = spreads.map(|spread| spread.milliseconds());
        table.row([format!("`{}`", route.path), small, large]);
    }
    let mut text = table.end();
    text.push('\n');
    for (size, (within, slowest)) in SIZES.iter().zip(within.into_iter().zip(slowest)) {
        text.push_str(&goal(&format!("slowest page of a portal with {} APIs, ms", size.apis), slowest, MOST));
        text.push_str(&format!("- of {drawn} pages within {MOST} ms: {within}\n"));
    }
    text
}
