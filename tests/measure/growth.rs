//! What calls cost in a portal of a thousand developers, in one of a hundred thousand, and beside a million items of nobody's: it should
//! be the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use portico::capacity::Consumed;
use portico_domain::id::ApiId;
use portico_domain::portal::Visibility;
use portico_domain::status::Status;
use portico_store::{Key, StoreError, Transaction, Update};
use portico_tests::seed::password;
use portico_tests::seed_catalog::SeedApi;
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::report::{Table, goal};
use crate::served::Served;
use crate::spread::Spread;

mod crowd;

use crowd::{Before, Crowd};

/// Developers, each with an application, a key and a registration, and the events of all that.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Items of nobody's that are there at the end.
const PLAIN: usize = 1_000_000;
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

    /// Measurements in each portal: fewer of what reads ten thousand lines.
    const fn runs(self) -> usize {
        match self {
            Self::ListDevelopers => 30,
            _ => 200,
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Authorize => Kind::Decision,
            Self::ListDevelopers => Kind::LongList,
            _ => Kind::OwnThings,
        }
    }
}

/// Calls that should grow alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// The authorizer's.
    Decision,
    /// Of what is somebody's own, or everybody's.
    OwnThings,
    /// An administrator's, of everything that there is.
    LongList,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Decision => "`authorize` in a larger portal",
            Self::OwnThings => "the slowest call of a developer",
            Self::LongList => "the slowest list of an administrator",
        }
    }

    /// How many times as long it may take in a larger portal.
    const fn most(self) -> f64 {
        match self {
            Self::Decision => 1.2,
            Self::OwnThings | Self::LongList => 1.5,
        }
    }
}

/// A portal, and who does things there.
struct Portal {
    portal: TestPortal,
    crowd: Crowd,
    ada: Client,
    /// Makes the applications that are made, so that everybody else's are as many as before.
    bob: Client,
    anonymous: Client,
    admin: Client,
    call: Value,
    _folder: portico::data::DataFolder,
}

/// What has been found.
struct Found {
    table: Table,
    /// By how many times the slowest of a kind of call became slower.
    worst: BTreeMap<Kind, f64>,
    /// Calls that consume other units than in the smallest portal.
    differ: BTreeSet<&'static str>,
}

/// Measures up to so many developers, or all sizes.
pub(crate) fn part(runtime: &Runtime, at_most: Option<usize>) -> String {
    let sizes = SIZES.into_iter().filter(|size| at_most.is_none_or(|most| *size <= most));
    runtime.block_on(async {
        let (mut small, mut large) = (Portal::new().await, Portal::new().await);
        small.crowd.grow(SIZES[0]);
        let mut held = Held::new().await;
        let columns =
            ["Call", "Developers", "Items", "µs, median (5 to 95 of 100)", "× the smallest", "Read units", "Write units"];
        let mut found = Found { table: Table::new(columns), worst: BTreeMap::new(), differ: BTreeSet::new() };
        let (mut there, mut resident) = (0, Vec::new());
        for size in sizes {
            large.crowd.grow(size - there);
            resident.push(format!("{size} developers: {:.0} MB", held.grown(size - there).await));
            there = size;
            found.compare(&small, &large, size).await;
        }
        if at_most.is_none() {
            large.crowd.add_plain(PLAIN);
            found.compare(&small, &large, there).await;
        }
        let mut all = found.table.end();
        all.push('\n');
        for (kind, times) in found.worst {
            all.push_str(&goal(&format!("{}, times the smallest", kind.name()), times, kind.most()));
        }
        all.push_str(&match found.differ.is_empty() {
            true => "- units are the same in all sizes\n".to_owned(),
            false => format!("- units are **not** the same: {}\n", found.differ.into_iter().collect::<Vec<_>>().join(", ")),
        });
        all.push_str(&format!("- most memory that the local portal held after the README's journey: {}\n", resident.join("; ")));
        all
    })
}

impl Found {
    /// Adds what each call costs in a portal of that size, and in the smallest at the same time.
    async fn compare(&mut self, small: &Portal, large: &Portal, size: usize) {
        for doing in Doing::ALL {
            let (of_small, of_large) = beside(small, large, doing).await;
            let (expected, consumed) = (small.consumed(doing).await, large.consumed(doing).await);
            if (expected.read_units, expected.write_units) != (consumed.read_units, consumed.write_units) {
                self.differ.insert(doing.name());
            }
            let times = of_large.times(&of_small);
            let worst = self.worst.entry(doing.kind()).or_default();
            *worst = worst.max(times);
            self.table.row([
                doing.name().to_owned(),
                size.to_string(),
                large.crowd.items().to_string(),
                of_large.microseconds(),
                format!("{times:.2}"),
                consumed.read_units.to_string(),
                consumed.write_units.to_string(),
            ]);
        }
    }
}

