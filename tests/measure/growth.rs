//! What calls cost in a portal of a thousand developers and in one of a hundred thousand: it should be the same.

use std::time::{Duration, Instant};

use portico::capacity::Consumed;
use portico_domain::id::ApiId;
use portico_domain::portal::Visibility;
use portico_domain::status::Status;
use portico_store::{Item, Key, StoreError, Transaction, Update};
use portico_tests::seed_catalog::SeedApi;
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::report::{Table, goal};
use crate::spread::Spread;

mod crowd;

/// Developers, each with an application, a key and a registration, and the events of all that.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Measurements of each call in each portal.
const RUNS: usize = 200;
const PASSWORD: &str = "correct horse battery staple";

/// What people and machines do most.
#[derive(Clone, Copy, Debug)]
enum Doing {
    Authorize,
    SignIn,
    CreateApplication,
    ListApis,
    ListApplications,
    ShowApps,
    ListDevelopers,
}

impl Doing {
    const ALL: [Self; 7] = [
        Self::Authorize,
        Self::SignIn,
        Self::CreateApplication,
        Self::ListApis,
        Self::ListApplications,
        Self::ShowApps,
        Self::ListDevelopers,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Authorize => "`authorize`",
            Self::SignIn => "sign in, without the hash",
            Self::CreateApplication => "create an application",
            Self::ListApis => "list APIs",
            Self::ListApplications => "list own applications",
            Self::ShowApps => "the page My Apps",
            Self::ListDevelopers => "list developers, the first 10",
        }
    }

    /// How many times as long it may take in a larger portal.
    const fn most(self) -> f64 {
        match self {
            Self::Authorize => 1.2,
            _ => 1.5,
        }
    }
}

/// A portal, and who does things there.
struct Portal {
    portal: TestPortal,
    ada: Client,
    anonymous: Client,
    admin: Client,
    call: Value,
    api: ApiId,
    _folder: portico::data::DataFolder,
}

pub(crate) fn part(runtime: &Runtime) -> String {
    let small = runtime.block_on(Portal::with(SIZES[0]));
    let large = runtime.block_on(Portal::with(0));
    let mut table =
        Table::new(["Call", "Developers", "Items", "µs, median (5 to 95 of 100)", "× the smallest", "Read units", "Write units"]);
    let (mut worst_decision, mut worst_other, mut same, mut there) = (0.0_f64, 0.0_f64, true, 0);
    for size in SIZES {
        let items = runtime.block_on(crowd::grow(&large.portal, large.api, size - there));
        there = size;
        for doing in Doing::ALL {
            let (of_small, of_large) = runtime.block_on(beside(&small, &large, doing));
            let [expected, consumed] = [&small, &large].map(|portal| runtime.block_on(portal.consumed(doing)));
            same &= (expected.read_units, expected.write_units) == (consumed.read_units, consumed.write_units);
            let times = of_large.times(&of_small);
            match doing {
                Doing::Authorize => worst_decision = worst_decision.max(times),
                _ => worst_other = worst_other.max(times),
            }
            table.row([
                doing.name().to_owned(),
                size.to_string(),
                items.to_string(),
                of_large.microseconds(),
                format!("{times:.2}"),
                consumed.read_units.to_string(),
                consumed.write_units.to_string(),
            ]);
        }
    }
    let mut all = table.end();
    all.push('\n');
    all.push_str(&goal("`authorize` in the largest, times the smallest", worst_decision, Doing::Authorize.most()));
    all.push_str(&goal("the slowest other call, times the smallest", worst_other, Doing::SignIn.most()));
    all.push_str(&format!("- units are {} in all sizes\n", if same { "the same" } else { "**not** the same" }));
    all
}

