//! What holds of every page: nobody is kept out by how it is made, it is light, it stands still, and it fits a phone. And its picture.

use portico_http::routes::{self, Caller};
use serde_json::{Value, json};

use crate::pictures;
use crate::places::{Place, Who};
use crate::window::{DESK, PHONE, Window};
use crate::world::World;

/// What a page may weigh in all, compressed.
const BYTES: u64 = 50 * 1024;
/// The reference has a renderer of its own.
const HEAVY: &[&str] = &["show-reference"];

/// Goes to every page in a window of whoever looks, and says what `look` finds there.
async fn everywhere(world: &World, kind: crate::window::Kind, mut look: impl AsyncFnMut(&Window, &Place) -> Vec<String>) {
    let mut found = Vec::new();
    let places = world.places().await;
    for who in [Who::Anyone, Who::Developer, Who::Administrator] {
        let places: Vec<_> = places.iter().filter(|place| place.who == who).collect();
        if places.is_empty() {
            continue;
        }
        let window = world.window_of(who, kind).await;
        for place in places {
            window.goto(&place.path).await;
            window.is_drawn().await;
            let wrong = look(&window, place).await;
            found.extend(wrong.into_iter().map(|wrong| format!("{} ({}): {wrong}", place.name, place.path)));
        }
        window.close().await;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The operation of the route that a path has.
fn operation(path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let route = |route: &&portico_http::routes::Route| {
        let (pattern, path): (Vec<_>, Vec<_>) = (route.path.split('/').collect(), path.split('/').collect());
        pattern.len() == path.len() && pattern.iter().zip(&path).all(|(a, b)| a == b || a.starts_with('{'))
    };
    // `/apis/new` is no API: what is written out comes first.
    let fitting = routes::all().filter(|one| one.method == "GET" && one.caller == Caller::Page).filter(route);
    fitting.min_by_key(|route| route.path.matches('{').count()).map(|route| route.operation)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_forgotten_by_what_is_held_of_every_page() {
    let world = World::start().await;
    let shown: Vec<_> = world.places().await.iter().filter_map(|place| operation(&place.path)).collect();
    // What leads to an identity provider and back has no page of its own.
    let pages = routes::all().filter(|route| route.function == "pages" && route.method == "GET").map(|route| route.operation);
    let forgotten: Vec<_> = pages.filter(|page| !shown.contains(page) && *page != "show-asset").collect();
    assert!(forgotten.is_empty(), "tests/browser/places.rs does not list {forgotten:?}");
    world.scene.end([]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_no_barrier_on_any_page_in_either_theme() {
    let world = World::start().await;
    let window = world.scene.window().await;
    window.goto("data:text/html,<title>x</title><main><h1>x</h1><input></main>").await;
    assert_eq!(window.barriers().await.len(), 2, "neither a language nor a label");
    window.close().await;
    everywhere(&world, DESK, async |window, place| {
        let mut wrong = Vec::new();
        for theme in ["light", "dark"] {
            window.prefer(theme).await;
            wrong.extend(window.barriers().await.into_iter().map(|barrier| format!("{theme}: {barrier}")));
            pictures::take(window, &format!("{}-{theme}", place.name)).await;
        }
        wrong
    })
    .await;
    world.scene.end([]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_shown_once_in_a_panel_without_barriers() {
    let world = World::start().await;
    let window = world.window_of_ada(DESK).await;
    window.goto(&format!("/apps/{}", world.clock)).await;
    window.press("Generate Credential").await;
    window.fill("Name of the credential", "Screen at the quay").await;
    window.press("Generate").await;
    window.sees("Copy it now.").await;
    let key = window.script("return document.querySelector('#new-credential code').textContent", &[]).await;
    let key = key.as_str().expect("a key");
    assert!(key.starts_with("portico_") && key.len() == 69, "{key}");
    for theme in ["light", "dark"] {
        window.prefer(theme).await;
        assert_eq!(window.barriers().await, Vec::<String>::new(), "{theme}");
        pictures::take(&window, &format!("new-key-{theme}")).await;
    }
    window.press("I have stored it").await;
    window.sees("Screen at the quay").await;
    let html = window.script("return document.documentElement.outerHTML", &[]).await;
    assert!(!html.to_string().contains(key), "the key is still there");
    world.scene.end([window]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_a_phone_and_what_is_pressed_there_is_large_enough_for_a_finger() {
    let world = World::start().await;
    everywhere(&world, PHONE, async |window, place| {
        if place.who != Who::Anyone {
            pictures::take(window, &format!("phone-{}", place.name)).await;
        }
        texts(&window.script(NARROW, &[]).await)
    })
    .await;
    world.scene.end([]).await;
}

/// What is wider than the window, and what is smaller than 44 pixels though it stands alone; links within a sentence aside.
pub(crate) const NARROW: &str = r"
const wrong = [];
const root = document.scrollingElement;
if (root.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll('main *, header *')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1);
    wrong.push(`${root.scrollWidth} pixels wide: ${wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')}`);
}
for (const e of document.querySelectorAll('button, a.button, summary, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, nav a, [role=button]')) {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.matches('.skip')) continue;
    const box = e.getBoundingClientRect();
    if (box.height < 43.5) wrong.push(`${Math.round(box.height)} pixels high: ${e.outerHTML.slice(0, 120)}`);
}
return wrong;
";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_weighs_at_most_fifty_kilobytes_has_one_script_and_stands_still() {
    let world = World::start().await;
    everywhere(&world, DESK, async |window, place| {
        window.session.devtools("Network.clearBrowserCache", json!({})).await;
        window.goto(&place.path).await;
        let measured = window.session.script_that_calls_back(MEASURE).await.expect("it can be measured");
        let mut wrong = Vec::new();
        let (bytes, scripts, shift) = (measured["bytes"].as_u64(), measured["scripts"].as_u64(), measured["shift"].as_f64());
        let heavy = operation(&place.path).is_some_and(|operation| HEAVY.contains(&operation));
        if !heavy && (bytes.is_none_or(|bytes| bytes == 0 || bytes > BYTES) || scripts != Some(1)) {
            wrong.push(format!("{bytes:?} bytes, {scripts:?} scripts"));
        }
        if !heavy && shift.is_none_or(|shift| shift > 0.0) {
            wrong.push(format!("it moves by {shift:?}: {}", measured["moved"]));
        }
        wrong
    })
    .await;
    world.scene.end([]).await;
}

/// What came over the wire for the page, and how far things moved until it was there.
const MEASURE: &str = r"
const done = arguments[arguments.length - 1];
let shift = 0; const moved = [];
new PerformanceObserver(list => { for (const entry of list.getEntries()) { shift += entry.value;
    moved.push(...entry.sources.map(s => `${s.node?.outerHTML?.slice(0, 100)} ${JSON.stringify([s.previousRect, s.currentRect])}`)); } }).observe({ type: 'layout-shift', buffered: true });
requestAnimationFrame(() => requestAnimationFrame(() => {
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    done({ bytes: entries.reduce((sum, entry) => sum + entry.encodedBodySize, 0), scripts: document.scripts.length, shift, moved });
}));
";

/// The texts of a list.
pub(crate) fn texts(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|text| text.as_str().expect("text").to_owned()).collect()
}
