//! What drawing each page costs in a portal that is in use: it should stay within 5 ms.
//!
//! `cargo bench --workspace --bench pages`. The table is a file, as that of a portal is. Each measured call goes through the gateway's
//! event, the function and the embedded engine; a browser and the network come on top of it.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use portico::data::DataFolder;
use portico::engine::Database;
use portico_domain::id::{ApiId, ApplicationId, DeveloperId, TeamId};
use portico_domain::status::Status;
use portico_http::routes::{Caller, Route, all};
use portico_tests::portal::ADMIN_TOKEN;
use portico_tests::teams::VIEWER;
use portico_tests::{Client, TestPortal};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

const APIS: usize = 60;
const OPERATIONS: usize = 40;
const DEVELOPERS: usize = 1_000;
const WAITING: usize = 100;
const APPLICATIONS: usize = 20;
const KEYS: u32 = 10;

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

async fn portal_in_use() -> Bench {
    let folder = DataFolder::temporary().expect("a folder");
    let portal = TestPortal::on(Database::open(&folder.table()).expect("the engine starts")).await;
    let management = portal.admin();
    let mut apis = Vec::new();
    for number in 0..APIS {
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
    portal.crowd(DEVELOPERS).await;
    for number in 0..WAITING {
        portal.developer_with_status(&format!("waiting{number}@example.test"), Status::Pending).await;
    }
    let ada = portal.approved_developer("ada@example.test").await;
    let mut application = None;
    for number in 0..APPLICATIONS {
        let made = portal.application_of(&ada, &format!("App {number}")).await;
        portal.seed_registrations(made, &apis[..10], if number == 0 { Status::Approved } else { Status::Pending }).await;
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

/// Whether a route is a page; what pages are made of is read from the binary.
fn is_drawn(route: &&Route) -> bool {
    route.caller == Caller::Page && route.method == "GET" && route.path != "/assets/{file}"
}

fn pages(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let bench = runtime.block_on(portal_in_use());
    let mut group = criterion.benchmark_group("pages");
    for route in all().filter(is_drawn) {
        let (reader, path) = bench.reader_and_path(route);
        let shown = runtime.block_on(reader.page(&path));
        assert!(shown.status.is_success(), "{path}: {}", shown.status);
        group.bench_function(route.operation, |bencher| {
            bencher.to_async(&runtime).iter(async || reader.page(&path).await);
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    targets = pages
}
criterion_main!(benches);
