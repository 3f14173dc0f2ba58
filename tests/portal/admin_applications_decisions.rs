//! `admin-applications`, our own routes: `decide-registration` and `get-registration-details`.

use portico_domain::status::Status;
use portico_tests::TestPortal;
use serde_json::json;

const REASON: &str = "Tell us first what it is for & how often it calls.";

#[tokio::test]
async fn the_developer_reads_why_a_registration_was_refused_until_it_is_approved() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Tides").await;
    let application = portal.application_of(&ada, "Weather board").await;
    let registration = portal.registration(application, api, Status::Pending).await;
    let place = format!("/portico/v1/portals/{}/applications/{application}/registrations/{registration}", portal.id());
    let refused = portal.admin().patch(&place, json!({ "status": "rejected", "reason": REASON })).await.expect(200);
    assert_eq!((&refused.body["status"], &refused.body["reason"]), (&json!("rejected"), &json!(REASON)));
    assert_eq!(portal.admin().get(&place).await.expect(200).body, refused.body);
    let page = ada.page(&format!("/apps/{application}")).await.expect(200).html();
    assert!(page.contains("what it is for &#38; how often"), "{page}");
    // The contract's closed object stays as it is; the strict client would say so.
    ada.get(&format!("/api/v3/applications/{application}/registrations/{registration}")).await.expect(200);
    let approved = portal.admin().patch(&place, json!({ "status": "approved" })).await.expect(200);
    assert_eq!(approved.body["reason"], json!(null));
    assert!(!ada.page(&format!("/apps/{application}")).await.expect(200).html().contains("what it is for"));
    portal.admin().patch(&place, json!({ "status": "rejected" })).await.expect_problem(409, "illegal-status-change");
    portal.end().await;
}

#[tokio::test]
async fn a_decision_about_no_registration_of_the_application_is_a_404() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let application = portal.application_of(&ada, "Weather board").await;
    let place = format!("/portico/v1/portals/{}/applications/{application}/registrations", portal.id());
    let nobodys = format!("{place}/{}", portico_tests::steps::NOBODYS);
    portal.admin().get(&nobodys).await.expect_problem(404, "not-found");
    portal.admin().patch(&nobodys, json!({ "status": "approved" })).await.expect_problem(404, "not-found");
    portal.end().await;
}
