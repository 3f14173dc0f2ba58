//! No secret leaves: neither an event item, nor an entry of the bus, nor a log line on the way, nor a dead letter holds one or a digest
//! of one, and people are named on the bus only where the portal's setting allows it.

use portico::recorded::acting_as;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::bus::{Answer, TestBus};
use portico_tests::logs::Logs;
use portico_tests::stream::batch;
use serde_json::Value;

use crate::secrets::{ADA, Secrets, journey};

#[tokio::test]
async fn after_a_whole_journey_nothing_on_the_bus_or_on_its_way_there_holds_a_secret_or_a_digest() {
    let portal = TestPortal::start().await;
    let mut secrets = Secrets::default();
    journey(&portal, &mut secrets).await;
    let records = portal.event_records().await;
    let (bus, logs) = (TestBus::default(), Logs::capture());
    let mut said = Vec::new();
    for named in [false, true] {
        portal.set("pii_in_notifications", named).await;
        for some in records.chunks(10) {
            let reply = acting_as("relay-events", relay_events::handle(&portal.portal, &bus.client(), batch(some)))
                .await
                .expect("a reply");
            assert!(reply.batch_item_failures.is_empty());
        }
        said.push(bus.take());
    }
    // What a bus that takes nothing, and a record that nobody can read, make of the log.
    bus.answer(|_| Answer::Fail);
    relay_events::handle(&portal.portal, &bus.client(), batch(&records[..3])).await.expect("a reply");
    let mut records = records.iter().map(|record| serde_json::to_value(record).expect("a record"));
    let mut unreadable =
        records.find(|one| one["dynamodb"]["NewImage"]["name"]["S"] == "developer.signed_up").expect("a sign-up");
    unreadable["dynamodb"]["NewImage"]["data"] = serde_json::json!({ "S": ADA });
    let unreadable = serde_json::from_value(unreadable).expect("a record");
    relay_events::handle(&portal.portal, &bus.client(), batch(&[unreadable])).await.expect("a reply");

    let text = |entries: &[Value]| entries.iter().map(ToString::to_string).collect::<String>();
    for entries in &said {
        secrets.assert_none_in("the bus", &text(entries), &[]);
    }
    secrets.assert_none_in("the log", &logs.text(), &[]);
    assert!(logs.text().contains("unreadable") && logs.text().contains("not on the bus"), "{}", logs.text());
    for private in [ADA, "ada.lovelace", "Ada Lovelace", "Weather board", "@"] {
        assert!(!text(&said[0]).contains(private), "{private} is on the bus");
        assert!(!logs.text().contains(private), "{private} is in the log");
    }
    assert!(text(&said[1]).contains(ADA), "where it is allowed, people are named");
    let mails: Vec<_> = said[1].iter().filter(|entry| entry["Source"] == "portico.mail").cloned().collect();
    assert!(!mails.is_empty() && !text(&mails).contains('@'), "Portico's notes to itself name nobody");
    let events = portal.children(&Key::developer(portal.known(ADA).await.id), "EVENT#").await;
    secrets.assert_none_in("the event items", &format!("{events:?}"), &[]);
    portal.end().await;
}
