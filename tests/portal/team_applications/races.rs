//! Races for applications of teams, each at the worst moment: the one request has decided and not written yet when the other one wins.

use http::Method;
use portico::faults::Matching;
use portico_domain::id::{ApplicationId, TeamId};
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::steps::APPLICATIONS;
use portico_tests::teams::CONSUMER;
use portico_tests::{Client, Reply, TestPortal};
use serde_json::{Value, json};

/// A team's application with a key and a registration, and its member.
struct Scene {
    portal: TestPortal,
    ada: Client,
    team: TeamId,
    app: ApplicationId,
    key: String,
    registration: String,
    other_api: String,
}

async fn scene() -> Scene {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (tides, winds) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let team = portal.owning_team("Partners", &[&ada]).await;
    let app = ada.create_app_of(team, "Weather board").await;
    let registration = portal.registration(app, tides, Status::Approved).await.to_string();
    let key = ada.create_key(app).await.id;
    Scene { portal, ada, team, app, key, registration, other_api: winds.to_string() }
}

/// Sends a request, and does something else between its decision and its write.
async fn overtaken(
    portal: &TestPortal,
    who: &Client,
    (method, path, body): (Method, String, Option<Value>),
    winner: impl Future<Output = ()>,
) -> Reply {
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let asking = {
        let who = who.clone();
        tokio::spawn(async move { who.send(method, &path, body).await })
    };
    gate.arrived().await;
    winner.await;
    gate.open();
    asking.await.expect("an answer")
}

#[tokio::test]
async fn whatever_a_member_does_is_refused_if_the_membership_has_ended_when_it_is_written() {
    for number in 0..8 {
        let scene = scene().await;
        let (portal, ada) = (&scene.portal, &scene.ada);
        let path = format!("{APPLICATIONS}/{}", scene.app);
        let credential = format!("{path}/credentials/{}", scene.key);
        let request = match number {
            0 => (Method::PATCH, path, Some(json!({ "name": "Renamed" }))),
            1 => (Method::DELETE, path, None),
            2 => (Method::POST, format!("{path}/registrations"), Some(json!({ "api_id": scene.other_api }))),
            3 => (Method::DELETE, format!("{path}/registrations/{}", scene.registration), None),
            4 => (Method::POST, format!("{path}/credentials"), Some(json!({}))),
            5 => (Method::PUT, credential, Some(json!({ "display_name": "Renamed" }))),
            6 => (Method::DELETE, credential, None),
            _ => (Method::PATCH, path, Some(json!({ "team_id": null }))),
        };
        let before = portal.children(&Key::application(scene.app), "").await;
        let leaves = async { drop(portal.leave(scene.team, ada.developer.expect("ada")).await) };
        overtaken(portal, ada, request, leaves).await.expect_problem(404, "not-found");
        assert_eq!(portal.children(&Key::application(scene.app), "").await, before, "request {number} wrote something");
        scene.portal.end().await;
    }
}

#[tokio::test]
async fn a_former_owner_who_has_decided_and_not_written_yet_writes_nothing() {
    for of_a_key in [true, false] {
        let scene = scene().await;
        let portal = &scene.portal;
        let eve = portal.approved_developer("eve@example.test").await;
        let own = scene.ada.create_app("Own").await;
        let (at, body) = match of_a_key {
            true => ("credentials", json!({})),
            false => ("registrations", json!({ "api_id": scene.other_api })),
        };
        let request = (Method::POST, format!("{APPLICATIONS}/{own}/{at}"), Some(body));
        let given = async {
            let body = json!({ "owner": { "type": "developer", "id": eve.developer.expect("eve") } });
            let path = format!("/v3/portals/{}/applications/{own}", portal.id());
            portal.admin().patch(&path, body).await.expect(200);
        };
        overtaken(portal, &scene.ada, request, given).await.expect_problem(404, "not-found");
        let after = portal.application(own).await.expect("there");
        assert_eq!((after.key_count, after.grants.len()), (0, 0));
        scene.portal.end().await;
    }
}

#[tokio::test]
async fn what_a_member_has_decided_goes_on_where_the_application_only_changes_hands_among_their_own() {
    let scene = scene().await;
    let portal = &scene.portal;
    let own = scene.ada.create_app("Own").await;
    let request = (Method::POST, format!("{APPLICATIONS}/{own}/credentials"), Some(json!({})));
    let given = async {
        let path = format!("{APPLICATIONS}/{own}");
        scene.ada.patch(&path, json!({ "team_id": scene.team })).await.expect(200);
    };
    overtaken(portal, &scene.ada, request, given).await.expect(201);
    assert_eq!(portal.application(own).await.expect("there").key_count, 1);
    scene.portal.end().await;
}

