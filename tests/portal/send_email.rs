//! `send-email`: events of the table's stream become mails.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_lambda_events::event::dynamodb::Event;
use mail_parser::{Message, MessageParser};
use portico::pump::Pump;
use portico_domain::status::Status;
use portico_tests::portal::{PUBLIC_URL, TABLE};
use portico_tests::{Client, TestPortal};
use send_email::Mailer;
use serde_json::json;

use lambda_http::aws_lambda_events;

const ADA: &str = "ada@example.test";

/// Keeps what it is given; refuses as often as it is told to.
#[derive(Default)]
struct Post {
    sent: Mutex<Vec<(String, Vec<u8>)>>,
    refusals: Mutex<usize>,
}

#[derive(Debug, thiserror::Error)]
#[error("the post office is closed")]
struct Closed;

impl Mailer for Post {
    type Error = Closed;

    async fn send(&self, event: &str, message: &[u8]) -> Result<(), Closed> {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if *refusals > 0 {
            *refusals -= 1;
            return Err(Closed);
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push((event.to_owned(), message.to_vec()));
        Ok(())
    }
}

impl Post {
    fn refuse(&self, times: usize) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    fn take(&self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A portal with its stream.
struct World {
    portal: TestPortal,
    pump: Pump,
    post: Post,
}

impl World {
    async fn start() -> Self {
        let portal = TestPortal::start().await;
        let pump = Pump::new(portal.database.clone(), TABLE, None).expect("a pump");
        Self { portal, pump, post: Post::default() }
    }

    async fn deliver(&self, batch: Event) -> Vec<String> {
        let reply = send_email::handle(&self.portal.portal, &self.post, batch).await;
        reply.batch_item_failures.into_iter().filter_map(|failure| failure.item_identifier).collect()
    }

    /// Everything that is due, by subject and recipient.
    async fn mails(&self) -> Vec<(String, Vec<u8>)> {
        self.pump.drain(async |batch| Ok(self.deliver(batch).await)).await.expect("the stream is read");
        self.post.take()
    }

    async fn signed_up(&self, email: &str, name: &str) -> Client {
        let somebody = self.portal.anonymous();
        somebody.post("/api/v3/developer", json!({ "email": email, "full_name": name })).await.expect(201);
        somebody
    }
}

fn parsed(mail: &[u8]) -> Message<'_> {
    MessageParser::default().parse(mail).expect("a message")
}

fn recipient<'m>(mail: &'m Message<'_>) -> &'m str {
    let to = mail.to().expect("a recipient");
    assert_eq!(to.iter().count(), 1);
    to.first().and_then(|address| address.address()).expect("an address")
}

fn link(mail: &Message<'_>) -> String {
    let text = mail.body_text(0).expect("a text").into_owned();
    let start = text.rfind("https://").expect("a link");
    text[start..].split_whitespace().next().expect("a link").to_owned()
}

#[tokio::test]
async fn the_mails_of_a_developers_way_arrive_once_each_at_the_stored_address_with_links_that_work() {
    let world = World::start().await;
    let ada = world.signed_up("Ada@Example.TEST", "Ada").await;
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    let mail = parsed(&mails[0].1);
    assert_eq!((recipient(&mail), mail.subject()), (ADA, Some("Confirm your e-mail address")));
    assert!(mail.body_html(0).is_some() && mail.body_text(0).is_some());
    let verify = link(&mail);
    assert!(verify.starts_with(&format!("{PUBLIC_URL}/login?email=ada%40example.test&token=")), "{verify}");
    let token = verify.rsplit('=').next().expect("a token");
    let verified = ada.post("/api/v3/developer/verify-email", json!({ "token": token })).await.expect(202);
    let password = json!({ "token": verified.body["token"], "password": "a quiet harbour at dawn" });
    ada.post("/api/v3/developer/reset-password", password).await.expect(204);
    let listed = world.portal.admin().get(&format!("/v3/portals/{}/developers", world.portal.id())).await.expect(200);
    let developer =
        format!("/v3/portals/{}/developers/{}", world.portal.id(), listed.body["data"][0]["id"].as_str().expect("an id"));
    world.portal.admin().patch(&developer, json!({ "status": "approved" })).await.expect(200);
    world.portal.clock.advance(std::time::Duration::from_secs(3600));
    ada.post("/api/v3/developer/forgot-password", json!({ "email": ADA })).await.expect(200);
    let mails = world.mails().await;
    let subjects: Vec<_> = mails.iter().map(|(_, mail)| parsed(mail).subject().unwrap_or_default().to_owned()).collect();
    assert_eq!(subjects, ["Your password was changed", "You are approved", "Choose a new password"]);
    world.portal.admin().patch(&developer, json!({ "status": "revoked" })).await.expect(200);
    let mails = world.mails().await;
    assert_eq!(parsed(&mails[0].1).subject(), Some("Your access was revoked"));
    assert!(world.mails().await.is_empty());
    world.portal.end().await;
}

#[tokio::test]
async fn decisions_about_registrations_are_mailed_to_the_owner_of_the_application() {
    let world = World::start().await;
    let ada = world.portal.approved_developer(ADA).await;
    let api = world.portal.published_api("Tides").await;
    let application = world.portal.application_of(&ada, "<b>Clock</b>").await;
    let registration = world.portal.registration(application, api, Status::Pending).await;
    world.mails().await;
    let path = format!("/v3/portals/{}/applications/{application}/registrations/{registration}", world.portal.id());
    for (status, subject) in [("approved", "Your registration was approved"), ("revoked", "Your registration was revoked")] {
        world.portal.admin().patch(&path, json!({ "status": status })).await.expect(200);
        let mails = world.mails().await;
        let mail = parsed(&mails[0].1);
        assert_eq!((recipient(&mail), mail.subject()), (ADA, Some(subject)));
        let html = mail.body_html(0).expect("HTML");
        assert!(html.contains("&#60;b&#62;Clock") && !html.contains("<b>Clock"), "{html}");
    }
    world.portal.end().await;
}

#[tokio::test]
async fn what_a_stranger_calls_somebody_reaches_neither_body_nor_header_of_the_first_mail() {
    let world = World::start().await;
    world.signed_up(ADA, "<img src=x onerror=alert(1)> \"Bcc: eve@example.test\"").await;
    let mails = world.mails().await;
    let mail = parsed(&mails[0].1);
    assert_eq!(recipient(&mail), ADA);
    assert!(mail.bcc().is_none() && mail.cc().is_none());
    let (html, text) = (mail.body_html(0).expect("HTML"), mail.body_text(0).expect("a text"));
    assert!(
        !html.contains("img src") && !text.contains("img src"),
        "nothing of a stranger's goes to an address that is not proven"
    );
    assert!(mail.headers_raw().all(|(_, value)| !value.contains("onerror")));
    world.portal.end().await;
}

#[tokio::test]
async fn the_same_event_again_is_the_same_mail_with_the_same_link() {
    let world = World::start().await;
    world.signed_up(ADA, "Ada").await;
    world
        .pump
        .drain(async |batch| {
            assert!(world.deliver(batch.clone()).await.is_empty());
            Ok(world.deliver(batch).await)
        })
        .await
        .expect("the stream is read");
    let mails = world.post.take();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].0, mails[1].0, "both go under the id of the event");
    assert_eq!(link(&parsed(&mails[0].1)), link(&parsed(&mails[1].1)));
    world.portal.end().await;
}

