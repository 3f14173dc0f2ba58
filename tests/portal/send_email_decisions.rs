//! `send-email` to developers: what was decided, and why.

use portico_domain::status::Status;
use portico_tests::mails::{parsed, subject, text};
use serde_json::json;

use crate::send_email::{ADA, World};

#[tokio::test]
async fn a_mail_about_a_refusal_tells_its_reason_and_one_about_an_older_decision_does_not() {
    let world = World::start().await;
    let portal = &world.portal;
    let ada = portal.account(ADA, Status::Pending).await;
    world.mails().await;
    let place = format!("/portico/v1/portals/{}/developers/{ada}", portal.id());
    let reason = "We take <b>partners</b> only.\nAsk sales first.";
    portal.admin().patch(&place, json!({ "status": "rejected", "reason": reason })).await.expect(200);
    let mails = world.mails().await;
    assert_eq!(subject(&mails[0]), "Your registration was rejected");
    let said = text(&mails[0]);
    assert!(said.contains("We take <b>partners</b> only.") && said.contains("Ask sales first."), "{said}");
    let html = parsed(&mails[0]).body_html(0).expect("html").into_owned();
    assert!(!html.contains("<b>partners"), "what was typed is never markup: {html}");

    portal.admin().patch(&place, json!({ "status": "approved" })).await.expect(200);
    portal.admin().patch(&place, json!({ "status": "revoked", "reason": "Too many calls." })).await.expect(200);
    let mails = world.mails().await;
    assert_eq!(mails.iter().map(subject).collect::<Vec<_>>(), ["You are approved", "Your access was revoked"]);
    assert!(!text(&mails[0]).contains("Too many calls.") && text(&mails[1]).contains("Too many calls."));
    world.portal.end().await;
}

#[tokio::test]
async fn a_mail_about_a_registration_tells_why_it_was_refused() {
    let world = World::start().await;
    let portal = &world.portal;
    let ada = portal.approved_developer(ADA).await;
    let api = portal.published_api("Tides").await;
    let application = portal.application_of(&ada, "Weather board").await;
    let registration = ada.register(application, api).await;
    world.mails().await;
    let place = format!("/portico/v1/portals/{}/applications/{application}/registrations/{registration}", portal.id());
    portal.admin().patch(&place, json!({ "status": "rejected", "reason": "Use the sandbox." })).await.expect(200);
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    assert!(text(&mails[0]).contains("Use the sandbox."), "{}", text(&mails[0]));
    world.portal.end().await;
}

#[tokio::test]
async fn a_mail_about_a_registration_of_a_teams_application_goes_to_its_members() {
    let world = World::start().await;
    let portal = &world.portal;
    portal.set("pii_in_notifications", true).await;
    let (ada, eve) = (portal.approved_developer(ADA).await, portal.approved_developer("eve@example.test").await);
    let gone = portal.approved_developer("gone@example.test").await;
    let team = portal.owning_team("Partners", &[&ada, &eve, &gone]).await;
    let api = portal.published_api("Tides").await;
    let application = ada.create_app_of(team, "Weather board").await;
    let registration = ada.register(application, api).await;
    let mails = world.mails().await;
    assert!(text(mails.last().expect("a mail")).contains("the team Partners"), "administrators learn whose it is");
    let at_gone = format!("/v3/portals/{}/developers/{}", portal.id(), gone.developer.expect("gone"));
    portal.admin().patch(&at_gone, json!({ "status": "revoked" })).await.expect(200);
    world.mails().await;
    let place = format!("/v3/portals/{}/applications/{application}/registrations/{registration}", portal.id());
    portal.admin().patch(&place, json!({ "status": "approved" })).await.expect(200);
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, [ADA, "eve@example.test"], "who may sign in, those who have been members for longest first");
    assert!(text(&mails[0]).contains("Weather board"), "{}", text(&mails[0]));
    world.portal.end().await;
}
