//! Links in mails, which scanners open before their reader does (P13, B5).

use serde_json::json;

use crate::scene::Scene;

const ADA: &str = "ada@example.test";

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_scanners_have_opened_with_scripts_and_without_still_works_once_for_its_reader() {
    let scene = Scene::approving_by_itself().await;
    let ada = scene.window().await;
    ada.goto("/register").await;
    ada.fill("Full name", "Ada").await;
    ada.fill("E-mail address", ADA).await;
    ada.press("Create account").await;
    ada.sees("Check your mail").await;
    let link = scene.link(ADA).await;
    let before = scene.dump().await;
    let http = reqwest::Client::new();
    for _ in 0..10 {
        assert_eq!(http.get(&link).send().await.expect("an answer").status(), 200);
    }
    assert_eq!(http.head(&link).send().await.expect("an answer").status(), 200);
    // One that runs scripts, follows nothing, and waits until the page has nothing left to do.
    let scanner = scene.window().await;
    scanner.goto(&link).await;
    let idle = "const done = arguments[0]; requestIdleCallback(() => requestIdleCallback(() => done(performance.getEntriesByType('resource').map(e => e.name))))";
    let fetched = scanner.session.script_that_calls_back(idle).await.expect("the page comes to rest");
    assert!(!fetched.to_string().contains("/api/"), "{fetched}");
    assert_eq!(scene.dump().await, before, "opening a link changed something");

    ada.goto(&link).await;
    ada.press("Verify address").await;
    ada.is_at("/reset-password").await;
    let reset = ada.place().await;
    for _ in 0..3 {
        let url = format!("{}{reset}", scene.origin);
        assert_eq!(http.get(&url).send().await.expect("an answer").status(), 200);
    }
    // The same link a second time.
    scanner.press("Verify address").await;
    scanner.sees("This link was used").await;
    let password = json!("nine lamps over grey water");
    ada.fill("Password", password.as_str().expect("text")).await;
    ada.press("Set password").await;
    ada.sees("Your password is set.").await;
    scene.end([ada, scanner]).await;
}
