//! `finish-sign-on`: who comes in by an identity provider, as whom, and what follows it there and back.

mod answers;
mod crashes;
mod groups;
mod takeover;

use std::time::Duration;

use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_domain::text::DecisionReason;
use portico_store::{Key, Update};
use portico_tests::account::PASSWORD;
use portico_tests::lying_provider::Fault;
use portico_tests::sign_on::{ATTEMPT, BEGIN, SignOn};
use serde_json::json;

const ADA: &str = "ada@example.test";

#[tokio::test]
async fn a_first_sign_in_makes_an_approved_developer_and_leads_to_where_they_were_going() {
    let on = SignOn::start().await;
    let ada = on.portal.anonymous();
    let asked = ada.begin_sso("/login/sso?to=/apis/tides").await;
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    let reply = ada.come_back(&asked, &code).await.expect(303);
    assert_eq!(reply.location(), "/apis/tides");
    assert_eq!(ada.cookie(ATTEMPT), None, "the attempt is forgotten");
    let me = ada.me().await.expect(200);
    assert_eq!((me.body["email"].as_str(), me.body["full_name"].as_str()), (Some(ADA), Some("Ada Lovelace")));
    let developer = on.portal.known(ADA).await;
    assert_eq!((developer.status, developer.has_password), (Status::Approved, false));
    assert!(developer.email_verified_at.is_some());
    assert_eq!(on.portal.history(ADA).await, ["developer.created"]);
    on.portal.end().await;
}

#[tokio::test]
async fn the_cookies_of_a_session_are_bounded_as_they_must_be() {
    let on = SignOn::start().await;
    let ada = on.portal.anonymous();
    let asked = ada.begin_sso(BEGIN).await;
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    let back = ada.come_back(&asked, &code).await.expect(303);
    let named = |name: &str| back.cookie_lines().into_iter().find(|line| line.starts_with(name)).expect("the cookie").to_owned();
    assert!(named("portalaccesstoken=").contains("; Path=/; ") && named("portalaccesstoken=").contains("SameSite=Lax"));
    assert!(named("portalrefreshtoken=").contains("; Path=/api/v3/developer/refresh; "));
    let id_token = named("portalidtoken=");
    assert!(id_token.contains("; Path=/api/v3/developer/logout; ") && id_token.ends_with("; HttpOnly; SameSite=Strict; Secure"));
    assert!(named("__Host-portalsso=").starts_with("__Host-portalsso=; Path=/; Max-Age=0; "));
    on.portal.end().await;
}

#[tokio::test]
async fn who_comes_again_is_the_same_developer_by_the_subject_alone_and_name_and_address_follow() {
    let on = SignOn::start().await;
    on.sign_in(json!({})).await.1.expect(303);
    let first = on.portal.known(ADA).await;
    on.sign_in(json!({})).await.1.expect(303);
    assert_eq!(on.portal.history(ADA).await, ["developer.created"], "nothing changed");
    let moved = json!({ "name": "Ada King", "email": "King@Example.test" });
    let (ada, reply) = on.sign_in(moved).await;
    reply.expect(303);
    let me = ada.me().await.expect(200);
    assert_eq!((me.body["email"].as_str(), me.body["full_name"].as_str()), (Some("king@example.test"), Some("Ada King")));
    assert_eq!(on.portal.known("king@example.test").await.id, first.id);
    assert!(on.portal.developer(ADA).await.is_none(), "the old address is free");
    assert_eq!(on.portal.history("king@example.test").await, ["developer.created", "developer.updated"]);
    // An address that is not proven stays out, and so does one that somebody else has.
    on.portal.account("eve@example.test", Status::Approved).await;
    for said in [
        json!({ "email": "queen@example.test", "email_verified": "true" }),
        json!({ "email": "eve@example.test", "name": "Ada King" }),
        json!({ "email": null }),
    ] {
        on.sign_in(said).await.1.expect(303);
        assert_eq!(on.portal.known("king@example.test").await.id, first.id);
    }
    on.portal.end().await;
}

#[tokio::test]
async fn who_waited_for_approval_is_approved_and_who_was_refused_stays_out_and_reads_why() {
    let on = SignOn::start().await;
    on.trust("example.test").await;
    on.portal.account(ADA, Status::Pending).await;
    let (ada, reply) = on.sign_in(json!({})).await;
    reply.expect(303);
    ada.me().await.expect(200);
    let history = on.portal.history(ADA).await;
    assert!(history.contains(&"developer.approved") && history.contains(&"developer.identity_linked"), "{history:?}");
    let id = on.portal.known(ADA).await.id;
    for (status, word) in [(Status::Revoked, "revoked"), (Status::Rejected, "rejected")] {
        let reason = DecisionReason::parse("The contract <b>ended</b>").expect("a reason");
        let update = Update::of(Key::developer(id)).set("status", &status).set("reason", &reason).add("epoch", 1);
        on.portal.portal.store.edit(update).await.expect("the status is set");
        let (browser, reply) = on.sign_in(json!({})).await;
        let page = reply.expect(403).page();
        assert!(page.contains(&format!("An administrator has {word}")), "{page}");
        assert!(page.contains("The contract &#60;b&#62;ended") || page.contains("The contract &lt;b&gt;ended"), "{page}");
        assert_eq!(browser.cookie("portalaccesstoken"), None);
        assert_eq!(on.portal.known(ADA).await.status, status);
        ada.me().await.expect(401);
    }
    on.portal.end().await;
}

