//! P7 at its full size: 20 keys of one application against 50 APIs, each pair decided as its registration says.

use portico_domain::status::Status;
use portico_tests::TestPortal;
use portico_tests::caller::ApiCall;

#[tokio::test]
async fn each_of_twenty_keys_may_call_exactly_the_approved_of_fifty_apis() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let application = portal.application_of(&ada, "Weather board").await;
    // Every status in turn, and every fifth API without a registration.
    let mut expected = Vec::new();
    for number in 0..50_usize {
        let stage = format!("api-{number}");
        let api = portal.published_api(&stage).await;
        let status = Status::ALL.get(number % 5).copied();
        if let Some(status) = status {
            portal.registration(application, api, status).await;
        }
        expected.push((stage, status == Some(Status::Approved)));
    }
    for _ in 0..20 {
        let key = portal.api_key(application).await;
        for (stage, passes) in &expected {
            assert_eq!(portal.call(&ApiCall::to(stage).key(&key)).await.is_some(), *passes, "{stage}");
        }
    }
    assert_eq!(expected.iter().filter(|(_, passes)| *passes).count(), 10);
    portal.end().await;
}
