//! `authorize`: what it reads out of API Gateway's events, what it costs, and that it fails closed.

use std::time::Duration;

use portico::faults::{Fault, Matching};
use portico_domain::api_key::ApiKey;
use portico_domain::id::ApplicationId;
use portico_domain::status::Status;
use portico_domain::strategy::Method;
use portico_tests::logs::Logs;
use portico_tests::{ApiCall, TestPortal};
use serde_json::{Value, json};

/// A portal with one application that may call one API, and its key.
pub(crate) async fn open() -> (TestPortal, ApplicationId, String) {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Tides").await;
    let application = portal.application_of(&ada, "Weather board").await;
    portal.registration(application, api, Status::Approved).await;
    let key = portal.api_key(application).await;
    (portal, application, key)
}

#[tokio::test]
async fn it_reads_the_table_once_and_not_at_all_for_a_key_whose_checksum_is_wrong() {
    let (portal, _, key) = open().await;
    portal.take_calls();
    assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_some());
    let calls = portal.take_calls();
    assert_eq!(calls.iter().map(|call| call.operation.as_str()).collect::<Vec<_>>(), ["BatchGetItem"]);
    assert_eq!(calls[0].keys.len(), 3);
    for at in 0..key.len() {
        let mut wrong = key.clone().into_bytes();
        wrong[at] = if wrong[at] == b'x' { b'y' } else { b'x' };
        let wrong = String::from_utf8(wrong).expect("ASCII");
        assert_eq!(portal.call(&ApiCall::to("tides").key(&wrong)).await, None, "changed at {at}");
    }
    assert_eq!(portal.call(&ApiCall::to("tides")).await, None);
    assert_eq!(portal.take_calls(), []);
    portal.end().await;
}

#[tokio::test]
async fn it_fails_closed_whatever_the_store_does() {
    let (portal, _, key) = open().await;
    let call = ApiCall::to("tides").key(&key);
    let logs = Logs::capture();
    for fault in [
        Fault::Throttled,
        Fault::Throttling,
        Fault::ServerError,
        Fault::Disconnected,
        Fault::TimedOut,
        Fault::LostReply,
        Fault::Conflict { position: 0 },
        Fault::Unprocessed { after: 0 },
        Fault::Unprocessed { after: 1 }, // with two a time, the second read brings the third
    ] {
        portal.take_calls();
        portal.database.faults().always(Matching::any(), fault.clone());
        assert_eq!(portal.call(&call).await, None, "{fault:?}");
        let answer = portal.authorizer(call.rest_api()).await;
        assert_eq!(answer["policyDocument"]["Statement"][0]["Effect"], "Deny", "{fault:?}");
        assert_eq!(logs.take_gates(), ["store-unavailable", "store-unavailable"], "{fault:?}");
        let calls = portal.take_calls().len();
        assert!(calls <= 8, "{fault:?}: {calls} calls for two decisions");
        portal.database.faults().heal();
    }
    assert!(portal.call(&call).await.is_some(), "it lets the call pass again when the store is well");
    portal.end().await;
}

#[tokio::test]
async fn keys_that_the_store_left_out_are_asked_for_once_more() {
    let (portal, _, key) = open().await;
    for after in 0..3 {
        portal.take_calls();
        portal.database.faults().next(Matching::any(), Fault::Unprocessed { after });
        assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_some());
        assert_eq!(portal.take_calls().len(), 2);
    }
    portal.end().await;
}

#[tokio::test]
async fn a_store_that_never_answers_is_not_waited_for() {
    let (portal, _, key) = open().await;
    let logs = Logs::capture();
    let gate = portal.database.faults().hold(Matching::operation("BatchGetItem"));
    let begun = std::time::Instant::now();
    assert_eq!(portal.call(&ApiCall::to("tides").key(&key)).await, None);
    assert!(begun.elapsed() < Duration::from_secs(3), "the function's own timeout");
    assert_eq!(logs.take_gates(), ["store-unavailable"]);
    gate.open();
    portal.end().await;
}

#[tokio::test]
async fn an_item_that_cannot_be_read_refuses_the_call() {
    let (portal, application, key) = open().await;
    let spoil = portico_store::Update::of(portico_store::Key::application(application)).set("standing", "excellent");
    portal.portal.store.edit(spoil).await.expect("the edit is made");
    assert_eq!(portal.call(&ApiCall::to("tides").key(&key)).await, None);
}

