//! Everything that somebody does to an account, with a crash at each of its store calls: the same request again ends it, or gets
//! the one answer that a token which works once can give, and then there is a way on.

use std::net::{IpAddr, Ipv4Addr};

use portico_domain::event::Name;
use portico_domain::id::DeveloperId;
use portico_domain::session::Session;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::account::PASSWORD;
use portico_tests::crashes::each_crash;
use portico_tests::{Client, TestPortal};
use serde_json::json;

const WRONG: &str = "violet tractor hums at dawn";
const OTHER: &str = "another tractor hums at noon";

/// Somebody with an address and a place of their own, so that no limit of one scene is felt in another.
struct Scene {
    email: String,
    client: Client,
    token: String,
}

fn somebody(portal: &TestPortal, number: usize) -> Scene {
    let last = u8::try_from(number).expect("few scenes");
    let client = portal.anonymous().from(IpAddr::V4(Ipv4Addr::new(198, 51, 100, last)));
    Scene { email: format!("ada{number}@example.test"), client, token: String::new() }
}

/// How often something happened to the developer of a scene.
async fn times(portal: &TestPortal, scene: &Scene, name: Name) -> usize {
    portal.history(&scene.email).await.iter().filter(|known| **known == name.as_str()).count()
}

async fn sessions(portal: &TestPortal, id: DeveloperId) -> Vec<Session> {
    portal.portal.store.children_as(Key::developer(id).pk(), "SESSION#").await.expect("the store answers")
}

/// How many developers the administrator sees.
async fn developers(portal: &TestPortal) -> u64 {
    portal.admin().get(&format!("/v3/portals/{}/developers", portal.id())).await.expect(200).total()
}

/// The newest link that was mailed to an address proves it, and the password follows: the account is whole.
async fn verifies(portal: &TestPortal, scene: &Scene, newest: Name) {
    let token = portal.mailed(&scene.email, newest).await;
    let verified = scene.client.verify_email(&token).await.expect(202);
    scene.client.reset_password(verified.body["token"].as_str().expect("a token"), PASSWORD).await.expect(204);
}

/// A link asked for now sets a password: what a crash used up is not missed.
async fn can_ask_for_another_link(portal: &TestPortal, scene: &Scene) {
    scene.client.forgot_password(&scene.email).await.expect(200);
    let token = portal.mailed(&scene.email, Name::DeveloperPasswordRequested).await;
    scene.client.reset_password(&token, OTHER).await.expect(204);
    scene.client.authenticate(&scene.email, OTHER).await.expect(204);
}

#[tokio::test]
async fn a_sign_up_is_one_account_whose_newest_link_works() {
    let portal = TestPortal::start().await;
    let scenes = each_crash(
        &portal,
        201,
        async |number| somebody(&portal, number),
        async |scene| scene.client.sign_up(&scene.email).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 201, "{crash:?}");
            assert_eq!(times(&portal, scene, Name::DeveloperSignedUp).await, 1, "{crash:?}");
            // Who did not hear of the first sign-up signs up again, and is told so by mail like everybody (contract, point 1).
            let again = times(&portal, scene, Name::DeveloperSignedUpAgain).await;
            assert!(again <= 1, "{crash:?}");
            let newest = if again == 1 { Name::DeveloperSignedUpAgain } else { Name::DeveloperSignedUp };
            verifies(&portal, scene, newest).await;
        },
    )
    .await;
    assert_eq!(developers(&portal).await, u64::try_from(scenes).expect("few"));
    portal.end().await;
}

