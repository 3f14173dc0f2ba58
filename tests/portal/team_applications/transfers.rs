//! An application changes hands: to a team, to another one, and back to a person.

use portico_domain::event::Name;
use portico_domain::owner::Owner;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::crashes::each_crash;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::{ApiCall, TestPortal};
use serde_json::json;

#[tokio::test]
async fn an_application_goes_to_a_team_to_another_and_back_and_its_calls_go_on() {
    let portal = TestPortal::start().await;
    let (ada, eve) = (portal.approved_developer("ada@example.test").await, portal.approved_developer("eve@example.test").await);
    let tides = portal.published_api("Tides").await;
    let one = portal.owning_team("One", &[&ada]).await;
    let two = portal.owning_team("Two", &[&ada, &eve]).await;
    let app = ada.create_app("Weather board").await;
    portal.registration(app, tides, Status::Approved).await;
    let key = ada.create_key(app).await.secret;
    let path = format!("{APPLICATIONS}/{app}");
    let passes = async || portal.call(&ApiCall::to("tides").key(&key)).await.expect("the call passes");
    assert_eq!(passes().await["owner_type"], "developer");
    let given = ada.patch(&path, json!({ "team_id": one, "name": "Board of one" })).await.expect(200);
    assert_eq!((given.body["team_id"].clone(), given.body["name"].clone()), (json!(one), json!("Board of one")));
    assert_eq!(passes().await["owner_id"], json!(one));
    eve.get(&path).await.expect_problem(404, "not-found");
    assert_eq!(ada.patch(&path, json!({ "team_id": two })).await.expect(200).body["team_id"], json!(two));
    assert_eq!(eve.get(&path).await.expect(200).body["name"], "Board of one");
    // Any member may take it for themselves.
    assert_eq!(eve.patch(&path, json!({ "team_id": null })).await.expect(200).body["team_id"], json!(null));
    ada.get(&path).await.expect_problem(404, "not-found");
    assert_eq!(passes().await["owner_id"], json!(eve.developer.expect("eve")));
    let at_eve = format!("/v3/portals/{}/developers/{}", portal.id(), eve.developer.expect("eve"));
    portal.admin().patch(&at_eve, json!({ "status": "revoked" })).await.expect(200);
    assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_none(), "it is a developer's again");
    let events = portal.events(&Key::application(app)).await;
    assert_eq!(events.iter().filter(|name| *name == Name::ApplicationUpdated.as_str()).count(), 3);
    portal.end().await;
}

#[tokio::test]
async fn what_it_is_already_changes_nothing_and_what_is_not_the_callers_is_not_there() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let team = portal.owning_team("Partners", &[&ada]).await;
    let foreign = portal.owning_team("Foreign", &[]).await;
    let app = ada.create_app("Weather board").await;
    let path = format!("{APPLICATIONS}/{app}");
    ada.patch(&path, json!({ "team_id": null })).await.expect(200);
    for nobodys in [foreign.to_string(), NOBODYS.to_owned()] {
        ada.patch(&path, json!({ "team_id": nobodys })).await.expect_problem(404, "not-found");
    }
    ada.patch(&path, json!({ "team_id": "ours" })).await.expect_invalid(&["team_id"]);
    ada.patch(&path, json!({ "team_id": team })).await.expect(200);
    ada.patch(&path, json!({ "team_id": team })).await.expect(200);
    ada.patch(&path, json!({ "name": "Board" })).await.expect(200);
    let event = portal.events(&Key::application(app)).await;
    assert_eq!(event.len(), 3, "created, given, renamed: {event:?}");
    assert_eq!(ada.get(&path).await.expect(200).body["team_id"], json!(team), "what is left out stays");
    portal.let_own(foreign, false).await;
    portal.join(foreign, ada.developer.expect("ada")).await;
    ada.patch(&path, json!({ "team_id": foreign })).await.expect_problem(403, "forbidden");
    portal.end().await;
}

#[tokio::test]
async fn a_change_of_hands_happens_once_whatever_crashes() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let team = portal.owning_team("Partners", &[&ada]).await;
    for back in [false, true] {
        each_crash(
            &portal,
            200,
            async |number| match back {
                true => ada.create_app_of(team, &format!("Board {number}")).await,
                false => ada.create_app(&format!("Board {number}")).await,
            },
            async |app| {
                let to = if back { json!(null) } else { json!(team) };
                ada.patch(&format!("{APPLICATIONS}/{app}"), json!({ "team_id": to })).await
            },
            async |app, crash| {
                assert_eq!(crash.answer(), 200, "{crash:?}");
                let owner = portal.application(*app).await.expect("there").owner;
                let expected = if back { Owner::Developer(ada.developer.expect("ada")) } else { Owner::Team(team) };
                assert_eq!(owner, expected, "{crash:?}");
                assert_eq!(portal.events(&Key::application(*app)).await.len(), 2, "{crash:?}");
            },
        )
        .await;
    }
    portal.end().await;
}
