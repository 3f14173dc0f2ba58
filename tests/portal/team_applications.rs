//! Applications of teams: what each member may do, what ends with a membership, what counts for whom, and who wins a race.

mod races;
mod transfers;

use portico_domain::limits::APPLICATIONS_PER_OWNER;
use portico_domain::status::Status;
use portico_store::{Key, Update};
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::teams::{CONSUMER, VIEWER};
use portico_tests::{ApiCall, TestPortal};
use serde_json::json;

#[tokio::test]
async fn an_application_of_a_team_is_every_members_as_if_it_were_their_own() {
    let portal = TestPortal::start().await;
    let (ada, eve) = (portal.approved_developer("ada@example.test").await, portal.approved_developer("eve@example.test").await);
    let mallory = portal.approved_developer("mallory@example.test").await;
    let (tides, winds) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let team = portal.owning_team("Partners", &[&ada, &eve]).await;
    let made = ada.post(APPLICATIONS, json!({ "name": "Weather board", "team_id": team })).await.expect(201);
    assert_eq!(made.body["team_id"], json!(team));
    let app = made.id().parse().expect("an id");
    let path = format!("{APPLICATIONS}/{app}");
    // What ada made eve sees, changes and uses, and the other way round.
    assert_eq!(eve.get(&path).await.expect(200).body["team_id"], json!(team));
    eve.patch(&path, json!({ "description": "In the hall" })).await.expect(200);
    assert_eq!(ada.get(&path).await.expect(200).body["description"], "In the hall");
    let key = eve.create_key(app).await;
    let registration = ada.register(app, tides).await;
    eve.register(app, winds).await;
    let at_admins = format!("/v3/portals/{}/applications/{app}/registrations/{registration}", portal.id());
    portal.admin().patch(&at_admins, json!({ "status": "approved" })).await.expect(200);
    assert!(portal.call(&ApiCall::to("tides").key(&key.secret)).await.is_some());
    let credential = format!("{path}/credentials/{}", key.id);
    ada.put(&credential, json!({ "display_name": "Night shift" })).await.expect(200);
    assert_eq!(ada.get(&format!("{path}/credentials")).await.expect(200).each("display_name"), ["Night shift"]);
    ada.delete(&credential).await.expect(204);
    eve.delete(&format!("{path}/registrations/{registration}")).await.expect(204);
    assert_eq!(ada.get(&format!("{path}/registrations")).await.expect(200).each("api_name"), ["Winds"]);
    for who in [&ada, &eve] {
        assert_eq!(who.get(APPLICATIONS).await.expect(200).each("name"), ["Weather board"]);
        assert_eq!(who.get(&format!("/api/v3/apis/{winds}/applications")).await.expect(200).total(), 1);
        let page = who.get("/apps").await.expect(200);
        assert!(String::from_utf8_lossy(&page.bytes).contains("Partners"), "the page names the team");
    }
    assert_eq!(mallory.get(APPLICATIONS).await.expect(200).total(), 0);
    mallory.expect_same_404(http::Method::GET, &path, &format!("{APPLICATIONS}/{NOBODYS}"), None).await;
    eve.delete(&path).await.expect(204);
    ada.get(&path).await.expect_problem(404, "not-found");
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 0);
    portal.end().await;
}

#[tokio::test]
async fn the_list_tells_own_applications_from_those_of_teams() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (one, two) = (portal.owning_team("One", &[&ada]).await, portal.owning_team("Two", &[&ada]).await);
    let foreign = portal.owning_team("Foreign", &[]).await;
    let tick = || portal.clock.advance(std::time::Duration::from_millis(1));
    ada.create_app("Own").await;
    tick();
    ada.create_app_of(one, "Of one").await;
    tick();
    ada.create_app_of(two, "Of two").await;
    for (filter, expected) in [
        (String::new(), vec!["Own", "Of one", "Of two"]),
        (format!("?filter[team_id]={one}"), vec!["Of one"]),
        (format!("?filter[team_id][eq]={two}"), vec!["Of two"]),
        ("?filter[team_id][eq]=null".to_owned(), vec!["Own"]),
        ("?filter[team_id]=null".to_owned(), vec!["Own"]),
        (format!("?filter[team_id][neq]={one}"), vec!["Own", "Of two"]),
        ("?filter[team_id][neq]=null".to_owned(), vec!["Of one", "Of two"]),
        (format!("?filter[team_id][oeq]={one},{two}"), vec!["Of one", "Of two"]),
        (format!("?filter[team_id][oeq]=null,{two}"), vec!["Own", "Of two"]),
        (format!("?filter[team_id]={foreign}"), vec![]),
        ("?sort=name".to_owned(), vec!["Of one", "Of two", "Own"]),
    ] {
        assert_eq!(ada.get(&format!("{APPLICATIONS}{filter}")).await.expect(200).each("name"), expected, "{filter}");
    }
    ada.get(&format!("{APPLICATIONS}?filter[team_id]=mine")).await.expect_invalid(&["filter[team_id]"]);
    portal.end().await;
}

