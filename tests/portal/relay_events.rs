//! `relay-events`: what the table's stream tells of gets onto the bus, and the reply says what did not (reliability P18, P19).

use aws_lambda_events::dynamodb::EventRecord;
use lambda_http::aws_lambda_events;
use portico::recorded::acting_as;
use portico_delivery::bus::{Entry, NotPut};
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_tests::TestPortal;
use portico_tests::bus::{Answer, TestBus};
use portico_tests::logs::Logs;
use portico_tests::stream::{batch, sequence};
use serde_json::{Value, json};

/// A portal with ten developers: ten roots with an event each.
async fn ten_developers() -> (TestPortal, Vec<EventRecord>) {
    let portal = TestPortal::start().await;
    let before = portal.event_records().await.len();
    for number in 0..10 {
        portal.developer_with_status(&format!("x{number}@example.test"), Status::Pending).await;
    }
    let records = portal.event_records().await.split_off(before);
    assert_eq!(records.len(), 10);
    (portal, records)
}

/// The reply as Lambda reads it.
async fn reply(portal: &TestPortal, bus: &TestBus, records: &[EventRecord]) -> String {
    let reply =
        acting_as("relay-events", relay_events::handle(&portal.portal, &bus.client(), batch(records))).await.expect("a reply");
    serde_json::to_string(&reply).expect("a reply is JSON")
}

fn failure(record: &EventRecord) -> String {
    json!({ "batchItemFailures": [{ "itemIdentifier": sequence(record) }] }).to_string()
}

const NONE: &str = r#"{"batchItemFailures":[]}"#;

/// The number that a developer of [`ten_developers`] has, by the order of the entries.
fn developer(record: &EventRecord) -> String {
    let value = serde_json::to_value(record).expect("a record is JSON");
    value["dynamodb"]["Keys"]["pk"]["S"].as_str().and_then(|pk| pk.strip_prefix("DEV#")).expect("a developer").to_owned()
}

fn refusing(developers: Vec<String>) -> impl FnMut(&[Value]) -> Answer {
    move |entries| {
        let refused = |entry: &Value| developers.iter().any(|one| entry["Detail"]["ids"]["developer"] == one.as_str());
        Answer::Refuse(entries.iter().enumerate().filter(|(_, entry)| refused(entry)).map(|(at, _)| at).collect())
    }
}

#[tokio::test]
async fn the_reply_names_exactly_the_first_record_that_is_not_on_the_bus() {
    let (portal, records) = ten_developers().await;
    let bus = TestBus::default();
    assert_eq!(reply(&portal, &bus, &records).await, NONE);
    assert_eq!(reply(&portal, &bus, &[]).await, NONE);
    assert_eq!(bus.take_notices().len(), 10);

    bus.answer(refusing(vec![developer(&records[6]), developer(&records[3])]));
    assert_eq!(reply(&portal, &bus, &records).await, failure(&records[3]));
    assert_eq!(bus.take_notices().len(), 8, "the others are there already");

    bus.answer(|_| Answer::Fail);
    assert_eq!(reply(&portal, &bus, &records).await, failure(&records[0]));
    portal.end().await;
}

#[tokio::test]
async fn only_entries_that_failed_are_sent_again() {
    let (portal, records) = ten_developers().await;
    let bus = TestBus::default();
    let mut calls = 0;
    bus.answer(move |_| {
        calls += 1;
        Answer::Refuse(if calls == 1 { vec![2, 5] } else { Vec::new() })
    });
    assert_eq!(reply(&portal, &bus, &records).await, NONE);
    let calls = bus.take_calls();
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [10, 2]);
    assert_eq!(calls[1], [calls[0][2].clone(), calls[0][5].clone()]);
    assert_eq!(bus.take_notices().len(), 10);
    portal.end().await;
}

#[tokio::test]
async fn an_entry_that_may_be_there_goes_again_under_the_same_id() {
    let (portal, records) = ten_developers().await;
    let bus = TestBus::default();
    let mut calls = 0;
    bus.answer(move |_| {
        calls += 1;
        if calls == 1 { Answer::LoseReply } else { Answer::Take }
    });
    assert_eq!(reply(&portal, &bus, &records).await, NONE);
    let notices = bus.take_notices();
    assert_eq!(notices.len(), 20);
    assert_eq!(notices[..10], notices[10..]);
    portal.end().await;
}

