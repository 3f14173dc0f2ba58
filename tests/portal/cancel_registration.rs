//! `delete-application-registration`.

use http::Method;
use portico::faults::{Fault, Matching};
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::steps::{APPLICATIONS, NOBODYS};

#[tokio::test]
async fn a_cancelled_registration_grants_nothing_any_more() {
    let portal = TestPortal::start().await;
    portal.set("auto_approve_applications", true).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let path = format!("{APPLICATIONS}/{app}/registrations/{}", ada.register(app, api).await);
    ada.delete(&path).await.expect(204);
    assert!(portal.application(app).await.expect("the application").grants.is_empty());
    assert!(portal.children(&Key::application(app), "REG#").await.is_empty());
    assert!(portal.children(&Key::api(api), "REG#").await.is_empty());
    ada.get(&path).await.expect_problem(404, "not-found");
    ada.delete(&path).await.expect_problem(404, "not-found");
    let events = portal.events(&Key::application(app)).await;
    assert_eq!(events, ["application.created", "registration.deleted", "registration.requested"]);
    portal.end().await;
}

#[tokio::test]
async fn of_many_who_cancel_at_the_same_time_one_does() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let path = format!("{APPLICATIONS}/{app}/registrations/{}", ada.register(app, api).await);
    let asked = (0..16).map(|_| ada.delete(&path));
    let replies = futures_util::future::join_all(asked).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 204).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.status == 404).count(), 15);
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_one_cancellation() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let path = format!("{APPLICATIONS}/{app}/registrations/{}", ada.register(app, api).await);
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    ada.delete(&path).await.expect(204);
    assert_eq!(portal.events(&Key::application(app)).await.len(), 3);
    portal.end().await;
}

#[tokio::test]
async fn a_registration_is_found_under_its_own_application_only() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let api = portal.published_api("Weather").await;
    let (adas, eves) = (ada.create_app("Ada's").await, eve.create_app("Eve's").await);
    let registration = ada.register(adas, api).await;
    eve.register(eves, api).await;
    let path = |app: &str, registration: &str| format!("{APPLICATIONS}/{app}/registrations/{registration}");
    let (adas, eves) = (adas.to_string(), eves.to_string());
    eve.expect_same_404(Method::DELETE, &path(&adas, &registration), &path(NOBODYS, &registration), None).await;
    eve.expect_same_404(Method::DELETE, &path(&eves, &registration), &path(&eves, NOBODYS), None).await;
    ada.delete(&path(&adas, "weather")).await.expect_problem(404, "not-found");
    portal.anonymous().delete(&path(&adas, &registration)).await.expect_problem(401, "unauthorized");
    ada.get(&path(&adas, &registration)).await.expect(200);
    portal.end().await;
}