#[tokio::test]
async fn a_link_that_a_newer_one_has_replaced_is_not_mailed_any_more() {
    let world = World::start().await;
    world.signed_up(ADA, "Ada").await;
    world.signed_up(ADA, "Eve").await;
    let mails = world.mails().await;
    let subjects: BTreeMap<_, _> =
        mails.iter().map(|(id, mail)| (id.clone(), parsed(mail).subject().unwrap_or_default().to_owned())).collect();
    assert_eq!(subjects.values().collect::<Vec<_>>(), ["You are already registered"]);
    world.portal.end().await;
}

#[tokio::test]
async fn nothing_is_mailed_to_a_developer_who_is_gone() {
    let world = World::start().await;
    let id = world.portal.developer_with_status(ADA, Status::Pending).await;
    let developer = format!("/v3/portals/{}/developers/{id}", world.portal.id());
    world.portal.admin().patch(&developer, json!({ "status": "approved" })).await.expect(200);
    world.portal.admin().delete(&developer).await.expect(204);
    assert!(world.mails().await.is_empty());
    world.portal.end().await;
}

#[tokio::test]
async fn the_reply_names_the_first_record_that_failed_and_the_rest_comes_again() {
    let world = World::start().await;
    assert!(world.mails().await.is_empty(), "the portal's own events are no reason to write");
    world.signed_up(ADA, "Ada").await;
    world.signed_up("eve@example.test", "Eve").await;
    world.signed_up("grace@example.test", "Grace").await;
    world.post.refuse(1);
    let failures = Mutex::new(Vec::new());
    for _ in 0..2 {
        let drained = world.pump.drain(async |batch: Event| {
            let sequences: Vec<_> = batch.records.iter().filter_map(|record| record.change.sequence_number.clone()).collect();
            let failed = world.deliver(batch).await;
            failures.lock().expect("nobody panics with it").push((sequences, failed.clone()));
            Ok(failed)
        });
        drained.await.expect("the stream is read");
    }
    let failures = failures.into_inner().expect("nobody panicked with it");
    assert_eq!(failures[0].1, [failures[0].0[0].clone()], "the first, and no other");
    let recipients: Vec<_> = world.post.take().iter().map(|(_, mail)| recipient(&parsed(mail)).to_owned()).collect();
    assert_eq!(recipients, [ADA, "eve@example.test", "grace@example.test"]);
    world.portal.end().await;
}

#[tokio::test]
async fn a_link_leads_to_the_configured_host_whatever_the_request_says_of_hosts() {
    let world = World::start().await;
    let somebody = world.portal.anonymous();
    for name in ["host", "x-forwarded-host", "forwarded"] {
        let evil = somebody.clone().with_header(name, "evil.test");
        let email = format!("{}@example.test", name.replace('-', ""));
        evil.post("/api/v3/developer", json!({ "email": email, "full_name": "Ada" })).await.expect(201);
    }
    let mails = world.mails().await;
    assert_eq!(mails.len(), 3);
    for (_, mail) in &mails {
        assert!(link(&parsed(mail)).starts_with(PUBLIC_URL));
        assert!(!String::from_utf8_lossy(mail).contains("evil.test"));
    }
    world.portal.end().await;
}