#[tokio::test]
async fn an_application_is_made_for_a_team_or_the_team_is_deleted() {
    let scene = scene().await;
    let (portal, ada) = (&scene.portal, &scene.ada);
    let team = portal.owning_team("Short-lived", &[ada]).await;
    let at_team = format!("{}/{team}", portal.teams_path());
    let make = || (Method::POST, APPLICATIONS.to_owned(), Some(json!({ "name": "Board", "team_id": team })));
    // The application first: the team stays.
    let made = async {
        ada.create_app_of(team, "First").await;
    };
    let refused = overtaken(portal, &portal.admin(), (Method::DELETE, at_team.clone(), None), made).await;
    refused.expect_problem(409, "conflict");
    let id = ada.get(&format!("{APPLICATIONS}?filter[team_id]={team}")).await.expect(200).each("id").remove(0);
    ada.delete(&format!("{APPLICATIONS}/{id}")).await.expect(204);
    // The end of the team first: there is no application.
    let gone = async { drop(portal.admin().delete(&at_team).await.expect(204)) };
    overtaken(portal, ada, make(), gone).await.expect_problem(404, "not-found");
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 1, "that of the other team");
    scene.portal.end().await;
}

#[tokio::test]
async fn an_application_is_not_made_for_a_team_that_may_own_none_any_more_or_has_lost_whoever_makes_it() {
    for leaves in [true, false] {
        let scene = scene().await;
        let (portal, ada) = (&scene.portal, &scene.ada);
        let request = (Method::POST, APPLICATIONS.to_owned(), Some(json!({ "name": "Board", "team_id": scene.team })));
        let winner = async {
            match leaves {
                true => drop(portal.leave(scene.team, ada.developer.expect("ada")).await),
                false => portal.let_own(scene.team, false).await,
            }
        };
        let refused = overtaken(portal, ada, request, winner).await;
        match leaves {
            true => refused.expect_problem(404, "not-found"),
            false => refused.expect_problem(403, "forbidden"),
        };
        scene.portal.end().await;
    }
}

#[tokio::test]
async fn a_team_takes_an_application_only_with_the_roles_that_it_has_when_it_does() {
    let scene = scene().await;
    let (portal, ada) = (&scene.portal, &scene.ada);
    let api = scene.other_api.parse().expect("an id");
    let taker = portal.team("Takers").await;
    portal.let_own(taker, true).await;
    portal.join(taker, ada.developer.expect("ada")).await;
    let role = portal.give(taker, Some(api), CONSUMER).await;
    let own = ada.create_app("Own").await;
    let path = format!("{APPLICATIONS}/{own}");
    let give = || (Method::PATCH, path.clone(), Some(json!({ "team_id": taker })));
    // A registration that the team has no role for arrives first.
    let tides = portal.published_api("Seas").await;
    let registered = async { drop(ada.register(own, tides).await) };
    overtaken(portal, ada, give(), registered).await.expect_problem(403, "forbidden");
    let registration = portal.application(own).await.expect("there").grants[&tides].registration;
    ada.delete(&format!("{path}/registrations/{registration}")).await.expect(204);
    // The role is taken away first.
    ada.register(own, api).await;
    let at_role = format!("{}/{taker}/assigned-roles/{role}", portal.teams_path());
    let taken = async { drop(portal.admin().delete(&at_role).await.expect(204)) };
    overtaken(portal, ada, give(), taken).await.expect_problem(403, "forbidden");
    assert_eq!(ada.get(&path).await.expect(200).body["team_id"], json!(null));
    portal.give(taker, Some(api), CONSUMER).await;
    // Whoever gives it leaves the team first.
    let leaves = async { drop(portal.leave(taker, ada.developer.expect("ada")).await) };
    overtaken(portal, ada, give(), leaves).await.expect_problem(404, "not-found");
    assert_eq!(ada.get(&path).await.expect(200).body["team_id"], json!(null));
    scene.portal.end().await;
}

#[tokio::test]
async fn an_application_that_comes_back_while_its_developer_is_revoked_does_not_call() {
    let scene = scene().await;
    let (portal, ada) = (&scene.portal, &scene.ada);
    let path = format!("{APPLICATIONS}/{}", scene.app);
    let revoked = async { portal.decide(ada.developer.expect("ada"), Status::Revoked).await };
    let request = (Method::PATCH, path, Some(json!({ "team_id": null })));
    overtaken(portal, ada, request, revoked).await.expect_problem(401, "unauthorized");
    assert_eq!(portal.application(scene.app).await.expect("there").owner.team(), Some(scene.team));
    scene.portal.end().await;
}
