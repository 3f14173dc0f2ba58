//! `send-email` while SES fails: sign-up does not notice, a mail that may go is tried again with the same link, and one that never will
//! is not, and stands on the developer for the administrator to see.

use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::logs::Logs;
use portico_tests::mails::{Fault, link, subject};
use portico_tests::{Reply, TestPortal};
use serde_json::json;

use crate::send_email::{ADA, World};

/// What passes: SES's own faults, its limits, and what an operator puts right.
const PASSING: [Fault; 9] = [
    Fault::Answers(500, "InternalServiceErrorException"),
    Fault::Answers(503, "ServiceUnavailable"),
    Fault::Answers(429, "TooManyRequestsException"),
    Fault::Answers(400, "ThrottlingException"),
    Fault::Answers(400, "LimitExceededException"),
    Fault::Answers(400, "SendingPausedException"),
    Fault::Answers(404, "NotFoundException"),
    Fault::Answers(403, "AccessDeniedException"),
    Fault::Unreachable,
];

/// What does not, and what the administrator reads.
const FOR_GOOD: [(Fault, &str); 4] = [
    (Fault::Answers(400, "MessageRejected"), "rejected"),
    (Fault::Answers(400, "BadRequestException"), "malformed"),
    (Fault::Answers(400, "MailFromDomainNotVerifiedException"), "sender_not_verified"),
    (Fault::Answers(400, "AccountSuspendedException"), "account_suspended"),
];

/// What an administrator sees of a developer beside the contract (`get-developer-details`).
pub(crate) async fn details(portal: &TestPortal, email: &str) -> Reply {
    let id = portal.known(email).await.id;
    portal.admin().get(&format!("/portico/v1/portals/{}/developers/{id}", portal.id())).await.expect(200)
}

#[tokio::test]
async fn sign_up_is_answered_as_ever_while_ses_fails_and_the_mail_is_out_with_the_next_try_after_it_is_back() {
    for fault in PASSING {
        let world = World::start().await;
        world.ses.always(fault);
        world.signed_up(ADA, "Ada").await;
        let due = world.due().await;
        for _ in 0..4 {
            assert_eq!(world.invoke(&due[0]).await, Err("busy"), "{fault:?}: the function fails, so that it is invoked again");
        }
        assert!(world.ses.take().is_empty(), "{fault:?}");
        world.ses.heal();
        world.invoke(&due[0]).await.expect("SES is back");
        let mails = world.ses.take();
        assert_eq!(mails.iter().map(subject).collect::<Vec<_>>(), ["Confirm your e-mail address"], "{fault:?}");
        assert!(details(&world.portal, ADA).await.body["mail_failure"].is_null(), "{fault:?}: what passes is not noted");
        world.portal.end().await;
    }
}

#[tokio::test]
async fn an_invocation_tries_three_times_at_most() {
    let world = World::start().await;
    world.signed_up(ADA, "Ada").await;
    let due = world.due().await;
    world.ses.next([Fault::Answers(500, "InternalServiceErrorException"), Fault::Unreachable]);
    world.invoke(&due[0]).await.expect("the third try");
    assert_eq!((world.ses.take_calls(), world.ses.take().len()), (3, 1));
    world.ses.always(Fault::Answers(500, "InternalServiceErrorException"));
    assert_eq!(world.invoke(&due[0]).await, Err("busy"));
    assert_eq!(world.ses.take_calls(), 3);
    world.portal.end().await;
}

#[tokio::test]
async fn a_mail_that_was_sent_and_not_acknowledged_goes_again_with_the_same_link() {
    let world = World::start().await;
    let ada = world.signed_up(ADA, "Ada").await;
    let due = world.due().await;
    world.ses.always(Fault::TakesAndTimesOut);
    assert_eq!(world.invoke(&due[0]).await, Err("busy"), "nobody knows that it left");
    world.ses.heal();
    world.invoke(&due[0]).await.expect("it is acknowledged");
    let mails = world.ses.take();
    assert_eq!(mails.len(), 4, "three tries, and one more");
    let links: std::collections::BTreeSet<_> = mails.iter().map(link).collect();
    assert_eq!(links.len(), 1, "{links:?}");
    let token = links.first().and_then(|link| link.rsplit('=').next()).expect("a token").to_owned();
    ada.verify_email(&token).await.expect(202);
    // The link has done its work: a mail that is still under way is not sent any more.
    world.invoke(&due[0]).await.expect("nothing is due");
    assert!(world.ses.take().is_empty());
    world.portal.end().await;
}

