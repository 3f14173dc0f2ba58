//! `send-email`: what the bus says is due becomes a mail.

use std::sync::Mutex;

use aws_lambda_events::event::dynamodb::Event;
use portico::post::Letter;
use portico::pump::Pump;
use portico::recorded::acting_as;
use portico_delivery::mail::{DEVELOPER_TAG, EVENT_TAG, Mailer};
use portico_domain::status::Status;
use portico_store::stream::committed;
use portico_tests::mails::{FakeSes, link, mail_due, parsed, subject};
use portico_tests::portal::{PUBLIC_URL, TABLE};
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

use lambda_http::aws_lambda_events;

pub(crate) const ADA: &str = "ada@example.test";

/// A portal with its stream and an SES.
pub(crate) struct World {
    pub(crate) portal: TestPortal,
    pub(crate) ses: FakeSes,
    mailer: Mailer,
    pump: Pump,
}

impl World {
    pub(crate) async fn start() -> Self {
        let portal = TestPortal::start().await;
        let pump = Pump::new(portal.database.clone(), TABLE, None).expect("a pump");
        let ses = FakeSes::default();
        Self { portal, mailer: ses.mailer(), ses, pump }
    }

    /// The events of the bus that have come since the last time, for `send-email`.
    pub(crate) async fn due(&self) -> Vec<Value> {
        let due = Mutex::new(Vec::new());
        let drained = self.pump.drain(async |batch: Event| {
            for record in &batch.records {
                let committed = committed(record).expect("an event that can be read").expect("an event");
                if committed.event.name.may_be_mailed() {
                    due.lock().expect("nobody panics with it").push(mail_due(&committed));
                }
            }
            Ok(Vec::new())
        });
        drained.await.expect("the stream is read");
        due.into_inner().expect("nobody panicked with it")
    }

    /// Invokes the function; the kind of the problem, if it fails.
    pub(crate) async fn invoke(&self, event: &Value) -> Result<(), &'static str> {
        let done = acting_as("send-email", send_email::handle(&self.portal.portal, &self.mailer, event.clone())).await;
        done.map(|_| ()).map_err(|problem| problem.kind().name())
    }

    /// Every mail that is due.
    pub(crate) async fn mails(&self) -> Vec<Letter> {
        for event in self.due().await {
            self.invoke(&event).await.expect("it is sent, or not due any more");
        }
        self.ses.take()
    }

    pub(crate) async fn signed_up(&self, email: &str, name: &str) -> Client {
        let somebody = self.portal.anonymous();
        somebody.post("/api/v3/developer", json!({ "email": email, "full_name": name })).await.expect(201);
        somebody
    }
}

pub(crate) fn recipient(mail: &Letter) -> String {
    let message = parsed(mail);
    let to = message.to().expect("a recipient");
    assert_eq!(to.iter().count(), 1);
    let named = to.first().and_then(|address| address.address()).expect("an address");
    assert_eq!(mail.to, [named], "who gets it is who is named");
    named.to_owned()
}

#[tokio::test]
async fn the_mails_of_a_developers_way_arrive_once_each_at_the_stored_address_with_links_that_work() {
    let world = World::start().await;
    let ada = world.signed_up("Ada@Example.TEST", "Ada").await;
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    let mail = parsed(&mails[0]);
    assert_eq!((recipient(&mails[0]).as_str(), mail.subject()), (ADA, Some("Confirm your e-mail address")));
    assert!(mail.body_html(0).is_some() && mail.body_text(0).is_some());
    let verify = link(&mails[0]);
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
    let subjects: Vec<_> = mails.iter().map(subject).collect();
    assert_eq!(subjects, ["Your password was changed", "You are approved", "Choose a new password"]);
    world.portal.admin().patch(&developer, json!({ "status": "revoked" })).await.expect(200);
    let mails = world.mails().await;
    assert_eq!(subject(&mails[0]), "Your access was revoked");
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
        let mail = parsed(&mails[0]);
        assert_eq!((recipient(&mails[0]).as_str(), mail.subject()), (ADA, Some(subject)));
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
    let mail = parsed(&mails[0]);
    assert_eq!(recipient(&mails[0]), ADA);
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
    let due = world.due().await;
    for _ in 0..2 {
        world.invoke(&due[0]).await.expect("it is sent");
    }
    let mails = world.ses.take();
    assert_eq!(mails.len(), 2);
    let id = due[0]["detail"]["event"]["id"].as_str();
    assert_eq!((mails[0].tag(EVENT_TAG), mails[1].tag(EVENT_TAG)), (id, id), "both name the event");
    assert_eq!(link(&mails[0]), link(&mails[1]));
    world.portal.end().await;
}

#[tokio::test]
async fn a_mail_names_its_developer_to_ses_and_the_configuration_set_that_reports_what_became_of_it() {
    let world = World::start().await;
    world.signed_up(ADA, "Ada").await;
    let mails = world.mails().await;
    let id = world.portal.known(ADA).await.id.to_string();
    assert_eq!(mails[0].tag(DEVELOPER_TAG), Some(id.as_str()));
    assert_eq!(mails[0].configuration_set.as_deref(), Some("portico-mail"));
    assert_eq!(mails[0].from, "no-reply@portal.example.test");
    world.portal.end().await;
}

#[tokio::test]
async fn what_says_of_no_mail_that_is_due_is_an_error_and_sends_nothing() {
    let world = World::start().await;
    world.signed_up(ADA, "Ada").await;
    let due = world.due().await.remove(0);
    let mut of_another_type = due.clone();
    of_another_type["detail-type"] = json!("developer.registered");
    let mut without_event = due;
    without_event["detail"] = json!({ "root": "DEV#x" });
    for event in [of_another_type, without_event, json!({}), json!([])] {
        assert_eq!(world.invoke(&event).await, Err("internal-error"), "{event}");
    }
    assert_eq!(world.ses.take_calls(), 0);
    world.portal.end().await;
}

#[tokio::test]
async fn a_link_that_a_newer_one_has_replaced_is_not_mailed_any_more() {
    let world = World::start().await;
    world.signed_up(ADA, "Ada").await;
    world.signed_up(ADA, "Eve").await;
    let mails = world.mails().await;
    assert_eq!(mails.iter().map(subject).collect::<Vec<_>>(), ["You are already registered"]);
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
    for mail in &mails {
        assert!(link(mail).starts_with(PUBLIC_URL));
        assert!(!String::from_utf8_lossy(&mail.message).contains("evil.test"));
    }
    world.portal.end().await;
}
