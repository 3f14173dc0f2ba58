//! Pages: what they show to whom, and what they never do.

use std::collections::BTreeSet;
use std::io::Read as _;

use flate2::read::GzDecoder;
use http::{Method, header};
use portico_domain::event::Name;
use portico_domain::session::{ACCESS_LIFETIME, LEEWAY};
use portico_domain::status::Status;
use portico_http::cookies::ACCESS;
use portico_http::routes::{self, Caller};
use portico_tests::portal::TestPortal;
use portico_tests::{Client, Reply};
use regex::Regex;
use serde_json::json;

use super::tenancy::matrix::Who;
use super::tenancy::scene::Scene;

/// Each operation, a path of it, whether ada must be signed in, and what its title begins with.
fn titles(scene: &Scene) -> Vec<(&'static str, String, bool, &'static str)> {
    let application = &scene.ids["applicationId"];
    let page = |operation, path: &str, signed_in, title| (operation, path.to_owned(), signed_in, title);
    vec![
        page("show-welcome", "/", false, "Welcome"),
        page("show-catalog", "/apis", false, "Catalog"),
        page("show-search", "/search?q=tides", false, "Search"),
        page("show-api", "/apis/tides", true, "Tides"),
        page("show-document", &format!("/apis/tides/docs/{}", scene.ids["documentId"]), true, "Tides · Tides"),
        page("show-register-api", "/apis/tides/register", true, "Register for Tides"),
        page("show-sign-up", "/register", false, "Create an account"),
        page("show-sign-up-sent", "/register/sent", false, "Check your mail"),
        page("show-sign-in", "/login", false, "Sign in"),
        page("show-forgot-password", "/forgot-password", false, "Set a new password"),
        page("show-forgot-password-sent", "/forgot-password/sent", false, "Check your mail"),
        page("show-reset-password", "/reset-password?token=x&first=yes", false, "Set your password"),
        page("show-waiting", "/waiting", false, "Waiting for approval"),
        page("show-apps", "/apps", true, "My Apps"),
        page("show-new-app", "/apps/new", true, "New App"),
        page("show-app", &format!("/apps/{application}"), true, "Weather board"),
        page("show-edit-app", &format!("/apps/{application}/edit"), true, "Edit Weather board"),
        page("show-profile", "/profile", true, "Profile"),
    ]
}

fn reader(scene: &Scene, signed_in: bool) -> Client {
    if signed_in { scene.client(Who::Owner) } else { scene.portal.anonymous() }
}