#[tokio::test]
async fn what_ends_with_a_membership_ends_at_once_and_calls_go_on() {
    let portal = TestPortal::start().await;
    let (ada, eve) = (portal.approved_developer("ada@example.test").await, portal.approved_developer("eve@example.test").await);
    let tides = portal.published_api("Tides").await;
    let team = portal.owning_team("Partners", &[&ada, &eve]).await;
    let app = ada.create_app_of(team, "Weather board").await;
    portal.registration(app, tides, Status::Approved).await;
    let key = ada.create_key(app).await.secret;
    let path = format!("{APPLICATIONS}/{app}");
    portal.leave(team, ada.developer.expect("ada")).await;
    ada.expect_same_404(http::Method::GET, &path, &format!("{APPLICATIONS}/{NOBODYS}"), None).await;
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 0);
    assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_some(), "it depends on no developer");
    assert_eq!(eve.get(&path).await.expect(200).body["name"], "Weather board");
    // Nor on whether the one who made it is still approved, or there at all.
    portal.decide(ada.developer.expect("ada"), Status::Revoked).await;
    assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_some());
    let developers = format!("/v3/portals/{}/developers", portal.id());
    portal.admin().delete(&format!("{developers}/{}", ada.developer.expect("ada"))).await.expect(204);
    let passed = portal.call(&ApiCall::to("tides").key(&key)).await.expect("the call passes");
    assert_eq!((passed["owner_type"].clone(), passed["owner_id"].clone()), (json!("team"), json!(team)));
    let warned = portal.leave(team, eve.developer.expect("eve")).await;
    assert_eq!(warned.headers["portico-applications"], "1", "nobody is left to see it");
    assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_some());
    portal.join(team, eve.developer.expect("eve")).await;
    assert_eq!(eve.get(&path).await.expect(200).body["name"], "Weather board");
    assert!(!portal.leave(team, eve.developer.expect("eve")).await.headers.contains_key("portico-registrations"));
    portal.end().await;
}

#[tokio::test]
async fn a_team_owns_what_it_is_allowed_to_and_only_for_its_members() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let closed = portal.team("Closed").await;
    portal.join(closed, ada.developer.expect("ada")).await;
    let foreign = portal.owning_team("Foreign", &[]).await;
    let body = |team: &dyn std::fmt::Display| json!({ "name": "Board", "team_id": team.to_string() });
    let refused = ada.post(APPLICATIONS, body(&closed)).await.expect_problem(403, "forbidden");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains("may not own")), "{}", refused.body);
    let hidden = ada.post(APPLICATIONS, body(&foreign)).await.expect_problem(404, "not-found");
    let nothing = ada.post(APPLICATIONS, body(&NOBODYS)).await.expect_problem(404, "not-found");
    assert_eq!(hidden.without_trace(), nothing.without_trace());
    assert_eq!(ada.post(APPLICATIONS, json!({ "name": "Own", "team_id": null })).await.expect(201).body["team_id"], json!(null));
    // What a team owns already stays its own when it may own no more.
    portal.let_own(closed, true).await;
    let app = ada.create_app_of(closed, "Board").await;
    portal.let_own(closed, false).await;
    ada.post(APPLICATIONS, body(&closed)).await.expect_problem(403, "forbidden");
    ada.get(&format!("{APPLICATIONS}/{app}")).await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn the_team_itself_must_have_the_role_for_what_its_application_is_registered_for() {
    for rbac in [true, false] {
        let portal = TestPortal::start().await;
        portal.set_rbac(rbac).await;
        let ada = portal.approved_developer("ada@example.test").await;
        let tides = portal.published_api("Tides").await;
        let team = portal.team("Partners").await;
        portal.let_own(team, true).await;
        portal.join(team, ada.developer.expect("ada")).await;
        let app = ada.create_app_of(team, "Weather board").await;
        let (path, asked) = (format!("{APPLICATIONS}/{app}/registrations"), json!({ "api_id": tides }));
        // Ada may register her own applications, by the role of another team of hers.
        let other = portal.team("Others").await;
        portal.join(other, ada.developer.expect("ada")).await;
        portal.give(other, Some(tides), CONSUMER).await;
        let own = ada.create_app("Own").await;
        ada.register(own, tides).await;
        portal.give(team, Some(tides), VIEWER).await;
        let refused = ada.post(&path, asked.clone()).await.expect_problem(403, "forbidden");
        assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains("the team")), "{}", refused.body);
        let at_admins = format!("/v3/portals/{}/applications/{app}/registrations", portal.id());
        portal.admin().post(&at_admins, asked.clone()).await.expect_problem(403, "forbidden");
        let role = portal.give(team, Some(tides), CONSUMER).await;
        ada.post(&path, asked).await.expect(201);
        let winds = portal.published_api("Winds").await;
        portal.give(team, Some(winds), CONSUMER).await;
        portal.admin().post(&at_admins, json!({ "api_id": winds })).await.expect(201);
        // What is registered stays when the role goes, and the answer counts it.
        let at_role = format!("{}/{team}/assigned-roles/{role}", portal.teams_path());
        let removed = portal.admin().delete(&at_role).await.expect(204);
        assert_eq!(removed.headers["portico-registrations"], "2", "the team's, and ada's own");
        assert_eq!(portal.application(app).await.expect("there").grants.len(), 2);
        portal.end().await;
    }
}

