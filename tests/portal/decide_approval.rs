//! `decide-approval`: what an event on the bus decides, once, and what it cannot decide.

use std::time::Duration;

use portico::faults::Matching;
use portico::recorded::acting_as;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{ApiId, ApplicationId, DeveloperId, RegistrationId};
use portico_domain::status::Status;
use portico_http::{Kind, Problem};
use portico_store::Key;
use portico_tests::account::PASSWORD;
use portico_tests::logs::Logs;
use portico_tests::{ApiCall, TestPortal};
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";

/// A decision as a bot sends it.
fn decided(subject: &str, id: &str, decision: &str, decision_id: &str) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/approval-decided.json")).expect("the sample is JSON");
    event["detail"] = json!({
        "subject": subject, "id": id, "decision": decision, "decided_by": "approval-bot", "reason": "A partner",
        "decision_id": decision_id,
    });
    event
}

fn about(developer: DeveloperId, decision: &str, decision_id: &str) -> Value {
    decided("developer", &developer.to_string(), decision, decision_id)
}

/// What became of it, in one word.
async fn arrive(portal: &TestPortal, event: Value) -> Result<String, Problem> {
    let reply = acting_as("decide-approval", decide_approval::handle(&portal.portal, event)).await?;
    Ok(serde_json::to_value(reply).expect("JSON")["outcome"].as_str().expect("a word").to_owned())
}

async fn outcome(portal: &TestPortal, event: Value) -> String {
    arrive(portal, event).await.expect("it is a decision")
}

async fn decisions(portal: &TestPortal, root: &Key) -> Vec<String> {
    let mut names = portal.events(root).await;
    names.retain(|name| ["approved", "rejected", "revoked"].iter().any(|end| name.ends_with(end)));
    names
}

async fn status(portal: &TestPortal, id: DeveloperId) -> Status {
    let developer = portal.portal.store.find::<portico_domain::developer::Developer>(&Key::developer(id)).await;
    developer.expect("the store answers").expect("the developer is there").status
}

struct Asked {
    application: ApplicationId,
    api: ApiId,
    id: RegistrationId,
    key: String,
}

impl Asked {
    async fn for_an_api(portal: &TestPortal) -> Self {
        let ada = portal.approved_developer(ADA).await;
        let api = portal.published_api("Tides").await;
        let application = portal.application_of(&ada, "Weather board").await;
        let id = portal.registration(application, api, Status::Pending).await;
        Self { application, api, id, key: portal.api_key(application).await }
    }

    fn decided(&self, decision: &str, decision_id: &str) -> Value {
        decided("registration", &self.id.to_string(), decision, decision_id)
    }

    async fn passes(&self, portal: &TestPortal) -> bool {
        portal.call(&ApiCall::to("tides").key(&self.key)).await.is_some()
    }
}

#[tokio::test]
async fn an_approval_lets_a_pending_developer_sign_in_and_however_often_it_comes_it_is_one_event() {
    let portal = TestPortal::start().await;
    let id = portal.account(ADA, Status::Pending).await;
    portal.anonymous().authenticate(ADA, PASSWORD).await.expect_problem(401, "approval-required");
    assert_eq!(outcome(&portal, about(id, "approved", "ticket-1")).await, "decided");
    for _ in 0..20 {
        portal.clock.advance(Duration::from_secs(60 * 60 * 24));
        assert_eq!(outcome(&portal, about(id, "approved", "ticket-1")).await, "repeated");
    }
    portal.anonymous().authenticate(ADA, PASSWORD).await.expect(204);
    assert_eq!(decisions(&portal, &Key::developer(id)).await, ["developer.approved"]);
    let events = portal.events_of(id).await;
    let event = events.iter().find(|event| event.name == Name::DeveloperApproved).expect("the event");
    assert_eq!(event.actor, Actor::Automation("approval-bot".to_owned()));
    let data = json!({
        "portal": portal.id(), "developer": id, "before": { "status": "pending" }, "after": { "status": "approved" }, "decision_id": "ticket-1",
    });
    assert_eq!(event.data, data, "as by the management API, and the decision's id; the reason is not kept");
    portal.end().await;
}