#[track_caller]
fn header_of(reply: &Reply, name: header::HeaderName) -> &str {
    reply.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn every_page_has_its_title_and_a_heading_and_nothing_in_it_that_a_strict_policy_forbids() {
    let scene = Scene::start().await;
    let inline = Regex::new(r#"(?i)<script(?:>| [^>]*>[^<])|<style|\sstyle=|\son[a-z]+=|javascript:|<base"#).expect("a pattern");
    for (operation, path, signed_in, title) in titles(&scene) {
        let page = reader(&scene, signed_in).page(&path).await.expect(200);
        let html = page.html();
        assert!(html.contains(&format!("<title>{title}")), "{operation}: {html:.600}");
        assert_eq!(html.matches("<h1>").count(), 1, "{operation}");
        assert_eq!(inline.find(&html).map(|found| found.as_str()), None, "{operation}");
        let policy = header_of(&page, header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{operation}: {policy}");
        assert!(policy.contains("form-action 'self'") && !policy.contains("unsafe"), "{operation}: {policy}");
        let kept = header_of(&page, header::CACHE_CONTROL);
        assert!(kept == "no-store" || (!signed_in && kept == "private, no-cache"), "{operation}: {kept}");
    }
    let shown: BTreeSet<_> = titles(&scene).into_iter().map(|(operation, ..)| operation).collect();
    let pages = routes::all().filter(|route| route.caller == Caller::Page && route.operation.starts_with("show-"));
    let missing: Vec<_> = pages.map(|route| route.operation).filter(|one| !shown.contains(one) && *one != "show-asset").collect();
    assert!(missing.iter().all(|one| one.starts_with("show-admin") || *one == "show-reference"), "{missing:?}");
    scene.portal.end().await;
}

#[tokio::test]
async fn a_page_for_nobody_in_particular_is_kept_until_it_changes_and_sent_short() {
    let portal = TestPortal::start().await;
    let anonymous = portal.anonymous();
    let first = anonymous.page("/apis").await.expect(200);
    let tag = header_of(&first, header::ETAG).to_owned();
    let again = anonymous.clone().with_header("if-none-match", &tag).page("/apis").await.expect(304);
    assert!(again.bytes.is_empty());
    portal.set("display_name", "Harbour APIs").await;
    let changed = anonymous.clone().with_header("if-none-match", &tag).page("/apis").await.expect(200);
    assert!(changed.html().contains("Harbour APIs"));
    let short = anonymous.clone().with_header("accept-encoding", "br, gzip;q=0.8").page("/apis").await.expect(200);
    assert_eq!(header_of(&short, header::CONTENT_ENCODING), "gzip");
    let mut text = String::new();
    GzDecoder::new(short.bytes.as_ref()).read_to_string(&mut text).expect("gzip");
    assert_eq!(text, changed.html());
    portal.end().await;
}

#[tokio::test]
async fn show_asset_serves_what_pages_name_for_good_and_a_page_with_all_of_it_is_small() {
    let portal = TestPortal::start().await;
    let browser = portal.anonymous().with_header("accept-encoding", "gzip");
    let page = browser.page("/login").await.expect(200);
    let html = portal.anonymous().page("/login").await.html();
    let named = Regex::new(r#"(?:src|href)="(/assets/[^"]+)""#).expect("a pattern");
    let names: BTreeSet<_> = named.captures_iter(&html).map(|found| found[1].to_owned()).collect();
    assert_eq!(html.matches("<script").count(), 1);
    let mut bytes = page.bytes.len();
    for name in &names {
        let asset = browser.page(name).await.expect(200);
        assert_eq!(header_of(&asset, header::CACHE_CONTROL), "public, max-age=31536000, immutable", "{name}");
        bytes += asset.bytes.len();
    }
    assert!(names.len() >= 3 && bytes <= 50_000, "{names:?}: {bytes} bytes");
    let plain = browser.page("/assets/portico.css").await.expect(200);
    assert_eq!(header_of(&plain, header::CACHE_CONTROL), "public, max-age=300");
    browser.page("/assets/portico.js").await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_there_and_back() {
    let scene = Scene::start().await;
    let anonymous = scene.portal.anonymous();
    let page = anonymous.page("/apps/new?api=tides").await;
    assert_eq!(page.leads_to(), "/login?to=%2Fapps%2Fnew%3Fapi%3Dtides");
    let html = anonymous.page(page.leads_to()).await.expect(200).html();
    assert!(html.contains(r#"name="to" value="/apps/new?api=tides""#), "{html}");
    for elsewhere in ["//evil.test", "/%5Cevil.test", "https:evil.test", "%2F%2Fevil.test"] {
        let html = anonymous.page(&format!("/login?to={elsewhere}")).await.expect(200).html();
        assert!(html.contains(r#"name="to" value="/apis""#) && !html.contains("evil"), "{elsewhere}");
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn a_session_out_of_time_gets_the_page_that_asks_for_another_one_and_comes_back() {
    let scene = Scene::start().await;
    let ada = scene.client(Who::Owner);
    let path = format!("/apps/{}", scene.ids["applicationId"]);
    ada.page(&path).await.expect(200);
    scene.portal.clock.advance(ACCESS_LIFETIME + LEEWAY + LEEWAY);
    for asked in ["/", "/apis", &path] {
        let html = ada.page(asked).await.expect(401).html();
        assert!(html.contains(r#"action="/api/v3/developer/refresh""#), "{asked}: {html}");
        assert!(html.contains(&format!(r#"name="to" value="{asked}""#)), "{asked}: {html}");
        assert!(!html.contains("Weather board"), "{asked}");
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn two_session_cookies_are_a_page_that_says_so_and_not_a_loop() {
    let scene = Scene::start().await;
    let session = scene.client(Who::Owner).cookie(ACCESS).expect("a cookie");
    let planted = scene.portal.anonymous().with_header("cookie", &format!("{ACCESS}={session}; {ACCESS}=planted"));
    let html = planted.page("/apps").await.expect(400).html();
    assert!(html.contains("two sessions") && !html.contains("Weather board"), "{html}");
    scene.portal.end().await;
}

#[tokio::test]
async fn what_people_typed_is_never_markup() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let hostile = r#"<script>alert(1)</script>"onmouseover="x'&lt;"#;
    portal.set("display_name", hostile).await;
    portal.set("description", hostile).await;
    let strategy = portal.strategy;
    let new = json!({ "name": hostile, "description": hostile, "auth_strategy_id": strategy, "client_id": hostile });
    let application = ada.post("/api/v3/applications", new).await.expect(201).id();
    let api = portal
        .admin()
        .post("/v3/apis", json!({ "name": hostile, "description": hostile, "slug": "hostile" }))
        .await
        .expect(201)
        .id();
    let publication = format!("/v3/apis/{api}/publications/{}", portal.id());
    portal.admin().put(&publication, json!({ "visibility": "public" })).await.expect(200);
    let document = json!({ "title": hostile, "content": hostile, "slug": "hostile", "status": "published" });
    portal.admin().post(&format!("/v3/apis/{api}/documents"), document).await.expect(201);
    // A quotation mark between tags is one; within a tag it would end a value.
    let broken_out = Regex::new(r#"<[^>]*"onmouseover="#).expect("a pattern");
    for path in [
        "/",
        "/apis",
        "/apis?q=%3Cscript%3E",
        "/search?q=%3Cscript%3E",
        "/search?q=%22onmouseover%3D%22x",
        "/apis/hostile",
        "/apis/hostile/docs/hostile",
        "/apis/hostile/register",
        "/apps",
        "/apps/new?api=hostile",
        "/profile",
    ] {
        let html = ada.page(path).await.expect(200).html();
        assert!(!html.contains("<script>alert") && !broken_out.is_match(&html), "{path}: {html}");
    }
    for path in [format!("/apps/{application}"), format!("/apps/{application}/edit")] {
        let html = ada.page(&path).await.expect(200).html();
        assert!(!html.contains("<script>alert") && !broken_out.is_match(&html) && html.contains("&#60;script"), "{path}: {html}");
    }
    portal.end().await;
}

#[tokio::test]
async fn following_a_mails_link_uses_nothing_up_however_it_is_followed() {
    let portal = TestPortal::start().await;
    let anonymous = portal.anonymous();
    anonymous.sign_up("ada@example.test").await.expect(201);
    let token = portal.mailed("ada@example.test", Name::DeveloperSignedUp).await;
    let link = format!("/login?email=ada@example.test&token={token}");
    for _ in 0..10 {
        assert!(anonymous.page(&link).await.expect(200).html().contains("Verify your address"));
        assert!(anonymous.send(Method::HEAD, &link, None).await.expect(200).bytes.is_empty(), "head-sign-in");
    }
    let next = anonymous.verify_email(&token).await.expect(202).body["token"].as_str().expect("a token").to_owned();
    let link = format!("/reset-password?token={next}");
    for _ in 0..10 {
        anonymous.page(&link).await.expect(200);
        assert!(anonymous.send(Method::HEAD, &link, None).await.expect(200).bytes.is_empty(), "head-reset-password");
    }
    anonymous.reset_password(&next, "violet tractor hums at dusk").await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn an_application_shows_a_call_that_its_api_takes_with_the_header_that_it_wants() {
    const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{"title":"Tides","version":"1.0.0"},"servers":[{"url":"https://tides.example.test/v1"}],
        "paths":{"/harbours":{"get":{"responses":{"200":{"description":"ok"}}}}}}"#;
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.admin().create_api(json!({ "name": "Tides", "slug": "tides", "spec_content": DOCUMENT })).await;
    portal.admin().publish_api(api, json!({})).await.expect(200);
    let application = ada.create_app("Weather board").await;
    portal.registration(application, api, Status::Approved).await;
    for path in [format!("/apps/{application}"), "/apis/tides".to_owned()] {
        let html = ada.page(&path).await.expect(200).html();
        let line = "curl -i -H &#39;apikey: YOUR_API_KEY&#39; &#39;https://tides.example.test/v1/harbours&#39;";
        assert!(html.contains(line), "{path}: {html}");
    }
    portal.end().await;
}

#[tokio::test]
async fn a_profile_shows_the_sessions_in_force_and_offers_to_end_the_others() {
    let scene = Scene::start().await;
    let ada = scene.client(Who::Owner);
    let me = ada.get("/api/v3/developer/me").await.expect(200).id();
    let other = scene.portal.sign_in(me.parse().expect("an id")).await;
    let own = |html: &str| html.matches("This browser").count();
    let ends = |html: &str| html.matches(r#"action="/api/portico/v1/developer/sessions/"#).count();
    let html = ada.page("/profile").await.expect(200).html();
    let others = ends(&html);
    assert!(own(&html) == 1 && others >= 1, "{html}");
    other.logout().await.expect(204);
    let html = ada.page("/profile").await.expect(200).html();
    assert_eq!((own(&html), ends(&html)), (1, others - 1), "{html}");
    scene.portal.end().await;
}

#[tokio::test]
async fn an_address_that_is_none_is_a_page_for_people_and_a_problem_for_programs() {
    let portal = TestPortal::start().await;
    let browser = portal.anonymous().with_header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let html = browser.get("/nothing/here").await.expect(404).html();
    assert!(html.contains("<h1>Not found</h1>") && html.contains(r#"href="/assets/portico.css""#), "{html}");
    portal.anonymous().get("/nothing/here").await.expect_problem(404, "not-found");
    for path in ["/api/v3/nothing", "/v3/nothing", "/v2/nothing", "/portico/v1/nothing"] {
        browser.get(path).await.expect_problem(404, "not-found");
    }
    browser.post("/nothing/here", json!({})).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn whoever_is_signed_in_stays_so_on_a_page_that_is_none() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let html = ada.page("/apis/nothing").await.expect(404).html();
    assert!(html.contains(r#"href="/profile""#) && !html.contains(r#"href="/login""#), "{html}");
    let html = portal.anonymous().page("/apis/nothing").await.expect(404).html();
    assert!(html.contains(r#"href="/login""#) && !html.contains(r#"href="/profile""#), "{html}");
    portal.end().await;
}

#[tokio::test]
async fn whoever_waits_for_access_sees_the_call_that_will_work() {
    const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{"title":"Tides","version":"1.0.0"},"servers":[{"url":"https://tides.example.test"}],
        "paths":{"/harbours":{"get":{"responses":{"200":{"description":"ok"}}}}}}"#;
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.admin().create_api(json!({ "name": "Tides", "spec_content": DOCUMENT })).await;
    portal.admin().publish_api(api, json!({})).await.expect(200);
    let application = ada.create_app("Weather board").await;
    ada.register(application, api).await;
    let html = ada.page(&format!("/apps/{application}")).await.expect(200).html();
    assert!(html.contains("As soon as access is approved, this call works:"), "{html}");
    assert!(html.contains("https://tides.example.test/harbours") && !html.contains("This call works as it stands"), "{html}");
    portal.end().await;
}

#[tokio::test]
async fn the_page_of_a_link_repeats_an_address_and_nothing_else() {
    let portal = TestPortal::start().await;
    let shown = async |email: &str| {
        let page = portal.anonymous().page(&format!("/login?token=x&email={email}")).await.expect(200);
        assert_eq!(header_of(&page, header::REFERRER_POLICY), "no-referrer");
        page.html()
    };
    assert!(shown("ada%40example.test").await.contains("proves that ada@example.test is yours"));
    assert!(shown("Call%20555%20now").await.contains("proves that your address is yours"));
    portal.end().await;
}

#[tokio::test]
async fn registering_offers_what_can_be_registered_and_says_why_the_rest_cannot() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Tides").await;
    let good = ada.create_app("Weather board").await;
    let done = ada.create_app("Logbook").await;
    ada.register(done, api).await;
    let other = portal.key_strategy("Second keys", None).await;
    let new = json!({ "name": "Ferry", "auth_strategy_id": other });
    let ferry = ada.post("/api/v3/applications", new).await.expect(201).id();
    let html = ada.page(&format!("/apis/{api}/register")).await.expect(200).html();
    assert!(html.contains(&format!(r#"action="/api/v3/applications/{good}/registrations""#)), "{html}");
    assert!(!html.contains(&format!(r#"action="/api/v3/applications/{done}/registrations""#)));
    assert!(!html.contains(&format!(r#"action="/api/v3/applications/{ferry}/registrations""#)));
    assert!(html.contains("Waiting for approval") && html.contains("“Second keys”. This API needs"), "{html}");
    let fixed = ada.page(&format!("/apps/new?api={api}")).await.expect(200).html();
    assert!(fixed.contains(&format!(r#"type="hidden" name="auth_strategy_id" value="{}""#, portal.strategy)), "{fixed}");
    portal.end().await;
}

#[tokio::test]
async fn the_catalog_finds_by_words_and_attributes_and_says_when_nothing_is_found() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    for (name, group) in [("Tides", "sea"), ("Winds", "sky")] {
        let new = json!({ "name": name, "description": format!("About {name}"), "attributes": { "group": [group] } });
        let api = portal.admin().create_api(new).await;
        portal.admin().publish_api(api, json!({})).await.expect(200);
    }
    let shows = async |query: &str| {
        let html = ada.page(&format!("/apis{query}")).await.expect(200).html();
        (html.contains(">Tides</a>"), html.contains(">Winds</a>"), html)
    };
    assert!(matches!(shows("").await, (true, true, _)));
    assert!(matches!(shows("?q=about%20TIDES").await, (true, false, _)));
    assert!(matches!(shows("?attribute=group:sky").await, (false, true, _)));
    assert!(matches!(shows("?view=table").await, (true, true, html) if html.contains("<table>")));
    let (tides, winds, html) = shows("?q=wether").await;
    assert!(!tides && !winds && html.contains("No API matches “wether”") && html.contains("Clear the search"), "{html}");
    portal.end().await;
}
