//! `get-developer-me`: a developer's own profile.

use portico_domain::status::Status;
use portico_tests::TestPortal;

#[tokio::test]
async fn a_developer_sees_the_own_profile_in_one_store_call() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    portal.take_calls();
    let reply = ada.me().await.expect(200);
    assert_eq!(portal.take_calls().len(), 1);
    assert_eq!(reply.id(), ada.developer.expect("ada").to_string());
    assert_eq!(reply.body["email"], "ada@example.test");
    assert_eq!(reply.body["full_name"], "ada");
    portal.end().await;
}

#[tokio::test]
async fn nobody_sees_one_without_a_session_in_force() {
    let portal = TestPortal::start().await;
    portal.anonymous().me().await.expect_problem(401, "unauthorized");
    let ada = portal.approved_developer("ada@example.test").await;
    for status in [Status::Pending, Status::Rejected, Status::Revoked] {
        portal.decide(ada.developer.expect("ada"), status).await;
        ada.me().await.expect_problem(401, "unauthorized");
    }
    portal.end().await;
}
