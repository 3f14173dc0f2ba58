//! The teams in the administrator's pages: what they say of members and roles, and of what stays.

use portico_tests::TestPortal;
use portico_tests::teams::{CONSUMER, VIEWER};
use serde_json::json;

use super::pages_admin::browser;

#[tokio::test]
async fn show_admin_teams_are_found_by_words_and_say_whether_roles_count() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let shows = async |query: &str| admin.page(&format!("/admin/teams{query}")).await.expect(200).html();
    assert!(shows("").await.contains("No teams yet"));
    let team = portal.team("Partners").await;
    portal.team("Harbour office").await;
    let all = shows("").await;
    assert!(all.contains(&format!(r#"href="/admin/teams/{team}">Partners<"#)) && all.contains("Harbour office"), "{all}");
    assert!(all.contains("Roles count for nothing now"), "{all}");
    portal.set_rbac(true).await;
    let found = shows("?q=PART").await;
    assert!(found.contains("Partners") && !found.contains("Harbour office") && !found.contains("count for nothing"), "{found}");
    assert!(shows("?q=nobody").await.contains("No team matches “nobody”"));
    portal.end().await;
}

#[tokio::test]
async fn show_admin_new_team_has_what_the_api_takes() {
    let portal = TestPortal::start().await;
    let html = browser(&portal).await.page("/admin/teams/new").await.expect(200).html();
    assert!(html.contains(&format!(r#"action="{}""#, portal.teams_path())), "{html}");
    for field in [r#"name="name""#, r#"name="description""#, r#"name="can_own_applications" data-as="boolean">"#] {
        assert!(html.contains(field), "{field}: {html}");
    }
    portal.end().await;
}

#[tokio::test]
async fn show_admin_team_offers_developers_who_are_no_members_and_warns_before_the_last_one_goes() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let ada = portal.approved_developer("ada@example.test").await.developer.expect("ada");
    let eve = portal.approved_developer("eve@example.test").await.developer.expect("eve");
    let team = portal.team("Partners").await;
    let shows = async |query: &str| admin.page(&format!("/admin/teams/{team}{query}")).await.expect(200).html();
    assert!(shows("").await.contains("Nobody yet."));
    let members = format!("{}/{team}/developers", portal.teams_path());
    let offers = |html: &str, id: &str| html.contains(&format!(r#"<input type="hidden" name="id" value="{id}">"#));
    let found = shows("?q=example.test").await;
    assert!(offers(&found, &ada.to_string()) && offers(&found, &eve.to_string()), "{found}");
    assert!(found.contains(&format!(r#"action="{members}" data-method="POST""#)), "{found}");
    // What the button sends.
    admin.post(&members, json!({ "id": ada })).await.expect(201);
    let found = shows("?q=example.test").await;
    assert!(!offers(&found, &ada.to_string()) && offers(&found, &eve.to_string()), "{found}");
    assert!(found.contains("They are the last member.") && found.contains("Member added"), "{found}");
    assert!(shows("?q=ADA%40").await.contains("No developer who is not a member yet"));
    admin.post(&members, json!({ "id": eve })).await.expect(201);
    let two = shows("").await;
    assert!(
        !two.contains("the last member") && two.contains(&format!(r#"action="{members}/{eve}" data-method="DELETE""#)),
        "{two}"
    );
    portal.end().await;
}

#[tokio::test]
async fn before_a_role_is_taken_away_the_page_says_how_many_registrations_stay() {
    let portal = TestPortal::start().await;
    portal.set_rbac(true).await;
    let admin = browser(&portal).await;
    let (tides, winds) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let ada = portal.approved_developer("ada@example.test").await;
    let team = portal.team("Partners").await;
    portal.join(team, ada.developer.expect("ada")).await;
    portal.give(team, Some(tides), CONSUMER).await;
    let of_winds = portal.give(team, Some(winds), VIEWER).await;
    let app = ada.create_app("Weather board").await;
    ada.register(app, tides).await;
    let shows = async || admin.page(&format!("/admin/teams/{team}")).await.expect(200).html();
    let html = shows().await;
    assert!(html.contains("1 registration of its members stays until somebody revokes it."), "{html}");
    assert!(html.contains("Take away API Viewer for Winds?") && html.contains("no registration that stays"), "{html}");
    let role = format!("{}/{team}/assigned-roles", portal.teams_path());
    assert!(html.contains(&format!(r#"action="{role}/{of_winds}" data-method="DELETE""#)), "{html}");
    // What the dialog sends.
    let all = json!({ "role_name": VIEWER, "entity_id": "*", "entity_type_name": "Services", "entity_region": "*" });
    for member in [r#"name="role_name" value="API Viewer""#, r#"<option value="*">"#, r#"name="entity_region" value="*""#] {
        assert!(html.contains(member), "{member}: {html}");
    }
    admin.post(&role, all).await.expect(201);
    assert!(shows().await.contains("Take away API Viewer for all APIs?"));
    admin.delete(&format!("{}/{team}", portal.teams_path())).await.expect(204);
    admin.page(&format!("/admin/teams/{team}")).await.expect(404);
    portal.end().await;
}