#[tokio::test]
async fn an_event_of_any_shape_is_refused_and_never_a_panic() {
    let (portal, _, key) = open().await;
    let whole = [ApiCall::to("tides").key(&key).http_api(), ApiCall::to("tides").key(&key).rest_api()];
    let odd = [json!(null), json!(7), json!("x"), json!([]), json!({}), json!([[key]]), json!({ "apikey": { "x": [key] } })];
    let mut events: Vec<Value> = odd.to_vec();
    for event in &whole {
        let members = event.as_object().expect("an event").keys().cloned();
        let inner = event["requestContext"].as_object().expect("a context").keys().cloned();
        let places: Vec<Vec<String>> =
            members.map(|name| vec![name]).chain(inner.map(|name| vec!["requestContext".to_owned(), name])).collect();
        for place in places {
            for other in &odd {
                let mut event = event.clone();
                let at = place.iter().try_fold(&mut event, |at, name| at.get_mut(name)).expect("the place is there");
                *at = other.clone();
                events.push(event);
            }
        }
    }
    assert!(events.len() > 200);
    let mut passed = 0;
    for event in events {
        let answer = portal.authorizer(event.clone()).await;
        let allowed = answer["isAuthorized"] == true || answer["policyDocument"]["Statement"][0]["Effect"] == "Allow";
        if allowed {
            // What names the call and shows the key must still be there, whatever became of the rest.
            let text = event.to_string();
            assert!(text.contains("local") && text.contains("tides") && text.contains(&key), "{text}");
            passed += 1;
        }
    }
    assert!(passed > 0, "a member that does not matter may be anything");
    let names = ["apiId", "stage"];
    for name in names {
        let mut event = whole[0].clone();
        event["requestContext"].as_object_mut().expect("a context").remove(name);
        assert_eq!(portal.authorizer(event).await, json!({ "isAuthorized": false }), "without {name}");
    }
    portal.end().await;
}

#[tokio::test]
async fn a_rest_api_gets_a_policy_for_the_stage_that_was_called() {
    let (portal, application, key) = open().await;
    let call = ApiCall::to("tides").key(&key).route("GET", "/high/today");
    let answer = portal.authorizer(call.rest_api()).await;
    let allowed = "arn:aws:execute-api:eu-central-1:123456789012:local/tides/*";
    assert_eq!(answer["principalId"], application.to_string());
    let statement = json!({ "Action": "execute-api:Invoke", "Effect": "Allow", "Resource": allowed });
    assert_eq!(answer["policyDocument"], json!({ "Version": "2012-10-17", "Statement": [statement] }));
    assert_eq!(answer["context"]["application_id"], application.to_string());
    for (name, value) in answer["context"].as_object().expect("a context") {
        assert!(value.is_string(), "{name} is {value}");
    }
    let refused = portal.authorizer(ApiCall::to("tides").rest_api()).await;
    assert_eq!(refused["policyDocument"]["Statement"][0]["Effect"], "Deny");
    assert_eq!(refused["context"], Value::Null);
    portal.end().await;
}

#[tokio::test]
async fn a_key_twice_or_beside_another_credential_is_refused_however_the_gateway_hands_it_over() {
    let (portal, application, key) = open().await;
    let other = portal.api_key(application).await;
    let upper = key.to_uppercase();
    let cases = [
        vec![("apikey", key.as_str()), ("apikey", key.as_str())],
        vec![("apikey", key.as_str()), ("ApiKey", other.as_str())],
        vec![("apikey", key.as_str()), ("x-api-key", other.as_str())],
        vec![("apikey", key.as_str()), ("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.x")],
        vec![("x-api-key", key.as_str())],
        vec![("apikey", upper.as_str())],
    ];
    for headers in cases {
        let call = headers.iter().fold(ApiCall::to("tides"), |call, (name, value)| call.header(name, value));
        assert_eq!(portal.call(&call).await, None, "{:?}", headers.iter().map(|(name, _)| name).collect::<Vec<_>>());
        let answer = portal.authorizer(call.rest_api()).await;
        assert_eq!(answer["policyDocument"]["Statement"][0]["Effect"], "Deny");
    }
    for odd in [
        format!(" {key}"),
        format!("{key} "),
        format!("{key}\0"),
        format!("\0{key}"),
        key.replace('_', "%5F"),
        format!("{key}%00"),
        format!("{key},{key}"),
        format!("{key}, {other}"),
        "x".repeat(10_240),
        format!("portico_{}", "0".repeat(10_240)),
    ] {
        let call = ApiCall::to("tides").key(&odd);
        assert_eq!(portal.call(&call).await, None, "{odd:.80?}");
        assert_eq!(portal.authorizer(call.rest_api()).await["policyDocument"]["Statement"][0]["Effect"], "Deny");
    }
    let in_any_case = ApiCall::to("tides").header("APIKEY", &key);
    assert!(portal.call(&in_any_case).await.is_some());
    assert_eq!(portal.authorizer(in_any_case.rest_api()).await["policyDocument"]["Statement"][0]["Effect"], "Allow");
    portal.end().await;
}

