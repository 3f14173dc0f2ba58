//! The reference of an API, which Swagger UI draws: nobody is kept out of anything that a specification can hold, the key that somebody
//! types goes nowhere but to a confirmed server, and a large document is drawn too.

use std::fmt::Write as _;

use axum::Router;
use axum::http::{HeaderMap, header};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::elsewhere::Elsewhere;
use crate::every_page::{NARROW, texts};
use crate::hands::ESCAPE;
use crate::pictures;
use crate::program::{Program, id};
use crate::scene::Scene;
use crate::window::{DESK, Kind, PHONE, Window};

/// Something of everything that a specification can hold.
const HARBOUR: &str = include_str!("harbour.yaml");
/// Its first server.
const SERVER: &str = "https://api.example.test/v2";
const KEY: &str = "portico_of_somebody_who_tries";
const PAGE: &str = "/apis/harbour/reference";

/// Publishes a specification for everybody, and confirms servers.
async fn publish(scene: &Scene, content: &str, confirmed: &[&str]) {
    let admin = Program::of_administrator(scene);
    let new = json!({ "name": "Harbour", "version": "1", "slug": "harbour", "spec_content": content });
    let api = id(&admin.post("/v3/apis", new).await).to_owned();
    let publication = format!("/v3/apis/{api}/publications/{}", scene.local.portal().config.portal);
    admin.send(Method::PUT, &publication, json!({ "visibility": "public" })).await;
    let servers = format!("/portico/v1/portals/{}/try-it-servers", scene.local.portal().config.portal);
    admin.send(Method::PUT, &servers, json!({ "servers": confirmed })).await;
}

impl Window {
    /// Waits until the reference is drawn, where there is one.
    pub(crate) async fn is_drawn(&self) {
        let drawn = "return !document.querySelector('#reference') || !!document.querySelector('#reference .opblock-tag')";
        if self.until(async || (self.script(drawn, &[]).await == Value::Bool(true)).then_some(())).await.is_none() {
            self.fail("the reference is not drawn").await;
        }
    }

    /// Presses whatever a selector finds until it finds nothing more.
    async fn press_all(&self, selector: &str) {
        let press = "const found = [...document.querySelectorAll(arguments[0])]; for (const one of found) one.click(); return found.length";
        let done = async || (self.script(press, &[json!(selector)]).await == json!(0)).then_some(());
        if self.until(done).await.is_none() {
            self.fail(&format!("there is always another {selector}")).await;
        }
    }

    /// Chooses in the list with a label.
    async fn choose(&self, label: &str, option: &str) {
        let choose = "const list = document.querySelector(`select[aria-label='${arguments[0]}']`);
            list.value = [...list.options].find(o => o.textContent.startsWith(arguments[1])).value;
            list.dispatchEvent(new Event('change', { bubbles: true }))";
        self.script(choose, &[json!(label), json!(option)]).await;
    }

    async fn has_no_barrier(&self, when: &str) {
        for theme in ["light", "dark"] {
            self.prefer(theme).await;
            assert_eq!(self.barriers().await, Vec::<String>::new(), "{when}, {theme}");
        }
        assert_eq!(texts(&self.script(NARROW, &[]).await), Vec::<String>::new(), "{when}");
    }
}

