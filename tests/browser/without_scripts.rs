//! A browser that runs no scripts: what is public, signing up, the password and signing in work all the same.

use crate::hands::ENTER;
use crate::program::{PASSWORD, Program};
use crate::scene::Scene;
use crate::window::{DESK, Kind};
use crate::world::World;

const SCRIPTLESS: Kind = Kind { scripts: false, ..DESK };

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_up_proves_the_address_sets_a_password_signs_in_and_out() {
    let scene = Scene::approving_by_itself().await;
    let ada = scene.window_of(SCRIPTLESS).await;
    ada.goto("data:text/html,<title>no</title><script>document.title = 'scripts run'</script>").await;
    assert_eq!(ada.script("return document.title", &[]).await, "no");
    ada.goto("/").await;
    ada.press("Create an account").await;
    ada.is_at("/register").await;
    ada.fill("Full name", "Ada").await;
    ada.fill("E-mail address", "nothing").await;
    ada.press("Create account").await;
    // What was wrong is said beside its field, and what was typed is still there.
    ada.sees("Something that you typed cannot be taken.").await;
    ada.sees("Enter an address such as ada@example.com.").await;
    assert_eq!((ada.filled("Full name").await, ada.filled("E-mail address").await), ("Ada".to_owned(), "nothing".to_owned()));
    ada.fill("E-mail address", "ada@example.test").await;
    ada.press("Create account").await;
    ada.sees("Check your mail").await;
    ada.goto(&scene.link("ada@example.test").await).await;
    ada.press("Verify address").await;
    ada.is_at("/reset-password").await;
    ada.fill("Password", "aaaaaaaaaaaa").await;
    ada.press("Set password").await;
    ada.sees("Choose a password that is harder to guess").await;
    ada.fill("Password", PASSWORD).await;
    ada.press("Set password").await;
    ada.is_at("/login").await;
    ada.fill("E-mail address", "ada@example.test").await;
    ada.fill("Password", "another password altogether").await;
    ada.press_near("Password", "Sign in").await;
    ada.sees("The e-mail address or the password is wrong.").await;
    ada.fill("Password", PASSWORD).await;
    ada.press_near("Password", "Sign in").await;
    ada.is_at("/apis").await;
    ada.press("Tides").await;
    ada.sees("How it is called").await;
    ada.press("Ada").await;
    ada.press("Sign out").await;
    ada.sees("You are signed out.").await;
    scene.end([ada]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_forgot_the_password_sets_another_one_which_ends_the_sessions_that_are_open() {
    let scene = Scene::approving_by_itself().await;
    Program::of_new_developer(&scene, "ada@example.test", "Ada").await;
    let elsewhere = Program::with_password(&scene, "ada@example.test").await;
    let ada = scene.window_of(SCRIPTLESS).await;
    ada.goto("/login").await;
    ada.press("Set a new one").await;
    ada.fill("E-mail address", "ada@example.test").await;
    ada.press("Send the link").await;
    ada.sees("Check your mail").await;
    ada.goto(&scene.link("ada@example.test").await).await;
    ada.fill("Password", "a boat that nobody rows anymore").await;
    ada.press("Set password").await;
    ada.sees("Your password is set.").await;
    let (status, _) = elsewhere.ask(reqwest::Method::GET, "/api/v3/developer/me", serde_json::Value::Null).await;
    assert_eq!(status, 401);
    scene.end([ada]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_found_and_read() {
    let world = World::start().await;
    let reader = world.scene.window_of(SCRIPTLESS).await;
    reader.goto("/login").await;
    reader.fill("E-mail address", "ada@example.test").await;
    reader.fill("Password", PASSWORD).await;
    reader.press_near("E-mail address", "Sign in").await;
    reader.is_at("/apis").await;
    reader.fill("Search the catalog", "retry").await;
    reader.keys(ENTER).await;
    reader.is_at("/search").await;
    reader.press("Errors").await;
    reader.sees("Too many calls").await;
    reader.press_near("Before", "Before Getting started").await;
    reader.sees("Your first call").await;
    reader.press("errors").await;
    reader.sees("Too many calls").await;
    reader.press("Tides").await;
    reader.sees("What you may do").await;
    world.scene.end([reader]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_approval_is_told_what_happens_next() {
    let world = World::start().await;
    let edsger = world.scene.window_of(SCRIPTLESS).await;
    edsger.goto("/login").await;
    edsger.fill("E-mail address", "edsger@example.test").await;
    edsger.fill("Password", PASSWORD).await;
    edsger.press_near("Password", "Sign in").await;
    edsger.sees("Waiting for approval").await;
    edsger.press("Browse the catalog").await;
    edsger.sees("Berths").await;
    assert!(!edsger.text().await.contains("Weather board"), "a private API is shown to somebody who waits");
    world.scene.end([edsger]).await;
}
