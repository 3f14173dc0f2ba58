//! Every public type of events, as it is really put on the bus: its schema in `docs/events/` and its sample in `events/` are made from
//! that, and both fail here when they are stale (reliability B47).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jsonschema::Validator;
use lambda_http::aws_lambda_events::dynamodb::EventRecord;
use portico::recorded::acting_as;
use portico_domain::event::{Actor, Event, Name};
use portico_domain::id::EventId;
use portico_domain::notice::{Notice, Type};
use portico_domain::time::Timestamp;
use portico_tests::account::PASSWORD;
use portico_tests::bus::TestBus;
use portico_tests::entropy::CountingEntropy;
use portico_tests::kept::{assert_kept, pretty};
use portico_tests::management::publication;
use portico_tests::steps::APPLICATIONS;
use portico_tests::stream::batch;
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";

/// What happens once on the way through everything, under ids that are the same in every run.
struct Story {
    portal: TestPortal,
    records: Vec<EventRecord>,
}

impl Story {
    async fn tell() -> Self {
        let mut portal = TestPortal::start().await;
        portal.portal.entropy = Arc::new(CountingEntropy::default());
        let admin = portal.admin();
        let before = portal.event_records().await.len();
        let tick = || portal.clock.advance(Duration::from_secs(1));
        let of_portal = format!("/v3/portals/{}", portal.id());

        let ada = portal.anonymous();
        ada.sign_up(ADA).await.expect(201);
        tick();
        let verified = ada.verify_email(&portal.mailed(ADA, Name::DeveloperSignedUp).await).await.expect(202);
        tick();
        ada.reset_password(verified.body["token"].as_str().expect("a token"), PASSWORD).await.expect(204);
        let developers = format!("{of_portal}/developers");
        let ada_id = portal.known(ADA).await.id;
        let at_ada = format!("{developers}/{ada_id}");
        decide(&admin, &at_ada, "approved").await;
        let eve = json!({ "email": "eve@example.test", "full_name": "Eve", "status": "pending" });
        let eve = admin.post(&developers, eve).await.expect(201).id();
        decide(&admin, &format!("{developers}/{eve}"), "rejected").await;

        ada.authenticate(ADA, PASSWORD).await.expect(204);
        tick();
        let (tides, winds) =
            (admin.create_api(json!({ "name": "Tides" })).await, admin.create_api(json!({ "name": "Winds" })).await);
        admin.publish_api(tides, json!({})).await.expect(200);
        admin.publish_api(winds, json!({})).await.expect(200);
        tick();
        let application = ada.create_app("Weather board").await;
        tick();
        let own = format!("{APPLICATIONS}/{application}");
        ada.patch(&own, json!({ "description": "What the sea does" })).await.expect(200);
        let key = ada.create_key(application).await;
        tick();
        let credential = format!("{own}/credentials/{}", key.id);
        ada.put(&credential, json!({ "display_name": "Night shift" })).await.expect(200);
        tick();
        ada.delete(&credential).await.expect(204);
        let (of_tides, of_winds) = (ada.register(application, tides).await, ada.register(application, winds).await);
        tick();
        let registrations = format!("{of_portal}/applications/{application}/registrations");
        decide(&admin, &format!("{registrations}/{of_tides}"), "approved").await;
        tick();
        decide(&admin, &format!("{registrations}/{of_tides}"), "revoked").await;
        decide(&admin, &format!("{registrations}/{of_winds}"), "rejected").await;
        ada.delete(&format!("{own}/registrations/{of_winds}")).await.expect(204);
        tick();
        admin.delete(&publication(&portal, winds)).await.expect(204);
        ada.delete(&own).await.expect(204);
        tick();
        for _ in 0..11 {
            ada.authenticate(ADA, "violet tractor hums at dawn").await;
        }
        decide(&admin, &at_ada, "revoked").await;
        tick();
        admin.delete(&at_ada).await.expect(204);
        let mut records = portal.event_records().await.split_off(before);
        // The stream's own numbers hold the time of day.
        for (position, record) in records.iter_mut().enumerate() {
            record.change.sequence_number = Some((100_000_000_000_000_000_001_u128 + position as u128).to_string());
            record.event_id = format!("{:032x}", position + 1);
        }
        Self { portal, records }
    }

    /// Everything that it puts on the bus, in the order in which it does.
    async fn entries(&self) -> Vec<Value> {
        let bus = TestBus::default();
        for some in self.records.chunks(10) {
            let reply = acting_as("relay-events", relay_events::handle(&self.portal.portal, &bus.client(), batch(some)))
                .await
                .expect("a reply");
            assert!(reply.batch_item_failures.is_empty(), "{reply:?}");
        }
        bus.take()
    }
}

async fn decide(admin: &Client, path: &str, status: &str) {
    admin.patch(path, json!({ "status": status })).await.expect(200);
}

/// What a rule of the bus hands to its target.
fn envelope(entry: &Value) -> Value {
    json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": "123456789012",
        "time": Timestamp::parse_rfc3339(entry["Detail"]["time"].as_str().expect("a time")).expect("a moment").rfc3339().replace(".000Z", "Z"),
        "region": "eu-central-1",
        "resources": [],
        "detail": entry["Detail"],
    })
}

