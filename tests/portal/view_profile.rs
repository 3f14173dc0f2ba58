//! `get-developer-me` and `list-sessions`: a developer's own profile and sessions. `get-developer-teams`, `get-developer-team` and
//! `get-developer-team-developers`: the own teams.

use std::time::Duration;

use http::Method;
use portico_domain::status::Status;
use portico_http::config::SESSION_IDLE;
use portico_tests::TestPortal;
use portico_tests::account::PASSWORD;
use portico_tests::steps::NOBODYS;
use serde_json::json;

const ADA: &str = "ada@example.test";
const TEAMS: &str = "/api/v3/developer/teams";
const SESSIONS: &str = "/api/portico/v1/developer/sessions";

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

#[tokio::test]
async fn list_sessions_shows_where_a_developer_is_signed_in_and_which_one_asks() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let laptop = portal.anonymous();
    laptop.authenticate(ADA, PASSWORD).await.expect(204);
    portal.clock.advance(Duration::from_secs(60));
    let phone = portal.anonymous();
    phone.authenticate(ADA, PASSWORD).await.expect(204);
    portal.clock.advance(Duration::from_secs(60));
    phone.refresh().await.expect(204);
    portal.approved_developer("eve@example.test").await;
    portal.take_calls();
    let list = phone.get(SESSIONS).await.expect(200);
    assert_eq!(portal.take_calls().len(), 2);
    assert_eq!(list.total(), 2, "and none of anybody else");
    let (first, second) = (&list.body["data"][0], &list.body["data"][1]);
    assert_eq!((&first["current"], &second["current"]), (&false.into(), &true.into()));
    assert_eq!(first["created_at"], first["refreshed_at"]);
    assert!(second["created_at"].as_str() < second["refreshed_at"].as_str());
    assert!(first["expires_at"].as_str() < second["expires_at"].as_str(), "a refresh moves the end");
    assert_eq!(phone.get(&format!("{SESSIONS}?sort=current%20desc&page[size]=1")).await.body["data"][0], *second);
    portal.end().await;
}

#[tokio::test]
async fn a_session_that_is_over_is_not_listed() {
    let portal = TestPortal::start().await;
    let id = portal.account(ADA, Status::Approved).await;
    let ada = portal.anonymous();
    for _ in 0..3 {
        portal.anonymous().authenticate(ADA, PASSWORD).await.expect(204);
    }
    portal.clock.advance(SESSION_IDLE);
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    assert_eq!(ada.get(SESSIONS).await.expect(200).total(), 1, "the others were not used for too long");
    portal.decide(id, Status::Approved).await; // with another epoch
    let again = portal.anonymous();
    again.authenticate(ADA, PASSWORD).await.expect(204);
    assert_eq!(again.get(SESSIONS).await.expect(200).total(), 1);
    portal.anonymous().get(SESSIONS).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_developer_sees_the_own_teams_and_who_else_is_in_them_and_no_other_team() {
    let portal = TestPortal::start().await;
    let (ada, eve) = (portal.approved_developer(ADA).await, portal.approved_developer("eve@example.test").await);
    let pending = portal.developer_with_status("pending@example.test", Status::Pending).await;
    let (own, other) = (portal.team("Partners").await, portal.team("Testers").await);
    portal.join(own, ada.developer.expect("ada")).await;
    portal.join(own, pending).await;
    portal.join(other, eve.developer.expect("eve")).await;
    let path = format!("{TEAMS}/{own}");
    assert_eq!(ada.get(TEAMS).await.expect(200).each("name"), ["Partners"]);
    let team = ada.get(&path).await.expect(200);
    assert_eq!((team.body["name"].clone(), team.body["description"].clone()), (json!("Partners"), json!(null)));
    let members = ada.get(&format!("{path}/developers")).await.expect(200);
    assert_eq!(members.each("email"), [ADA], "of somebody who was never approved teammates learn nothing");
    for rest in ["", "/developers"] {
        let theirs = format!("{TEAMS}/{other}{rest}");
        ada.expect_same_404(Method::GET, &theirs, &format!("{TEAMS}/{NOBODYS}{rest}"), None).await;
    }
    portal.admin().delete(&format!("{}/{own}/developers/{}", portal.teams_path(), ada.developer.expect("ada"))).await.expect(204);
    ada.expect_same_404(Method::GET, &path, &format!("{TEAMS}/{NOBODYS}"), None).await;
    assert_eq!(ada.get(TEAMS).await.expect(200).total(), 0);
    portal.end().await;
}
