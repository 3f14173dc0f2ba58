//! Calls with an identity provider's tokens: what passes, which gate refuses the rest, what it costs, and that what is taken away is
//! gone with the next call.

mod clients;
mod forged;
mod open;

use std::time::Duration;

use portico::faults::{Fault, Matching};
use portico_domain::authorization::Gate;
use portico_domain::id::{ApplicationId, DeveloperId};
use portico_domain::status::Status;
use portico_store::{Key, Update};
use portico_tests::ApiCall;
use portico_tests::logs::Logs;
use portico_tests::lying_provider::{Fault as Lie, LyingProvider, SECOND, Signing};
use portico_tests::management::STRATEGIES;
use portico_tests::steps::APPLICATIONS;
use serde_json::{Value, json};

use self::open::Open;

#[tokio::test]
async fn a_token_of_the_client_passes_on_behalf_of_the_application_that_has_its_id() {
    let open = Open::start().await;
    let passed = open.call(&open.token(json!({}))).await.expect("it passes");
    assert_eq!(passed["application_id"], json!(open.application));
    assert_eq!(passed["reference_id"], "weather");
    assert_eq!(passed["owner_id"], json!(open.ada.developer));
    assert!(open.call(&open.token(json!({ "azp": null, "client_id": "weather" }))).await.is_some(), "the second claim");
    assert_eq!(open.call(&open.token(json!({ "azp": "another" }))).await, None);
    open.portal.end().await;
}

#[tokio::test]
async fn each_gate_refuses_a_token_and_is_named_in_the_log_which_never_has_the_token() {
    let open = Open::start().await;
    assert!(open.passes().await);
    let now = open.now();
    for (gate, token) in [
        (Gate::UntrustedToken, "no-token".to_owned()),
        (Gate::UntrustedToken, open.token(json!({ "iss": "https://id.example.test" }))),
        (Gate::UntrustedToken, open.signed_by(Signing("first", [9; 32]), json!({}))),
        (Gate::UntrustedToken, open.token(json!({ "typ": "ID" }))),
        (Gate::UntrustedToken, open.token(json!({ "nonce": "n" }))),
        (Gate::ExpiredToken, open.token(json!({ "exp": now - 61 }))),
        (Gate::ExpiredToken, open.token(json!({ "nbf": now + 61 }))),
        (Gate::MissingScope, open.token(json!({ "scope": "winds" }))),
        (Gate::NoReferenceId, open.token(json!({ "azp": null }))),
        (Gate::UnknownApplication, open.token(json!({ "azp": "another" }))),
        (Gate::UnknownApplication, open.token(json!({ "azp": open.application }))),
    ] {
        assert_eq!(open.refused(&token).await, [gate.name()]);
    }
    let logs = Logs::capture();
    for (shown, gate) in [("Digest YTpi", "no-key"), ("Basic YWJj", "no-key"), ("Basic YTpi", "method-not-offered")] {
        assert_eq!(open.portal.call(&ApiCall::to("tides").header("authorization", shown)).await, None);
        assert_eq!(logs.take_gates(), [gate], "{shown}");
    }
    assert_eq!(open.portal.call(&ApiCall::to("tides")).await, None);
    assert_eq!(logs.take_gates(), ["no-key"]);
    let elsewhere = ApiCall::to("elsewhere").header("authorization", &format!("Bearer {}", open.token(json!({}))));
    assert_eq!(open.portal.call(&elsewhere).await, None);
    assert_eq!(logs.take_gates(), ["unknown-gateway"]);
    open.portal.database.faults().always(Matching::any(), Fault::ServerError);
    assert_eq!(open.refused(&open.token(json!({}))).await, ["store-unavailable"]);
    open.portal.end().await;
}

