//! Sessions in a browser: what is left when they end, and what is not lost when they run out.

use std::time::Duration;

use crate::program::PASSWORD;
use crate::window::DESK;
use crate::world::{ADA, World};

#[tokio::test(flavor = "multi_thread")]
async fn back_after_signing_out_shows_nothing_of_what_was_there() {
    let world = World::start().await;
    let ada = world.window_of_ada(DESK).await;
    ada.press("My Apps").await;
    ada.sees("Harbour clock").await;
    ada.press("Harbour clock").await;
    ada.sees("harbour-clock").await;
    ada.press("Ada Lovelace").await;
    ada.press("Sign out").await;
    ada.sees("You are signed out.").await;
    for _ in 0..3 {
        ada.back().await;
        let text = ada.text().await;
        assert!(!text.contains("Harbour clock") && !text.contains("Ada Lovelace"), "{text}");
    }
    world.scene.end([ada]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ran_out_in_the_middle_of_a_form_goes_on_with_what_was_typed() {
    let world = World::start().await;
    let ada = world.window_of_ada(DESK).await;
    ada.goto("/apps/new").await;
    ada.fill("Name", "Lock keeper").await;
    // The JWT is out of time, the session is not: the script asks for the next one and sends the form again.
    world.scene.clock.advance(Duration::from_secs(20 * 60));
    ada.press("Create application").await;
    ada.sees("Created.").await;
    ada.goto("/apps/new").await;
    ada.fill("Name", "Ebb and flow").await;
    ada.fill("Description", "When to walk over.").await;
    // Now the session is over too.
    world.scene.clock.advance(Duration::from_secs(60 * 24 * 60 * 60));
    ada.press("Create application").await;
    ada.is_at("/login").await;
    ada.fill("E-mail address", ADA).await;
    ada.fill("Password", PASSWORD).await;
    ada.press_near("Password", "Sign in").await;
    ada.is_at("/apps/new").await;
    ada.sees("What you typed is still here.").await;
    assert_eq!(
        (ada.filled("Name").await, ada.filled("Description").await),
        ("Ebb and flow".to_owned(), "When to walk over.".to_owned())
    );
    ada.press("Create application").await;
    ada.sees("Ebb and flow").await;
    world.scene.end([ada]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_opened_with_a_jwt_out_of_time_comes_back_by_itself() {
    let world = World::start().await;
    let ada = world.window_of_ada(DESK).await;
    world.scene.clock.advance(Duration::from_secs(20 * 60));
    ada.goto(&format!("/apps/{}", world.clock)).await;
    ada.sees("Harbour clock").await;
    ada.is_at(&format!("/apps/{}", world.clock)).await;
    world.scene.end([ada]).await;
}