/// A schema that lets nothing pass but what it names.
fn closed(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut closed: serde_json::Map<String, Value> =
                members.iter().map(|(name, member)| (name.clone(), closed_member(name, member))).collect();
            if members.get("properties").is_some_and(Value::is_object) {
                closed.insert("additionalProperties".to_owned(), json!(false));
            }
            Value::Object(closed)
        }
        Value::Array(members) => members.iter().map(closed).collect(),
        other => other.clone(),
    }
}

fn closed_member(name: &str, member: &Value) -> Value {
    match (name, member) {
        // Names of members, not words of a schema.
        ("properties", Value::Object(members)) => {
            Value::Object(members.iter().map(|(name, member)| (name.clone(), closed(member))).collect())
        }
        _ => closed(member),
    }
}

fn validators() -> BTreeMap<&'static str, Validator> {
    let strict = |of_type: &Type| jsonschema::validator_for(&closed(&of_type.schema())).expect("a schema");
    Type::ALL.iter().map(|of_type| (of_type.as_str(), strict(of_type))).collect()
}

#[test]
fn the_schemas_in_the_docs_are_those_of_the_enum() {
    for of_type in Type::ALL {
        assert_kept(&format!("docs/events/{}.schema.json", of_type.as_str()), &pretty(&of_type.schema()));
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events");
    assert_eq!(std::fs::read_dir(folder).expect("the folder is there").count(), Type::ALL.len(), "there is no other");
}

#[tokio::test]
async fn what_is_put_on_the_bus_fits_the_schema_of_its_type_and_every_type_is() {
    let story = Story::tell().await;
    let validators = validators();
    let mut seen = BTreeMap::new();
    for named in [false, true] {
        story.portal.set("pii_in_notifications", named).await;
        for entry in story.entries().await.iter().filter(|entry| entry["Source"] == "portico") {
            let (detail, name) = (&entry["Detail"], entry["DetailType"].as_str().expect("a type"));
            let wrong: Vec<String> = validators[name].iter_errors(detail).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{wrong:?}: {detail:#}");
            let read: Notice = serde_json::from_value(detail.clone()).expect("a notice can be read");
            assert_eq!(&serde_json::to_value(&read).expect("and written"), detail);
            assert_eq!(read.change.of_type().as_str(), name);
            assert!(detail.to_string().len() < 200_000);
            *seen.entry(name.to_owned()).or_insert(0) += 1;
        }
    }
    let types: Vec<_> = Type::ALL.iter().map(|of_type| of_type.as_str().to_owned()).collect();
    let mut missing = types.clone();
    missing.retain(|name| !seen.contains_key(name));
    assert!(missing.is_empty(), "{missing:?}: {seen:?}");
    story.portal.end().await;
}

#[test]
fn a_schema_refuses_what_is_no_notice_of_its_type() {
    let validators = validators();
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/registration.approved.json");
    let sample: Value = serde_json::from_str(&std::fs::read_to_string(sample).expect("a sample")).expect("JSON");
    let right = &sample["detail"];
    let schema = &validators["registration.approved"];
    assert!(schema.is_valid(right));
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut wrong = right.clone();
        change(&mut wrong);
        assert!(!schema.is_valid(&wrong), "{wrong}");
    };
    wrong(&|notice| notice["type"] = json!("registration.rejected"));
    wrong(&|notice| notice["secret"] = json!("x"));
    wrong(&|notice| notice["ids"]["api"] = json!(7));
    wrong(&|notice| notice["status"]["after"] = json!("active"));
    wrong(&|notice| notice["actor"] = json!("ada"));
    for member in ["id", "type", "time", "portal", "actor", "root", "sequence", "ids", "status"] {
        wrong(&|notice| drop(notice.as_object_mut().expect("an object").remove(member)));
    }
}

#[tokio::test]
async fn the_samples_are_what_the_bus_hands_over_of_each_type() {
    let story = Story::tell().await;
    let mut samples = BTreeMap::new();
    for entry in story.entries().await.iter().filter(|entry| entry["Source"] == "portico") {
        samples.entry(entry["DetailType"].as_str().expect("a type").to_owned()).or_insert_with(|| envelope(entry));
    }
    assert_eq!(samples.len(), Type::ALL.len());
    for (name, sample) in &samples {
        assert_kept(&format!("events/{name}.json"), &pretty(sample));
    }
    let mut records = serde_json::to_value(batch(&story.records[..3])).expect("a batch is JSON");
    for record in records["Records"].as_array_mut().expect("records") {
        // The engine's own clock and names.
        record["dynamodb"]["ApproximateCreationDateTime"] = json!(1_800_000_000.0);
        record["eventSourceARN"] =
            json!("arn:aws:dynamodb:eu-central-1:123456789012:table/portico/stream/2027-01-15T08:00:00.000");
    }
    assert_kept("events/relay-events.json", &pretty(&records));
    story.portal.end().await;
}

#[tokio::test]
async fn the_longest_notice_stays_far_below_what_the_bus_takes() {
    let portal = TestPortal::start().await;
    let id = || portal.portal.new_id::<EventId>().expect("an id");
    let registrations: Vec<_> = (0..200).map(|_| json!({ "registration": id(), "api": id() })).collect();
    let data = json!({ "portal": id(), "developer": id(), "application": id(), "registrations": registrations });
    let actor = Actor::Administrator("x".repeat(200));
    let event = Event { id: id(), name: Name::ApplicationDeleted, at: Timestamp::from_millis(0), actor, data };
    let notices = Notice::of(&event, "1").expect("a notice");
    assert!(serde_json::to_string(&notices[0]).expect("JSON").len() < 100_000);
    portal.end().await;
}
