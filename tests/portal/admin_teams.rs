//! `admin-teams`: `list-portal-teams`, `create-portal-team`, `get-portal-team`, `update-portal-team`, `delete-portal-team`,
//! `list-portal-developer-teams`, `list-portal-team-developers`, `add-developer-to-portal-team`,
//! `remove-developer-from-portal-team`, `list-portal-team-roles`, `assign-role-to-portal-teams`, `remove-role-from-portal-team`,
//! `list-portal-roles`.

use std::time::Duration;

use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::limits::{MEMBERS_PER_TEAM, TEAMS_PER_DEVELOPER};
use portico_domain::status::Status;
use portico_store::{Key, Update};
use portico_tests::TestPortal;
use portico_tests::steps::NOBODYS;
use portico_tests::teams::{CONSUMER, VIEWER};
use serde_json::{Value, json};

fn role(name: &str, entity: &str) -> Value {
    json!({ "role_name": name, "entity_id": entity, "entity_type_name": "Services", "entity_region": "us" })
}

#[tokio::test]
async fn a_team_is_created_read_edited_listed_and_deleted() {
    let portal = TestPortal::start().await;
    let (admin, teams) = (portal.admin(), portal.teams_path());
    let body = json!({ "name": "Partners", "description": "Who sells", "can_own_applications": true });
    let made = admin.post(&teams, body).await.expect(201);
    portal.clock.advance(Duration::from_millis(1));
    let plain = admin.post(&teams, json!({ "name": "Testers" })).await.expect(201);
    assert_eq!(
        (made.body["can_own_applications"].clone(), plain.body["can_own_applications"].clone()),
        (json!(true), json!(false))
    );
    assert_eq!(plain.body["description"], "Testers", "the contract wants a description");
    let path = format!("{teams}/{}", made.id());
    assert_eq!(admin.get(&path).await.expect(200).body, made.body);
    let edited = admin.patch(&path, json!({ "name": "Resellers", "can_own_applications": false })).await.expect(200);
    assert_eq!((edited.body["name"].clone(), edited.body["description"].clone()), (json!("Resellers"), json!("Who sells")));
    portal.take_calls();
    admin.patch(&path, json!({ "name": "Resellers" })).await.expect(200);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"), "the same again writes nothing");
    for (query, expected) in [
        ("", vec!["Resellers", "Testers"]),
        ("?sort=name%20desc", vec!["Testers", "Resellers"]),
        ("?filter[name][contains]=TEST", vec!["Testers"]),
        ("?filter[can_own_applications]=true", vec![]),
    ] {
        assert_eq!(admin.get(&format!("{teams}{query}")).await.expect(200).each("name"), expected, "{query}");
    }
    let root = Key::team(made.id().parse().expect("an id"));
    assert_eq!(portal.events(&root).await, ["team.created", "team.updated"]);
    let told = portal.event_data(&root, Name::TeamUpdated).await;
    assert_eq!(told["changed"], json!(["name", "can_own_applications"]));
    assert!(!told.to_string().contains("Resellers"), "what people wrote is named and not told");
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.expect_problem(404, "not-found");
    admin.delete(&path).await.expect_problem(404, "not-found");
    assert_eq!(admin.get(&teams).await.expect(200).total(), 1);
    portal.end().await;
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let portal = TestPortal::start().await;
    let (admin, teams) = (portal.admin(), portal.teams_path());
    let team = format!("{teams}/{}", portal.team("Partners").await);
    let wrong = json!({ "name": " ", "description": "", "can_own_applications": "yes", "members": 1 });
    let fields = ["name", "description", "can_own_applications", "members"];
    admin.post(&teams, wrong.clone()).await.expect_invalid(&fields);
    admin.patch(&team, wrong).await.expect_invalid(&fields);
    admin.post(&format!("{team}/developers"), json!({ "id": "ada" })).await.expect_invalid(&["id"]);
    admin.post(&format!("{team}/developers"), json!({ "id": NOBODYS })).await.expect_invalid(&["id"]);
    let wrong = json!({ "role_name": "API Owner", "entity_id": "all", "entity_type_name": "Pages", "entity_region": "moon" });
    let fields = ["role_name", "entity_id", "entity_type_name", "entity_region"];
    admin.post(&format!("{team}/assigned-roles"), wrong).await.expect_invalid(&fields);
    admin.post(&format!("{team}/assigned-roles"), role(VIEWER, NOBODYS)).await.expect_invalid(&["entity_id"]);
    assert_eq!(admin.get(&format!("{team}/assigned-roles")).await.expect(200).total(), 0);
    portal.end().await;
}

#[tokio::test]
async fn members_are_added_once_listed_and_removed() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let team = portal.team("Partners").await;
    let members = format!("{}/{team}/developers", portal.teams_path());
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    let eve = portal.developer_with_status("eve@example.test", Status::Pending).await;
    portal.join(team, ada).await;
    portal.join(team, eve).await;
    admin.post(&members, json!({ "id": ada })).await.expect_problem(409, "already-exists");
    let listed = admin.get(&members).await.expect(200);
    assert_eq!(
        (listed.each("email"), listed.body["data"][1]["active"].clone()),
        (vec!["ada@example.test".to_owned(), "eve@example.test".to_owned()], json!(false))
    );
    for (query, expected) in [("filter[active]=true", "ada@example.test"), ("filter[email][contains]=EVE", "eve@example.test")] {
        assert_eq!(admin.get(&format!("{members}?{query}")).await.expect(200).each("email"), [expected], "{query}");
    }
    let of_ada = format!("/v3/portals/{}/developers/{ada}/teams", portal.id());
    assert_eq!(admin.get(&of_ada).await.expect(200).each("name"), ["Partners"]);
    assert_eq!(admin.get(&format!("{of_ada}?filter[can_own_applications]=true")).await.expect(200).total(), 0);
    admin.delete(&format!("{members}/{ada}")).await.expect(204);
    admin.delete(&format!("{members}/{ada}")).await.expect_problem(404, "not-found");
    assert_eq!(admin.get(&of_ada).await.expect(200).total(), 0);
    assert_eq!(portal.events(&Key::team(team)).await[1..], ["team.member_added", "team.member_added", "team.member_removed"]);
    portal.end().await;
}