#[tokio::test]
async fn what_is_taken_away_is_gone_with_the_next_call_of_a_warm_function() {
    let (application, api) = (|open: &Open| Key::application(open.application), |open: &Open| open.api.to_string());
    for (gate, edit) in [
        (Gate::RegistrationNotApproved, Update::of as fn(Key) -> Update),
        (Gate::NotRegistered, Update::of),
        (Gate::OwnerNotApproved, Update::of),
    ] {
        let open = Open::start().await;
        assert!(open.passes().await);
        let (at, api) = (edit(application(&open)), api(&open));
        let edit = match gate {
            Gate::RegistrationNotApproved => at.set(["grants", api.as_str(), "status"], &Status::Revoked),
            Gate::NotRegistered => at.remove(["grants", api.as_str()]),
            _ => at.set("standing", &Status::Revoked),
        };
        open.portal.portal.store.edit(edit).await.expect("it is taken away");
        assert_eq!(open.refused(&open.token(json!({}))).await, [gate.name()]);
    }
    let open = Open::start().await;
    assert!(open.passes().await);
    open.decide(Status::Revoked).await;
    assert_eq!(open.refused(&open.token(json!({}))).await, ["registration-not-approved"]);
    open.decide(Status::Approved).await;
    assert!(open.passes().await);
    let path = format!("{APPLICATIONS}/{}", open.application);
    open.ada.patch(&path, json!({ "client_id": "moved" })).await.expect(200);
    assert_eq!(open.refused(&open.token(json!({}))).await, ["unknown-application"]);
    assert!(open.call(&open.token(json!({ "azp": "moved" }))).await.is_some(), "a new reference ID counts with the next call");
    open.ada.delete(&path).await.expect(204);
    assert_eq!(open.refused(&open.token(json!({ "azp": "moved" }))).await, ["unknown-application"]);
    open.portal.end().await;
}

#[tokio::test]
async fn a_warm_function_decides_in_two_round_trips_and_fetches_nothing() {
    let mut open = Open::start().await;
    let token = open.token(json!({}));
    assert!(open.call(&token).await.is_some());
    let of = |open: &Open| open.portal.take_calls().into_iter().map(|call| call.operation).collect::<Vec<_>>();
    assert_eq!(of(&open), ["GetItem", "BatchGetItem", "GetItem"], "the first one has to read whose tokens to expect");
    open.lying.take_requests();
    assert!(open.call(&token).await.is_some());
    assert_eq!(of(&open), ["BatchGetItem", "GetItem"]);
    assert_eq!(open.call(&open.token(json!({ "azp": "another" }))).await, None);
    assert_eq!(of(&open), ["BatchGetItem"], "nobody has this reference ID");
    let body = json!({ "name": "Another", "auth_strategy_id": open.strategy, "client_id": "another" });
    let another: ApplicationId = open.ada.post(APPLICATIONS, body).await.expect(201).id().parse().expect("an id");
    open.portal.registration(another, open.api, Status::Approved).await;
    assert!(open.call(&open.token(json!({ "azp": "another" }))).await.is_some(), "that there was none is not kept");
    assert_eq!(open.lying.take_requests(), Vec::<String>::new());
    open.forget();
    open.portal.take_calls();
    assert_eq!(open.call("no-token").await, None);
    assert_eq!(of(&open), Vec::<String>::new(), "what is no token costs nothing");
    open.portal.end().await;
}

#[tokio::test]
async fn a_change_of_the_strategy_counts_with_the_next_call_of_a_warm_function() {
    let open = Open::start().await;
    let other = LyingProvider::start().await;
    assert!(open.passes().await);
    let admin = open.portal.admin();
    let path = format!("{STRATEGIES}/{}", open.strategy);
    let change = |oidc: Value| json!({ "configs": { "openid-connect": oidc } });
    admin.patch(&path, change(json!({ "scopes": ["tides", "write"] }))).await.expect(200);
    assert_eq!(open.refused(&open.token(json!({}))).await, ["missing-scope"]);
    assert!(open.call(&open.token(json!({ "scope": "write tides" }))).await.is_some());
    admin.patch(&path, change(json!({ "scopes": ["tides"], "credential_claim": ["sub"] }))).await.expect(200);
    assert_eq!(open.refused(&open.token(json!({}))).await, ["unknown-application"]);
    assert!(open.call(&open.token(json!({ "sub": "weather" }))).await.is_some());
    admin.patch(&path, change(json!({ "auth_methods": ["client_credentials"] }))).await.expect(200);
    assert_eq!(open.refused(&open.token(json!({ "sub": "weather" }))).await, ["method-not-offered"]);
    admin.patch(&path, change(json!({ "auth_methods": ["bearer"], "issuer": other.issuer() }))).await.expect(200);
    assert_eq!(open.refused(&open.token(json!({ "sub": "weather" }))).await, ["untrusted-token"]);
    assert!(open.call(&open.token(json!({ "iss": other.issuer(), "sub": "weather" }))).await.is_some(), "the same key there");
    open.portal.end().await;
}

