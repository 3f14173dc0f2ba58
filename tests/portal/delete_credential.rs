//! `delete-credential`.

use http::Method;
use portico::faults::{Fault, Matching};
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::steps::{APPLICATIONS, NOBODYS};

fn credential(application: impl std::fmt::Display, credential: &str) -> String {
    format!("{APPLICATIONS}/{application}/credentials/{credential}")
}

#[tokio::test]
async fn a_deleted_key_is_gone_and_leaves_room_for_another() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let (one, other) = (ada.create_key(app).await, ada.create_key(app).await);
    ada.delete(&credential(app, &one.id)).await.expect(204);
    let left = portal.children(&Key::application(app), "KEY#").await;
    assert_eq!(left.len(), 1, "the row is gone when the answer comes");
    assert_eq!(ada.get(&format!("{APPLICATIONS}/{app}/credentials")).await.expect(200).each("id"), [other.id]);
    assert_eq!(portal.application(app).await.expect("the application").key_count, 1);
    ada.delete(&credential(app, &one.id)).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn of_many_who_delete_it_at_the_same_time_one_does() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    ada.create_key(app).await;
    let path = credential(app, &ada.create_key(app).await.id);
    let replies = futures_util::future::join_all((0..16).map(|_| ada.delete(&path))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 204).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.status == 404).count(), 15);
    assert_eq!(portal.application(app).await.expect("the application").key_count, 1);
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_one_deletion() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let key = ada.create_key(app).await;
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    ada.delete(&credential(app, &key.id)).await.expect(204);
    assert_eq!(portal.application(app).await.expect("the application").key_count, 0);
    let events = portal.events(&Key::application(app)).await;
    assert_eq!(events, ["application.created", "credential.created", "credential.deleted"]);
    portal.end().await;
}

#[tokio::test]
async fn a_credential_is_found_under_its_own_application_only() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let (adas, eves) = (ada.create_app("Ada's").await, eve.create_app("Eve's").await);
    let key = ada.create_key(adas).await.id;
    eve.create_key(eves).await;
    eve.expect_same_404(Method::DELETE, &credential(adas, &key), &credential(NOBODYS, &key), None).await;
    eve.expect_same_404(Method::DELETE, &credential(eves, &key), &credential(eves, NOBODYS), None).await;
    eve.expect_same_404(Method::DELETE, &credential(eves, "production"), &credential(eves, NOBODYS), None).await;
    portal.anonymous().delete(&credential(adas, &key)).await.expect_problem(401, "unauthorized");
    assert_eq!(ada.get(&format!("{APPLICATIONS}/{adas}/credentials")).await.expect(200).total(), 1);
    portal.end().await;
}
