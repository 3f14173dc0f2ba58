//! Events arrive at least once, those of one root in order, whatever the way does to them: two hundred seeded runs of the same history
//! over a pump that repeats, splits, reorders between roots and stops for a day, and a bus that fails (reliability P18, B48).
//!
//! `PORTICO_EVENTS_FIRST` and `PORTICO_EVENTS_SEEDS` choose the runs; a failure prints those that replay it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use lambda_http::aws_lambda_events::dynamodb::EventRecord;
use portico::gateway::routes::TEMPLATE;
use portico::recorded::acting_as;
use portico_delivery::bus::EventBus;
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_tests::TestPortal;
use portico_tests::bus::{Answer, TestBus};
use portico_tests::entropy::CountingEntropy;
use portico_tests::steps::APPLICATIONS;
use portico_tests::stream::{batch, sequence};
use serde_json::{Value, json};

use crate::model::random::Random;

/// As the template says.
fn mapping() -> Value {
    let template: Value = serde_saphyr::from_str(TEMPLATE).expect("the template can be read");
    template["Resources"]["RelayEventsSource"]["Properties"].clone()
}

/// Developers, applications, registrations, keys: a dozen roots with histories of their own.
async fn history() -> (TestPortal, Vec<EventRecord>) {
    let mut portal = TestPortal::start().await;
    portal.portal.entropy = Arc::new(CountingEntropy::default());
    let before = portal.event_records().await.len();
    let admin = portal.admin();
    let (tides, winds) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let root = format!("/v3/portals/{}", portal.id());
    for number in 0..4 {
        let client = portal.approved_developer(&format!("x{number}@example.test")).await;
        let developer = format!("{root}/developers/{}", client.developer.expect("a developer"));
        let application = client.create_app(&format!("App {number}")).await;
        let key = client.create_key(application).await;
        let of_application = format!("{root}/applications/{application}/registrations");
        let (first, second) = (client.register(application, tides).await, client.register(application, winds).await);
        for (registration, status) in [(&first, "approved"), (&second, "rejected"), (&first, "revoked"), (&second, "approved")] {
            admin.patch(&format!("{of_application}/{registration}"), json!({ "status": status })).await.expect(200);
        }
        let own = format!("{APPLICATIONS}/{application}");
        client.put(&format!("{own}/credentials/{}", key.id), json!({ "display_name": "Key" })).await.expect(200);
        match number % 3 {
            0 => drop(client.delete(&own).await.expect(204)),
            1 => drop(client.delete(&format!("{own}/registrations/{first}")).await.expect(204)),
            _ => {}
        }
        for status in ["revoked", "approved"] {
            admin.patch(&developer, json!({ "status": status })).await.expect(200);
        }
    }
    portal.developer_with_status("eve@example.test", Status::Pending).await;
    let records = portal.event_records().await.split_off(before);
    (portal, records)
}

/// What a consumer knows: of each thing its last status, and how many events of each type there were.
#[derive(Debug, Default, PartialEq)]
struct Known {
    things: BTreeMap<String, (String, Value)>,
    counted: BTreeMap<String, usize>,
}

impl Known {
    /// Two rules, and no more, make a consumer safe: an id that it has seen is nothing new, and of two events of a root the one with
    /// the larger sequence is the later.
    fn of(notices: &[Value]) -> Self {
        let (mut known, mut seen) = (Self::default(), BTreeSet::new());
        for notice in notices {
            let text = |member: &str| notice[member].as_str().expect("a text").to_owned();
            if !seen.insert(text("id")) {
                continue;
            }
            *known.counted.entry(text("type")).or_default() += 1;
            let ids = &notice["ids"];
            let of = ["registration", "credential", "application", "developer", "api"].iter().find_map(|one| ids[one].as_str());
            let thing = known.things.entry(of.expect("an id").to_owned()).or_default();
            if thing.0 < text("sequence") {
                *thing = (text("sequence"), notice["status"]["after"].clone());
            }
        }
        known
    }
}

/// Ids by root, each the first time that it is met.
fn by_root(notices: &[Value]) -> BTreeMap<String, Vec<String>> {
    let (mut roots, mut seen) = (BTreeMap::<_, Vec<_>>::new(), BTreeSet::new());
    for notice in notices {
        let (id, root) = (notice["id"].to_string(), notice["root"].to_string());
        if seen.insert(id.clone()) {
            roots.entry(root).or_default().push(id);
        }
    }
    roots
}

