//! A gateway that remembers the authorizer's answers, as `docs/authorizer.md` lets it: what was decided for one key and API never
//! passes, and never stops, another.

use std::collections::HashMap;

use portico_domain::status::Status;
use portico_tests::{ApiCall, TestPortal};
use serde_json::Value;

/// What API Gateway does with an authorizer whose answers live for a while: it knows a call by its identity sources alone.
struct CachingGateway<'a> {
    portal: &'a TestPortal,
    remembered: HashMap<Vec<String>, Value>,
    asked: usize,
}

impl<'a> CachingGateway<'a> {
    fn before(portal: &'a TestPortal) -> Self {
        Self { portal, remembered: HashMap::new(), asked: 0 }
    }

    /// An HTTP API: `$request.header.apikey`, `$context.stage` and `$context.routeKey`. All of them are required: a call without
    /// one is refused before the authorizer is asked.
    async fn http(&mut self, call: &ApiCall) -> bool {
        let Some(key) = header(call) else { return false };
        let identity =
            vec!["http".to_owned(), call.gateway.clone(), key, call.stage.clone(), call.method.clone(), call.path.clone()];
        self.answer(identity, call.http_api()).await["isAuthorized"] == true
    }

    /// A REST API: the header alone. A remembered policy is held against the ARN of each call.
    async fn rest(&mut self, call: &ApiCall) -> bool {
        let Some(key) = header(call) else { return false };
        let policy = self.answer(vec!["rest".to_owned(), call.gateway.clone(), key], call.rest_api()).await;
        let statement = &policy["policyDocument"]["Statement"][0];
        let event = call.rest_api();
        let arn = event["methodArn"].as_str().expect("an ARN");
        let covers = match statement["Resource"].as_str().expect("a resource").split_once('*') {
            Some((prefix, "")) => arn.starts_with(prefix),
            _ => statement["Resource"] == arn,
        };
        covers && statement["Effect"] == "Allow"
    }

    async fn answer(&mut self, identity: Vec<String>, event: Value) -> Value {
        if let Some(known) = self.remembered.get(&identity) {
            return known.clone();
        }
        self.asked += 1;
        let answer = self.portal.authorizer(event).await;
        self.remembered.insert(identity, answer.clone());
        answer
    }
}

fn header(call: &ApiCall) -> Option<String> {
    let values: Vec<_> = call.headers.iter().filter(|(name, _)| name == "apikey").map(|(_, value)| value.as_str()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

#[tokio::test]
async fn a_remembered_answer_serves_no_other_key_stage_or_route() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (tides, winds) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let one = portal.application_of(&ada, "Tides only").await;
    let other = portal.application_of(&ada, "Winds only").await;
    portal.registration(one, tides, Status::Approved).await;
    portal.registration(other, winds, Status::Approved).await;
    portal.registration(other, tides, Status::Pending).await;
    let keys = [portal.api_key(one).await, portal.api_key(one).await, portal.api_key(other).await];
    let both = format!("{},{}", keys[0], keys[2]);
    let mut calls = Vec::new();
    for stage in ["tides", "winds"] {
        for path in ["/now", "/later"] {
            for key in keys.iter().chain([&both]) {
                calls.push(ApiCall::to(stage).route("GET", path).key(key));
            }
            calls.push(ApiCall::to(stage).route("GET", path).header("x-api-key", &keys[0]));
            calls.push(ApiCall::to(stage).route("GET", path));
        }
    }
    let mut right = Vec::new();
    for call in &calls {
        right.push(portal.call(call).await.is_some());
    }
    assert_eq!(right.iter().filter(|passes| **passes).count(), 6);
    // Every call after every other one: whatever was remembered first, nothing changes.
    for start in 0..calls.len() {
        let mut gateway = CachingGateway::before(&portal);
        for round in 0..2 {
            for at in (start..calls.len()).chain(0..start) {
                let call = &calls[at];
                let (http, expected) = (gateway.http(call).await, right[at]);
                assert_eq!(http, expected, "HTTP API, from {start}, round {round}: {} {}", call.stage, call.path);
            }
        }
        assert_eq!(gateway.asked, 16, "the second round is remembered: 4 values of the header, 2 stages, 2 routes");
    }
    portal.end().await;
}

#[tokio::test]
async fn a_remembered_policy_covers_the_stage_that_was_called_and_no_other() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let tides = portal.published_api("Tides").await;
    portal.published_api("Winds").await;
    let application = portal.application_of(&ada, "Tides only").await;
    portal.registration(application, tides, Status::Approved).await;
    let key = portal.api_key(application).await;
    let mut gateway = CachingGateway::before(&portal);
    assert!(gateway.rest(&ApiCall::to("tides").route("GET", "/now").key(&key)).await);
    for (method, path) in [("GET", "/later"), ("POST", "/now"), ("DELETE", "/a/b/c")] {
        assert!(gateway.rest(&ApiCall::to("tides").route(method, path).key(&key)).await, "{method} {path}");
        assert!(!gateway.rest(&ApiCall::to("winds").route(method, path).key(&key)).await, "{method} {path} of another API");
        assert!(!gateway.rest(&ApiCall::to("tides-2").route(method, path).key(&key)).await, "a stage whose name begins alike");
    }
    assert_eq!(gateway.asked, 1);
    portal.end().await;
}
