//! `admin-applications`, whose an application is: `update-application`, owners of teams in lists, explanations and mails.

use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::crashes::each_crash;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::teams::CONSUMER;
use portico_tests::{ApiCall, TestPortal};
use serde_json::{Value, json};

fn applications(portal: &TestPortal) -> String {
    format!("/v3/portals/{}/applications", portal.id())
}

fn owner(kind: &str, id: impl std::fmt::Display) -> Value {
    json!({ "owner": { "type": kind, "id": id.to_string() } })
}

#[tokio::test]
async fn an_administrator_creates_an_application_for_a_team() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let team = portal.owning_team("Partners", &[&ada]).await;
    let closed = portal.team("Closed").await;
    let body = |team| json!({ "name": "Weather board", "owner": { "type": "team", "id": team } });
    let made = portal.admin().post(&applications(&portal), body(team)).await.expect(201);
    assert_eq!(made.body["owner"], json!({ "type": "team", "id": team }));
    assert_eq!(portal.admin().get(&format!("/v3/applications/{}", made.id())).await.expect(200).body, made.body);
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).each("id"), [made.id()]);
    portal.admin().post(&applications(&portal), body(closed)).await.expect_problem(403, "forbidden");
    let members = portal.admin().get(&format!("{}/{}/developers", applications(&portal), made.id())).await.expect(200);
    assert_eq!(members.each("email"), ["ada@example.test"]);
    let event = portal.event_data(&Key::application(made.id().parse().expect("an id")), Name::ApplicationCreated).await;
    assert_eq!((event["team"].clone(), event.get("developer")), (json!(team), None));
    portal.end().await;
}

#[tokio::test]
async fn update_application_gives_it_to_whoever_may_own_it_and_to_nobody_else() {
    let portal = TestPortal::start().await;
    let (admin, ada) = (portal.admin(), portal.approved_developer("ada@example.test").await);
    let eve = portal.approved_developer("eve@example.test").await.developer.expect("eve");
    let pending = portal.developer_with_status("pending@example.test", Status::Pending).await;
    let tides = portal.published_api("Tides").await;
    let app = ada.create_app("Weather board").await;
    portal.registration(app, tides, Status::Approved).await;
    let key = ada.create_key(app).await.secret;
    let path = format!("{}/{app}", applications(&portal));
    let team = portal.team("Partners").await;
    admin.patch(&path, owner("team", team)).await.expect_problem(403, "forbidden");
    portal.let_own(team, true).await;
    let refused = admin.patch(&path, owner("team", team)).await.expect_problem(403, "forbidden");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains("API Consumer")), "{}", refused.body);
    portal.give(team, Some(tides), CONSUMER).await;
    assert_eq!(admin.patch(&path, owner("team", team)).await.expect(200).body["owner"], json!({ "type": "team", "id": team }));
    assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_some());
    admin.patch(&path, json!({})).await.expect(200);
    admin.patch(&path, owner("developer", pending)).await.expect_problem(409, "conflict");
    for (kind, id) in [("developer", NOBODYS.to_owned()), ("team", NOBODYS.to_owned()), ("team", eve.to_string())] {
        admin.patch(&path, owner(kind, id)).await.expect_invalid(&["owner.id"]);
    }
    let wrong = json!({ "owner": { "type": "robot" }, "name": "Other" });
    admin.patch(&path, wrong).await.expect_invalid(&["owner.type", "owner.id", "name"]);
    assert_eq!(admin.patch(&path, owner("developer", eve)).await.expect(200).body["owner"]["id"], json!(eve));
    ada.get(&format!("{APPLICATIONS}/{app}")).await.expect_problem(404, "not-found");
    let last = portal.children(&Key::application(app), "EVENT#").await;
    assert_eq!(last.iter().filter(|event| event.text("name") == Some(Name::ApplicationUpdated.as_str())).count(), 2);
    portal.end().await;
}