/// An event source mapping on one shard.
#[derive(Default)]
struct Shard {
    records: Vec<EventRecord>,
    next: usize,
    /// How many records the next batch has at most: halved by each failure.
    most: usize,
    tries: u32,
    dead: Vec<String>,
}

const BATCH: usize = 10;

impl Shard {
    /// One invocation with what has arrived. A function error and a failure of the first record are the same to it.
    async fn invoke(&mut self, portal: &TestPortal, bus: &EventBus, arrived: usize, bound: u32, random: &mut Random) {
        let most = if self.most == 0 { BATCH } else { self.most };
        let until = arrived.min(self.next + 1 + random.below(most));
        let Some(records) = self.records.get(self.next..until).filter(|records| !records.is_empty()) else { return };
        let (known, client, event) = (portal.portal.clone(), bus.clone(), batch(records));
        let ended = tokio::spawn(async move { relay_events::handle(&known, &client, event).await }).await;
        let reply = match ended {
            Ok(Ok(reply)) => serde_json::to_value(reply).expect("JSON"),
            Ok(Err(_)) | Err(_) => json!({ "batchItemFailures": [{ "itemIdentifier": sequence(&records[0]) }] }),
        };
        let failures = reply["batchItemFailures"].as_array().expect("null would mean success");
        let failed = failures.iter().map(|failure| failure["itemIdentifier"].as_str().expect("a number")).min();
        let Some(failed) = failed else {
            (self.next, self.most, self.tries) = (until, 0, 0);
            if random.percent(10) {
                // The mapping's own note of how far it is was lost.
                self.next -= random.below(self.next.min(4) + 1);
            }
            return;
        };
        let at = records.iter().position(|record| sequence(record) == failed).expect("a record of the batch");
        self.tries = if at > 0 { 1 } else { self.tries + 1 };
        self.next += at;
        self.most = ((records.len() - at) / 2).max(1);
        if self.tries > bound {
            assert_eq!(self.most, 1, "what is given up is one record");
            self.dead.push(failed.to_owned());
            (self.next, self.most, self.tries) = (self.next + 1, 0, 0);
        }
    }
}

fn failing_bus(seed: u64) -> TestBus {
    let (bus, mut random) = (TestBus::default(), Random::new(seed ^ 0xb05));
    let mut down = 0;
    bus.answer(move |entries| {
        if down > 0 {
            down -= 1;
            return Answer::Fail;
        }
        match random.below(100) {
            0..70 => Answer::Take,
            70..88 => Answer::Refuse((0..entries.len()).filter(|_| random.percent(40)).collect()),
            88..94 => Answer::LoseReply,
            94 => Answer::Panic,
            _ => {
                down = random.below(12);
                Answer::Fail
            }
        }
    });
    bus
}

/// One run. `poison` is a record that nobody can read.
async fn run(portal: &TestPortal, history: &[EventRecord], seed: u64, bound: u32) -> (Vec<Value>, Vec<Value>, Vec<String>) {
    let mut random = Random::new(seed);
    let bus = failing_bus(seed);
    let client = bus.client();
    let mut shards: Vec<Shard> = (0..1 + random.below(3)).map(|_| Shard::default()).collect();
    let mut place: BTreeMap<String, usize> = BTreeMap::new();
    for record in history {
        let root = format!("{:?}", record.change.keys.get("pk"));
        let many = shards.len();
        let shard = *place.entry(root).or_insert_with(|| random.below(many));
        shards[shard].records.push(record.clone());
    }
    // How far the day's stop is away, and of how much it is the news.
    let (mut stop, mut arrived) = (random.below(20), 0.2);
    while shards.iter().any(|shard| shard.next < shard.records.len()) {
        let at = random.below(shards.len());
        let there = if arrived >= 1.0 { shards[at].records.len() } else { (shards[at].records.len() as f64 * arrived) as usize };
        shards[at].invoke(portal, &client, there, bound, &mut random).await;
        arrived += 0.03;
        if stop == 1 {
            // Nobody reads for a day, in which everything else arrives.
            portal.clock.advance(Duration::from_secs(24 * 60 * 60 - 60));
            arrived = 1.0;
        }
        stop = stop.saturating_sub(1);
    }
    let (notices, rest): (Vec<_>, Vec<_>) = bus.take().into_iter().partition(|entry| entry["Source"] == "portico");
    let detail = |mut entry: Value| entry["Detail"].take();
    let dead = shards.into_iter().flat_map(|shard| shard.dead).collect();
    (notices.into_iter().map(detail).collect(), rest.into_iter().map(detail).collect(), dead)
}