#[tokio::test]
async fn a_developer_and_a_team_have_only_so_many_of_each_other() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    for number in 0..TEAMS_PER_DEVELOPER {
        portal.join(portal.team(&format!("Team {number}")).await, ada).await;
    }
    let full = portal.team("One too many").await;
    let members = format!("{}/{full}/developers", portal.teams_path());
    admin.post(&members, json!({ "id": ada })).await.expect_problem(403, "quota-reached");
    let eve = portal.developer_with_status("eve@example.test", Status::Approved).await;
    let count = |by| portal.portal.store.edit(Update::of(Key::team(full)).add("member_count", by));
    count(i64::from(MEMBERS_PER_TEAM)).await.expect("the store answers");
    admin.post(&members, json!({ "id": eve })).await.expect_problem(403, "quota-reached");
    count(-i64::from(MEMBERS_PER_TEAM)).await.expect("the store answers");
    portal.end().await;
}

#[tokio::test]
async fn roles_are_given_once_listed_and_taken_away() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let api = portal.published_api("Tides").await;
    let team = portal.team("Partners").await;
    let roles = format!("{}/{team}/assigned-roles", portal.teams_path());
    let known = admin.get("/v3/portal-roles").await.expect(200);
    assert_eq!(known.body["services"]["roles"]["apiconsumer"]["name"], CONSUMER);
    let first = admin.post(&roles, role(VIEWER, &api.to_string())).await.expect(201);
    assert_eq!(
        first.body,
        json!({
            "id": first.id(), "role_name": VIEWER, "entity_id": api, "entity_type_name": "Services", "entity_region": "us",
        })
    );
    portal.clock.advance(Duration::from_millis(1));
    let second = admin.post(&roles, role(CONSUMER, "*")).await.expect(201);
    admin.post(&roles, role(VIEWER, &api.to_string())).await.expect_problem(409, "already-exists");
    let listed = admin.get(&roles).await.expect(200);
    assert_eq!(listed.body["data"], json!([first.body, second.body]));
    admin.delete(&format!("{roles}/{}", first.id())).await.expect(204);
    admin.delete(&format!("{roles}/{}", first.id())).await.expect_problem(404, "not-found");
    admin.delete(&format!("{roles}/{NOBODYS}")).await.expect_problem(404, "not-found");
    assert_eq!(admin.get(&roles).await.expect(200).each("id"), [second.id()]);
    portal.end().await;
}

#[tokio::test]
async fn whoever_takes_a_role_away_is_told_how_many_registrations_stay() {
    let portal = TestPortal::start().await;
    portal.set_rbac(true).await;
    let tides = portal.published_api("Tides").await;
    let ada = portal.developer_with_role("ada", Some(tides), CONSUMER).await;
    let app = ada.create_app("Weather board").await;
    ada.register(app, tides).await;
    let team = ada.get("/api/v3/developer/teams").await.expect(200).each("id").remove(0);
    let roles = format!("{}/{team}/assigned-roles", portal.teams_path());
    let id = portal.admin().get(&roles).await.expect(200).each("id").remove(0);
    let reply = portal.admin().delete(&format!("{roles}/{id}")).await.expect(204);
    assert_eq!(reply.headers["portico-registrations"], "1");
    assert!(portal.application(app).await.expect("there").grants.contains_key(&tides));
    portal.end().await;
}

#[tokio::test]
async fn a_team_takes_its_memberships_and_roles_along_whichever_of_its_things_goes_first() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (tides, winds) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    let eve = portal.developer_with_status("eve@example.test", Status::Approved).await;
    let (team, other) = (portal.team("Partners").await, portal.team("Testers").await);
    for team in [team, other] {
        portal.join(team, ada).await;
        portal.join(team, eve).await;
        portal.give(team, Some(tides), VIEWER).await;
        portal.give(team, Some(winds), CONSUMER).await;
    }
    admin.delete(&format!("/v3/portals/{}/developers/{eve}", portal.id())).await.expect(204);
    assert_eq!(admin.get(&format!("{}/{team}/developers", portal.teams_path())).await.expect(200).total(), 1);
    admin.delete(&format!("/v3/apis/{winds}")).await.expect(204);
    let roles = admin.get(&format!("{}/{team}/assigned-roles", portal.teams_path())).await.expect(200);
    assert_eq!(roles.each("entity_id"), [tides.to_string()]);
    admin.delete(&format!("{}/{team}", portal.teams_path())).await.expect(204);
    let ada: Developer = portal.portal.store.find(&Key::developer(ada)).await.expect("the store answers").expect("ada");
    assert_eq!(ada.teams, [other]);
    portal.end().await;
}

#[tokio::test]
async fn of_two_who_add_a_developer_at_the_same_time_one_is_told_that_it_is_done() {
    let portal = TestPortal::start().await;
    let team = portal.team("Partners").await;
    let ada = portal.developer_with_status("ada@example.test", Status::Approved).await;
    let members = format!("{}/{team}/developers", portal.teams_path());
    let add = || async { portal.admin().post(&members, json!({ "id": ada })).await.status.as_u16() };
    let mut statuses = futures_util::future::join_all((0..8).map(|_| add())).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    portal.end().await;
}
