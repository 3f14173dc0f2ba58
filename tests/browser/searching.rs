//! Search by the keyboard alone, to the operation and to the document; and what a viewer of an API is told.

use reqwest::Method;
use serde_json::json;

use crate::hands::ENTER;
use crate::pictures;
use crate::window::DESK;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_is_opened_by_the_keyboard_alone() {
    let world = World::start().await;
    let ada = world.window_of_ada(DESK).await;
    ada.tab_to("Search the catalog").await;
    ada.keys("berths list").await;
    ada.keys(ENTER).await;
    ada.is_at("/search").await;
    ada.tab_to("List them").await;
    ada.keys(ENTER).await;
    ada.is_at("/apis/berths/reference").await;
    ada.is_drawn().await;
    ada.sees("All of them").await;
    let reached = "const e = document.activeElement; return [e.getAttribute('aria-expanded'), e.textContent.includes('/berths')]";
    assert_eq!(ada.script(reached, &[]).await, json!(["true", true]), "the focus is on the operation");
    ada.tab_to("Search the catalog").await;
    ada.keys("metres").await;
    ada.keys(ENTER).await;
    ada.is_at("/search").await;
    ada.tab_to("Changes").await;
    ada.keys(ENTER).await;
    ada.is_at("/apis/tides/docs/changes").await;
    ada.sees("Heights in metres.").await;
    world.scene.end([ada]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_is_told_what_to_ask_for() {
    let world = World::start().await;
    world.admin.send(Method::PATCH, &world.scene.portal(), json!({ "rbac_enabled": true })).await;
    let weather = "/apis/weather-board";
    let ada = world.window_of_ada(DESK).await;
    ada.goto(weather).await;
    ada.sees("You can see this API, and not register for it: ask an administrator of this portal for the role API Consumer.")
        .await;
    for theme in ["light", "dark"] {
        ada.prefer(theme).await;
        assert_eq!(ada.barriers().await, Vec::<String>::new(), "{theme}");
        pictures::take(&ada, &format!("api-of-a-viewer-{theme}")).await;
    }
    ada.goto("/apis/tides").await;
    ada.sees("one of your teams has the role API Consumer for it").await;
    world.scene.end([ada]).await;
}
