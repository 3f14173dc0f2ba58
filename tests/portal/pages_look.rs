//! `pages`: what the portal's own look makes of them.

use portico_tests::TestPortal;
use serde_json::{Value, json};

use super::tenancy::scene::PNG;

async fn dress(portal: &TestPortal, look: Value) {
    let path = format!("/v3/portals/{}/customization", portal.id());
    portal.admin().put(&path, look).await.expect(200);
}

fn link(path: &str, title: &str, visibility: &str, external: bool) -> Value {
    json!({ "path": path, "title": title, "visibility": visibility, "external": external })
}

#[tokio::test]
async fn the_accent_is_a_style_sheet_that_is_named_anew_with_each_accent() {
    let portal = TestPortal::start().await;
    let anonymous = portal.anonymous();
    assert!(!anonymous.page("/").await.html().contains("theme.css"), "no accent, no sheet");
    assert!(anonymous.page("/assets/theme.css").await.expect(200).bytes.is_empty());
    let mut names = Vec::new();
    for accent in ["#e11d48", "#ff0"] {
        dress(&portal, json!({ "theme": { "colors": { "primary": accent } } })).await;
        let html = anonymous.page("/").await.expect(200).html();
        let name = html.split('"').find(|part| part.starts_with("/assets/theme.css?v=")).expect("the sheet").to_owned();
        let sheet = anonymous.page(&name).await.expect(200);
        assert_eq!(sheet.headers["content-type"], "text/css; charset=utf-8");
        assert_eq!(String::from_utf8_lossy(&sheet.bytes).matches("--accent: #").count(), 3);
        let tag = sheet.headers["etag"].to_str().expect("a tag").to_owned();
        anonymous.clone().with_header("if-none-match", &tag).page(&name).await.expect(304);
        names.push(name);
    }
    assert_ne!(names[0], names[1]);
    portal.end().await;
}

#[tokio::test]
async fn a_portal_that_is_dark_for_everybody_is_dark_whatever_the_reader_chose() {
    let portal = TestPortal::start().await;
    let reader = portal.anonymous();
    reader.set_cookie("porticotheme", "light");
    assert!(reader.page("/").await.html().contains("data-theme=\"light\""));
    dress(&portal, json!({ "theme": { "mode": "dark" } })).await;
    let html = reader.page("/").await.html();
    assert!(html.contains("data-theme=\"dark\"") && !html.contains("data-theme-switch"), "{html:.400}");
    portal.end().await;
}

#[tokio::test]
async fn logo_favicon_and_robots_are_the_portals_own() {
    let portal = TestPortal::start().await;
    let anonymous = portal.anonymous();
    for name in ["logo", "favicon"] {
        let path = format!("/v3/portals/{}/assets/{name}", portal.id());
        portal.admin().put(&path, json!({ "data": PNG })).await.expect(200);
    }
    dress(&portal, json!({ "robots": "noindex, nofollow" })).await;
    let html = anonymous.page("/").await.html();
    assert!(html.contains("<meta name=\"robots\" content=\"noindex, nofollow\">"), "{html:.600}");
    for name in ["logo", "favicon"] {
        let begins = format!("/api/v3/assets/{name}?v=");
        let path = html.split('"').find(|part| part.starts_with(&begins)).expect("the image");
        assert_eq!(anonymous.get(path).await.expect(200).headers["content-type"], "image/png");
    }
    portal.end().await;
}

#[tokio::test]
async fn menu_entries_are_links_as_text_and_private_ones_are_for_those_who_are_signed_in() {
    let portal = TestPortal::start().await;
    let menu = json!({
        "main": [link("/apis?q=%3Cb%3E", "<b>All</b>", "public", false), link("/apps", "Inner", "private", false)],
        "footer_sections": [
            { "title": "Company", "items": [link("https://example.test/about", "About", "public", true)] },
            { "title": "Members", "items": [link("/profile", "Yours", "private", false)] },
        ],
        "footer_bottom": [link("/imprint", "Imprint", "public", false)],
    });
    dress(&portal, json!({ "menu": menu })).await;
    let html = portal.anonymous().page("/").await.html();
    assert!(html.contains("<a href=\"/apis?q=%3Cb%3E\">") && !html.contains("<b>All"), "{html}");
    assert!(html.contains("<a href=\"https://example.test/about\" target=\"_blank\" rel=\"noopener\">About</a>"), "{html}");
    assert!(html.contains("Imprint") && !html.contains("Inner") && !html.contains("Members"), "{html}");
    let ada = portal.approved_developer("ada@example.test").await;
    let html = ada.page("/").await.html();
    assert!(html.contains("Inner") && html.contains("Members") && html.contains("Yours"), "{html}");
    portal.end().await;
}

#[tokio::test]
async fn descriptions_are_markdown_and_nothing_in_them_runs() {
    let portal = TestPortal::start().await;
    let api = portal.published_api("Tides").await;
    let text = "# Tides\n\n**High** and low. <script>alert(1)</script>[x](javascript:alert(1))<img src=x onerror=alert(1)>";
    portal.admin().patch(&format!("/v3/apis/{api}"), json!({ "description": text })).await.expect(200);
    portal.admin().patch(&format!("/v3/portals/{}", portal.id()), json!({ "description": text })).await.expect(200);
    let ada = portal.approved_developer("ada@example.test").await;
    for path in ["/", "/apis/tides", "/apis"] {
        let html = ada.page(path).await.expect(200).html();
        assert!(
            !html.contains("alert(1)</script") && !html.contains("javascript:") && !html.contains("onerror"),
            "{path}: {html}"
        );
        assert_eq!(html.contains("<strong>High</strong>"), path != "/apis", "{path}: {html}");
        assert!(!html.contains("**High**"), "{path}: {html}");
    }
    portal.end().await;
}
