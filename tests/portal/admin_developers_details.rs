//! `admin-developers`, our own routes: `list-developer-details` and `get-developer-details`.

use portico_domain::id::EventId;
use portico_domain::mail_failure::{Outcome, Reason};
use portico_domain::status::Status;
use portico_tests::TestPortal;
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
