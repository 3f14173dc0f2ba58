//! `admin-portal`: `get-portal-customization`, `replace-portal-customization` and `update-portal-customization`.

use portico_store::{Item, Key};
use portico_tests::TestPortal;
use serde_json::{Value, json};

fn path(portal: &TestPortal) -> String {
    format!("/v3/portals/{}/customization", portal.id())
}

fn link(path: &str) -> Value {
    json!({ "path": path, "title": "APIs", "visibility": "public", "external": false })
}

async fn stored(portal: &TestPortal) -> Item {
    portal.portal.store.get(&Key::portal(portal.id())).await.expect("an answer").expect("the portal")
}

#[tokio::test]
async fn a_portal_that_nobody_has_dressed_shows_the_defaults_of_the_contract_and_keeps_nothing() {
    let portal = TestPortal::start().await;
    let plain = json!({
        "theme": { "mode": "system", "colors": {} }, "css": null, "robots": null,
        "menu": { "main": [], "footer_sections": [], "footer_bottom": [] },
        "spec_renderer": {
            "try_it_ui": true, "try_it_insomnia": true, "infinite_scroll": true, "show_schemas": true, "hide_internal": false,
            "hide_deprecated": false, "allow_custom_server_urls": true,
        },
    });
    let admin = portal.admin();
    assert_eq!(admin.get(&path(&portal)).await.expect(200).body, plain);
    assert_eq!(admin.put(&path(&portal), json!({})).await.expect(200).body, plain);
    assert!(!stored(&portal).await.has("customization"));
    assert_eq!(stored(&portal).await.number("ver"), Some(1), "no change, no event");
    portal.end().await;
}

#[tokio::test]
async fn a_replacement_takes_away_what_it_does_not_say_and_an_update_merges_object_by_object() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal));
    let look = json!({
        "theme": { "name": "Sea", "mode": "dark", "colors": { "primary": "#1D4ed8" } }, "layout": "topnav", "css": "",
        "menu": {
            "main": [link("/apis")], "footer_bottom": [link("https://example.test/imprint")],
            "footer_sections": [{ "title": "More", "items": [link("/apis?search=x")] }],
        },
        "spec_renderer": { "try_it_ui": false, "hide_deprecated": true }, "robots": "noindex, nofollow",
    });
    let whole = admin.put(&path, look).await.expect(200).body;
    assert_eq!(whole["theme"]["colors"]["primary"], "#1D4ed8", "as it was written");
    let merged = json!({
        "theme": { "mode": "light" }, "menu": { "main": [] }, "spec_renderer": { "try_it_ui": true }, "robots": null, "css": null,
    });
    let merged = admin.patch(&path, merged).await.expect(200).body;
    let mut expected = whole.clone();
    expected["theme"]["mode"] = json!("light");
    expected["menu"]["main"] = json!([]);
    expected["spec_renderer"]["try_it_ui"] = json!(true);
    expected["robots"] = Value::Null;
    assert_eq!(merged, expected);
    assert_eq!(admin.get(&path).await.expect(200).body, expected);
    let replaced = admin.put(&path, json!({ "theme": { "mode": "dark" } })).await.expect(200).body;
    assert_eq!(replaced["theme"], json!({ "mode": "dark", "colors": {} }));
    assert_eq!((replaced["menu"]["footer_sections"].clone(), replaced.get("layout")), (json!([]), None));
    portal.end().await;
}

#[tokio::test]
async fn a_change_of_the_look_is_one_event_that_names_what_people_wrote_and_does_not_tell_it() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal));
    let look = json!({ "theme": { "name": "Ask ada@example.test", "mode": "dark" }, "menu": { "main": [link("/ada")] } });
    admin.put(&path, look.clone()).await.expect(200);
    portal.take_calls();
    admin.put(&path, look.clone()).await.expect(200);
    admin.patch(&path, look).await.expect(200);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"), "the same again writes nothing");
    let events = portal.children(&Key::portal(portal.id()), "EVENT#").await;
    let told: Vec<Value> = events.iter().map(|event| event.read().expect("an event")).collect();
    let told: Vec<&Value> = told.iter().filter(|event| event["name"] == "portal.updated").collect();
    let [event] = told.as_slice() else { panic!("{told:?}") };
    let data = &event["data"];
    assert_eq!(data["changed"], json!(["customization.theme.name", "customization.theme.mode", "customization.menu"]));
    assert_eq!(data["after"], json!({ "customization.theme.mode": "dark" }));
    assert_eq!(stored(&portal).await.number("ver"), Some(2));
    portal.end().await;
}

