//! Groups of the provider that are teams: given and taken away at every sign-in, and nothing else with them.

use portico_tests::sign_on::SignOn;
use serde_json::{Value, json};

use super::ADA;

async fn sign_in(on: &SignOn, groups: Value) {
    on.sign_in(json!({ "groups": groups })).await.1.expect(303);
}

#[tokio::test]
async fn groups_give_and_take_memberships_and_those_made_by_hand_stay() {
    let on = SignOn::start().await;
    let (pilots, keepers, by_hand) =
        (on.portal.team("Pilots").await, on.portal.team("Keepers").await, on.portal.team("Friends").await);
    on.map("/harbour/pilots", pilots).await;
    let of_keepers = on.map("keepers", keepers).await;
    on.map("friends", by_hand).await;
    sign_in(&on, json!(["/harbour/pilots", "others"])).await;
    let ada = on.portal.known(ADA).await;
    assert_eq!((&ada.teams, &ada.teams_by_groups), (&vec![pilots], &vec![pilots]));
    on.portal.join(by_hand, ada.id).await;
    sign_in(&on, json!(["keepers", "friends"])).await;
    let ada = on.portal.known(ADA).await;
    assert_eq!((&ada.teams, &ada.teams_by_groups), (&vec![by_hand, keepers], &vec![keepers]));
    // The mapping is gone: what it gave is taken away.
    on.edit(|all| all.unmapping(on.provider, of_keepers, on.portal.portal.now()).expect("it was there")).await;
    sign_in(&on, json!(["keepers"])).await;
    let ada = on.portal.known(ADA).await;
    assert_eq!((&ada.teams, &ada.teams_by_groups), (&vec![by_hand], &vec![]));
    let names = on.portal.events(&portico_store::Key::team(pilots)).await;
    assert_eq!(names, ["team.created", "team.member_added", "team.member_removed"]);
    on.portal.end().await;
}

#[tokio::test]
async fn without_groups_in_the_token_what_groups_gave_is_taken_away() {
    let on = SignOn::start().await;
    let pilots = on.portal.team("Pilots").await;
    on.map("pilots", pilots).await;
    for nothing in [Value::Null, json!([]), json!({ "pilots": true }), json!(7)] {
        sign_in(&on, json!("pilots")).await;
        assert_eq!(on.portal.known(ADA).await.teams, [pilots]);
        sign_in(&on, nothing).await;
        assert!(on.portal.known(ADA).await.teams.is_empty());
    }
    on.portal.end().await;
}

#[tokio::test]
async fn where_groups_are_no_teams_memberships_stay_as_they_are() {
    let on = SignOn::start().await;
    let pilots = on.portal.team("Pilots").await;
    on.map("pilots", pilots).await;
    sign_in(&on, json!(["pilots"])).await;
    on.edit(|all| portico_domain::identity_provider::IdentityProviders { maps_groups: false, ..all.clone() }).await;
    sign_in(&on, json!([])).await;
    assert_eq!(on.portal.known(ADA).await.teams, [pilots]);
    on.portal.end().await;
}

#[tokio::test]
async fn a_team_that_is_gone_keeps_nobody_from_signing_in() {
    let on = SignOn::start().await;
    let pilots = on.portal.team("Pilots").await;
    on.map("pilots", pilots).await;
    sign_in(&on, json!(["pilots"])).await;
    on.portal.admin().delete(&format!("{}/{pilots}", on.portal.teams_path())).await.expect(204);
    sign_in(&on, json!(["pilots"])).await;
    let ada = on.portal.known(ADA).await;
    assert!(ada.teams.is_empty() && ada.teams_by_groups.is_empty());
    on.portal.end().await;
}

#[tokio::test]
async fn whom_an_administrator_took_out_of_a_team_comes_back_with_the_group() {
    let on = SignOn::start().await;
    let pilots = on.portal.team("Pilots").await;
    on.map("pilots", pilots).await;
    sign_in(&on, json!(["pilots"])).await;
    let ada = on.portal.known(ADA).await;
    on.portal.leave(pilots, ada.id).await.expect(204);
    let ada = on.portal.known(ADA).await;
    assert!(ada.teams.is_empty() && ada.teams_by_groups.is_empty());
    sign_in(&on, json!(["pilots"])).await;
    assert_eq!(on.portal.known(ADA).await.teams_by_groups, [pilots]);
    on.portal.end().await;
}