#[tokio::test]
async fn a_key_in_the_query_string_never_counts() {
    let (portal, _, key) = open().await;
    let mut call = ApiCall::to("tides");
    call.query = format!("apikey={key}");
    call.path = format!("/{key}");
    let logs = Logs::capture();
    assert_eq!(portal.call(&call).await, None);
    let mut event = call.rest_api();
    event["queryStringParameters"] = json!({ "apikey": key });
    assert_eq!(portal.authorizer(event).await["policyDocument"]["Statement"][0]["Effect"], "Deny");
    let text = logs.text();
    assert!(text.contains("no-key") && !text.contains(&key), "{text}");
    portal.end().await;
}

#[tokio::test]
async fn a_path_or_a_method_changes_no_decision_and_another_stage_or_gateway_does() {
    let (portal, _, key) = open().await;
    let mut hidden = portal.seed_api("Hidden");
    hidden.strategy = Some(portal.strategy);
    portal.publish(hidden).await;
    for path in ["/a/../b", "//b", "/b%2F", "/B", "/b/", "/b;x=1", "/../hidden/b", "/%2e%2e/hidden", "/hidden/../../tides", ""] {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "X-ODD"] {
            let call = ApiCall::to("tides").key(&key).route(method, path);
            assert!(portal.call(&call).await.is_some(), "{method} {path}");
            let other = ApiCall { stage: "hidden".to_owned(), ..call.clone() };
            assert_eq!(portal.call(&other).await, None, "{method} {path} of another API");
            let unknown = ApiCall { gateway: "default-endpoint".to_owned(), ..call };
            assert_eq!(portal.call(&unknown).await, None, "{method} {path} of another gateway");
        }
    }
    for stage in ["Tides", "tides/", "tides ", "$default", "", "tides#LINK", "../tides"] {
        let call = ApiCall { stage: stage.to_owned(), ..ApiCall::to("tides").key(&key) };
        assert_eq!(portal.call(&call).await, None, "stage {stage:?}");
    }
    portal.end().await;
}

#[tokio::test]
async fn any_header_that_the_strategy_names_may_carry_the_key() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let key_names = vec!["X-One".to_owned(), "x-two".to_owned(), "Authorization".to_owned()];
    let strategy = portal.strategy_with("three headers", Method::KeyAuth { key_names, ttl: None }).await;
    let mut seed = portal.seed_api("Tides");
    seed.strategy = Some(strategy);
    let api = portal.publish(seed).await;
    let body = json!({ "name": "Weather board", "auth_strategy_id": strategy });
    let application = ada.post("/api/v3/applications", body).await.expect(201).id().parse().expect("an id");
    portal.registration(application, api, Status::Approved).await;
    let key = portal.api_key(application).await;
    let bearer = format!("Bearer {key}");
    for (name, value) in [("x-one", &key), ("X-TWO", &key), ("authorization", &key), ("authorization", &bearer)] {
        assert!(portal.call(&ApiCall::to("tides").header(name, value)).await.is_some(), "{name}");
    }
    let both = ApiCall::to("tides").header("x-one", &key).header("x-two", &key);
    assert!(portal.call(&both).await.is_some(), "one key in two headers names one application");
    assert_eq!(portal.call(&ApiCall::to("tides").header("apikey", &key)).await, None);
    portal.end().await;
}

#[test]
fn the_published_expression_finds_every_key_and_no_other_text() {
    let pattern = regex::Regex::new(portico_domain::api_key::PATTERN).expect("the published expression");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64; // xorshift: repeatable, and random enough for a form
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..1_000 {
        let mut random = [0; 24];
        random.iter_mut().for_each(|byte| *byte = next().to_be_bytes()[3]);
        let application = ApplicationId::new(portico_domain::id::uuid_v7(
            portico_domain::time::Timestamp::from_millis(1_800_000_000_000),
            random[..10].try_into().expect("ten bytes"),
        ));
        let key = ApiKey::generate(application, random);
        let found = format!("curl -H 'apikey: {}' https://api.example.test", key.expose());
        assert_eq!(pattern.find(&found).map(|found| found.as_str()), Some(key.expose()));
    }
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let matched = (0..1_000_000).filter(|_| {
        let mut text = [0_u8; portico_domain::api_key::CHARS];
        text.iter_mut().for_each(|byte| *byte = DIGITS[usize::try_from(next() % 62).expect("a digit")]);
        pattern.is_match(std::str::from_utf8(&text).expect("ASCII"))
    });
    assert_eq!(matched.count(), 0);
}
