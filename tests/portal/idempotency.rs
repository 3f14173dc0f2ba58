//! `Idempotency-Key`: a creating request that is sent again takes effect once.

use std::collections::BTreeSet;
use std::time::Duration;

use portico::faults::{Fault, Matching};
use portico_domain::id::{ApiId, ApplicationId};
use portico_store::Key;
use portico_tests::steps::APPLICATIONS;
use portico_tests::{Client, Reply, TestPortal};
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn keyed(client: &Client, key: &str) -> Client {
    client.clone().with_header("idempotency-key", key)
}

fn registrations(application: ApplicationId) -> String {
    format!("{APPLICATIONS}/{application}/registrations")
}

fn credentials(application: ApplicationId) -> String {
    format!("{APPLICATIONS}/{application}/credentials")
}

/// A developer with an application, and an API to register it for.
async fn scene() -> (TestPortal, Client, ApplicationId, ApiId) {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (app, api) = (ada.create_app("Weather board").await, portal.published_api("Weather").await);
    portal.take_calls();
    (portal, ada, app, api)
}

/// Twenty of one request at the same time.
async fn twenty(client: &Client, path: &str, body: &Value) -> Vec<Reply> {
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let (client, path, body) = (client.clone(), path.to_owned(), body.clone());
            tokio::spawn(async move { client.post(&path, body).await })
        })
        .collect();
    let mut replies = Vec::new();
    for reply in asked {
        replies.push(reply.await.expect("no panic"));
    }
    replies
}

#[tokio::test]
async fn a_repetition_is_answered_as_the_first_and_makes_nothing() {
    let (portal, ada, app, api) = scene().await;
    let ada = keyed(&ada, "one");
    let body = json!({ "name": "Tide clock", "client_id": "tides", "scopes": ["a"] });
    let first = ada.post(APPLICATIONS, body.clone()).await.expect(201);
    assert_eq!(portal.take_calls().len(), 3, "the key costs no call");
    let again = json!({ "scopes": ["a"], "client_id": "tides", "name": "Tide clock" });
    assert_eq!(ada.post(APPLICATIONS, again).await.expect(201).bytes, first.bytes);
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 2);

    let ada = keyed(&ada, "two");
    portal.take_calls();
    let first = ada.post(&registrations(app), json!({ "api_id": api })).await.expect(201);
    assert_eq!(portal.take_calls().len(), 2, "the key costs no call");
    assert_eq!(ada.post(&registrations(app), json!({ "api_id": api })).await.expect(201).bytes, first.bytes);
    let events = portal.events(&Key::application(app)).await;
    assert_eq!(events, ["application.created", "registration.requested"]);
    portal.end().await;
}

#[tokio::test]
async fn a_repeated_credential_is_named_without_its_secret() {
    let (portal, ada, app, _) = scene().await;
    let ada = keyed(&ada, "0192f3a4-5b6c-7d8e-9f00-112233445566");
    let first = ada.post(&credentials(app), json!({})).await.expect(201);
    assert_eq!(portal.take_calls().len(), 3, "the key costs no call");
    let again = ada.post(&credentials(app), json!({})).await.expect_problem(409, "already-exists");
    assert!(again.body["detail"].as_str().expect("a detail").contains(&first.id()));
    let secret = first.body["credential"].as_str().expect("the secret");
    assert!(!String::from_utf8_lossy(&again.bytes).contains(secret));
    let table = portal.dump().await;
    assert!(table.contains("IDEMPOTENCY#"), "there is something to look at");
    assert!(!table.contains(secret) && !table.contains(&secret[30..]) && !table.contains("0192f3a4-5b6c-7d8e-9f00-112233445566"));
    assert_eq!(ada.get(&credentials(app)).await.expect(200).total(), 1);
    portal.end().await;
}

#[tokio::test]
async fn of_twenty_at_the_same_time_one_takes_effect_and_all_are_told_of_it() {
    let (portal, ada, app, api) = scene().await;
    let one = |replies: Vec<Reply>| {
        let bodies: BTreeSet<_> = replies.into_iter().map(|reply| reply.expect(201).bytes).collect();
        assert_eq!(bodies.len(), 1, "all have the same answer");
    };
    one(twenty(&keyed(&ada, "a"), APPLICATIONS, &json!({ "name": "Tide clock" })).await);
    one(twenty(&keyed(&ada, "b"), APPLICATIONS, &json!({ "name": "Sun dial", "client_id": "sun" })).await);
    one(twenty(&keyed(&ada, "c"), &registrations(app), &json!({ "api_id": api })).await);
    let replies = twenty(&keyed(&ada, "d"), &credentials(app), &json!({})).await;
    let (made, told): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!((made.len(), told.len()), (1, 19));
    for reply in told {
        let reply = reply.expect_problem(409, "already-exists");
        assert!(reply.body["detail"].as_str().expect("a detail").contains(&made[0].id()));
    }
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 3);
    assert_eq!(ada.get(&registrations(app)).await.expect(200).total(), 1);
    assert_eq!(ada.get(&credentials(app)).await.expect(200).total(), 1);
    portal.end().await;
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let (portal, ada, app, api) = scene().await;
    let ada = keyed(&ada, "one");
    ada.post(APPLICATIONS, json!({ "name": "Tide clock" })).await.expect(201);
    ada.post(APPLICATIONS, json!({ "name": "Sun dial" })).await.expect_problem(409, "conflict");
    ada.post(&registrations(app), json!({ "api_id": api })).await.expect_problem(409, "conflict");
    ada.post(&credentials(app), json!({})).await.expect_problem(409, "conflict");
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 2);
    portal.end().await;
}

