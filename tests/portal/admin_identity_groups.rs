//! `list-portal-idp-team-group-mappings`, `create-portal-idp-team-group-mapping`, `get-portal-idp-team-group-mapping`,
//! `delete-portal-idp-team-group-mapping`, and the older `list-portal-team-group-mappings`, `update-portal-team-group-mappings`.

use portico_domain::event::Name;
use portico_domain::id::TeamId;
use portico_domain::limits::GROUP_MAPPINGS;
use portico_store::Key;
use portico_tests::steps::NOBODYS;
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example.com/realms/sea";

fn path(portal: &TestPortal, provider: &str) -> String {
    format!("{}/{provider}/team-group-mappings", portal.providers_path())
}

fn older(portal: &TestPortal) -> String {
    format!("/v3/portals/{}/identity-provider/team-group-mappings", portal.id())
}

#[tokio::test]
async fn a_group_is_a_team_until_its_mapping_is_deleted() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (team, provider) = (portal.team("Partners").await, portal.identity_provider(ISSUER, true).await);
    let path = path(&portal, &provider);
    let made = admin.post(&path, json!({ "team_id": team, "group": "CN=Partners,OU=Harbour" })).await.expect(201);
    assert_eq!((made.body["team_id"].clone(), made.body["group"].clone()), (json!(team), json!("CN=Partners,OU=Harbour")));
    let one = format!("{path}/{}", made.id());
    assert_eq!(admin.get(&one).await.expect(200).body, made.body);
    let again = json!({ "team_id": team, "group": "CN=Partners,OU=Harbour" });
    admin.post(&path, again).await.expect_problem(409, "already-exists");
    admin.post(&path, json!({ "team_id": team, "group": "cn=partners,ou=harbour" })).await.expect(201);
    let data = portal.event_data(&Key::portal(portal.id()), Name::IdentityProviderCreated).await;
    assert_eq!(data["identity_provider"], json!(provider));
    let events = format!("{:?}", portal.children(&Key::portal(portal.id()), "EVENT#").await);
    assert!(events.contains("team_group_mappings") && !events.contains("Harbour"), "{events}");
    admin.delete(&one).await.expect(204);
    for gone in [one, format!("{path}/{NOBODYS}")] {
        admin.get(&gone).await.expect_problem(404, "not-found");
        admin.delete(&gone).await.expect_problem(404, "not-found");
    }
    admin.get(&format!("{path}/7")).await.expect_invalid(&["mappingId"]);
    portal.end().await;
}

#[tokio::test]
async fn a_team_that_is_not_there_or_another_portals_is_a_missing_reference() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (team, provider) = (portal.team("Partners").await, portal.identity_provider(ISSUER, true).await);
    let foreign = portal.team("Foreign").await;
    portal.portal.store.edit(portico_store::Update::of(Key::team(foreign)).set("portal", NOBODYS)).await.expect("edited");
    let gone = portal.team("Gone").await;
    admin.delete(&format!("{}/{gone}", portal.teams_path())).await.expect(204);
    let path = path(&portal, &provider);
    for unknown in [NOBODYS.to_owned(), foreign.to_string(), gone.to_string()] {
        let reply = admin.post(&path, json!({ "team_id": unknown, "group": "g" })).await.expect_invalid(&["team_id"]);
        assert_eq!(reply.body["invalid_parameters"][0]["rule"], "missing_reference");
        let older = json!({ "data": [{ "team_id": team, "groups": [] }, { "team_id": unknown, "groups": ["g"] }] });
        admin.patch(&self::older(&portal), older).await.expect_invalid(&["data.1.team_id"]);
    }
    for (body, fields) in [
        (json!({}), vec!["group", "team_id"]),
        (json!({ "team_id": "7", "group": "" }), vec!["group", "team_id"]),
        (json!({ "team_id": team, "group": "x".repeat(257) }), vec!["group"]),
        (json!({ "team_id": team, "group": "a\nb" }), vec!["group"]),
    ] {
        admin.post(&path, body).await.expect_invalid(&fields);
    }
    let nowhere = self::path(&portal, NOBODYS);
    admin.post(&nowhere, json!({ "team_id": team, "group": "g" })).await.expect_problem(404, "not-found");
    admin.get(&nowhere).await.expect_problem(404, "not-found");
    portal.portal.store.edit(portico_store::Update::of(Key::team(foreign)).set("portal", &portal.id())).await.expect("edited");
    portal.end().await;
}

/// The groups of a page, and where the pages beside it lie.
async fn page(admin: &Client, path: &str) -> (Vec<String>, Value) {
    let reply = admin.get(path).await.expect(200);
    (reply.each("group"), reply.body["meta"]["page"].clone())
}

