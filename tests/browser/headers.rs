//! What the portal's headers keep a browser from.

use serde_json::Value;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_api_answers_runs_nothing_and_fetches_nothing_in_a_browser() {
    let scene = Scene::start().await;
    let window = scene.window().await;
    window.goto("/api/v3/portal").await;
    window.sees("\"name\":\"portico\"").await;
    let injected = "const script = document.createElement('script'); script.textContent = 'document.title = \"ran\"';
        document.body.append(script); const image = new Image(); image.src = 'http://canary.test/'; document.body.append(image);
        return document.title";
    assert_eq!(window.script(injected, &[]).await, Value::String(String::new()));
    let refused = window.until(async || Some(window.violations().await).filter(|refused| refused.len() >= 2)).await;
    let refused = refused.expect("the console says what the policy refused").join("\n");
    assert!(refused.contains("inline script") && refused.contains("canary.test"), "{refused}");
    scene.end([window]).await;
}