#[tokio::test]
async fn a_sign_up_with_a_known_address_makes_nothing_and_mails_at_most_once_more() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        201,
        async |number| {
            let scene = somebody(&portal, number);
            scene.client.sign_up(&scene.email).await.expect(201);
            scene
        },
        async |scene| scene.client.sign_up(&scene.email).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 201, "{crash:?}");
            assert_eq!(times(&portal, scene, Name::DeveloperSignedUp).await, 1, "{crash:?}");
            let again = times(&portal, scene, Name::DeveloperSignedUpAgain).await;
            assert!((1..=2).contains(&again), "{crash:?}: {again}");
            verifies(&portal, scene, Name::DeveloperSignedUpAgain).await;
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_sign_up_over_the_limit_is_one_account_without_a_mail() {
    let portal = TestPortal::start().await;
    // One place that has caused all its mails.
    let busy = somebody(&portal, 250);
    for number in 0..20 {
        busy.client.sign_up(&format!("x{number}@example.test")).await.expect(201);
    }
    each_crash(
        &portal,
        201,
        async |number| Scene { client: busy.client.clone(), ..somebody(&portal, number) },
        async |scene| scene.client.sign_up(&scene.email).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 201, "{crash:?}");
            assert_eq!(portal.history(&scene.email).await, ["developer.created"], "{crash:?}");
        },
    )
    .await;
    each_crash(
        &portal,
        201,
        async |number| {
            let scene = Scene { client: busy.client.clone(), ..somebody(&portal, 100 + number) };
            scene.client.sign_up(&scene.email).await.expect(201);
            scene
        },
        async |scene| scene.client.sign_up(&scene.email).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 201, "{crash:?}");
            assert_eq!(portal.history(&scene.email).await, ["developer.created"], "{crash:?}");
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn an_address_is_proven_once_and_a_lost_token_is_replaced() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        202,
        async |number| {
            let scene = somebody(&portal, number);
            scene.client.sign_up(&scene.email).await.expect(201);
            portal.decide(portal.known(&scene.email).await.id, Status::Approved).await;
            Scene { token: portal.mailed(&scene.email, Name::DeveloperSignedUp).await, ..scene }
        },
        async |scene| scene.client.verify_email(&scene.token).await,
        async |scene, crash| {
            // A link works once: whoever did not hear that it did is told that it is used (410), and asks for a password.
            assert!([202, 410].contains(&crash.answer()), "{crash:?}");
            assert_eq!(times(&portal, scene, Name::DeveloperVerified).await, 1, "{crash:?}");
            assert!(portal.known(&scene.email).await.email_verified_at.is_some(), "{crash:?}");
            can_ask_for_another_link(&portal, scene).await;
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_forgotten_password_is_answered_and_the_newest_link_works() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        200,
        async |number| {
            let scene = somebody(&portal, number);
            portal.developer_with_status(&scene.email, Status::Approved).await;
            scene
        },
        async |scene| scene.client.forgot_password(&scene.email).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 200, "{crash:?}");
            let asked = times(&portal, scene, Name::DeveloperPasswordRequested).await;
            assert!((1..=2).contains(&asked), "{crash:?}: {asked}");
            let token = portal.mailed(&scene.email, Name::DeveloperPasswordRequested).await;
            scene.client.reset_password(&token, PASSWORD).await.expect(204);
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_forgotten_password_of_nobody_is_answered_alike() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        200,
        async |number| somebody(&portal, number),
        async |scene| scene.client.forgot_password(&scene.email).await,
        async |scene, crash| {
            assert_eq!(crash.answer(), 200, "{crash:?}");
            assert!(portal.developer(&scene.email).await.is_none(), "{crash:?}");
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_password_is_set_once_whatever_the_second_answer() {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        204,
        async |number| {
            let scene = somebody(&portal, number);
            portal.developer_with_status(&scene.email, Status::Approved).await;
            scene.client.forgot_password(&scene.email).await.expect(200);
            Scene { token: portal.mailed(&scene.email, Name::DeveloperPasswordRequested).await, ..scene }
        },
        async |scene| scene.client.reset_password(&scene.token, PASSWORD).await,
        async |scene, crash| {
            // A link works once: the 410 says that it did, and the password is the one that was asked for.
            assert!([204, 410].contains(&crash.answer()), "{crash:?}");
            assert_eq!(times(&portal, scene, Name::DeveloperPasswordChanged).await, 1, "{crash:?}");
            scene.client.authenticate(&scene.email, PASSWORD).await.expect(204);
            can_ask_for_another_link(&portal, scene).await;
        },
    )
    .await;
    portal.end().await;
}

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