#[tokio::test]
async fn a_key_is_no_token_and_a_token_no_key() {
    let open = Open::start().await;
    let keys = open.portal.published_api("Winds").await;
    let board = open.portal.application_of(&open.ada, "Keys").await;
    open.portal.registration(board, keys, Status::Approved).await;
    let key = open.portal.api_key(board).await;
    assert!(open.portal.call(&ApiCall::to("winds").key(&key)).await.is_some());
    let logs = Logs::capture();
    let bearer = format!("Bearer {}", open.token(json!({})));
    for (call, gate) in [
        (ApiCall::to("tides").key(&key), "no-token"),
        (ApiCall::to("winds").header("authorization", &bearer), "no-key"),
        (ApiCall::to("tides").key(&key).header("authorization", &bearer), "two-keys"),
    ] {
        assert_eq!(open.portal.call(&call).await, None);
        assert_eq!(logs.take_gates(), [gate]);
    }
    let session = open.ada.cookie("portalaccesstoken").expect("a session");
    assert_eq!(open.refused(&session).await, ["untrusted-token"], "a session of the portal opens no API");
    open.ada
        .post(&format!("{APPLICATIONS}/{}/credentials", open.application), json!({}))
        .await
        .expect_problem(400, "invalid-request");
    open.portal.end().await;
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_shuts_a_gate_of_its_own_until_it_is_back() {
    let open = Open::start().await;
    open.lying.fail(Some(Lie::Broken));
    assert_eq!(open.refused(&open.token(json!({}))).await, ["provider-unavailable"]);
    open.lying.fail(None);
    assert_eq!(open.refused(&open.token(json!({}))).await, ["provider-unavailable"], "it is asked every 30 seconds");
    open.portal.clock.advance(Duration::from_secs(30));
    assert!(open.passes().await);
    open.lying.fail(Some(Lie::Broken));
    open.portal.clock.advance(Duration::from_secs(10 * 60));
    assert!(open.passes().await, "ten minutes later, of the keys that are known");
    open.lying.publish(vec![SECOND.public()]);
    assert_eq!(open.refused(&open.signed_by(SECOND, json!({}))).await, ["untrusted-token"]);
    open.portal.end().await;
}

#[tokio::test]
async fn why_a_call_with_a_token_passes_is_explained_by_the_same_gates() {
    let open = Open::start().await;
    let path = format!("/portico/v1/portals/{}/access?application={}&api={}", open.portal.id(), open.application, open.api);
    let access = open.portal.admin().get(&path).await.expect(200).body;
    assert_eq!((&access["allowed"], &access["key_names"]), (&json!(true), &json!([])));
    let said = |gate: &str| {
        let gates = access["gates"].as_array().expect("gates");
        let of = gates.iter().find(|one| one["gate"] == gate).unwrap_or_else(|| panic!("{gate} is there"));
        (of["stands"].as_str().expect("a word").to_owned(), of["explanation"].as_str().expect("a sentence").to_owned())
    };
    let (stands, sentence) = said("untrusted-token");
    assert_eq!(stands, "undecided");
    assert_eq!(said("method-not-supported").0, "open");
    assert!(sentence.contains(open.lying.issuer()) && sentence.contains("weather"), "{sentence}");
    assert_eq!(said("missing-scope").1, "This depends on the call: it must show a token with the scopes tides.");
    let owner: DeveloperId = open.ada.developer.expect("ada");
    let revoke = json!({ "status": "revoked" });
    open.portal.admin().patch(&format!("/v3/portals/{}/developers/{owner}", open.portal.id()), revoke).await.expect(200);
    let access = open.portal.admin().get(&path).await.expect(200).body;
    assert_eq!(access["refused_by"], "owner-not-approved");
    open.portal.end().await;
}
