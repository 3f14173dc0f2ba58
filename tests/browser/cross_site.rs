//! What a page of another origin can make a browser do that is signed in here: nothing (P26, B15).

use portico_http::routes::{self, Caller};
use serde_json::{Value, json};

use crate::elsewhere::Elsewhere;
use crate::window::{DESK, Window};
use crate::world::World;

/// Every way that HTML and scripts have to send something to another origin. `ROUTES` and `PORTAL` are written into it.
const ATTACK: &str = r#"<!doctype html><title>attacking</title><body><script>
"use strict";
const routes = ROUTES_HERE, portal = "PORTAL_HERE";
const settled = [];
const frame = () => { const frame = document.createElement("iframe"); frame.name = "f" + document.querySelectorAll("iframe").length;
    settled.push(new Promise(done => { frame.onload = done; frame.onerror = done; setTimeout(done, 3000); })); document.body.append(frame); return frame.name; };
const post = (url, enctype, pairs) => { const form = document.createElement("form"); form.method = "post"; form.action = url;
    form.enctype = enctype; form.target = frame();
    for (const [name, value] of pairs) { const input = document.createElement("input"); input.type = "hidden"; input.name = name; input.value = value; form.append(input); }
    document.body.append(form); form.submit(); };
for (const { method, path, body } of routes) {
    const url = portal + path, json = JSON.stringify(body);
    for (const [mode, type] of [["no-cors", "text/plain"], ["no-cors", "application/x-www-form-urlencoded"], ["cors", "application/json"], ["cors", "text/plain"]])
        settled.push(fetch(url, { method: mode === "no-cors" ? "POST" : method, mode, credentials: "include", headers: { "content-type": type },
            body: type.includes("urlencoded") ? new URLSearchParams(body) : json }).catch(() => {}));
    settled.push(fetch(url, { mode: "no-cors", credentials: "include" }).catch(() => {}));
    settled.push(new Promise(done => { const image = new Image(); image.onload = image.onerror = done; image.src = url; }));
    navigator.sendBeacon(url, new Blob([json], { type: "text/plain" }));
    if (method === "POST") {
        post(url, "application/x-www-form-urlencoded", Object.entries(body));
        post(url, "text/plain", [[json.slice(0, -1) + ',"x":"', '"}']]);
        post(url, "multipart/form-data", Object.entries(body));
    }
}
Promise.all(settled).then(() => { document.title = "done"; });
</script>"#;

/// Every route that changes something, with ids that exist and a body that it would take.
fn routes(world: &World) -> Value {
    let body = json!({ "name": "Stolen", "email": "eve@evil.test", "full_name": "Eve", "username": "eve@evil.test",
        "password": "a prize for everybody here", "status": "revoked", "display_name": "Stolen", "api_id": world.tides,
        "current_password": crate::program::PASSWORD, "new_password": "a prize for everybody here", "token": world.scene.token });
    let portal = world.scene.local.portal().config.portal.to_string();
    let ids = [
        ("{applicationId}", &world.clock),
        ("{apiId}", &world.tides),
        ("{apiIdOrSlug}", &world.tides),
        ("{developerId}", &world.developer),
        ("{authStrategyId}", &world.strategy),
        ("{portalId}", &portal),
    ];
    let mut all = Vec::new();
    for route in routes::all().filter(|route| !matches!(route.method, "GET" | "HEAD") && route.caller != Caller::Page) {
        let mut path = ids.iter().fold(route.path.to_owned(), |path, (name, id)| path.replace(name, id));
        while let Some((before, after)) = path.split_once('{') {
            let rest = after.split_once('}').map_or("", |(_, rest)| rest);
            path = format!("{before}{}{rest}", world.clock);
        }
        all.push(json!({ "method": route.method, "path": path, "body": body }));
    }
    Value::Array(all)
}

/// Opens the attack in a window that is signed in, and waits until it has done all it could.
async fn attack(window: &Window, place: &str) {
    window.goto(place).await;
    let done = window.until(async || (window.script("return document.title", &[]).await == "done").then_some(())).await;
    assert!(done.is_some(), "the attack is not over");
    // What it was refused is not the portal's pages' doing.
    window.console().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_changes_nothing_in_the_name_of_whoever_is_signed_in() {
    let world = World::start().await;
    let page = ATTACK.replace("ROUTES_HERE", &routes(&world).to_string()).replace("PORTAL_HERE", &world.scene.origin);
    let elsewhere = Elsewhere::serving(page).await;
    let window = world.window_of_ada(DESK).await;
    world.scene.administer(&window).await;
    let before = world.scene.dump().await;
    for place in [elsewhere.cross_site(), elsewhere.same_site()] {
        attack(&window, &place).await;
        assert_eq!(world.scene.dump().await, before, "{place}");
    }
    // Both are still signed in.
    window.goto("/apps").await;
    window.sees("Harbour clock").await;
    window.goto("/admin").await;
    window.sees("Night ferry board").await;
    // The same request from the portal's own page is not refused.
    let renamed = "const done = arguments[0]; fetch(location.pathname.replace('/apps/', '/api/v3/applications/'),
        { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{\"name\":\"Own\"}' }).then(answer => done(answer.status))";
    window.goto(&format!("/apps/{}", world.clock)).await;
    assert_eq!(window.session.script_that_calls_back(renamed).await.expect("an answer"), 200);
    world.scene.end([window]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_can_be_put_into_a_frame_of_another_origin() {
    let world = World::start().await;
    let framed = format!(
        "<!doctype html><title>prize</title><iframe src='{0}/apps'></iframe><iframe src='{0}/login'></iframe>",
        world.scene.origin
    );
    let elsewhere = Elsewhere::serving(framed).await;
    let window = world.window_of_ada(DESK).await;
    window.goto(&elsewhere.same_site()).await;
    let said = window.until(async || {
        Some(window.console().await).filter(|said| said.iter().filter(|line| line.contains("frame-ancestors")).count() >= 2)
    });
    assert!(said.await.is_some(), "both frames are refused");
    world.scene.end([window]).await;
}
