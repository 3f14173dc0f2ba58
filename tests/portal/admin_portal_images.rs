//! `admin-portal`: `get-portal-asset-logo`, `replace-portal-asset-logo`, `get-portal-asset-logo-raw`, and the same of the favicon:
//! `get-portal-asset-favicon`, `replace-portal-asset-favicon`, `get-portal-asset-favicon-raw`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_domain::image::{Image, Media, Which, data_uri};
use portico_store::Key;
use portico_tests::{Client, Reply, TestPortal};
use serde_json::{Value, json};

use super::tenancy::scene::PNG;

const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>"#;

fn path(portal: &TestPortal, which: &str) -> String {
    format!("/v3/portals/{}/assets/{which}", portal.id())
}

async fn replace(admin: &Client, path: &str, data: impl Into<Value>) -> Reply {
    admin.put(path, json!({ "data": data.into() })).await
}

async fn events(portal: &TestPortal) -> Vec<Value> {
    let events = portal.children(&Key::portal(portal.id()), "EVENT#").await;
    let read = events.iter().map(|event| event.read::<Value>().expect("an event"));
    read.filter(|event| event["name"] == "portal.updated").collect()
}

#[tokio::test]
async fn a_portal_without_images_of_its_own_shows_porticos_mark() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    for (name, which) in [("logo", Which::Logo), ("favicon", Which::Favicon)] {
        let mark = Image::built_in(which);
        let reply = admin.get(&path(&portal, name)).await.expect(200);
        assert_eq!(reply.body, json!({ "data": data_uri(Media::Png, &mark.bytes) }));
        let reply = admin.get(&format!("{}/raw", path(&portal, name))).await.expect(200);
        assert_eq!((reply.headers["content-type"].to_str().ok(), reply.bytes.to_vec()), (Some("image/png"), mark.bytes));
    }
    portal.end().await;
}

#[tokio::test]
async fn an_image_is_kept_as_it_came_and_null_brings_the_mark_back() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    for (name, other) in [("logo", "favicon"), ("favicon", "logo")] {
        let path = path(&portal, name);
        let before = admin.get(&path).await.expect(200).body;
        assert_eq!(replace(&admin, &path, PNG).await.expect(200).body, json!({ "data": PNG }));
        assert_eq!(admin.get(&path).await.expect(200).body, json!({ "data": PNG }));
        assert_ne!(admin.get(&self::path(&portal, other)).await.expect(200).body, json!({ "data": PNG }), "the other stays");
        let raw = admin.get(&format!("{path}/raw")).await.expect(200);
        assert_eq!(format!("data:image/png;base64,{}", STANDARD.encode(&raw.bytes)), PNG);
        let reset = admin.send(http::Method::PUT, &path, Some(Value::Null)).await.expect(200);
        assert_eq!(reset.body, before);
        assert_eq!(admin.get(&path).await.expect(200).body, before);
    }
    portal.end().await;
}

#[tokio::test]
async fn a_new_image_is_one_event_and_the_same_again_is_none() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal, "logo"));
    replace(&admin, &path, PNG).await.expect(200);
    // The contract lets the mark of base64 be left out.
    replace(&admin, &path, PNG.replace(";base64", "")).await.expect(200);
    let told = events(&portal).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["changed"], json!(["logo"]));
    assert_eq!(told[0]["data"]["after"]["logo"]["media"], "png");
    portal.end().await;
}

#[tokio::test]
async fn an_svg_runs_nothing_wherever_it_is_opened() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal, "logo"));
    replace(&admin, &path, data_uri(Media::Svg, SVG.as_bytes())).await.expect(200);
    for reply in [admin.get(&format!("{path}/raw")).await, portal.anonymous().get("/api/v3/assets/logo").await] {
        let reply = reply.expect(200);
        assert_eq!((reply.headers["content-type"].to_str().ok(), &*reply.bytes), (Some("image/svg+xml"), SVG.as_bytes()));
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        let policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        assert_eq!(reply.headers["content-security-policy"], policy);
    }
    portal.end().await;
}

#[tokio::test]
async fn what_is_not_the_image_that_it_says_is_refused_by_its_name() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal, "favicon"));
    let html = data_uri(Media::Png, b"<script>alert(1)</script>");
    for data in
        [json!(html), json!("data:text/html;base64,PGI+"), json!("https://evil.test/x.png"), json!(""), json!(7), Value::Null]
    {
        replace(&admin, &path, data).await.expect_invalid(&["data"]);
    }
    admin.put(&path, json!({ "image": PNG })).await.expect_invalid(&["data", "image"]);
    assert_eq!(events(&portal).await.len(), 0);
    portal.end().await;
}

#[tokio::test]
async fn an_image_has_at_most_256_kibibytes_however_it_is_written() {
    let portal = TestPortal::start().await;
    let (admin, path) = (portal.admin(), path(&portal, "logo"));
    let gif = |bytes: usize| data_uri(Media::Gif, &[b"GIF89a".as_slice(), &vec![0xff; bytes - 6]].concat());
    replace(&admin, &path, gif(Image::MAX_BYTES + 1)).await.expect_problem(413, "too-large");
    let body = json!({ "data": gif(Image::MAX_BYTES) }).to_string().replace('/', "\\/");
    let request = http::Request::builder().method("PUT").uri(&path).header("content-type", "application/json");
    admin.send_raw(request.body(body.into()).expect("a request")).await.expect(200);
    assert_eq!(admin.get(&format!("{path}/raw")).await.expect(200).bytes.len(), Image::MAX_BYTES);
    portal.end().await;
}

#[tokio::test]
async fn the_portal_names_no_image_that_is_not_kept() {
    let mut portal = TestPortal::start().await;
    portal.portal.specifications = portico_store::specifications::Specifications::none();
    let reply = replace(&portal.admin(), &path(&portal, "logo"), PNG).await;
    reply.expect_problem(503, "busy");
    assert_eq!(events(&portal).await.len(), 0);
    portal.end().await;
}