async fn look_at_everything(scene: &Scene, kind: Kind) {
    let window = scene.window_of(kind).await;
    window.goto(PAGE).await;
    window.is_drawn().await;
    window.has_no_barrier("closed").await;
    window.press("GET").await;
    window.sees("All berths, the longest first.").await;
    window.press("Try it out").await;
    window.sees("Execute").await;
    if kind.width == DESK.width {
        for theme in ["light", "dark"] {
            window.prefer(theme).await;
            pictures::take(&window, &format!("reference-operation-{theme}")).await;
        }
    } else {
        pictures::take(&window, "phone-reference-operation").await;
    }
    window.press_all(".opblock-summary-control[aria-expanded='false']").await;
    window.has_no_barrier("open").await;
    window.press_all(".try-out__btn:not(.cancel, .reset)").await;
    window.press_all(".tablinks[data-name='model'][aria-selected='false']").await;
    window.press_all(".models-control[aria-expanded='false']").await;
    window.press_all(".json-schema-2020-12-accordion[aria-expanded='false']").await;
    window.choose("Server", "https://{region}").await;
    window.choose("Request content type", "multipart/form-data").await;
    window.sees("Server variables").await;
    window.has_no_barrier("tried").await;
    window.press("Callbacks").await;
    window.sees("onFree").await;
    window.has_no_barrier("callbacks").await;
    window.press("Authorize").await;
    window.sees("Available authorizations").await;
    window.has_no_barrier("credentials").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_kept_out_of_anything_that_a_specification_holds() {
    let scene = Scene::start().await;
    publish(&scene, HARBOUR, &[]).await;
    look_at_everything(&scene, DESK).await;
    look_at_everything(&scene, PHONE).await;
    scene.end([]).await;
}

/// A server that lets pages of every origin read what it answers: the key that it was sent.
async fn open_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let answer = async |headers: HeaderMap| {
        let key = headers.get("apikey").and_then(|key| key.to_str().ok()).unwrap_or("no key").to_owned();
        let cookie = headers.contains_key(header::COOKIE);
        let open = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::ACCESS_CONTROL_ALLOW_HEADERS, "*")];
        (open, axum::Json(json!({ "called_with": key, "cookie": cookie })))
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.expect("it serves") });
    origin
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stays_in_its_tab_and_goes_to_confirmed_servers_alone() {
    let scene = Scene::start().await;
    let (open, shut) = (open_server().await, Elsewhere::serving("nobody may read this".to_owned()).await);
    let shut = shut.same_site().trim_end_matches('/').to_owned();
    let content = HARBOUR.replace(SERVER, &open).replace(
        "  - url: https://{region}",
        &format!("  - url: {shut}\n  - url: https://unconfirmed.evil.test\n  - url: https://{{region}}"),
    );
    publish(&scene, &content, &[&open, &shut]).await;
    let window = scene.window().await;
    window.goto(PAGE).await;
    window.is_drawn().await;
    window.press("Authorize").await;
    window.keys(ESCAPE).await;
    let shut_dialog = "return !document.querySelector('dialog') && document.activeElement.textContent";
    assert_eq!(window.script(shut_dialog, &[]).await, "Authorize", "the focus comes back");
    window.press("Authorize").await;
    // The first field has the focus.
    window.keys(KEY).await;
    window.press("Authorize").await;
    window.sees("Authorized").await;
    window.press("Close").await;
    window.press("GET").await;
    window.press("Try it out").await;
    window.fill("X-Trace", "0b5c7a1e-2f7b-4b53-9d6c-3f7a6a0d2c11").await;
    window.press("Execute").await;
    window.sees(&format!("\"called_with\": \"{KEY}\"")).await;
    window.sees("\"cookie\": false").await;
    window.has_no_barrier("answered").await;

    window.choose("Server", &shut).await;
    window.press("Execute").await;
    window.sees("Access-Control-Allow-Origin").await;
    window.choose("Server", "https://unconfirmed.evil.test").await;
    window.press("Execute").await;
    window.sees("Nothing was sent: no administrator of this portal has confirmed that server.").await;
    window.has_no_barrier("refused").await;

    let kept = "return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state])";
    let kept = window.script(kept, &[]).await.to_string();
    assert!(!kept.contains(KEY), "{kept}");
    window.goto(PAGE).await;
    window.is_drawn().await;
    let html = window.script("return document.documentElement.outerHTML", &[]).await.to_string();
    assert!(!html.contains(KEY) && !html.contains("Authorized:"), "the key outlived its page");
    window.console().await;
    scene.end([window]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_specification_of_a_megabyte_is_drawn_group_by_group() {
    let mut paths = String::new();
    for number in 0..1200 {
        let words = "says what is at the berth, and for how long it will be there ".repeat(13);
        write!(
            paths,
            "{}\"/berths{number}\":{{\"get\":{{\"tags\":[\"quay {}\"],\"summary\":\"Read berth {number}\",\"description\":\"{words}\",\
             \"responses\":{{\"200\":{{\"description\":\"The berth\"}}}}}}}}",
            if number == 0 { "" } else { "," },
            number % 30
        )
        .expect("text");
    }
    let content = format!("{{\"openapi\":\"3.1.0\",\"info\":{{\"title\":\"Quays\",\"version\":\"1\"}},\"paths\":{{{paths}}}}}");
    assert!(content.len() > 1 << 20, "{} bytes", content.len());
    let scene = Scene::start().await;
    publish(&scene, &content, &[]).await;
    let window = scene.window().await;
    window.goto(PAGE).await;
    window.is_drawn().await;
    assert!(!window.text().await.contains("Read berth"), "a group is drawn when it is opened");
    window.has_no_barrier("large").await;
    window.press("Operations of quay 29").await;
    window.sees("Read berth 1199").await;
    // An address that names an operation opens it, and nothing else.
    window.goto("/apis").await;
    window.goto(&format!("{PAGE}#GET%20%2Fberths28")).await;
    window.sees("says what is at the berth").await;
    let reached =
        "const e = document.activeElement; return [e.getAttribute('aria-expanded'), e.textContent.includes('/berths28')]";
    assert_eq!(window.script(reached, &[]).await, json!(["true", true]));
    assert!(!window.text().await.contains("Read berth 1199"), "another group is drawn too");
    scene.end([window]).await;
}
