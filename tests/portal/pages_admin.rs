//! Pages for administrators: what they show, and whom they send away.

use std::time::Duration;

use portico_domain::status::Status;
use portico_http::cookies::ADMIN;
use portico_http::routes::{self, Route};
use portico_tests::management::ADMIN_SESSION;
use portico_tests::portal::ADMIN_TOKEN;
use portico_tests::teams::VIEWER;
use portico_tests::{Client, TestPortal};
use regex::Regex;
use serde_json::json;

use super::tenancy::scene::Scene;

/// A browser with a session of the administrator.
pub(crate) async fn browser(portal: &TestPortal) -> Client {
    let admin = portal.anonymous();
    admin.open_admin_session(ADMIN_TOKEN).await.expect(204);
    admin
}

/// Every page but the one to sign in on.
fn pages() -> impl Iterator<Item = &'static Route> {
    routes::all().filter(|route| route.operation.starts_with("show-admin") && route.operation != "show-admin-login")
}

/// What each page's heading says, by its operation.
fn heading(operation: &str) -> &'static str {
    match operation {
        "show-admin-approvals" => "Access and approvals",
        "show-admin-developers" => "Developers",
        "show-admin-developer" => "subject",
        "show-admin-teams" => "Teams",
        "show-admin-new-team" => "New team",
        "show-admin-team" => "Partners",
        "show-admin-applications" => "Applications",
        "show-admin-application" => "Weather board",
        "show-admin-apis" => "Catalog",
        "show-admin-new-api" => "Add an API",
        "show-admin-api" => "Tides",
        "show-admin-auth-strategies" => "Auth strategies",
        "show-admin-new-auth-strategy" => "New auth strategy",
        "show-admin-auth-strategy" => "spare",
        "show-admin-sign-in" => "Sign-in",
        "show-admin-settings" => "Settings",
        "show-admin-explain" => "Explain access",
        other => panic!("{other} has no heading here"),
    }
}