/// The same in two portals by turns: what the machine does meanwhile strikes both.
async fn beside(small: &Portal, large: &Portal, doing: Doing) -> (Spread, Spread) {
    let mut took = [Vec::new(), Vec::new()];
    for number in 0..RUNS + RUNS / 10 {
        for (portal, took) in [small, large].into_iter().zip(&mut took) {
            let one = portal.timed(doing).await;
            if number >= RUNS / 10 {
                took.push(one);
            }
        }
    }
    let [small, large] = took.map(Spread::of);
    (small, large)
}

impl Portal {
    async fn with(developers: usize) -> Self {
        let folder = portico::data::DataFolder::temporary().expect("a folder");
        let database = portico::engine::Database::open(&folder.table()).expect("the engine starts");
        let portal = TestPortal::on(database).await;
        let api = portal.publish(SeedApi { visibility: Visibility::Public, ..portal.seed_api("Tides") }).await;
        let ada = portal.approved_developer("ada@example.test").await;
        let application = portal.application_of(&ada, "Weather board").await;
        portal.registration(application, api, Status::Approved).await;
        let key = portal.api_key(application).await;
        let id = ada.developer.expect("ada");
        let password = json!({ "phc": cheap_hash(), "changed_at": portal.portal.now() });
        Transaction::<StoreError>::new()
            .put(Item::new(&Key::password(id), "password", &password))
            .update(Update::of(Key::developer(id)).set("has_password", &true), |_| StoreError::Corrupt("no developer".to_owned()))
            .commit(&portal.portal.store)
            .await
            .expect("a password is set");
        crowd::grow(&portal, api, developers).await;
        portal.database.faults().rest();
        Self {
            anonymous: portal.anonymous(),
            admin: portal.admin(),
            call: ApiCall::to("tides").key(&key).http_api(),
            ada,
            api,
            portal,
            _folder: folder,
        }
    }

    async fn timed(&self, doing: Doing) -> Duration {
        if let Doing::CreateApplication = doing {
            // Below the quota however often it is measured.
            let below = Update::of(Key::developer(self.ada.developer.expect("ada"))).set("app_count", &1);
            self.portal.portal.store.edit(below).await.expect("the count is set back");
        }
        let began = Instant::now();
        match doing {
            Doing::Authorize => {
                let reply = authorize::handle(&self.portal.portal, self.call.clone()).await.expect("it decides");
                assert_eq!(reply["isAuthorized"], true);
            }
            Doing::SignIn => {
                self.anonymous.set_cookie("portalaccesstoken", "");
                let body = json!({ "username": "ada@example.test", "password": PASSWORD });
                self.anonymous.post("/api/v3/developer/authenticate", body).await.expect(204);
            }
            Doing::CreateApplication => {
                self.ada.post("/api/v3/applications", json!({ "name": "Weather board" })).await.expect(201);
            }
            Doing::ListApis => drop(self.ada.get("/api/v3/apis").await.expect(200)),
            Doing::ListApplications => drop(self.ada.get("/api/v3/applications?page[size]=10").await.expect(200)),
            Doing::ShowApps => assert!(self.ada.page("/apps").await.status.is_success()),
            Doing::ListDevelopers => {
                let path = format!("/v3/portals/{}/developers?page[size]=10", self.portal.id());
                self.admin.get(&path).await.expect(200);
            }
        }
        began.elapsed()
    }

    async fn consumed(&self, doing: Doing) -> Consumed {
        self.portal.database.faults().meter();
        self.timed(doing).await;
        let consumed = self.portal.database.faults().take_consumed();
        self.portal.database.faults().rest();
        consumed
    }
}

/// The PHC string of [`PASSWORD`] at the lowest cost that Argon2 has, so that signing in shows everything but the hash.
fn cheap_hash() -> String {
    use argon2::password_hash::PasswordHasher as _;
    let params = argon2::Params::new(8, 1, 1, None).expect("parameters");
    let hasher = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    hasher.hash_password_with_salt(PASSWORD.as_bytes(), b"portico-benchmark").expect("a hash").to_string()
}
