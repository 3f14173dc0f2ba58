//! `sign_in.throttled`: whoever listens learns that a limit was reached, once, and nothing about whose.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use portico_domain::email::EmailAddress;
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_store::throttles::Counter;
use portico_store::{Key, Update};
use portico_tests::TestPortal;
use portico_tests::portal::SOURCE;
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";
const WRONG: &str = "violet tractor hums at dawn";

fn source(number: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, number))
}

/// What the portal's events say of limits that were reached.
async fn told(portal: &TestPortal) -> Vec<Value> {
    let events = portal.children(&Key::portal(portal.id()), "EVENT#").await;
    let throttled = events.iter().filter(|event| event.text("name") == Some("sign_in.throttled"));
    throttled
        .map(|event| {
            assert_eq!((event.text("actor_type"), event.text("actor")), (Some("anonymous"), Some("sign-in")));
            event.read::<portico_domain::event::Event>().expect("an event").data
        })
        .collect()
}

#[tokio::test]
async fn a_limit_is_told_of_once_and_a_stranger_costs_the_calls_that_a_developer_does() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let mut calls = Vec::new();
    for (round, email) in [ADA, "unknown@example.test"].into_iter().enumerate() {
        portal.take_calls();
        for number in 0..12 {
            portal.anonymous().from(source(number)).authenticate(email, WRONG).await;
        }
        let each = portal.take_calls().into_iter().map(|call| (call.operation, call.keys.len()));
        calls.push(each.collect::<Vec<_>>());
        assert_eq!(told(&portal).await.len(), round + 1);
    }
    assert_eq!(calls[0], calls[1]);
    for data in told(&portal).await {
        assert_eq!(data, json!({ "portal": portal.id(), "limit": "address" }));
    }
    // A rest gives the burst back, and its end is news again.
    portal.clock.advance(Duration::from_secs(60 * 60));
    for number in 0..10 {
        portal.anonymous().from(source(number)).authenticate("unknown@example.test", WRONG).await.expect(401);
    }
    assert_eq!(told(&portal).await.len(), 3);
    portal.end().await;
}

#[tokio::test]
async fn of_many_guesses_at_the_same_time_one_tells() {
    let portal = TestPortal::start().await;
    portal
        .anonymous()
        .race(
            40,
            |number, eve| async move { eve.from(source(u8::try_from(number).expect("a byte"))).authenticate(ADA, WRONG).await },
        )
        .await;
    assert_eq!(told(&portal).await, [json!({ "portal": portal.id(), "limit": "address" })]);
    portal.end().await;
}

#[tokio::test]
async fn a_source_that_reaches_its_limit_is_told_of_without_a_word_of_where_it_is() {
    let portal = TestPortal::start().await;
    let now = portal.clock.now();
    let somebody = EmailAddress::parse(ADA).expect("an address");
    let [_, of_source] = Counter::sign_ins(portal.id(), &somebody, &SOURCE.to_string());
    let nearly = Update::of_or_new(of_source.key().clone())
        .set("kind", "throttle")
        .set("count", &99)
        .set("since", &now)
        .set("ttl", &now.plus(Duration::from_secs(600)).seconds());
    portal.portal.store.edit(nearly).await.expect("the counter is set");
    portal.anonymous().authenticate("eve@example.test", WRONG).await.expect(401);
    portal.anonymous().authenticate("bob@example.test", WRONG).await.expect(429);
    assert_eq!(told(&portal).await, [json!({ "portal": portal.id(), "limit": "source" })]);
    portal.end().await;
}