#[tokio::test]
async fn a_decision_that_comes_again_after_a_later_one_changes_nothing() {
    let portal = TestPortal::start().await;
    let id = portal.developer_with_status(ADA, Status::Pending).await;
    assert_eq!(outcome(&portal, about(id, "approved", "1")).await, "decided");
    assert_eq!(outcome(&portal, about(id, "revoked", "2")).await, "decided");
    assert_eq!(outcome(&portal, about(id, "approved", "1")).await, "repeated");
    assert_eq!(status(&portal, id).await, Status::Revoked);
    // Nor does one that had nothing to change when it came first, or was refused.
    let eve = portal.developer_with_status("eve@example.test", Status::Approved).await;
    assert_eq!(outcome(&portal, about(eve, "approved", "3")).await, "decided");
    assert_eq!(outcome(&portal, about(eve, "rejected", "4")).await, "refused");
    let path = format!("/v3/portals/{}/developers/{eve}", portal.id());
    portal.admin().patch(&path, json!({ "status": "revoked" })).await.expect(200);
    for (decision, name) in [("approved", "3"), ("rejected", "4")] {
        assert_eq!(outcome(&portal, about(eve, decision, name)).await, "repeated");
    }
    assert_eq!(decisions(&portal, &Key::developer(eve)).await, ["developer.revoked"]);
    portal.end().await;
}

#[tokio::test]
async fn decisions_about_a_registration_open_and_shut_its_gate() {
    let portal = TestPortal::start().await;
    let asked = Asked::for_an_api(&portal).await;
    assert!(!asked.passes(&portal).await);
    assert_eq!(outcome(&portal, asked.decided("approved", "a")).await, "decided");
    assert!(asked.passes(&portal).await);
    assert_eq!(outcome(&portal, asked.decided("revoked", "b")).await, "decided");
    assert_eq!(outcome(&portal, asked.decided("approved", "a")).await, "repeated");
    assert!(!asked.passes(&portal).await);
    let data = portal.event_data(&Key::application(asked.application), Name::RegistrationRevoked).await;
    let owner = portal.known(ADA).await.id;
    let wanted = json!({
        "portal": portal.id(), "developer": owner, "application": asked.application, "api": asked.api, "registration": asked.id,
        "before": { "status": "approved" }, "after": { "status": "revoked" }, "decision_id": "b",
    });
    assert_eq!(data, wanted);
    portal.end().await;
}

#[tokio::test]
async fn the_id_of_one_decision_is_not_taken_for_another() {
    let portal = TestPortal::start().await;
    let (ada, eve) = (
        portal.developer_with_status(ADA, Status::Pending).await,
        portal.developer_with_status("eve@example.test", Status::Pending).await,
    );
    outcome(&portal, about(ada, "rejected", "1")).await;
    for other in [about(eve, "approved", "1"), about(ada, "approved", "1")] {
        let problem = arrive(&portal, other).await.expect_err("it is another decision");
        assert_eq!(problem.kind(), Kind::Conflict);
        assert!(problem.detail().contains("detail.decision_id"), "{}", problem.detail());
    }
    assert_eq!((status(&portal, ada).await, status(&portal, eve).await), (Status::Rejected, Status::Pending));
    portal.end().await;
}

#[tokio::test]
async fn what_is_no_decision_fails_and_says_which_fields_are_wrong_but_not_what_was_in_them() {
    let logs = Logs::capture();
    let portal = TestPortal::start().await;
    let id = portal.developer_with_status(ADA, Status::Pending).await;
    let mut wrong = Vec::new();
    for (field, value) in [
        ("subject", json!("hush-account")),
        ("subject", Value::Null),
        ("id", json!("hush-4711")),
        ("decision", json!("hush-pending")),
        ("decision", json!("pending")),
        ("decided_by", json!("")),
        ("decided_by", json!("hush\nAdministrator")),
        ("reason", json!(["hush"])),
        ("decision_id", json!("hush hush")),
        ("decision_id", json!("hush@example.test")),
        ("until", json!("hush-tomorrow")),
    ] {
        let mut event = about(id, "approved", "1");
        event["detail"][field] = value;
        wrong.push((format!("detail.{field}"), event));
    }
    for member in ["subject", "id", "decision", "decided_by", "decision_id"] {
        let mut event = about(id, "approved", "1");
        event["detail"].as_object_mut().expect("an object").remove(member);
        wrong.push((format!("detail.{member}"), event));
    }
    wrong.extend([
        ("detail".to_owned(), json!({})),
        ("detail".to_owned(), json!({ "detail": "hush" })),
        ("body".to_owned(), json!([])),
    ]);
    for (field, event) in wrong {
        let problem = arrive(&portal, event.clone()).await.expect_err("it is no decision");
        assert_eq!(problem.kind(), Kind::Invalid, "{event}");
        assert!(problem.detail().starts_with(&field), "{event}: {}", problem.detail());
        assert!(!problem.detail().contains("hush"), "{}", problem.detail());
    }
    assert_eq!(status(&portal, id).await, Status::Pending);
    assert!(!logs.text().contains("hush"));
    portal.end().await;
}

