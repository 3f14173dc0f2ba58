//! Applications of a team: made for it, given to it, and known as its own wherever they stand.

use crate::window::DESK;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_makes_an_application_for_a_team_and_gives_another_one_to_it() {
    let world = World::start().await;
    let ada = world.window_of_ada(DESK).await;
    ada.goto("/apps/new").await;
    ada.fill("Name", "Pilot roster").await;
    ada.tick("Harbour office This is a team-owned application").await;
    ada.press("Create application").await;
    ada.sees("This is a team-owned application: it belongs to every member of Harbour office").await;
    ada.press("Generate Credential").await;
    ada.goto("/apps").await;
    let owner = |name: &str| {
        format!(
            "return [...document.querySelectorAll('main tr')].find(tr => tr.innerText.includes('{name}')).cells[1].innerText.trim()"
        )
    };
    assert_eq!(ada.script(&owner("Pilot roster"), &[]).await, "Harbour office team");
    assert_eq!(ada.script(&owner("Harbour clock"), &[]).await, "You");

    // A team takes an application with a registration only where it has the role: for Tides it has, for Weather board it has not.
    ada.goto(&format!("/apps/{}/edit", world.clock)).await;
    ada.tick("Harbour office").await;
    ada.press("Transfer ownership").await;
    ada.sees("API Consumer").await;
    ada.sees("it lacks the role for 1 of them").await;
    ada.goto("/apps").await;
    ada.press("Night ferry board").await;
    ada.press("Edit").await;
    ada.sees("It is yours alone.").await;
    ada.tick("Harbour office").await;
    ada.press("Transfer ownership").await;
    ada.sees("This is a team-owned application").await;

    let admin = world.window_of_administrator(DESK).await;
    admin.goto("/admin/applications").await;
    assert_eq!(
        admin.script(&owner("Pilot roster").replace("cells[1]", "querySelector('a[href*=\"/admin/teams/\"]')"), &[]).await,
        "Harbour office"
    );
    world.scene.end([ada, admin]).await;
}
