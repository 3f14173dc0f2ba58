//! The journey by the keyboard alone: Tab, Enter, space, the arrows and letters. Wherever the focus stops, it is seen.

use crate::hands::{ENTER, ESCAPE};
use crate::scene::Scene;
use crate::window::Window;

const EMAIL: &str = "ada@example.test";
const PASSWORD: &str = "nine lamps over grey water";

impl Window {
    async fn enter(&self, name: &str) {
        self.tab_to(name).await;
        self.keys(ENTER).await;
    }

    async fn type_into(&self, label: &str, text: &str) {
        self.tab_to(label).await;
        self.keys(text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_gets_from_the_first_page_to_a_key_and_rid_of_it_without_a_mouse() {
    let scene = Scene::approving_by_itself().await;
    let ada = scene.window().await;
    ada.goto("/").await;
    ada.enter("Skip to the content").await;
    ada.enter("Create an account").await;
    ada.is_at("/register").await;
    ada.type_into("Full name", "Ada").await;
    ada.type_into("E-mail address", EMAIL).await;
    ada.keys(ENTER).await;
    ada.sees("Check your mail").await;
    ada.goto(&scene.link(EMAIL).await).await;
    ada.enter("Verify address").await;
    ada.is_at("/reset-password").await;
    // A password that is refused leads to the summary, and from there to the field.
    ada.type_into("Password", "aaaaaaaaaaaa").await;
    ada.keys(ENTER).await;
    ada.sees("Something that you typed cannot be taken").await;
    ada.enter("Password ").await;
    ada.keys(&"\u{e003}".repeat(12)).await;
    ada.keys(PASSWORD).await;
    ada.keys(ENTER).await;
    ada.is_at("/login").await;
    ada.type_into("E-mail address", EMAIL).await;
    ada.type_into("Password", PASSWORD).await;
    ada.keys(ENTER).await;
    ada.is_at("/apis").await;
    ada.enter("Tides").await;
    ada.enter("Register").await;
    ada.enter("Create an application").await;
    ada.type_into("Name", "Harbour clock").await;
    ada.enter("Create application").await;
    ada.sees("Created, and access requested.").await;
    ada.enter("Generate Credential").await;
    ada.keys(ESCAPE).await;
    ada.enter("Generate Credential").await;
    ada.type_into("Name of the credential", "Clock in the hall").await;
    ada.keys(ENTER).await;
    ada.sees("Copy it now.").await;
    ada.enter("I have stored it").await;
    ada.sees("Clock in the hall").await;
    ada.enter("Delete Clock in the hall").await;
    ada.enter("Delete credential").await;
    ada.sees("is deleted.").await;
    ada.enter("Ada").await;
    ada.enter("Sign out").await;
    ada.sees("You are signed out.").await;
    scene.end([ada]).await;
}