#[tokio::test]
async fn a_key_is_its_developers_own() {
    let (portal, ada, ..) = scene().await;
    let eve = portal.approved_developer("eve@example.test").await;
    let body = json!({ "name": "Tide clock" });
    let adas = keyed(&ada, "one").post(APPLICATIONS, body.clone()).await.expect(201);
    let eves = keyed(&eve, "one").post(APPLICATIONS, body).await.expect(201);
    assert_ne!(adas.id(), eves.id());
    assert_eq!(eve.get(APPLICATIONS).await.expect(200).total(), 1);
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_made_good_by_repeating_now_or_later() {
    let (portal, ada, ..) = scene().await;
    let ada = keyed(&ada, "one");
    let body = json!({ "name": "Tide clock" });
    portal.database.faults().crash_during(2);
    ada.post(APPLICATIONS, body.clone()).await.expect(503);
    portal.database.faults().heal();
    let mut bodies = BTreeSet::new();
    for seconds in [1, 9 * 60, 2 * 60] {
        portal.clock.advance(Duration::from_secs(seconds)); // at +1 s, about +9 min and about +11 min
        bodies.insert(ada.post(APPLICATIONS, body.clone()).await.expect(201).bytes);
    }
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    keyed(&ada, "two").post(APPLICATIONS, json!({ "name": "Sun dial" })).await.expect(201);
    assert_eq!((bodies.len(), ada.get(APPLICATIONS).await.expect(200).total()), (1, 3));
    portal.end().await;
}

#[tokio::test]
async fn after_a_day_a_key_is_free_again() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let body = json!({ "name": "Tide clock" });
    let first = keyed(&ada, "one").post(APPLICATIONS, body.clone()).await.expect(201);
    portal.clock.advance(DAY - Duration::from_millis(1));
    let ada = portal.sign_in(ada.developer.expect("ada")).await;
    assert_eq!(keyed(&ada, "one").post(APPLICATIONS, body.clone()).await.expect(201).id(), first.id());
    portal.clock.advance(Duration::from_millis(1));
    let second = keyed(&ada, "one").post(APPLICATIONS, body.clone()).await.expect(201);
    assert_ne!(second.id(), first.id());
    assert_eq!(keyed(&ada, "one").post(APPLICATIONS, body).await.expect(201).id(), second.id());
    portal.end().await;
}

#[tokio::test]
async fn what_is_gone_is_not_made_again() {
    let (portal, ada, app, api) = scene().await;
    let (one, two, three) = (keyed(&ada, "one"), keyed(&ada, "two"), keyed(&ada, "three"));
    let body = json!({ "name": "Tide clock" });
    let application = one.post(APPLICATIONS, body.clone()).await.expect(201).id();
    let registration = two.post(&registrations(app), json!({ "api_id": api })).await.expect(201).id();
    let credential = three.post(&credentials(app), json!({})).await.expect(201).id();
    ada.delete(&format!("{APPLICATIONS}/{application}")).await.expect(204);
    ada.delete(&format!("{}/{registration}", registrations(app))).await.expect(204);
    ada.delete(&format!("{}/{credential}", credentials(app))).await.expect(204);
    one.post(APPLICATIONS, body).await.expect_problem(409, "conflict");
    two.post(&registrations(app), json!({ "api_id": api })).await.expect_problem(409, "conflict");
    three.post(&credentials(app), json!({})).await.expect_problem(409, "conflict");
    assert_eq!(ada.get(&registrations(app)).await.expect(200).total(), 0);
    portal.end().await;
}

#[tokio::test]
async fn a_key_in_another_form_is_a_400_that_names_the_header() {
    let (portal, ada, ..) = scene().await;
    for wrong in ["", "two words", "tab\tbed", &"x".repeat(256)] {
        let reply = keyed(&ada, wrong).post(APPLICATIONS, json!({ "name": "Tide clock" })).await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert!(reply.body["detail"].as_str().expect("a detail").contains("Idempotency-Key"), "{wrong:?}");
    }
    keyed(&portal.anonymous(), "two words").post(APPLICATIONS, json!({})).await.expect_problem(401, "unauthorized");
    keyed(&ada, &"x".repeat(255)).post(APPLICATIONS, json!({ "name": "Tide clock" })).await.expect(201);
    portal.end().await;
}
