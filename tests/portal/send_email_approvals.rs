//! `send-email` to administrators: somebody waits for approval.

use portico_domain::status::Status;
use portico_tests::mails::{Fault, link, parsed, subject, text};
use portico_tests::portal::NOTIFIED;
use serde_json::json;

use crate::send_email::{ADA, World, recipient};

const DEVELOPER_WAITS: &str = "A developer waits for approval";
const REGISTRATION_WAITS: &str = "A registration waits for approval";

async fn requested(world: &World, allow_names: bool) {
    world.portal.set("pii_in_notifications", allow_names).await;
    let ada = world.portal.approved_developer(ADA).await;
    let api = world.portal.published_api("Tides").await;
    let application = world.portal.application_of(&ada, "Clock of Ada Lovelace").await;
    world.mails().await;
    ada.register(application, api).await;
}

#[tokio::test]
async fn administrators_hear_once_of_a_developer_who_waits_as_soon_as_the_address_is_proven() {
    let world = World::start().await;
    let ada = world.signed_up(ADA, "Ada Lovelace").await;
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1, "a stranger's address is no reason to write to administrators");
    let token = link(&mails[0]).rsplit('=').next().expect("a token").to_owned();
    let verified = ada.verify_email(&token).await.expect(202);
    let due = world.due().await;
    for event in &due {
        world.invoke(event).await.expect("it is sent");
    }
    let mails = world.ses.take();
    assert_eq!(mails.iter().map(subject).collect::<Vec<_>>(), [DEVELOPER_WAITS]);
    assert_eq!(recipient(&mails[0]), NOTIFIED);
    let (said, id) = (text(&mails[0]), world.portal.known(ADA).await.id.to_string());
    assert!(said.contains(&id), "{said}");
    let whole = String::from_utf8_lossy(&mails[0].message).into_owned();
    assert!(!whole.contains("Lovelace") && !whole.contains(ADA), "nobody is named unless the setting allows it: {whole}");
    ada.reset_password(verified.body["token"].as_str().expect("a token"), portico_tests::account::PASSWORD).await.expect(204);
    let after: Vec<_> = world.mails().await.iter().map(subject).collect();
    assert_eq!(after, ["Your password was changed"], "the request was told of");
    world.portal.end().await;
}

#[tokio::test]
async fn a_developer_who_proves_the_address_by_a_password_waits_too() {
    let world = World::start().await;
    let body = json!({ "email": ADA, "full_name": "Ada", "send_invitation_email": true });
    let developers = format!("/v3/portals/{}/developers", world.portal.id());
    world.portal.admin().post(&developers, body).await.expect(201);
    let mails = world.mails().await;
    let token = link(&mails[0]).rsplit('=').next().expect("a token").to_owned();
    world.portal.anonymous().reset_password(&token, portico_tests::account::PASSWORD).await.expect(204);
    let mut subjects: Vec<_> = world.mails().await.iter().map(subject).collect();
    subjects.sort();
    assert_eq!(subjects, [DEVELOPER_WAITS, "Your password was changed"]);
    let history = world.portal.history(ADA).await;
    assert_eq!(history.iter().filter(|name| **name == "developer.verified").count(), 1, "{history:?}");
    world.portal.end().await;
}

#[tokio::test]
async fn a_registration_that_waits_is_mailed_without_names_unless_the_setting_allows_them() {
    for allowed in [false, true] {
        let world = World::start().await;
        requested(&world, allowed).await;
        let mails = world.mails().await;
        assert_eq!(mails.iter().map(subject).collect::<Vec<_>>(), [REGISTRATION_WAITS]);
        assert_eq!(recipient(&mails[0]), NOTIFIED);
        let said = text(&mails[0]);
        assert!(said.contains("Tides"), "{said}");
        for personal in ["Clock of Ada Lovelace", ADA] {
            assert_eq!(said.contains(personal), allowed, "{personal}: {said}");
        }
        world.portal.end().await;
    }
}

#[tokio::test]
async fn a_developers_name_stands_in_the_mail_where_the_setting_allows_it_and_its_markup_is_dead() {
    let world = World::start().await;
    world.portal.set("pii_in_notifications", true).await;
    let ada = world.signed_up(ADA, "<b>Ada</b>").await;
    let mails = world.mails().await;
    let token = link(&mails[0]).rsplit('=').next().expect("a token").to_owned();
    ada.verify_email(&token).await.expect(202);
    let mails = world.mails().await;
    let message = parsed(&mails[0]);
    let html = message.body_html(0).expect("HTML").into_owned();
    assert!(html.contains("&#60;b&#62;Ada") && !html.contains("<b>Ada"), "{html}");
    assert!(text(&mails[0]).contains(ADA));
    world.portal.end().await;
}

#[tokio::test]
async fn what_was_decided_meanwhile_is_not_mailed() {
    let world = World::start().await;
    requested(&world, false).await;
    let due = world.due().await;
    let list = format!("/v3/portals/{}/application-registrations", world.portal.id());
    let listed = world.portal.admin().get(&list).await.expect(200);
    let (registration, application) = (&listed.body["data"][0]["id"], &listed.body["data"][0]["application"]["id"]);
    let path = format!(
        "/v3/portals/{}/applications/{}/registrations/{}",
        world.portal.id(),
        application.as_str().expect("an id"),
        registration.as_str().expect("an id")
    );
    world.portal.admin().patch(&path, json!({ "status": "approved" })).await.expect(200);
    for event in &due {
        world.invoke(event).await.expect("nothing is due");
    }
    assert_eq!(world.ses.take_calls(), 0);
    world.portal.end().await;
}

#[tokio::test]
async fn where_registrations_are_approved_by_themselves_nobody_waits() {
    let world = World::start().await;
    world.portal.set("auto_approve_applications", true).await;
    requested(&world, false).await;
    assert!(world.mails().await.is_empty());
    world.portal.end().await;
}

#[tokio::test]
async fn a_portal_without_addresses_to_notify_mails_no_administrator() {
    let mut world = World::start().await;
    let config = portico_tests::portal::config_without_notification(world.portal.id());
    world.portal.portal.config = std::sync::Arc::new(config);
    requested(&world, false).await;
    assert!(world.mails().await.is_empty());
    world.portal.end().await;
}

#[tokio::test]
async fn a_mail_to_administrators_that_never_goes_is_noted_on_nobody_and_not_tried_again() {
    let world = World::start().await;
    requested(&world, false).await;
    world.ses.always(Fault::Answers(400, "MessageRejected"));
    for event in world.due().await {
        world.invoke(&event).await.expect("nothing more is to be done");
    }
    assert_eq!(world.ses.take_calls(), 1);
    let shown = super::send_email_faults::details(&world.portal, ADA).await;
    assert!(shown.body["mail_failure"].is_null());
    assert_eq!(world.portal.known(ADA).await.status, Status::Approved);
    world.portal.end().await;
}