#[tokio::test]
async fn a_team_that_owns_applications_is_not_deleted() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let team = portal.owning_team("Partners", &[&ada]).await;
    let at_team = format!("{}/{team}", portal.teams_path());
    let (first, second) = (ada.create_app_of(team, "First").await, ada.create_app_of(team, "Second").await);
    let refused = portal.admin().delete(&at_team).await.expect_problem(409, "conflict");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains("2 applications")), "{}", refused.body);
    ada.delete(&format!("{APPLICATIONS}/{first}")).await.expect(204);
    let refused = portal.admin().delete(&at_team).await.expect_problem(409, "conflict");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains("1 application.")), "{}", refused.body);
    ada.patch(&format!("{APPLICATIONS}/{second}"), json!({ "team_id": null })).await.expect(200);
    portal.admin().delete(&at_team).await.expect(204);
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).each("name"), ["Second"]);
    portal.end().await;
}

#[tokio::test]
async fn five_hundred_count_for_a_team_as_for_a_developer_and_of_thirty_at_once_as_many_are_made_as_there_is_room_for() {
    let portal = TestPortal::start().await;
    let (ada, eve) = (portal.approved_developer("ada@example.test").await, portal.approved_developer("eve@example.test").await);
    let team = portal.owning_team("Partners", &[&ada, &eve]).await;
    let count = |key: Key, by: i64| portal.portal.store.edit(Update::of(key).add("app_count", by));
    let most = i64::from(APPLICATIONS_PER_OWNER);
    // A developer who owns as many as one can have makes more for a team.
    let full = Key::developer(ada.developer.expect("ada"));
    count(full.clone(), most).await.expect("the count is set");
    ada.post(APPLICATIONS, json!({ "name": "One more" })).await.expect_problem(403, "quota-reached");
    ada.create_app_of(team, "Of the team").await;
    count(full, -most).await.expect("the count is put right");
    count(Key::team(team), most - 6).await.expect("the count is set");
    let asked = (0..30).map(|number| {
        let who = if number % 2 == 0 { ada.clone() } else { eve.clone() };
        let body = json!({ "name": format!("Board {number}"), "team_id": team });
        tokio::spawn(async move { who.post(APPLICATIONS, body).await })
    });
    let mut won = 0;
    for reply in asked.collect::<Vec<_>>() {
        let reply = reply.await.expect("no panic");
        match reply.status.as_u16() {
            201 => won += 1,
            503 => {}
            _ => {
                reply.expect_problem(403, "quota-reached");
            }
        }
    }
    assert!((1..=5).contains(&won), "{won}");
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 1 + won);
    // Nor is there room for one that comes from elsewhere.
    let left = most - 6 + 1 + i64::try_from(won).expect("few");
    count(Key::team(team), most - left).await.expect("the count is set");
    let own = ada.create_app("Own").await;
    ada.patch(&format!("{APPLICATIONS}/{own}"), json!({ "team_id": team })).await.expect_problem(403, "quota-reached");
    let body = json!({ "owner": { "type": "team", "id": team } });
    let at_admins = format!("/v3/portals/{}/applications/{own}", portal.id());
    portal.admin().patch(&at_admins, body).await.expect_problem(403, "quota-reached");
    count(Key::team(team), left - most - (most - 6)).await.expect("the count is put right");
    portal.end().await;
}

#[tokio::test]
async fn a_list_reads_only_the_teams_that_own_something() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let team = portal.owning_team("Partners", &[&ada]).await;
    portal.owning_team("Idle", &[&ada]).await;
    ada.create_app_of(team, "Of the team").await;
    portal.take_calls();
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 1);
    let queries: Vec<_> = portal.take_calls().into_iter().filter(|call| call.operation == "Query").collect();
    assert_eq!(queries.len(), 2, "the own list and that of the one team: {queries:?}");
    portal.end().await;
}
