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