fn shuffled(mut notices: Vec<Value>, random: &mut Random) -> Vec<Value> {
    for at in (1..notices.len()).rev() {
        notices.swap(at, random.below(at + 1));
    }
    notices
}

/// Everything once, in order.
async fn exactly_once(portal: &TestPortal, history: &[EventRecord]) -> (Vec<Value>, Vec<Value>) {
    let bus = TestBus::default();
    for some in history.chunks(BATCH) {
        let reply =
            acting_as("relay-events", relay_events::handle(&portal.portal, &bus.client(), batch(some))).await.expect("a reply");
        assert!(reply.batch_item_failures.is_empty());
    }
    let (notices, mails): (Vec<_>, Vec<_>) = bus.take().into_iter().partition(|entry| entry["Source"] == "portico");
    let details = |entries: Vec<Value>| entries.into_iter().map(|mut entry| entry["Detail"].take()).collect();
    (details(notices), details(mails))
}

#[tokio::test]
async fn consumers_end_up_where_an_exactly_once_run_ends_whatever_the_way_does_in_two_hundred_runs() {
    let setting = |name: &str, otherwise: u64| std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"));
    let mapping = mapping();
    let bound = u32::try_from(mapping["MaximumRetryAttempts"].as_u64().expect("a bound")).expect("a small one");
    assert_eq!(mapping["MaximumRecordAgeInSeconds"], 24 * 60 * 60, "a day's stop costs nothing");
    assert_eq!(mapping["BatchSize"], BATCH);
    assert_eq!(mapping["BisectBatchOnFunctionError"], true);
    assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    let (portal, records) = history().await;
    assert!(records.len() > 50, "{}", records.len());
    let (notices, due) = exactly_once(&portal, &records).await;
    let id = |record: &EventRecord| serde_json::to_value(record).expect("JSON")["dynamodb"]["NewImage"]["id"]["S"].clone();
    let sequences: BTreeMap<String, String> =
        records.iter().map(|one| (id(one).as_str().expect("an id").to_owned(), sequence(one).to_owned())).collect();
    let first = setting("PORTICO_EVENTS_FIRST", 0);
    let started = portal.clock.now();
    for seed in first..first + setting("PORTICO_EVENTS_SEEDS", 200) {
        let at = format!("PORTICO_EVENTS_FIRST={seed} PORTICO_EVENTS_SEEDS=1");
        let mut random = Random::new(!seed);
        let mut history = records.clone();
        let mut poison = Vec::new();
        if random.percent(50) {
            let at = random.below(history.len());
            let mut unreadable = serde_json::to_value(&history[at]).expect("JSON");
            unreadable["dynamodb"]["NewImage"]["at"] = json!({ "S": "yesterday" });
            history[at] = serde_json::from_value(unreadable).expect("a record");
            poison.push(sequence(&history[at]).to_owned());
        }
        // Everything else is told of as if the poison were not there.
        let told = |detail: &&Value| !poison.iter().any(|one| sequences[detail["id"].as_str().expect("an id")] == *one);
        let expected: Vec<Value> = notices.iter().filter(told).cloned().collect();
        let mails: BTreeSet<String> = due.iter().filter(|detail| told(&&detail["event"])).map(ToString::to_string).collect();
        let (arrived, mailed, dead) = run(&portal, &history, seed, bound).await;
        // A mapping that lost its place gives the same record up again.
        assert_eq!(dead.into_iter().collect::<BTreeSet<_>>(), poison.iter().cloned().collect(), "dead letters: {at}");
        assert_eq!(Known::of(&arrived), Known::of(&expected), "as the bus took them: {at}");
        assert_eq!(by_root(&arrived), by_root(&expected), "each root's order: {at}");
        let reordered = shuffled(arrived, &mut random);
        assert_eq!(Known::of(&reordered), Known::of(&expected), "as a bus hands them over that keeps no order: {at}");
        assert_eq!(mailed.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), mails, "mails: {at}");
    }
    assert!(portal.clock.now() > started, "there was a day on which nobody read");
    portal.end().await;
}