#[tokio::test]
async fn what_is_unknown_deleted_or_of_another_portal_is_a_failure_that_says_so() {
    let portal = TestPortal::start().await;
    let asked = Asked::for_an_api(&portal).await;
    let gone = portal.developer_with_status("eve@example.test", Status::Pending).await;
    let path = format!("/v3/portals/{}", portal.id());
    portal.admin().delete(&format!("{path}/developers/{gone}")).await.expect(204);
    portal.admin().delete(&format!("{path}/applications/{}/registrations/{}", asked.application, asked.id)).await.expect(204);
    let unknown: DeveloperId = portal.portal.new_id().expect("an id");
    let events = [
        about(gone, "approved", "1"),
        about(unknown, "approved", "2"),
        asked.decided("approved", "3"),
        decided("registration", &unknown.to_string(), "approved", "4"),
        decided("registration", "0b2f7a60-3c8c-4f3e-9a57-1f2f3a4b5c6d", "approved", "5"),
        // The right id under the wrong word.
        decided("developer", &asked.id.to_string(), "approved", "6"),
    ];
    for event in events {
        let problem = arrive(&portal, event.clone()).await.expect_err("it names nothing");
        assert_eq!((problem.kind(), problem.detail().contains("detail.id")), (Kind::NotFound, true), "{event}");
    }
    portal.end().await;
}

#[tokio::test]
async fn of_an_approval_and_a_rejection_at_the_same_time_one_wins_wherever_they_come_from() {
    let portal = TestPortal::start().await;
    for (number, (held, fast)) in [("approved", "rejected"), ("rejected", "approved")].into_iter().enumerate() {
        let id = portal.developer_with_status(&format!("ada{number}@example.test"), Status::Pending).await;
        let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems").touching("DECISION#"));
        let (late, slow) = (portal.clone(), about(id, held, &format!("slow-{number}")));
        let late = tokio::spawn(async move { outcome(&late, slow).await });
        gate.arrived().await;
        let path = format!("/v3/portals/{}/developers/{id}", portal.id());
        portal.admin().patch(&path, json!({ "status": fast })).await.expect(200);
        gate.open();
        assert_eq!(late.await.expect("no panic"), "refused");
        assert_eq!(decisions(&portal, &Key::developer(id)).await, [format!("developer.{fast}")]);
        assert_eq!(outcome(&portal, about(id, held, &format!("slow-{number}"))).await, "repeated");
        assert_eq!(status(&portal, id).await.as_str(), fast);
    }
    let asked = Asked::for_an_api(&portal).await;
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems").touching("DECISION#"));
    let (late, slow) = (portal.clone(), asked.decided("approved", "slow"));
    let late = tokio::spawn(async move { outcome(&late, slow).await });
    gate.arrived().await;
    assert_eq!(outcome(&portal, asked.decided("rejected", "fast")).await, "decided");
    gate.open();
    assert_eq!(late.await.expect("no panic"), "refused");
    assert!(!asked.passes(&portal).await);
    assert_eq!(decisions(&portal, &Key::application(asked.application)).await, ["registration.rejected"]);
    portal.end().await;
}

