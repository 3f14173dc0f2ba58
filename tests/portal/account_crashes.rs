//! Everything that somebody does to an account, with a crash at each of its store calls: the same request again ends it, or gets
//! the one answer that a token which works once can give, and then there is a way on.

mod in_session;

use std::net::{IpAddr, Ipv4Addr};

use portico_domain::event::Name;
use portico_domain::id::DeveloperId;
use portico_domain::session::Session;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::account::PASSWORD;
use portico_tests::crashes::each_crash;
use portico_tests::{Client, TestPortal};

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
