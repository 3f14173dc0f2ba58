//! The journey by clicks, for somebody who reads nothing but the pages.

use std::process::Command;

use crate::scene::Scene;
use crate::window::Window;

const ADA: &str = "ada@example.test";
const PASSWORD: &str = "nine lamps over grey water";

/// From the form to the session, or to what waits for one.
async fn sign_up(scene: &Scene, window: &Window, name: &str, email: &str) {
    window.goto("/register").await;
    window.take_clicks();
    window.fill("Full name", name).await;
    window.fill("E-mail address", email).await;
    window.press("Create account").await;
    window.sees("Check your mail").await;
    window.follow(&scene.link(email).await).await;
    window.press("Verify address").await;
    window.is_at("/reset-password").await;
    window.fill("Password", PASSWORD).await;
    window.sees("Strong.").await;
    window.press("Set password").await;
    window.is_at("/login").await;
    window.sees("Your password is set.").await;
    sign_in(window, email).await;
}

async fn sign_in(window: &Window, email: &str) {
    window.fill("E-mail address", email).await;
    window.fill("Password", PASSWORD).await;
    window.press_near("Password", "Sign in").await;
}

/// What a terminal answers to the line that the page shows beside a new key.
async fn paste(window: &Window) -> String {
    let line = window.script("return document.querySelector('#new-credential [data-language=curl]').textContent", &[]).await;
    let line = line.as_str().expect("a line").to_owned();
    let ran = tokio::task::spawn_blocking(move || Command::new("sh").args(["-c", &line]).output()).await.expect("it runs");
    String::from_utf8_lossy(&ran.expect("sh runs").stdout).lines().next().unwrap_or_default().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_sign_up_to_the_first_200_it_takes_at_most_twelve_clicks() {
    let scene = Scene::approving_by_itself().await;
    let ada = scene.window().await;
    sign_up(&scene, &ada, "Ada", ADA).await;
    ada.is_at("/apis").await;
    ada.press("Tides").await;
    ada.is_at("/apis/tides").await;
    ada.press("Register").await;
    ada.press("Create an application").await;
    ada.fill("Name", "Harbour clock").await;
    ada.press("Create application").await;
    ada.sees("Created, and access requested.").await;
    ada.press("Generate Credential").await;
    ada.fill("Name of the credential", "Clock in the hall").await;
    ada.press("Generate").await;
    ada.sees("Copy it now.").await;
    ada.press_near("Python", "Copy").await;
    ada.sees("Copied.").await;
    assert_eq!(paste(&ada).await, "HTTP/1.1 200 OK");
    let clicks = ada.take_clicks();
    assert!(clicks <= 12, "{clicks} clicks");
    scene.end([ada]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_and_an_administrator_go_the_whole_way_by_clicks_in_two_windows() {
    let scene = Scene::start().await;
    let (ada, admin) = (scene.window().await, scene.window().await);
    admin.goto("/admin").await;
    admin.is_at("/admin/login").await;
    admin.fill("Token", "portico_admin_of_nobody").await;
    admin.press_near("Token", "Sign in").await;
    admin.sees("This token is not in force.").await;
    admin.fill("Token", &scene.token).await;
    admin.press_near("Token", "Sign in").await;
    admin.sees("Nobody waits").await;

    sign_up(&scene, &ada, "Ada", ADA).await;
    ada.sees("Waiting for approval").await;
    admin.goto("/admin").await;
    admin.press_near(ADA, "Approve").await;
    admin.sees("Approved. Ada can sign in now.").await;
    admin.sees("Nobody waits").await;

    ada.goto("/login").await;
    sign_in(&ada, ADA).await;
    ada.is_at("/apis").await;
    ada.press("My Apps").await;
    ada.press("New App").await;
    ada.fill("Name", "Harbour clock").await;
    ada.press("Generate").await;
    assert_eq!(ada.filled("Reference ID").await.len(), 36);
    ada.press("Create application").await;
    ada.sees("Not registered for any API").await;
    let application = ada.place().await;
    for (api, waits) in [("Tides", "Waiting for approval"), ("Weather board", "Waiting for approval")] {
        ada.press("Catalog").await;
        ada.press(api).await;
        ada.press("Register").await;
        ada.press_near("Harbour clock", "Request access").await;
        ada.is_at(&application).await;
        ada.sees("Access requested.").await;
        ada.sees(waits).await;
    }

    // By the keyboard: a approves the row, r rejects it, and the focus goes on to the next.
    admin.goto("/admin").await;
    admin.tab_to("Choose Harbour clock for Tides").await;
    admin.keys("a").await;
    admin.sees("Approved. Harbour clock can call Tides now.").await;
    admin.keys("r").await;
    admin.sees("Reject Harbour clock for Weather board?").await;
    admin.fill("Reason", "The weather is for ships only.").await;
    admin.press("Reject").await;
    admin.sees("Nobody waits").await;

    ada.goto(&application).await;
    ada.sees("Approved").await;
    ada.sees("Rejected").await;
    ada.sees("The weather is for ships only.").await;
    ada.press("Generate Credential").await;
    ada.fill("Name of the credential", "Clock in the hall").await;
    ada.press("Generate").await;
    ada.sees("This call works as it stands").await;
    assert_eq!(paste(&ada).await, "HTTP/1.1 200 OK");

    // What is revoked is felt by the next call, and the page says why.
    admin.press("Developers").await;
    admin.press("Ada").await;
    admin.press("Revoke").await;
    admin.press_near("Revoke Ada?", "Revoke").await;
    admin.sees("evoked").await;
    assert_eq!(paste(&ada).await, "HTTP/1.1 403 Forbidden");
    admin.press("Harbour clock").await;
    admin.press("Explain access to Tides").await;
    admin.sees("Harbour clock cannot call Tides.").await;
    scene.end([ada, admin]).await;
}
