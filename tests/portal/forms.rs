//! Forms without a script: the account routes take same-origin form posts, and answer 303 (B15).

use http::{Request, header};
use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_http::cookies::{ACCESS, REFRESH};
use portico_http::forms::MEDIA;
use portico_tests::account::PASSWORD;
use portico_tests::portal::TestPortal;

#[tokio::test]
async fn somebody_without_a_script_signs_up_proves_the_address_sets_a_password_and_signs_in() {
    let portal = TestPortal::start().await;
    portal.set("auto_approve_developers", true).await;
    let browser = portal.anonymous();
    let sent = browser.post_form("/api/v3/developer", &[("email", "ada@example.test"), ("full_name", "Ada Löß")]).await;
    assert_eq!(sent.leads_to(), "/register/sent");
    let token = portal.mailed("ada@example.test", Name::DeveloperSignedUp).await;
    let verified = browser.post_form("/api/v3/developer/verify-email", &[("token", &token)]).await;
    let next = verified.leads_to().strip_prefix("/reset-password?first=yes&token=").expect("a token").to_owned();
    let set = browser.post_form("/api/v3/developer/reset-password", &[("token", &next), ("password", PASSWORD)]).await;
    assert_eq!(set.leads_to(), "/login?done=password");
    let fields = [("username", "ada@example.test"), ("password", PASSWORD), ("to", "/apps/new?api=tides")];
    let signed_in = browser.post_form("/api/v3/developer/authenticate", &fields).await;
    assert_eq!(signed_in.leads_to(), "/apps/new?api=tides");
    assert!(browser.cookie(ACCESS).is_some() && browser.cookie(REFRESH).is_some());
    browser.page("/apps").await.expect(200);
    assert_eq!(portal.known("ada@example.test").await.full_name, "Ada Löß");

    let refreshed = browser.post_form("/api/v3/developer/refresh", &[("to", "/apis")]).await;
    assert_eq!(refreshed.leads_to(), "/apis");
    let out = browser.post_form("/api/v3/developer/logout", &[]).await;
    assert_eq!(out.leads_to(), "/?done=signed-out");
    assert_eq!(out.headers["clear-site-data"], "\"cache\", \"storage\"");
    assert_eq!(browser.page("/apps").await.leads_to(), "/login?to=%2Fapps");
    portal.end().await;
}

#[tokio::test]
async fn what_is_wrong_leads_back_to_the_form_which_says_it_and_keeps_what_was_typed_but_for_the_password() {
    let portal = TestPortal::start().await;
    portal.account("ada@example.test", Status::Approved).await;
    let browser = portal.anonymous();
    let back = browser.post_form("/api/v3/developer", &[("email", "no address"), ("full_name", "")]).await;
    let place = back.leads_to().to_owned();
    assert!(place.starts_with("/register?problem=invalid-request&invalid="), "{place}");
    let html = browser.page(&place).await.expect(200).html();
    assert!(
        html.contains("value=\"no address\"") && html.contains("Enter your name") && html.contains("href=\"#f-email\""),
        "{html}"
    );

    let fields = [("username", "ada@example.test"), ("password", "a wrong password"), ("to", "/apps")];
    let back = browser.post_form("/api/v3/developer/authenticate", &fields).await;
    assert_eq!(back.leads_to(), "/login?problem=invalid-credentials&username=ada%40example.test&to=%2Fapps");
    let html = browser.page(back.leads_to()).await.expect(200).html();
    assert!(html.contains("The e-mail address or the password is wrong.") && !html.contains("a wrong password"), "{html}");

    let weak = [("token", "0197a9f0-0000-7000-8000-000000000000"), ("password", "short")];
    let back = browser.post_form("/api/v3/developer/reset-password", &weak).await;
    assert!(back.leads_to().contains("invalid=password") && !back.leads_to().contains("short"), "{}", back.leads_to());

    let twice = browser.post_form("/api/v3/developer", &[("email", "a@example.test"), ("email", "b@example.test")]).await;
    assert!(twice.leads_to().contains("invalid=email"), "{}", twice.leads_to());
    portal.end().await;
}

#[tokio::test]
async fn whoever_waits_for_approval_is_told_so_after_the_right_password_alone() {
    let portal = TestPortal::start().await;
    portal.account("ada@example.test", Status::Pending).await;
    let browser = portal.anonymous();
    let sign_in = async |password: &str| {
        let reply = browser
            .post_form("/api/v3/developer/authenticate", &[("username", "ada@example.test"), ("password", password)])
            .await;
        reply.leads_to().split('?').next().unwrap_or_default().to_owned()
    };
    assert_eq!(sign_in(PASSWORD).await, "/waiting");
    assert_eq!(sign_in("a wrong password").await, "/login");
    portal.end().await;
}

#[tokio::test]
async fn a_form_leads_nowhere_but_into_this_portal() {
    let portal = TestPortal::start().await;
    portal.account("ada@example.test", Status::Approved).await;
    for to in ["//evil.test", "/\\evil.test", "https://evil.test", "https:evil.test", "/\t/evil.test", "javascript:alert(1)"] {
        let fields = [("username", "ada@example.test"), ("password", PASSWORD), ("to", to)];
        let reply = portal.anonymous().post_form("/api/v3/developer/authenticate", &fields).await;
        assert_eq!(reply.leads_to(), "/apis", "{to}");
    }
    portal.end().await;
}

#[tokio::test]
async fn a_session_that_cannot_be_refreshed_leads_back_to_where_it_was_needed_without_its_cookies() {
    let portal = TestPortal::start().await;
    let browser = portal.anonymous();
    let link = "/login?email=ada%40example.test&token=0197a9f0-0000-7000-8000-000000000000";
    let back = browser.post_form("/api/v3/developer/refresh", &[("to", link)]).await;
    assert_eq!(back.leads_to(), link);
    let cleared = back.cookie_lines();
    assert!(cleared.len() == 2 && cleared.iter().all(|line| line.contains("Max-Age=0")), "{cleared:?}");
    portal.end().await;
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let portal = TestPortal::start().await;
    portal.account("ada@example.test", Status::Approved).await;
    let ada = portal.anonymous();
    ada.authenticate("ada@example.test", PASSWORD).await.expect(204);
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.test"), ("origin", "null")]
    {
        for (path, body) in [
            ("/api/v3/developer", "email=eve%40example.test&full_name=Eve"),
            ("/api/v3/developer/authenticate", "username=eve%40example.test&password=x"),
            ("/api/v3/developer/logout", ""),
            ("/api/v3/developer/refresh", "to=%2F"),
        ] {
            let request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, MEDIA).header(name, value);
            portal.take_calls();
            let reply = ada.send_raw(request.body(body.into()).expect("a request")).await;
            assert_eq!(reply.status, 403, "{path} {name}: {value}");
            assert_eq!(portal.take_calls(), [], "{path} {name}: {value}");
        }
    }
    ada.me().await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn no_other_route_takes_a_form() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    ada.post_form("/api/v3/applications", &[("name", "Weather board")]).await.expect_problem(415, "unsupported-media-type");
    assert_eq!(ada.get("/api/v3/applications").await.expect(200).total(), 0);
    portal.end().await;
}