#[tokio::test]
async fn every_page_has_its_heading_and_nothing_that_a_strict_policy_forbids() {
    let scene = Scene::start().await;
    let admin = browser(&scene.portal).await;
    let inline = Regex::new(r#"(?i)<script(?:>| [^>]*>[^<])|<style|\sstyle=|\son[a-z]+=|javascript:|<base"#).expect("a pattern");
    for route in pages() {
        let reply = admin.page(&scene.paths(route.path).0).await.expect(200);
        let html = reply.html();
        assert!(html.contains(&format!("<h1>{}</h1>", heading(route.operation))), "{}: {html}", route.operation);
        assert_eq!(html.matches("<h1>").count(), 1, "{}", route.operation);
        assert_eq!(inline.find(&html).map(|found| found.as_str()), None, "{}", route.operation);
        assert_eq!(reply.headers["cache-control"], "no-store", "{}", route.operation);
        assert!(html.contains("test-admin") && html.contains(ADMIN_SESSION), "{}: who is here, and the way out", route.operation);
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn without_a_session_in_force_every_page_leads_to_the_one_to_sign_in_on_and_back() {
    let scene = Scene::start().await;
    let (anonymous, admin) = (scene.portal.anonymous(), browser(&scene.portal).await);
    let cookie = admin.cookie(ADMIN).expect("a cookie");
    admin.delete(ADMIN_SESSION).await.expect(204);
    let over = scene.portal.anonymous();
    over.set_cookie(ADMIN, &cookie);
    for route in pages() {
        let path = scene.paths(route.path).0;
        for client in [&anonymous, &over] {
            let reply = client.page(&path).await;
            assert_eq!(reply.leads_to(), format!("/admin/login?to={}", path.replace('/', "%2F")), "{}", route.operation);
        }
    }
    let login = anonymous.page("/admin/login?to=%2Fadmin%2Fapis%3Fq%3Dtides").await.expect(200).html();
    assert!(login.contains(r#"data-next="/admin/apis?q=tides""#) && login.contains(r#"action="/portico/v1/session""#), "{login}");
    for elsewhere in ["//evil.test", "https:evil.test", "%2F%2Fevil.test"] {
        let html = anonymous.page(&format!("/admin/login?to={elsewhere}")).await.expect(200).html();
        assert!(html.contains(r#"data-next="/admin""#) && !html.contains("evil"), "{elsewhere}");
    }
    let over_html = over.page("/admin/login?problem=unauthorized").await.expect(200).html();
    assert!(over_html.contains("Your session is over"));
    scene.portal.end().await;
}

#[tokio::test]
async fn show_admin_login_lets_those_on_who_have_a_session() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    assert_eq!(admin.page("/admin/login?to=%2Fadmin%2Fsettings").await.leads_to(), "/admin/settings");
    portal.keep_admin_token("elsewhere", "other", Some(vec![portal.portal.new_id().expect("an id")])).await;
    let other = portal.anonymous();
    other.open_admin_session("elsewhere").await.expect(204);
    other.page("/admin").await.expect(403);
    assert!(other.page("/admin/login").await.expect(200).html().contains("for other portals"));
    portal.end().await;
}

#[tokio::test]
async fn what_is_not_there_is_a_404_page() {
    let scene = Scene::start().await;
    let admin = browser(&scene.portal).await;
    let parameter = Regex::new(r"\{\w+\}").expect("a pattern");
    for route in pages().filter(|route| route.path.contains('{')) {
        let html = admin.page(&scene.paths(route.path).1).await.expect(404).html();
        assert!(html.contains("test-admin") && html.contains(ADMIN_SESSION), "who is here, and the way out: {html}");
        admin.page(&parameter.replace(route.path, "7")).await.expect(404).html();
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn what_people_typed_is_never_markup() {
    let portal = TestPortal::start().await;
    let hostile = r#"<script>alert(1)</script>"onmouseover="x'&lt;"#;
    let ada = portal.approved_developer("ada@example.test").await;
    ada.patch("/api/portico/v1/developer", json!({ "full_name": hostile })).await.expect(200);
    portal.set("display_name", hostile).await;
    portal.set("description", hostile).await;
    let created = json!({ "name": hostile, "description": hostile, "client_id": hostile });
    let application = ada.post("/api/v3/applications", created).await.expect(201).id();
    let api = portal.admin().create_api(json!({ "name": hostile, "description": hostile, "slug": "hostile" })).await;
    portal.admin().publish_api(api, json!({})).await;
    portal.admin().link_api(api, "local", "hostile").await.expect(201);
    ada.register(application.parse().expect("an id"), api).await;
    ada.post(&format!("/api/v3/applications/{application}/credentials"), json!({ "display_name": hostile })).await.expect(201);
    let strategy = json!({
        "name": hostile, "display_name": hostile, "strategy_type": "key_auth", "configs": { "key-auth": { "key_names": ["k"] } },
    });
    let strategy = portal.admin().post("/v2/application-auth-strategies", strategy).await.expect(201).id();
    let team = json!({ "name": hostile, "description": hostile });
    let team = portal.admin().post(&portal.teams_path(), team).await.expect(201).id().parse().expect("an id");
    portal.join(team, ada.developer.expect("ada")).await;
    portal.give(team, Some(api), VIEWER).await;
    portal.keep_admin_token("hostile-token", hostile, None).await;
    let admin = portal.anonymous();
    admin.open_admin_session("hostile-token").await.expect(204);
    let owner = ada.developer.expect("ada");
    let words = "%3Cscript%3Ealert(1)%22onmouseover=%22x";
    for path in [
        "/admin".to_owned(),
        "/admin/developers".to_owned(),
        format!("/admin/developers?q={words}&status={words}"),
        format!("/admin/developers/{owner}"),
        "/admin/teams".to_owned(),
        format!("/admin/teams?q={words}"),
        format!("/admin/teams/{team}?q={words}"),
        "/admin/applications".to_owned(),
        format!("/admin/applications?q={words}"),
        format!("/admin/applications/{application}"),
        "/admin/apis".to_owned(),
        format!("/admin/apis?q={words}"),
        format!("/admin/apis/{api}"),
        "/admin/auth-strategies".to_owned(),
        format!("/admin/auth-strategies/{strategy}"),
        "/admin/settings".to_owned(),
        format!("/admin/explain?application={application}&api={api}"),
        format!("/admin/explain?application={words}&key={words}&api={words}"),
        format!("/admin/login?to={words}&problem=x"),
    ] {
        let html = admin.page(&path).await.expect(200).html();
        assert!(!html.contains("<script>alert") && !html.contains(r#""onmouseover="#), "{path}: {html}");
    }
    portal.end().await;
}

#[tokio::test]
async fn show_admin_approvals_names_who_waits_for_what_and_falls_when_somebody_decides() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let nobody = admin.page("/admin").await.expect(200).html();
    assert!(nobody.contains("Nobody waits") && nobody.contains("https://portal.example.test/register"), "{nobody}");
    let grace = portal.developer_with_status("grace@example.test", Status::Pending).await;
    portal.clock.advance(Duration::from_secs(1));
    let alan = portal.developer_with_status("alan@example.test", Status::Pending).await;
    let html = admin.page("/admin").await.expect(200).html();
    assert!(html.find("grace@example.test") < html.find("alan@example.test"), "whoever waits longest is first: {html}");
    let root = format!("/portico/v1/portals/{}", portal.id());
    admin.patch(&format!("{root}/developers/{alan}"), json!({ "status": "approved" })).await.expect(200);
    let ada = portal.approved_developer("ada@example.test").await;
    let (tides, winds) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let application = ada.create_app("Weather board").await;
    portal.registration(application, winds, Status::Approved).await;
    let registration = ada.register(application, tides).await;
    let of_registration = format!("{root}/applications/{application}/registrations/{registration}");
    let html = admin.page("/admin").await.expect(200).html();
    assert!(html.contains(r#"<span class="count" data-count="all">2</span>"#), "{html}");
    for told in ["grace@example.test", "Weather board", "Tides", "Earlier requests: 1 approved.", &of_registration] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert!(html.contains(&format!(r#"action="{root}/developers/{grace}""#)));
    // What the button sends.
    admin.patch(&of_registration, json!({ "status": "approved" })).await.expect(200);
    let html = admin.page("/admin").await.expect(200).html();
    assert!(html.contains(r#"data-count="all">1<"#) && !html.contains("Weather board"), "{html}");
    admin.patch(&format!("{root}/developers/{grace}"), json!({ "status": "rejected" })).await.expect(200);
    assert!(admin.page("/admin").await.expect(200).html().contains("Nobody waits"));
    portal.end().await;
}

#[tokio::test]
async fn show_admin_developers_are_found_by_words_and_status_page_by_page() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    assert!(admin.page("/admin/developers").await.expect(200).html().contains("No developers yet"));
    for number in 0..30 {
        portal.developer_with_status(&format!("dev{number:02}@example.test"), Status::Approved).await;
        portal.clock.advance(Duration::from_secs(1));
    }
    portal.developer_with_status("grace@example.test", Status::Revoked).await;
    let shows = async |query: &str| admin.page(&format!("/admin/developers{query}")).await.expect(200).html();
    let all = shows("").await;
    assert!(all.contains("31 developers") && all.contains("Page 1 of 2") && all.contains("?page=2"), "{all}");
    for first in ["", "?page=0", "?page=-1", "?page=x", "?q=&status=&page=1", "?q=example"] {
        let page = shows(first).await;
        assert!(page.contains("Page 1 of 2") && page.contains("grace@") && !page.contains("dev00@"), "{first}: {page}");
    }
    for last in ["?page=2", "?page=999", "?page=2&q=example"] {
        let page = shows(last).await;
        assert!(page.contains("Page 2 of 2") && page.contains("dev00@") && !page.contains("grace@"), "{last}: {page}");
    }
    let one = shows("?q=GRACE%20example").await;
    assert!(one.contains("1 developer<") && one.contains("grace@example.test") && !one.contains("dev00"), "{one}");
    let revoked = shows("?status=revoked").await;
    assert!(revoked.contains("grace@example.test") && !revoked.contains("dev00"));
    assert!(shows("?q=nobody").await.contains("No developer is like that"));
    portal.end().await;
}

#[tokio::test]
async fn show_admin_developer_tells_what_would_stop_and_what_happened() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let tides = portal.published_api("Tides").await;
    let application = ada.create_app("Weather board").await;
    ada.create_app("Unused").await;
    portal.registration(application, tides, Status::Approved).await;
    let path = format!("/admin/developers/{}", ada.developer.expect("ada"));
    let html = admin.page(&path).await.expect(200).html();
    assert!(html.contains("Calls of 1 application stop at once: Weather board."), "{html}");
    assert!(html.contains("Application created") || html.contains("History"), "{html}");
    assert!(html.contains(">Revoke<") && !html.contains(">Approve<"));
    let api = format!("/v3/portals/{}/developers/{}", portal.id(), ada.developer.expect("ada"));
    admin.patch(&api, json!({ "status": "revoked" })).await.expect(200);
    let html = admin.page(&path).await.expect(200).html();
    assert!(
        html.contains(">Approve<") && html.contains("<span>Revoked</span>") && html.contains("by administrator test-admin"),
        "{html}"
    );
    portal.end().await;
}

#[tokio::test]
async fn show_admin_application_has_registrations_and_keys_but_no_secret() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let tides = portal.published_api("Tides").await;
    let application = ada.create_app("Weather board").await;
    let key = ada.create_key(application).await.secret;
    ada.register(application, tides).await;
    let html = admin.page(&format!("/admin/applications/{application}")).await.expect(200).html();
    for told in ["Tides", "Waiting for approval", &key[..30], "ada", &format!("application={application}&amp;api={tides}")] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert!(!html.contains(&key[30..]));
    assert!(
        admin.page("/admin/applications?q=weather").await.expect(200).html().contains("1 waiting"),
        "show-admin-applications"
    );
    portal.end().await;
}

#[tokio::test]
async fn show_admin_api_says_how_it_is_published_where_it_runs_and_who_would_be_cut_off() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let api = admin.post("/v3/apis", json!({ "name": "Tides" })).await.expect(201).id().parse().expect("an id");
    let path = format!("/admin/apis/{api}");
    let new = admin.page(&path).await.expect(200).html();
    assert!(new.contains("Not published") && new.contains("No version yet") && new.contains("No gateway is linked"), "{new}");
    assert!(admin.page("/admin/apis").await.expect(200).html().contains("Not published"), "show-admin-apis");
    portal.admin().publish_api(api, json!({ "visibility": "public" })).await;
    portal.admin().link_api(api, "local", "tides").await.expect(201);
    let ada = portal.approved_developer("ada@example.test").await;
    let application = ada.create_app("Weather board").await;
    portal.registration(application, api, Status::Approved).await;
    let html = admin.page(&path).await.expect(200).html();
    for told in ["Calls of one application stop: Weather board.", "<code>tides</code>", r#"value="public" checked"#] {
        assert!(html.contains(told), "{told}: {html}");
    }
    let strategy = format!(r#"value="[&#34;{}&#34;]" data-as="json" checked"#, portal.strategy);
    assert!(html.contains(&strategy), "{html}");
    admin.put(&format!("/v3/apis/{api}/publications/{}", portal.id()), json!({ "auth_strategy_ids": null })).await.expect(200);
    assert!(admin.page(&path).await.expect(200).html().contains("without application authentication: nobody registers"));
    portal.end().await;
}

#[tokio::test]
async fn show_admin_settings_and_auth_strategies_are_filled_with_what_is_in_force() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    admin
        .patch(
            &format!("{}/{}", "/v3/portals", portal.id()),
            json!({ "description": "Seas and skies", "auto_approve_developers": true, "rbac_enabled": true }),
        )
        .await
        .expect(200);
    let html = admin.page("/admin/settings").await.expect(200).html();
    assert!(html.contains("Seas and skies"), "show-admin-settings: {html}");
    assert!(html.contains(r#"name="auto_approve_developers" data-as="boolean" checked"#), "{html}");
    assert!(html.contains(r#"name="rbac_enabled" data-as="boolean" checked"#), "{html}");
    assert!(html.contains(r#"name="auto_approve_applications" data-as="boolean">"#), "{html}");
    let list = admin.page("/admin/auth-strategies").await.expect(200).html();
    assert!(list.contains("API key") && list.contains("Default"), "show-admin-auth-strategies: {list}");
    let one = admin.page(&format!("/admin/auth-strategies/{}", portal.strategy)).await.expect(200).html();
    assert!(one.contains(">apikey</textarea>") && !one.contains("delete-strategy"), "show-admin-auth-strategy: {one}");
    let openid = admin.page("/admin/auth-strategies/new?type=openid_connect").await.expect(200).html();
    assert!(
        openid.contains(r#"value="openid_connect""#) && !openid.contains("key-auth"),
        "show-admin-new-auth-strategy: {openid}"
    );
    assert!(admin.page("/admin/apis/new").await.expect(200).html().contains(r#"name="spec_content""#), "show-admin-new-api");
    portal.end().await;
}

#[tokio::test]
async fn show_admin_explain_shows_each_gate_and_never_more_of_a_key_than_its_public_part() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let tides = portal.published_api("Tides").await;
    let application = ada.create_app("Weather board").await;
    let key = ada.create_key(application).await.secret;
    ada.register(application, tides).await;
    let explain = async |query: String| admin.page(&format!("/admin/explain?{query}")).await.expect(200).html();
    let by_id = explain(format!("application={application}&key=&api={tides}")).await;
    assert!(by_id.contains("Weather board cannot call Tides.") && by_id.contains("The registration is not approved."), "{by_id}");
    let by_key = explain(format!("application=&key={}&api={tides}", &key[..30])).await;
    assert!(by_key.contains("Weather board cannot call Tides."), "{by_key}");
    let whole = explain(format!("application=&key={key}&api={tides}")).await;
    assert!(
        whole.contains("paste only its first 30 characters") && !whole.contains(&key[30..]) && !whole.contains("cannot call"),
        "{whole}"
    );
    assert!(explain(format!("application=7&api={tides}")).await.contains("no application with this id"));
    portal.end().await;
}