#[tokio::test]
async fn no_event_overtakes_an_earlier_one_of_its_root_and_other_roots_do_not_wait() {
    let portal = TestPortal::start().await;
    let before = portal.event_records().await.len();
    let ada = portal.developer_with_status("ada@example.test", Status::Pending).await;
    portal.developer_with_status("eve@example.test", Status::Pending).await;
    let at_ada = format!("/v3/portals/{}/developers/{ada}", portal.id());
    portal.admin().patch(&at_ada, json!({ "status": "approved" })).await.expect(200);
    let records = portal.event_records().await.split_off(before);
    let bus = TestBus::default();
    let registered = |entries: &[Value]| {
        let of_ada = entries.iter().position(|entry| entry["DetailType"] == "developer.registered");
        Answer::Refuse(of_ada.into_iter().collect())
    };
    bus.answer(registered);
    assert_eq!(reply(&portal, &bus, &records).await, failure(&records[0]));
    let types: Vec<_> = bus.take_notices().into_iter().map(|notice| notice["type"].clone()).collect();
    assert_eq!(types, ["developer.registered"], "eve's alone: ada's approval waits");
    bus.answer(|_| Answer::Take);
    assert_eq!(reply(&portal, &bus, &records).await, NONE);
    let notices = bus.take_notices();
    let of_ada: Vec<_> = notices.iter().filter(|notice| notice["ids"]["developer"] == ada.to_string()).collect();
    assert_eq!(of_ada[0]["status"], json!({ "before": null, "after": "pending" }));
    assert_eq!(of_ada[1]["status"], json!({ "before": "pending", "after": "approved" }));
    assert_eq!(of_ada[1]["actor"]["type"], "administrator");
    assert!(of_ada[0]["sequence"].as_str() < of_ada[1]["sequence"].as_str());
    portal.end().await;
}

#[tokio::test]
async fn nothing_behind_an_unreadable_record_is_sent_before_it_is_given_up() {
    let (portal, mut records) = ten_developers().await;
    let mut poison = serde_json::to_value(&records[4]).expect("a record");
    poison["dynamodb"]["NewImage"]["name"] = json!({ "S": "developer.abducted" });
    records[4] = serde_json::from_value(poison).expect("a record");
    let (bus, logs) = (TestBus::default(), Logs::capture());
    assert_eq!(reply(&portal, &bus, &records).await, failure(&records[4]));
    assert_eq!(bus.take_notices().len(), 4);
    let line = logs.take().into_iter().find(|line| line["level"] == "ERROR").expect("somebody is told");
    let item = line["fields"]["item"].as_str().expect("which item");
    assert!(item.starts_with(&format!("DEV#{} EVENT#", developer(&records[4]))), "{item}");
    assert_eq!(reply(&portal, &bus, &records[5..]).await, NONE);
    portal.end().await;
}

#[tokio::test]
async fn a_panic_inside_a_batch_is_an_error_of_the_function_and_no_reply() {
    let (portal, records) = ten_developers().await;
    let bus = TestBus::default();
    let third = developer(&records[2]);
    bus.answer(move |entries| {
        let met = entries.iter().any(|entry| entry["Detail"]["ids"]["developer"] == third.as_str());
        if met { Answer::Panic } else { Answer::Take }
    });
    let (known, client, all) = (portal.portal.clone(), bus.client(), batch(&records));
    let ended = tokio::spawn(async move { relay_events::handle(&known, &client, all).await }).await;
    assert!(ended.is_err_and(|error| error.is_panic()));
    portal.end().await;
}

#[tokio::test]
async fn a_store_that_does_not_answer_fails_the_batch_from_its_first_record_on() {
    let (portal, records) = ten_developers().await;
    let bus = TestBus::default();
    portal.database.faults().always(portico::faults::Matching::any(), portico::faults::Fault::ServerError);
    assert_eq!(reply(&portal, &bus, &records).await, failure(&records[0]));
    portal.database.faults().heal();
    assert!(bus.take_calls().is_empty());
    portal.end().await;
}