#[tokio::test]
async fn every_wrong_field_of_a_look_is_named_at_once() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal));
    let wrong = json!({
        "theme": { "name": "", "mode": "dim", "colors": { "primary": "red", "secondary": "#000" } }, "layout": 7, "css": 7,
        "menu": {
            "main": [link("javascript:alert(1)"), { "path": "//evil.test", "title": "", "visibility": "secret" }],
            "footer_sections": [{ "items": [link("/\\evil.test")] }], "footer_top": [],
        },
        "spec_renderer": { "try_it_ui": "yes" }, "robots": "\"><script>", "logo": null,
    });
    let fields = [
        "theme.name",
        "theme.mode",
        "theme.colors.primary",
        "theme.colors.secondary",
        "layout",
        "css",
        "menu.main.0.path",
        "menu.main.1.path",
        "menu.main.1.title",
        "menu.main.1.visibility",
        "menu.main.1.external",
        "menu.footer_sections.0.title",
        "menu.footer_sections.0.items.0.path",
        "menu.footer_top",
        "spec_renderer.try_it_ui",
        "robots",
        "logo",
    ];
    admin.put(&path, wrong.clone()).await.expect_invalid(&fields);
    admin.patch(&path, wrong).await.expect_invalid(&fields);
    for member in ["theme", "menu", "spec_renderer", "layout"] {
        admin.patch(&path, json!({ member: null })).await.expect_invalid(&[member]);
    }
    let many = json!({ "menu": { "main": vec![link("/apis"); 51] } });
    admin.put(&path, many).await.expect_invalid(&["menu.main"]);
    assert_eq!(stored(&portal).await.number("ver"), Some(1));
    portal.end().await;
}

#[tokio::test]
async fn a_look_that_would_make_every_request_dear_is_refused_with_what_is_there_already() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal));
    let long = json!({ "path": "/apis", "title": "x".repeat(500), "visibility": "public", "external": false });
    admin.patch(&path, json!({ "menu": { "main": vec![&long; 16] } })).await.expect(200);
    let reply = admin.patch(&path, json!({ "menu": { "footer_bottom": vec![&long; 16] } })).await.expect_invalid(&["menu"]);
    assert_eq!(reply.body["invalid_parameters"][0]["maximum"], 16_384);
    portal.end().await;
}

#[tokio::test]
async fn styles_of_ones_own_are_not_supported_and_said_to_be_so() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal));
    let styled = json!({ "css": "body { background: url(https://evil.test) }", "theme": { "mode": "dark" } });
    for reply in [admin.put(&path, styled.clone()).await, admin.patch(&path, styled).await] {
        let reply = reply.expect_problem(422, "not-supported");
        assert!(reply.body["detail"].as_str().is_some_and(|detail| detail.contains("css")), "{}", reply.body);
    }
    assert_eq!(admin.get(&path).await.body["theme"]["mode"], "system");
    portal.end().await;
}

/// `get-try-it-servers` and `replace-try-it-servers`.
#[tokio::test]
async fn an_administrator_confirms_the_servers_that_pages_may_call() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), format!("/portico/v1/portals/{}/try-it-servers", portal.id()));
    assert_eq!(admin.get(&path).await.expect(200).body, json!({ "servers": [] }));
    let confirmed = json!({ "servers": ["https://API.example.test/", "http://127.0.0.1:8080"] });
    let kept = json!({ "servers": ["https://api.example.test", "http://127.0.0.1:8080"] });
    assert_eq!(admin.put(&path, confirmed.clone()).await.expect(200).body, kept);
    assert_eq!(admin.put(&path, confirmed).await.expect(200).body, kept);
    assert_eq!(admin.get(&path).await.expect(200).body, kept);
    assert_eq!(stored(&portal).await.number("ver"), Some(2), "the same again is no event");
    let wrong =
        json!({ "servers": ["https://api.example.test; script-src *", "http://api.example.test", "*", 7, "https://a.test/v1"] });
    let fields = ["servers.0", "servers.1", "servers.2", "servers.3", "servers.4"];
    admin.put(&path, wrong).await.expect_invalid(&fields);
    admin.put(&path, json!({ "servers": vec!["https://a.test"; 2] })).await.expect_invalid(&["servers"]);
    admin.put(&path, json!({})).await.expect_invalid(&["servers"]);
    assert_eq!(admin.put(&path, json!({ "servers": [] })).await.expect(200).body, json!({ "servers": [] }));
    assert!(!stored(&portal).await.has("try_it_servers"));
    portal.end().await;
}
