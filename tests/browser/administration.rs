//! What administrators do on their pages, beside deciding who may use what.

use crate::hands::TAB;
use crate::window::DESK;
use crate::world::{World, openapi};

#[tokio::test(flavor = "multi_thread")]
async fn an_api_is_added_by_pasting_its_document_and_published_to_everybody() {
    let world = World::start().await;
    let admin = world.window_of_administrator(DESK).await;
    admin.goto("/admin/apis").await;
    admin.press("Add an API").await;
    admin.fill("OpenAPI file", &openapi("Lock times", "3.2", "When the lock opens.", &world.scene.origin)).await;
    admin.keys(TAB).await;
    assert_eq!(admin.filled("Name").await, "Lock times");
    admin.press("Add API").await;
    admin.sees("Not published").await;
    admin.tick("Public").await;
    admin.press("Publish").await;
    admin.sees("Published").await;
    let stranger = world.scene.window().await;
    stranger.goto("/apis").await;
    stranger.press("Lock times").await;
    stranger.sees("Version 3.2").await;
    world.scene.end([admin, stranger]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_made_gets_a_member_and_a_role_and_goes_again() {
    let world = World::start().await;
    let admin = world.window_of_administrator(DESK).await;
    admin.press("Teams").await;
    admin.press("New team").await;
    admin.press("Create team").await;
    admin.sees("Name is required").await;
    admin.fill("Name", "Tug crews").await;
    admin.tick("Allow to own applications").await;
    admin.press("Create team").await;
    admin.sees("Nobody yet.").await;
    admin.sees("Roles count for nothing now").await;
    admin.fill("Search developers to add", "grace").await;
    admin.press_near("Search developers to add", "Search").await;
    admin.press_near("grace@example.test", "Add").await;
    admin.sees("Grace Hopper is a member now.").await;
    admin.press("Give a role").await;
    admin.tick("API Consumer").await;
    admin.press("Give role").await;
    admin.sees("Take away").await;
    admin.press_near("API Consumer", "Take away").await;
    admin.sees("By this role nobody registers any more").await;
    assert_eq!(admin.barriers().await, Vec::<String>::new(), "the question before a role is taken away");
    admin.press("Take away").await;
    admin.sees("None yet. With a role").await;
    admin.press_near("grace@example.test", "Remove").await;
    admin.sees("They are the last member.").await;
    admin.press("Remove member").await;
    admin.sees("Nobody yet.").await;
    admin.press("Delete").await;
    admin.fill("Type Tug crews to confirm", "Tug crews").await;
    admin.press("Delete team").await;
    admin.is_at("/admin/teams").await;
    admin.sees("Tug crews is deleted.").await;
    let linked = "return [...document.querySelectorAll('main a')].some(a => a.textContent === 'Tug crews')";
    assert_eq!(admin.script(linked, &[]).await, false, "the team is still there");
    world.scene.end([admin]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_after_an_administrator_signed_out_shows_nothing_of_what_was_there() {
    let world = World::start().await;
    let admin = world.window_of_administrator(DESK).await;
    admin.sees("Night ferry board").await;
    admin.press("Developers").await;
    admin.sees("Grace Hopper").await;
    admin.press("first-administrator").await;
    admin.press("Sign out").await;
    admin.is_at("/admin/login").await;
    for _ in 0..2 {
        admin.back().await;
        let text = admin.text().await;
        assert!(!text.contains("Grace Hopper") && !text.contains("Night ferry board"), "{text}");
    }
    world.scene.end([admin]).await;
}