#[tokio::test]
async fn mappings_are_paged_by_cursors_in_both_directions_and_filtered() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (team, other) = (portal.team("Partners").await, portal.team("Others").await);
    let provider = portal.identity_provider(ISSUER, true).await;
    for number in 0..5 {
        portal.group_mapping(&provider, if number == 4 { other } else { team }, &format!("g{number}")).await;
    }
    let path = path(&portal, &provider);
    let (all, whole) = page(&admin, &path).await;
    assert_eq!(all, ["g0", "g1", "g2", "g3", "g4"]);
    assert_eq!((&whole["next"], &whole["previous"], &whole["size"]), (&json!(null), &json!(null), &json!(10)));
    let of_team = format!("{path}?page%5Bsize%5D=2&filter%5Bteam_id%5D={team}");
    let (groups, first) = page(&admin, &of_team).await;
    assert_eq!((groups, &first["previous"]), (vec!["g0".to_owned(), "g1".to_owned()], &json!(null)));
    let (groups, second) = page(&admin, first["next"].as_str().expect("more")).await;
    assert_eq!((groups, &second["next"]), (vec!["g2".to_owned(), "g3".to_owned()], &json!(null)));
    let (groups, back) = page(&admin, second["previous"].as_str().expect("what was before")).await;
    assert_eq!(
        (groups, &back["previous"], &back["next"]),
        (vec!["g0".to_owned(), "g1".to_owned()], &json!(null), &first["next"])
    );
    assert_eq!(page(&admin, second["first"].as_str().expect("the first")).await.0, ["g0", "g1"]);
    assert_eq!(page(&admin, &format!("{path}?filter%5Bgroup%5D=g3")).await.0, ["g3"]);
    admin.get(&format!("{path}?page%5Bafter%5D=x&page%5Bsize%5D=0")).await.expect_invalid(&["page[size]"]);
    admin.get(&format!("{path}?page%5Bafter%5D=x")).await.expect_invalid(&["page[after]"]);
    admin.get(&format!("{path}?page%5Bafter%5D={NOBODYS}&page%5Bbefore%5D={NOBODYS}")).await.expect_invalid(&["page[before]"]);
    admin.get(&format!("{path}?filter%5Bcolour%5D=red")).await.expect_invalid(&["filter[colour]"]);
    portal.end().await;
}

fn teams(body: &Value) -> Vec<(String, Value)> {
    let rows = body["data"].as_array().into_iter().flatten();
    rows.map(|row| (row["team_id"].as_str().expect("an id").to_owned(), row["groups"].clone())).collect()
}

#[tokio::test]
async fn the_older_form_replaces_the_groups_of_the_teams_that_it_names() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let path = older(&portal);
    assert_eq!(teams(&admin.get(&path).await.expect(200).body), []);
    let (one, two): (TeamId, TeamId) = (portal.team("One").await, portal.team("Two").await);
    let wanted = json!({ "data": [{ "team_id": one, "groups": ["a", "b"] }, { "team_id": two, "groups": ["c"] }] });
    admin.patch(&path, wanted.clone()).await.expect_problem(409, "conflict");
    admin.patch(&path, json!({})).await.expect(200);
    let provider = portal.identity_provider(ISSUER, false).await;
    let reply = admin.patch(&path, wanted.clone()).await.expect(200);
    assert_eq!(teams(&reply.body), [(one.to_string(), json!(["a", "b"])), (two.to_string(), json!(["c"]))]);
    portal.take_calls();
    assert_eq!(admin.patch(&path, wanted).await.expect(200).body, reply.body);
    assert!(portal.take_calls().iter().all(|call| call.operation == "BatchGetItem"), "nothing changed");
    let kept = page(&admin, &self::path(&portal, &provider)).await.0;
    admin.patch(&path, json!({ "data": [{ "team_id": one, "groups": ["b", "d"] }] })).await.expect(200);
    let now = admin.get(&format!("{path}?page%5Bsize%5D=1")).await.expect(200);
    assert_eq!((now.total(), teams(&now.body)), (2, vec![(one.to_string(), json!(["b", "d"]))]));
    assert_eq!((kept.len(), page(&admin, &self::path(&portal, &provider)).await.0.len()), (3, 3));
    let twice = json!({ "data": [{ "team_id": one, "groups": [] }, { "team_id": one, "groups": ["x"] }] });
    admin.patch(&path, twice).await.expect_invalid(&["data"]);
    let groups: Vec<_> = (0..GROUP_MAPPINGS).map(|number| format!("g{number}")).collect();
    admin.patch(&path, json!({ "data": [{ "team_id": one, "groups": groups }] })).await.expect_problem(403, "quota-reached");
    portal.end().await;
}
