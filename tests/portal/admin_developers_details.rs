//! `admin-developers`, our own routes: `list-developer-details`, `get-developer-details` and `decide-developer`.

use portico_domain::id::EventId;
use portico_domain::mail_failure::{Outcome, Reason};
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::account::PASSWORD;
use serde_json::json;

#[tokio::test]
async fn an_administrator_finds_the_developers_whom_mails_do_not_reach() {
    let portal = TestPortal::start().await;
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    portal.developer_with_status("eve@example.test", Status::Approved).await;
    let mail = portal.portal.new_id::<EventId>().expect("an id");
    let bounced = Outcome::Failed(Reason::Bounced);
    assert!(portal.portal.note_mail(ada, mail, bounced, "test").await.expect("the store answers"));
    let developers = format!("/portico/v1/portals/{}/developers", portal.id());
    let all = portal.admin().get(&developers).await.expect(200);
    assert_eq!(all.total(), 2);
    let failed = portal.admin().get(&format!("{developers}?filter[mail_failed]=true")).await.expect(200);
    assert_eq!((failed.total(), failed.each("email")), (1, vec!["ada@example.test".to_owned()]));
    let one = portal.admin().get(&format!("{developers}/{ada}")).await.expect(200);
    let mut said = one.body["mail_failure"].clone();
    assert!(said["noted_at"].take().is_string());
    assert_eq!(said, json!({ "event_id": mail, "reason": "bounced", "noted_at": null }));
    assert_eq!(one.body["id"], json!(ada));
    // The contract's own object is closed and stays as it is; the strict client would say so.
    portal.admin().get(&format!("/v3/portals/{}/developers/{ada}", portal.id())).await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn a_deleted_developer_leaves_no_note() {
    let portal = TestPortal::start().await;
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    let mail = portal.portal.new_id::<EventId>().expect("an id");
    let bounced = Outcome::Failed(Reason::Bounced);
    assert!(portal.portal.note_mail(ada, mail, bounced, "test").await.expect("the store answers"));
    portal.admin().delete(&format!("/v3/portals/{}/developers/{ada}", portal.id())).await.expect(204);
    portal.admin().get(&format!("/portico/v1/portals/{}/developers/{ada}", portal.id())).await.expect_problem(404, "not-found");
    assert!(!portal.portal.note_mail(ada, mail, bounced, "test").await.expect("the store answers"));
    portal.end().await;
}

const REASON: &str = "We take partners only.\nAsk <sales@example.test> first.";

#[tokio::test]
async fn whoever_is_refused_reads_the_reason_after_the_right_password_until_they_are_approved() {
    let portal = TestPortal::start().await;
    let ada = portal.account("ada@example.test", Status::Pending).await;
    let place = format!("/portico/v1/portals/{}/developers/{ada}", portal.id());
    let refused = portal.admin().patch(&place, json!({ "status": "rejected", "reason": REASON })).await.expect(200);
    assert_eq!((&refused.body["status"], &refused.body["reason"]), (&json!("rejected"), &json!(REASON)));
    assert_eq!(portal.admin().get(&place).await.expect(200).body["reason"], REASON);
    let reply = portal.anonymous().authenticate("ada@example.test", PASSWORD).await.expect_problem(401, "access-refused");
    assert_eq!(reply.body["title"], "Approval Required");
    assert_eq!(reply.body["detail"], format!("An administrator has rejected this account. The reason that was given: {REASON}"));
    let wrong = portal.anonymous().authenticate("ada@example.test", "not the password").await;
    assert!(!wrong.body.to_string().contains("partners"), "only the right password opens it");
    // The same again changes nothing, and no step that there is not takes the reason away.
    portal.admin().patch(&place, json!({ "status": "rejected", "reason": "another" })).await.expect(200);
    portal.admin().patch(&place, json!({ "status": "revoked" })).await.expect_problem(409, "illegal-status-change");
    assert_eq!(portal.admin().get(&place).await.expect(200).body["reason"], REASON);
    let approved = portal.admin().patch(&place, json!({ "status": "approved" })).await.expect(200);
    assert_eq!((&approved.body["status"], &approved.body["reason"]), (&json!("approved"), &json!(null)));
    portal.anonymous().authenticate("ada@example.test", PASSWORD).await.expect(204);
    // A decision by the contract's own route has none, and takes an older one away.
    portal.admin().patch(&place, json!({ "status": "revoked", "reason": "too many calls" })).await.expect(200);
    let reply = portal.anonymous().authenticate("ada@example.test", PASSWORD).await.expect_problem(401, "access-refused");
    assert!(reply.body["detail"].as_str().expect("a sentence").contains("too many calls"));
    portal
        .admin()
        .patch(&format!("/v3{}", place.trim_start_matches("/portico/v1")), json!({ "status": "approved" }))
        .await
        .expect(200);
    assert_eq!(portal.admin().get(&place).await.expect(200).body["reason"], json!(null));
    portal.end().await;
}

#[tokio::test]
async fn a_reason_is_in_no_event_and_goes_with_the_developer() {
    let portal = TestPortal::start().await;
    let ada = portal.account("ada@example.test", Status::Pending).await;
    let place = format!("/portico/v1/portals/{}/developers/{ada}", portal.id());
    portal.admin().patch(&place, json!({ "status": "rejected", "reason": "Ada is a robot." })).await.expect(200);
    let rows = portal.portal.store.children(Key::developer(ada).pk(), "").await.expect("rows");
    let telling = |row: &&portico_store::Item| format!("{row:?}").contains("robot");
    assert_eq!(rows.iter().filter(telling).count(), 1, "only the developer's own item");
    let gate = portal.database.faults().hold(portico::faults::Matching::operation("Query"));
    let (admin, id) = (portal.admin(), portal.id());
    let deleting = tokio::spawn(async move { admin.delete(&format!("/v3/portals/{id}/developers/{ada}")).await });
    gate.arrived().await;
    let tombstone = portal.portal.store.find::<portico_domain::developer::Developer>(&Key::developer(ada)).await.expect("a read");
    assert_eq!(tombstone.expect("a tombstone").reason, None);
    gate.open();
    deleting.await.expect("no panic").expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_decision_that_breaks_a_rule_names_the_field_and_changes_nothing() {
    let portal = TestPortal::start().await;
    let ada = portal.account("ada@example.test", Status::Pending).await;
    let place = format!("/portico/v1/portals/{}/developers/{ada}", portal.id());
    for (body, fields) in [
        (json!({}), vec!["status"]),
        (json!({ "status": "pending" }), vec!["status"]),
        (json!({ "status": "rejected", "reason": " " }), vec!["reason"]),
        (json!({ "status": "rejected", "reason": "a".repeat(501) }), vec!["reason"]),
        (json!({ "status": "rejected", "reason": "a\u{0}b" }), vec!["reason"]),
        (json!({ "status": "approved", "reason": "why not" }), vec!["reason"]),
        (json!({ "status": "rejected", "because": "x" }), vec!["because"]),
    ] {
        portal.admin().patch(&place, body).await.expect_invalid(&fields);
    }
    let now = portal.admin().get(&place).await.expect(200);
    assert_eq!((&now.body["status"], &now.body["reason"]), (&json!("pending"), &json!(null)));
    assert!(portal.history("ada@example.test").await.iter().all(|name| !name.contains("rejected")));
    portal.end().await;
}
