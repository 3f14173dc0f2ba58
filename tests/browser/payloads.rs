//! Nothing that somebody typed is ever markup (P25, B51): the corpus in every field that is shown, on every page that shows it.

use reqwest::Method;
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use crate::corpus::CORPUS;
use crate::program::id;
use crate::window::{DESK, Window};
use crate::world::{World, openapi};

/// What a page has that only a payload could have brought, and what it does not show as it was typed. An element that a payload
/// names in an attribute (a plain link of Markdown aside) is found by the address or the call that every payload has.
const LOOK: &str = r"
const [texts] = arguments;
const addresses = ['src', 'href', 'action', 'formaction', 'data', 'srcset', 'poster', 'xlink:href'];
const brought = e => [...e.attributes].some(a => /^on/i.test(a.name) || a.name === 'srcdoc' || /canary\.test/.test(a.name === 'style' && a.value)
        || addresses.includes(a.name) && !(e.tagName === 'A' && /^https?:/.test(a.value)) && /^\s*(https?:)?\/\/canary\.test|^\s*javascript:|^\s*data:text/i.test(a.value))
    || ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'MARQUEE', 'AUDIO', 'VIDEO', 'MATH'].includes(e.tagName)
    || e.tagName === 'SCRIPT' && e.textContent.includes('alert(')
    || e.tagName === 'STYLE' && e.textContent.includes('canary')
    || e.tagName === 'META' && /refresh/i.test(e.httpEquiv);
const squeezed = text => text.replace(/\s+/g, ' ').trim();
const all = squeezed(document.documentElement.textContent);
return { wrong: [...document.querySelectorAll('*')].filter(brought).map(e => e.outerHTML.slice(0, 200)),
    missing: texts.filter(text => !all.includes(squeezed(text))) };
";

/// What two payloads are refused for: they turn the direction of what follows. They are tried where lines may have any character, and Markdown
/// leaves those characters out.
fn is_a_name(payload: &str) -> bool {
    !payload.contains('\u{202e}')
}

fn slug(number: usize) -> String {
    format!("payload-{number}")
}

/// The ids of what is made of a text.
struct Made {
    application: String,
    api: String,
    team: String,
}

/// Puts a text wherever somebody can put one.
async fn fill(world: &World, number: usize, text: &str) -> Made {
    let (ada, admin) = (&world.ada, &world.admin);
    let name = if is_a_name(text) { text } else { "plain" };
    ada.send(Method::PATCH, "/api/portico/v1/developer", json!({ "full_name": name })).await;
    admin.send(Method::PATCH, &world.scene.portal(), json!({ "display_name": name, "description": text })).await;
    let application = id(&ada.post("/api/v3/applications", json!({ "name": name, "description": text })).await).to_owned();
    let credentials = format!("/api/v3/applications/{application}/credentials");
    ada.post(&credentials, json!({ "display_name": name })).await;
    let new = json!({ "name": name, "version": "1", "slug": slug(number), "description": text,
        "spec_content": openapi(text, "1", text, text) });
    let api = id(&admin.post("/v3/apis", new).await).to_owned();
    let publication = format!("/v3/apis/{api}/publications/{}", world.scene.local.portal().config.portal);
    admin.send(Method::PUT, &publication, json!({})).await;
    ada.post(&format!("/api/v3/applications/{application}/registrations"), json!({ "api_id": api })).await;
    let document = json!({ "title": name, "content": text, "slug": "payload", "status": "published" });
    admin.post(&format!("/v3/apis/{api}/documents"), document).await;
    let team = id(&admin.post(&format!("{}/teams", world.scene.portal()), json!({ "name": name, "description": text })).await)
        .to_owned();
    Made { application, api, team }
}

/// Looks at a page, which must show these texts as they were typed.
async fn look(window: &Window, path: &str, shown: &[&str]) {
    window.goto(path).await;
    let found = window.script(LOOK, &[json!(shown)]).await;
    assert_eq!(found, json!({ "wrong": [], "missing": [] }), "{shown:?} on {path}");
    assert_eq!(window.violations().await, Vec::<String>::new(), "{shown:?} on {path}");
}

/// Looks at a reference, which a script of its own draws, and whose policy keeps pictures from elsewhere away: nothing may run or be
/// fetched there.
async fn look_at_reference(window: &Window, path: &str, shown: &[&str]) {
    window.goto(path).await;
    window.sees("List them").await;
    let found = window.script(LOOK, &[json!(shown)]).await;
    assert_eq!(found["missing"], json!([]), "{shown:?} on {path}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_typed_is_shown_as_it_was_typed_and_does_nothing() {
    let world = World::start().await;
    let window = world.window_of_ada(DESK).await;
    world.scene.administer(&window).await;
    // What the policy of the reference refuses is said in the console of a window of its own.
    let reader = world.window_of_ada(DESK).await;
    for (number, payload) in CORPUS.iter().enumerate() {
        let Made { application, api, team } = fill(&world, number, payload).await;
        let slug = slug(number);
        let shown: &[&str] = if is_a_name(payload) { &[payload] } else { &[] };
        for path in [
            "/".to_owned(),
            "/profile".to_owned(),
            format!("/apis/{slug}"),
            format!("/apis/{slug}/docs/payload"),
            format!("/search?q={}", byte_serialize(payload.as_bytes()).collect::<String>()),
            format!("/apps/{application}"),
            format!("/apps/{application}/edit"),
            format!("/admin/apis/{api}"),
            format!("/admin/applications/{application}"),
            format!("/admin/teams/{team}"),
            format!("/admin/developers/{}", world.developer),
            "/admin/sign-in".to_owned(),
            "/admin/settings".to_owned(),
        ] {
            look(&window, &path, shown).await;
        }
        look_at_reference(&reader, &format!("/apis/{slug}/reference"), shown).await;
    }
    // All at once, in lists.
    let names: Vec<_> = CORPUS.iter().copied().filter(|payload| is_a_name(payload)).collect();
    for path in ["/apis", "/apis?view=table", "/apps", "/admin", "/admin/applications", "/admin/apis", "/admin/teams"] {
        look(&window, path, if path == "/apps" { &names } else { &[] }).await;
    }
    reader.goto("about:blank").await;
    reader.console().await;
    world.scene.end([window, reader]).await;
}
