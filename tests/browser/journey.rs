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