#[tokio::test]
async fn a_sign_in_replaces_the_session_that_the_browser_had() {
    let on = SignOn::start().await;
    let (ada, reply) = on.sign_in(json!({})).await;
    reply.expect(303);
    let kept = ada.copy();
    on.sign_in_as(&ada, json!({})).await.expect(303);
    ada.me().await.expect(200);
    kept.me().await.expect(401);
    on.portal.end().await;
}

#[tokio::test]
async fn a_portal_that_has_no_single_sign_on_any_more_finishes_none() {
    let on = SignOn::start().await;
    let browser = on.portal.anonymous();
    let asked = browser.begin_sso(BEGIN).await;
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    on.edit(|all| all.without(on.provider).expect("it is there")).await;
    browser.come_back(&asked, &code).await.expect(400);
    assert!(on.portal.developer(ADA).await.is_none());
    on.portal.end().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_and_says_where_the_provider_ends_its_own() {
    let on = SignOn::start().await;
    on.lying.describe("end_session_endpoint", json!(format!("{}/logout", on.lying.issuer())));
    let (ada, reply) = on.sign_in(json!({})).await;
    reply.expect(303);
    let token = ada.cookie("portalidtoken").expect("an ID token");
    let reply = ada.logout().await.expect(204);
    let there = reply.headers.get("portico-continue").and_then(|place| place.to_str().ok()).expect("a place");
    let there = url::Url::parse(there).expect("a URL");
    assert!(there.as_str().starts_with(&format!("{}/logout?", on.lying.issuer())));
    let said = |name: &str| there.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    assert_eq!(said("id_token_hint").as_deref(), token.split_once('~').map(|(_, token)| token));
    assert_eq!(said("client_id").as_deref(), Some("portal"));
    assert_eq!(said("post_logout_redirect_uri").as_deref(), Some("https://portal.example.test/"));
    assert_eq!(ada.cookie("portalidtoken"), None);
    ada.me().await.expect(401);
    // A token of another session, or of another issuer, is handed on to nobody, and a provider that cannot be asked keeps nobody signed in.
    let (ada, reply) = on.sign_in(json!({})).await;
    reply.expect(303);
    ada.set_cookie("portalidtoken", &token);
    assert!(!ada.logout().await.expect(204).headers.contains_key("portico-continue"));
    let (ada, reply) = on.sign_in(json!({})).await;
    reply.expect(303);
    let kept = ada.cookie("portalidtoken").expect("an ID token");
    let session = kept.split('~').next().unwrap_or_default();
    ada.set_cookie("portalidtoken", &format!("{session}~eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2V2aWwudGVzdCJ9.x"));
    let reply = ada.logout().await.expect(204);
    let there = reply.headers.get("portico-continue").and_then(|place| place.to_str().ok()).expect("a place");
    assert!(!there.contains("id_token_hint"), "{there}");
    let (ada, reply) = on.sign_in(json!({})).await;
    reply.expect(303);
    on.lying.fail(Some(Fault::Broken));
    on.portal.clock.advance(Duration::from_secs(2 * 60 * 60));
    assert!(!ada.logout().await.expect(204).headers.contains_key("portico-continue"));
    on.portal.end().await;
}

#[tokio::test]
async fn who_signs_in_with_a_password_is_sent_nowhere_when_they_sign_out() {
    let on = SignOn::start().await;
    on.lying.describe("end_session_endpoint", json!(format!("{}/logout", on.lying.issuer())));
    on.portal.account(ADA, Status::Approved).await;
    let ada = on.portal.anonymous();
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    let reply = ada.logout().await.expect(204);
    assert!(!reply.headers.contains_key("portico-continue"));
    assert_eq!(reply.cookie_lines().len(), 2);
    on.portal.end().await;
}

#[tokio::test]
async fn what_the_id_token_lacks_is_asked_for_once_more_and_only_about_the_same_person() {
    let on = SignOn::start().await;
    on.lying.describe("userinfo_endpoint", json!(format!("{}/userinfo", on.lying.issuer())));
    on.lying.tell(json!({ "sub": "ada-at-work", "email": ADA, "email_verified": true, "name": "Ada" }));
    let thin = json!({ "email": null, "name": null, "email_verified": null });
    on.sign_in(thin.clone()).await.1.expect(303);
    assert_eq!(on.portal.known(ADA).await.full_name, "Ada");
    // Whether an address is proven is said of the one beside it.
    on.lying.tell(json!({ "sub": "grace", "email": "grace@example.test", "email_verified": true }));
    on.sign_in(json!({ "sub": "grace", "email": "eve@example.test", "email_verified": null })).await.1.expect(403);
    on.lying.tell(json!({ "sub": "somebody-else", "email": "eve@example.test", "email_verified": true }));
    on.sign_in(thin).await.1.expect(400);
    assert!(on.portal.developer("eve@example.test").await.is_none());
    on.portal.end().await;
}

#[tokio::test]
async fn who_cannot_be_asked_for_more_takes_neither_teams_nor_names_away() {
    let on = SignOn::start().await;
    on.lying.describe("userinfo_endpoint", json!(format!("{}/nowhere", on.lying.issuer())));
    let pilots = on.portal.team("Pilots").await;
    on.map("pilots", pilots).await;
    on.sign_in(json!({ "groups": ["pilots"] })).await.1.expect(303);
    on.sign_in(json!({})).await.1.expect(503);
    let ada = on.portal.known(ADA).await;
    assert_eq!((ada.teams, ada.full_name.as_str()), (vec![pilots], "Ada Lovelace"));
    on.portal.end().await;
}

#[tokio::test]
async fn a_deleted_developer_is_somebody_new_when_they_come_again() {
    let on = SignOn::start().await;
    on.sign_in(json!({})).await.1.expect(303);
    let first = on.portal.known(ADA).await.id;
    on.portal.admin().delete(&format!("/v3/portals/{}/developers/{first}", on.portal.id())).await.expect(204);
    on.sign_in(json!({})).await.1.expect(303);
    assert_ne!(on.portal.known(ADA).await.id, first);
    on.portal.end().await;
}

#[tokio::test]
async fn many_first_sign_ins_of_one_person_at_the_same_time_make_one_developer() {
    let on = SignOn::start().await;
    let mut browsers = Vec::new();
    for _ in 0..16 {
        let browser = on.portal.anonymous();
        let asked = browser.begin_sso(BEGIN).await;
        let code = on.lying.sign_in(&asked, on.now(), json!({}));
        browsers.push((browser, asked, code));
    }
    let replies =
        futures_util::future::join_all(browsers.iter().map(|(browser, asked, code)| browser.come_back(asked, code))).await;
    assert!(
        replies.iter().all(|reply| reply.status == 303),
        "{:?}",
        replies.iter().map(|reply| reply.status).collect::<Vec<_>>()
    );
    assert_eq!(on.portal.history(ADA).await, ["developer.created"]);
    let sessions = on.portal.children(&Key::developer(on.portal.known(ADA).await.id), "SESSION#").await;
    assert_eq!(sessions.len(), 16);
    on.portal.end().await;
}

#[tokio::test]
async fn nothing_that_is_secret_or_personal_is_in_the_log_the_table_or_an_event() {
    let logs = portico_tests::logs::Logs::capture();
    let on = SignOn::start().await;
    let browser = on.portal.anonymous();
    let asked = browser.begin_sso(BEGIN).await;
    let attempt = browser.cookie(ATTEMPT).expect("an attempt");
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    browser.come_back(&asked, &code).await.expect(303);
    let token = browser.cookie("portalidtoken").expect("an ID token");
    let token = token.split('~').next_back().unwrap_or_default().to_owned();
    browser.come_back(&asked, &code).await.expect(400);
    on.sign_in(json!({ "aud": "another" })).await.1.expect(400);
    let (log, table) = (logs.text(), on.portal.dump().await);
    let state = attempt.split('.').next().unwrap_or_default().to_owned();
    for secret in [&attempt, &state, &code, &token, portico_tests::sign_on::CLIENT_SECRET, "ada-at-work", "an-access-token"] {
        assert!(!log.contains(secret) && !table.contains(secret), "{secret}");
    }
    assert!(!log.contains(ADA));
    let events = on.portal.events_of(on.portal.known(ADA).await.id).await;
    assert!(events.iter().all(|event| event.name == Name::DeveloperCreated && !event.data.to_string().contains('@')));
    on.portal.end().await;
}

#[tokio::test]
async fn a_sign_in_of_somebody_known_costs_four_calls_of_the_store() {
    let on = SignOn::start().await;
    on.sign_in(json!({})).await.1.expect(303);
    let browser = on.portal.anonymous();
    let asked = browser.begin_sso(BEGIN).await;
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    // The provider, the guards, the developer, the session.
    assert_eq!(on.portal.calls_of(browser.come_back(&asked, &code)).await, 4);
    on.portal.end().await;
}