/// The local portal as a command, whose table grows while it is not running.
struct Held {
    folder: portico::data::DataFolder,
    crowd: Crowd,
    journeys: usize,
}

impl Held {
    async fn new() -> Self {
        let folder = portico::data::DataFolder::temporary().expect("a folder");
        Served::start(&Self::data(&folder)).await.end().await;
        let before = Before::of(&Self::data(&folder).join("table.db"));
        let portal = Served::start(&Self::data(&folder)).await;
        let model = portal.journey(0).await;
        portal.end().await;
        Self { crowd: before.since(&model.email), folder, journeys: 1 }
    }

    fn data(folder: &portico::data::DataFolder) -> PathBuf {
        folder.table().with_file_name("portal")
    }

    /// The most memory that it holds on a journey among so many more developers, in megabytes.
    async fn grown(&mut self, by: usize) -> f64 {
        self.crowd.grow(by);
        let portal = Served::start(&Self::data(&self.folder)).await;
        portal.journey(self.journeys).await;
        self.journeys += 1;
        let held = portal.peak_resident();
        portal.end().await;
        held
    }
}

/// The same in two portals by turns: what the machine does meanwhile strikes both.
async fn beside(small: &Portal, large: &Portal, doing: Doing) -> (Spread, Spread) {
    let mut took = [Vec::new(), Vec::new()];
    let warm = doing.runs() / 10;
    for number in 0..doing.runs() + warm {
        for (portal, took) in [small, large].into_iter().zip(&mut took) {
            let one = portal.timed(doing).await;
            if number >= warm {
                took.push(one);
            }
        }
    }
    let [small, large] = took.map(Spread::of);
    (small, large)
}

impl Portal {
    async fn new() -> Self {
        let folder = portico::data::DataFolder::temporary().expect("a folder");
        let database = portico::engine::Database::open(&folder.table()).expect("the engine starts");
        let portal = TestPortal::on(database).await;
        let api = portal.publish(SeedApi { visibility: Visibility::Public, ..portal.seed_api("Tides") }).await;
        let (ada, key) = registered(&portal, api, "ada@example.test").await;
        let id = ada.developer.expect("ada");
        Transaction::<StoreError>::new()
            .put(password(id, &cheap_hash(), portal.portal.now()))
            .update(Update::of(Key::developer(id)).set("has_password", &true), |_| StoreError::Corrupt("no developer".to_owned()))
            .commit(&portal.portal.store)
            .await
            .expect("a password is set");
        let (bob, _) = registered(&portal, api, "bob@example.test").await;
        let before = Before::of(&folder.table());
        registered(&portal, api, "model@example.test").await;
        portal.database.faults().rest();
        Self {
            anonymous: portal.anonymous(),
            admin: portal.admin(),
            call: ApiCall::to("tides").key(&key).http_api(),
            crowd: before.since("model@example.test"),
            ada,
            bob,
            portal,
            _folder: folder,
        }
    }

    async fn timed(&self, doing: Doing) -> Duration {
        if let Doing::CreateApplication = doing {
            // Below the quota however often it is measured.
            let below = Update::of(Key::developer(self.bob.developer.expect("bob"))).set("app_count", &1);
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
                self.bob.post("/api/v3/applications", json!({ "name": "Weather board" })).await.expect(201);
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

/// A developer who calls the API, and the key.
async fn registered(portal: &TestPortal, api: ApiId, email: &str) -> (Client, String) {
    let developer = portal.approved_developer(email).await;
    let application = portal.application_of(&developer, "Weather board").await;
    portal.registration(application, api, Status::Approved).await;
    let key = portal.api_key(application).await;
    (developer, key)
}

/// The PHC string of [`PASSWORD`] at the lowest cost that Argon2 has, so that signing in shows everything but the hash.
fn cheap_hash() -> String {
    use argon2::password_hash::PasswordHasher as _;
    let params = argon2::Params::new(8, 1, 1, None).expect("parameters");
    let hasher = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    hasher.hash_password_with_salt(PASSWORD.as_bytes(), b"portico-benchmark").expect("a hash").to_string()
}