#[tokio::test]
async fn whoever_loses_against_something_that_is_no_decision_decides_again() {
    let portal = TestPortal::start().await;
    let id = portal.account(ADA, Status::Pending).await;
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems").touching("DECISION#"));
    let (late, event) = (portal.clone(), about(id, "approved", "1"));
    let late = tokio::spawn(async move { outcome(&late, event).await });
    gate.arrived().await;
    portal.anonymous().forgot_password(ADA).await.expect(200);
    gate.open();
    assert_eq!(late.await.expect("no panic"), "decided");
    assert_eq!(status(&portal, id).await, Status::Approved);
    portal.end().await;
}

#[tokio::test]
async fn many_copies_of_many_decisions_at_once_leave_one_status_and_the_events_that_lead_to_it() {
    let portal = TestPortal::start().await;
    let id = portal.developer_with_status(ADA, Status::Pending).await;
    let mut arriving = Vec::new();
    for number in 0..48 {
        let decision = ["approved", "rejected"][number % 2];
        let (portal, event) = (portal.clone(), about(id, decision, &format!("{decision}-{}", number % 6)));
        arriving.push(tokio::spawn(async move { outcome(&portal, event).await }));
    }
    for outcome in arriving {
        outcome.await.expect("no panic");
    }
    // A rejection may still become an approval, nothing else may follow one of the two.
    let mut events = portal.events_of(id).await;
    events.retain(|event| [Name::DeveloperApproved, Name::DeveloperRejected].contains(&event.name));
    let steps: Vec<_> =
        events.iter().map(|event| (event.data["before"]["status"].clone(), event.data["after"]["status"].clone())).collect();
    let from_pending = steps.iter().filter(|(before, _)| before == "pending").count();
    assert_eq!(from_pending, 1, "{steps:?}");
    assert!(
        steps.len() <= 2
            && steps.iter().all(|(before, after)| before == "pending" || (before == "rejected" && after == "approved"))
    );
    assert_eq!(
        status(&portal, id).await,
        if steps.iter().any(|(_, after)| after == "approved") { Status::Approved } else { Status::Rejected }
    );
    portal.end().await;
}

#[tokio::test]
async fn a_decision_that_was_cut_off_at_any_store_call_is_made_once_when_it_comes_again() {
    for skip in 0.. {
        let portal = TestPortal::start().await;
        let asked = Asked::for_an_api(&portal).await;
        let id = portal.known(ADA).await.id;
        outcome(&portal, asked.decided("approved", "0")).await;
        let faults = portal.database.faults();
        if skip % 2 == 0 {
            faults.crash_before(skip / 2);
        } else {
            faults.crash_during(skip / 2);
        }
        portal.take_calls();
        let first = arrive(&portal, about(id, "revoked", "1")).await;
        let unharmed = portal.take_calls().len() <= skip / 2;
        portal.database.faults().heal();
        if first.is_ok() {
            assert!(!asked.passes(&portal).await, "crashed at {skip}: a success means that every gate is shut");
        }
        outcome(&portal, about(id, "revoked", "1")).await;
        assert!(!asked.passes(&portal).await, "crashed at {skip}");
        assert_eq!(decisions(&portal, &Key::developer(id)).await, ["developer.revoked"], "crashed at {skip}");
        portal.clock.advance(portico_domain::job::LEASE);
        portal.run_jobs().await;
        portal.end().await;
        if unharmed {
            assert!(skip > 8, "the sweep reached every call");
            break;
        }
    }
}

#[tokio::test]
async fn a_list_that_lags_fails_the_event_so_that_it_comes_again() {
    let portal = TestPortal::start().await;
    let asked = Asked::for_an_api(&portal).await;
    let key = Key::registration(asked.application, asked.api);
    let off = portico_store::Update::of(key.clone()).set("list", "elsewhere");
    portal.portal.store.edit(off).await.expect("the store answers");
    let problem = arrive(&portal, asked.decided("approved", "1")).await.expect_err("it is not listed");
    assert_eq!(problem.kind(), Kind::NotFound);
    let on = portico_store::Update::of(key).set("list", &portico_store::registrations::registrations_list(portal.id()));
    portal.portal.store.edit(on).await.expect("the store answers");
    assert_eq!(outcome(&portal, asked.decided("approved", "1")).await, "decided");
    portal.end().await;
}