#[tokio::test]
async fn a_mail_that_never_goes_is_not_tried_again_and_stands_on_the_developer() {
    for (fault, reason) in FOR_GOOD {
        let world = World::start().await;
        world.ses.always(fault);
        world.signed_up(ADA, "Ada").await;
        let due = world.due().await;
        for _ in 0..2 {
            world.invoke(&due[0]).await.expect("nothing more is to be done");
        }
        assert_eq!(world.ses.take_calls(), 2, "{reason}: one call each");
        let shown = details(&world.portal, ADA).await;
        assert_eq!(shown.body["mail_failure"]["reason"], reason);
        assert_eq!(shown.body["mail_failure"]["event_id"], due[0]["detail"]["event"]["id"]);
        let root = Key::developer(world.portal.known(ADA).await.id);
        let noted = world.portal.event_data(&root, Name::DeveloperMailFailed).await;
        assert_eq!(noted["reason"], reason, "once, however often it is said");
        assert!(world.due().await.is_empty(), "that a mail failed is no reason for another");
        world.portal.end().await;
    }
}

#[tokio::test]
async fn a_later_mail_that_leaves_takes_the_note_away() {
    let world = World::start().await;
    world.ses.always(Fault::Answers(400, "MailFromDomainNotVerifiedException"));
    let ada = world.signed_up(ADA, "Ada").await;
    let first = world.due().await;
    world.invoke(&first[0]).await.expect("refused");
    world.ses.heal();
    world.invoke(&first[0]).await.expect("sent after all");
    assert!(!details(&world.portal, ADA).await.body["mail_failure"].is_null(), "the mail itself is no later one");
    world.portal.clock.advance(std::time::Duration::from_secs(60));
    ada.sign_up(ADA).await.expect(201);
    world.ses.take();
    assert_eq!(world.mails().await.len(), 1);
    assert!(details(&world.portal, ADA).await.body["mail_failure"].is_null());
    let history = world.portal.history(ADA).await;
    assert_eq!(history.iter().filter(|name| name.starts_with("developer.mail_")).count(), 2, "{history:?}");
    world.portal.end().await;
}

#[tokio::test]
async fn a_mail_about_a_registration_that_never_goes_is_noted_on_the_owner() {
    let world = World::start().await;
    let ada = world.portal.approved_developer(ADA).await;
    let api = world.portal.published_api("Tides").await;
    let application = world.portal.application_of(&ada, "Clock").await;
    let registration = world.portal.registration(application, api, Status::Pending).await;
    world.mails().await;
    let path = format!("/v3/portals/{}/applications/{application}/registrations/{registration}", world.portal.id());
    world.portal.admin().patch(&path, json!({ "status": "approved" })).await.expect(200);
    world.ses.always(Fault::Answers(400, "MessageRejected"));
    world.mails().await;
    assert_eq!(details(&world.portal, ADA).await.body["mail_failure"]["reason"], "rejected");
    world.portal.end().await;
}

#[tokio::test]
async fn nothing_that_ses_writes_reaches_the_log() {
    let logs = Logs::capture();
    for fault in [FOR_GOOD[0].0, PASSING[0], PASSING[3]] {
        let world = World::start().await;
        world.ses.always(fault);
        world.signed_up(ADA, "Ada").await;
        for event in world.due().await {
            let _refused_or_busy = world.invoke(&event).await;
        }
        world.portal.end().await;
    }
    let text = logs.text();
    assert!(text.contains("MessageRejected"), "{text}");
    assert!(!text.contains('@') && !text.contains("injected"), "{text}");
}
