//! Whoever has an account: signing in, refreshing, signing out, and what changes the account from within a session.

use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_tests::account::PASSWORD;
use portico_tests::crashes::each_crash;
use portico_tests::{Client, TestPortal};
use serde_json::json;

use super::{OTHER, Scene, WRONG, sessions, somebody, times};

/// Somebody with [`PASSWORD`], approved, who is not signed in.
async fn account(portal: &TestPortal, number: usize) -> Scene {
    let scene = somebody(portal, number);
    portal.developer_with_status(&scene.email, Status::Approved).await;
    scene.client.forgot_password(&scene.email).await.expect(200);
    let token = portal.mailed(&scene.email, Name::DeveloperPasswordRequested).await;
    scene.client.reset_password(&token, PASSWORD).await.expect(204);
    scene
}

#[tokio::test]
async fn a_sign_in_begins_a_session_and_ends_the_one_before_it() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        204,
        async |number| {
            let scene = account(&portal, number).await;
            scene.client.authenticate(&scene.email, PASSWORD).await.expect(204);
            scene
        },
        async |scene| scene.client.authenticate(&scene.email, PASSWORD).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 204, "{crash:?}");
            scene.client.me().await.expect(200);
            // A session whose cookies were lost is nobody's; it ends by itself.
            let sessions = sessions(&portal, portal.known(&scene.email).await.id).await.len();
            let lost = usize::from(crash.again.is_some());
            assert!((1..=1 + lost).contains(&sessions), "{crash:?}: {sessions}");
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_its_failures_are_counted_no_further_than_it_was_tried() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        401,
        async |number| account(&portal, number).await,
        async |scene| scene.client.authenticate(&scene.email, WRONG).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 401, "{crash:?}");
            // The tenth failure is the last: two of them, at most, were those of the request.
            for _ in 0..7 {
                scene.client.authenticate(&scene.email, WRONG).await.expect(401);
            }
            scene.client.authenticate(&scene.email, PASSWORD).await.expect(204);
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_refresh_has_one_successor() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        204,
        async |number| {
            let scene = account(&portal, number).await;
            scene.client.authenticate(&scene.email, PASSWORD).await.expect(204);
            scene
        },
        async |scene| scene.client.refresh().await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 204, "{crash:?}");
            let sessions = sessions(&portal, portal.known(&scene.email).await.id).await;
            let generations: Vec<_> = sessions.iter().map(|session| session.generation).collect();
            assert_eq!(generations, [2], "{crash:?}");
            scene.client.me().await.expect(200);
            scene.client.refresh().await.expect(204);
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_sign_out_ends_the_session_and_is_not_reported_before_it_did() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        204,
        async |number| {
            let scene = account(&portal, number).await;
            scene.client.authenticate(&scene.email, PASSWORD).await.expect(204);
            let saved = scene.client.copy();
            (scene, saved)
        },
        async |(scene, _)| scene.client.logout().await,
        async |(scene, saved), crash| {
            assert_eq!(crash.answer(), 204, "{crash:?}");
            assert!(sessions(&portal, portal.known(&scene.email).await.id).await.is_empty(), "{crash:?}");
            saved.me().await.expect_problem(401, "unauthorized");
            saved.refresh().await.expect_problem(401, "unauthorized");
        },
    )
    .await;
    portal.end().await;
}

/// Somebody who is signed in at two browsers; the second one is the other.
async fn signed_in_twice(portal: &TestPortal, number: usize) -> (Scene, Client) {
    let scene = account(portal, number).await;
    let other = scene.client.copy();
    for client in [&scene.client, &other] {
        client.authenticate(&scene.email, PASSWORD).await.expect(204);
    }
    (scene, other)
}

#[tokio::test]
async fn a_changed_password_is_changed_once_and_the_session_that_did_it_goes_on() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        204,
        async |number| signed_in_twice(&portal, number).await,
        async |(scene, _)| scene.client.change_password(PASSWORD, OTHER).await,
        async |(scene, other), crash| {
            // Whoever did not hear of it is told that the old password is wrong: the new one is in force.
            assert!([204, 401].contains(&crash.answer()), "{crash:?}");
            scene.client.me().await.expect(200);
            other.me().await.expect_problem(401, "unauthorized");
            assert_eq!(times(&portal, scene, Name::DeveloperPasswordChanged).await, 2, "{crash:?}");
            other.authenticate(&scene.email, OTHER).await.expect(204);
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_session_elsewhere_is_ended_and_not_reported_before_it_was() {
    let portal = TestPortal::start().await;
    let sessions = "/api/portico/v1/developer/sessions";
    each_crash(
        &portal,
        204,
        async |number| {
            let (scene, other) = signed_in_twice(&portal, number).await;
            let list = other.get(sessions).await.expect(200).body;
            let current = list["data"].as_array().expect("a list").iter().find(|one| one["current"] == true);
            let id = current.expect("the current one")["id"].as_str().expect("an id").to_owned();
            (scene, other, format!("{sessions}/{id}"))
        },
        async |(scene, _, path)| scene.client.delete(path).await,
        async |(scene, other, _), crash| {
            // Whoever did not hear of it is told that there is no such session any more.
            assert!([204, 404].contains(&crash.answer()), "{crash:?}");
            other.me().await.expect_problem(401, "unauthorized");
            scene.client.me().await.expect(200);
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_profile_is_changed_once() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        200,
        async |number| {
            let scene = account(&portal, number).await;
            scene.client.authenticate(&scene.email, PASSWORD).await.expect(204);
            scene
        },
        async |scene| scene.client.patch("/api/portico/v1/developer", json!({ "full_name": "Countess" })).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 200, "{crash:?}");
            assert_eq!(times(&portal, scene, Name::DeveloperUpdated).await, 1, "{crash:?}");
            assert_eq!(scene.client.me().await.expect(200).body["full_name"], "Countess");
        },
    )
    .await;
    portal.end().await;
}