#[tokio::test]
async fn lists_are_filtered_by_owners_of_either_kind() {
    let portal = TestPortal::start().await;
    let (admin, ada) = (portal.admin(), portal.approved_developer("ada@example.test").await);
    let id = ada.developer.expect("ada");
    let tides = portal.published_api("Tides").await;
    let team = portal.owning_team("Partners", &[&ada]).await;
    let (own, of_team) = (ada.create_app("Own").await, ada.create_app_of(team, "Of the team").await);
    portal.registration(own, tides, Status::Approved).await;
    portal.registration(of_team, tides, Status::Pending).await;
    let list = applications(&portal);
    for (filter, expected) in [
        (format!("filter[developer_id]={id}"), vec!["Own"]),
        (format!("filter[team_id]={team}"), vec!["Of the team"]),
        (format!("filter[team_id][neq]={team}"), vec!["Own"]),
        (format!("filter[developer_id]={id}&filter[team_id]={team}"), vec![]),
        (format!("filter[developer_id][neq]={id}"), vec!["Of the team"]),
        (format!("filter[team_id]={NOBODYS}"), vec![]),
    ] {
        assert_eq!(admin.get(&format!("{list}?{filter}")).await.expect(200).each("name"), expected, "{filter}");
    }
    let of_api = format!("/v3/apis/{tides}/registrations");
    for (filter, expected) in [
        ("filter[application_owner_type]=team".to_owned(), 1),
        ("filter[application_owner_type][neq]=team".to_owned(), 1),
        ("filter[application_owner_type][oeq]=team,developer".to_owned(), 2),
        (format!("filter[application_owner_id]={team}"), 1),
    ] {
        assert_eq!(admin.get(&format!("{of_api}?{filter}")).await.expect(200).total(), expected, "{filter}");
    }
    let listed = admin.get(&format!("{of_api}?filter[application_owner_type]=team")).await.expect(200);
    assert_eq!(listed.body["data"][0]["application"]["owner"], json!({ "type": "team", "id": team }));
    let registrations = format!("/v3/portals/{}/application-registrations?filter[developer_id]={id}", portal.id());
    assert_eq!(admin.get(&registrations).await.expect(200).total(), 1);
    portal.end().await;
}

#[tokio::test]
async fn access_is_explained_without_a_developer_and_pages_name_the_team() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let tides = portal.published_api("Tides").await;
    let team = portal.owning_team("Partners", &[&ada]).await;
    let app = ada.create_app_of(team, "Weather board").await;
    portal.registration(app, tides, Status::Approved).await;
    ada.create_key(app).await;
    portal.decide(ada.developer.expect("ada"), Status::Revoked).await;
    let path = format!("/portico/v1/portals/{}/access?application={app}&api={tides}", portal.id());
    let told = portal.admin().get(&path).await.expect(200);
    assert_eq!(told.body["allowed"], true);
    let gates = told.body["gates"].as_array().expect("gates").clone();
    let gate = gates.into_iter().find(|gate| gate["gate"] == "owner-not-approved").expect("the gate");
    assert!(gate["explanation"].as_str().is_some_and(|text| text.contains("team")), "{gate}");
    let waiting = portal.published_api("Winds").await;
    portal.registration(app, waiting, Status::Pending).await;
    for page in ["/admin".to_owned(), "/admin/applications".to_owned(), format!("/admin/applications/{app}")] {
        let shown = portal.admin().get(&page).await.expect(200);
        assert!(String::from_utf8_lossy(&shown.bytes).contains("Partners"), "{page}");
    }
    portal.end().await;
}

#[tokio::test]
async fn update_application_happens_once_whatever_crashes() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let team = portal.owning_team("Partners", &[&ada]).await;
    each_crash(
        &portal,
        200,
        async |number| ada.create_app(&format!("Board {number}")).await,
        async |app| portal.admin().patch(&format!("{}/{app}", applications(&portal)), owner("team", team)).await,
        async |app, crash| {
            assert_eq!(crash.answer(), 200, "{crash:?}");
            assert_eq!(portal.application(*app).await.expect("there").owner.team(), Some(team), "{crash:?}");
            assert_eq!(portal.events(&Key::application(*app)).await.len(), 2, "{crash:?}");
        },
    )
    .await;
    portal.end().await;
}
