//! What a call costs with 1,000 and with 20,000 developers in the table: it should be the same.
//!
//! `cargo bench --workspace --bench growth`. The tables are files, as those of a portal are. Each measured call goes through the gateway's event, the function and the embedded engine. The
//! passwords' hash is the cheapest that Argon2 knows, so that "sign in" shows everything but the hashing.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use portico::data::DataFolder;
use portico::engine::Database;
use portico_domain::api_key::ApiKey;
use portico_domain::application::{Application, Grant};
use portico_domain::credential::Credential;
use portico_domain::id::{ApiId, ApplicationId, CredentialId, RegistrationId};
use portico_domain::portal::Visibility;
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_store::{Item, Key, StoreError, Transaction, Update};
use portico_tests::{Client, TestPortal, seed_catalog::GATEWAY};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Developers in the table.
const SIZES: [usize; 2] = [1_000, 20_000];

const PASSWORD: &str = "correct horse battery staple";

struct Bench {
    ada: Client,
    anonymous: Client,
    portal: TestPortal,
    call: Value,
    _folder: DataFolder,
}

/// A portal with so many developers, each with an application; one of them can sign in and call an API.
async fn portal_with(developers: usize) -> Bench {
    let folder = DataFolder::temporary().expect("a folder");
    let portal = TestPortal::on(Database::open(&folder.table()).expect("the engine starts")).await;
    let mut seed = portal.seed_api("Tides");
    seed.visibility = Visibility::Public;
    let api = portal.publish(seed).await;
    portal.crowd(developers).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let created = ada.post("/api/v3/applications", json!({ "name": "Weather board" })).await.expect(201);
    let call = authorized_call(&portal, created.id().parse().expect("an id"), api).await;
    let id = ada.developer.expect("ada");
    let phc = cheap_hash();
    let password = Item::new(&Key::password(id), "password", &json!({ "phc": phc, "changed_at": portal.clock.now() }));
    Transaction::<StoreError>::new()
        .put(password)
        .update(Update::of(Key::developer(id)).set("has_password", &true), |_| StoreError::Corrupt("no developer".to_owned()))
        .commit(&portal.portal.store)
        .await
        .expect("a password is set");
    Bench { ada, anonymous: portal.anonymous(), portal, call, _folder: folder }
}

/// The PHC string of [`PASSWORD`] at the lowest cost that Argon2 has.
fn cheap_hash() -> String {
    use argon2::password_hash::PasswordHasher as _;
    let params = argon2::Params::new(8, 1, 1, None).expect("parameters");
    let hasher = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    hasher.hash_password_with_salt(PASSWORD.as_bytes(), b"portico-benchmark").expect("a hash").to_string()
}

/// Gives an application a key and an approved registration, and returns the authorizer's event for a call with it.
async fn authorized_call(portal: &TestPortal, application: ApplicationId, api: ApiId) -> Value {
    let key = ApiKey::generate(application, [5; 24]);
    let now = portal.clock.now();
    let credential = Credential {
        id: portal.portal.new_id::<CredentialId>().expect("an id"),
        application,
        display_name: "Key 1".to_owned(),
        created_at: now,
        expires_at: None,
    };
    let grant = Grant { registration: portal.portal.new_id::<RegistrationId>().expect("an id"), status: Status::Approved };
    let digest = key.digest().to_string();
    Transaction::<StoreError>::new()
        .put(Item::new(&Key::credential(application, &digest), "credential", &credential))
        .update(Update::of(Key::application(application)).set(["grants", &api.to_string()], &grant).set("key_count", &1), |_| {
            StoreError::Corrupt("no application".to_owned())
        })
        .commit(&portal.portal.store)
        .await
        .expect("a key is written");
    let found: Application =
        portal.portal.store.find(&Key::application(application)).await.expect("the store answers").expect("it is there");
    assert!(found.grants.contains_key(&api));
    json!({
        "version": "2.0", "type": "REQUEST", "routeKey": "GET /tides", "rawPath": "/tides", "rawQueryString": "",
        "headers": { "apikey": key.expose() },
        "requestContext": { "apiId": GATEWAY, "stage": "tides", "http": { "method": "GET", "path": "/tides", "sourceIp": "192.0.2.1" } }
    })
}

fn growth(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let portals = SIZES.map(|size| (size, runtime.block_on(portal_with(size))));
    let mut group = criterion.benchmark_group("authorize");
    for (size, bench) in &portals {
        group.bench_with_input(BenchmarkId::from_parameter(size), bench, |bencher, bench| {
            bencher.to_async(&runtime).iter(async || {
                let reply = authorize::handle(&bench.portal.portal, bench.call.clone()).await.expect("it decides");
                assert_eq!(reply["isAuthorized"], true);
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("sign-in-without-hashing");
    for (size, bench) in &portals {
        group.bench_with_input(BenchmarkId::from_parameter(size), bench, |bencher, bench| {
            let body = json!({ "username": "ada@example.test", "password": PASSWORD });
            bencher.to_async(&runtime).iter(async || {
                bench.anonymous.set_cookie("portalaccesstoken", "");
                bench.anonymous.post("/api/v3/developer/authenticate", body.clone()).await.expect(204);
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("create-application");
    for (size, bench) in &portals {
        group.bench_with_input(BenchmarkId::from_parameter(size), bench, |bencher, bench| {
            let id = bench.ada.developer.expect("ada");
            bencher.to_async(&runtime).iter(async || {
                bench.ada.post("/api/v3/applications", json!({ "name": "Weather board" })).await.expect(201);
                // Below the quota however often it is measured; the same one call in both portals.
                let below = Update::of(Key::developer(id)).set("app_count", &1);
                bench.portal.portal.store.edit(below).await.expect("the count is set back");
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("list-apis");
    for (size, bench) in &portals {
        group.bench_with_input(BenchmarkId::from_parameter(size), bench, |bencher, bench| {
            bencher.to_async(&runtime).iter(async || bench.ada.get("/api/v3/apis").await.expect(200));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).measurement_time(Duration::from_secs(5));
    targets = growth
}
criterion_main!(benches);