#[tokio::test]
async fn a_developer_is_named_on_the_bus_only_where_the_portals_setting_allows_it() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let application = ada.create_app("Weather board").await;
    let records = portal.event_records().await;
    let bus = TestBus::default();
    assert_eq!(reply(&portal, &bus, &records).await, NONE);
    let all = format!("{:?}", bus.take_calls());
    assert!(all.contains(&application.to_string()));
    for private in ["ada@", "\"ada\"", "Weather board", "full_name"] {
        assert!(!all.contains(private), "{private} is on the bus");
    }
    let settings = json!({ "notifications_developer_pii_visibility_enabled": true });
    portal.admin().patch(&format!("/v3/portals/{}", portal.id()), settings).await.expect(200);
    assert_eq!(reply(&portal, &bus, &records).await, NONE);
    let named: Vec<_> = bus.take_notices().into_iter().filter(|notice| !notice["developer"].is_null()).collect();
    let types: Vec<_> = named.iter().map(|notice| notice["type"].as_str().expect("a type")).collect();
    assert_eq!(types, ["developer.registered", "application.created"]);
    assert!(named.iter().all(|notice| notice["developer"] == json!({ "full_name": "ada", "email": "ada@example.test" })));
    portal.end().await;
}

#[tokio::test]
async fn an_event_that_may_be_mailed_goes_to_send_email_as_it_was_committed() {
    let portal = TestPortal::start().await;
    portal.anonymous().sign_up("ada@example.test").await.expect(201);
    let ada = portal.known("ada@example.test").await.id;
    let records = portal.event_records().await;
    let bus = TestBus::default();
    assert_eq!(reply(&portal, &bus, &records).await, NONE);
    let entries = bus.take();
    let due = entries.iter().find(|entry| entry["Source"] == "portico.mail").expect("a mail is due");
    assert_eq!((&due["DetailType"], &due["EventBusName"]), (&json!("mail.due"), &json!("portico")));
    assert_eq!(due["Detail"]["root"], format!("DEV#{ada}"));
    assert_eq!(due["Detail"]["event"]["name"], "developer.signed_up");
    assert_eq!(due["Detail"]["event"]["data"]["generation"], 1);
    assert!(!due.to_string().contains('@'));
    portal.end().await;
}

#[tokio::test]
async fn what_was_deleted_with_an_api_is_told_of_for_each_portal_that_had_published_it() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Tides").await;
    let application = ada.create_app("Weather board").await;
    ada.register(application, api).await;
    let before = portal.event_records().await.len();
    portal.admin().delete(&format!("/v3/apis/{api}")).await.expect(204);
    let records = portal.event_records().await.split_off(before);
    let bus = TestBus::default();
    for _ in 0..2 {
        assert_eq!(reply(&portal, &bus, &records).await, NONE);
    }
    let notices = bus.take_notices();
    assert_eq!(notices[..2], notices[2..], "the same ids again");
    assert_eq!((&notices[0]["type"], &notices[1]["type"]), (&json!("api.unpublished"), &json!("registration.deleted")));
    assert_eq!(notices[0]["status"], json!({ "before": "published", "after": null }));
    assert_eq!(notices[1]["status"], json!({ "before": "pending", "after": null }));
    portal.end().await;
}

#[tokio::test]
async fn an_entry_that_is_too_large_is_not_sent_and_calls_stay_below_the_buss_bounds() {
    let bus = TestBus::default();
    let entry = |bytes: usize| Entry {
        source: "portico".to_owned(),
        detail_type: "test".to_owned(),
        detail: json!({ "padding": "x".repeat(bytes) }),
        time: portico_tests::clock::TestClock::default().now(),
    };
    let put = bus.client().put(&[entry(300_000), entry(200_000), entry(100_000), entry(1), entry(2)]).await;
    assert!(matches!(put[0], Err(NotPut::TooLarge(_))));
    assert!(put[1..].iter().all(Result::is_ok));
    assert_eq!(bus.take_calls().iter().map(Vec::len).collect::<Vec<_>>(), [1, 3]);
    let many = bus.client().put(&vec![entry(1); 23]).await;
    assert!(many.iter().all(Result::is_ok));
    assert_eq!(bus.take_calls().iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 3]);
}
