//! `note-delivery`: what SES reports of mails is noted on the developer, once, in whatever order it comes.

use portico::recorded::acting_as;
use portico_domain::id::{DeveloperId, EventId};
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::logs::Logs;
use portico_tests::{Reply, TestPortal};
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";

struct World {
    portal: TestPortal,
    ada: DeveloperId,
    mails: Vec<EventId>,
}

impl World {
    /// Ada, and three mails to her.
    async fn start() -> Self {
        let portal = TestPortal::start().await;
        let ada = portal.developer_with_status(ADA, Status::Approved).await;
        let mut mails = Vec::new();
        for _ in 0..3 {
            portal.clock.advance(std::time::Duration::from_secs(1));
            mails.push(portal.portal.new_id::<EventId>().expect("an id"));
        }
        Self { portal, ada, mails }
    }

    async fn report(&self, mail: usize, detail: Value) {
        let done = acting_as(
            "note-delivery",
            note_delivery::handle(&self.portal.portal, about(self.mails[mail], Some(self.ada), detail)),
        )
        .await;
        done.expect("it is noted, or no news");
    }

    async fn shown(&self) -> Value {
        let path = format!("/portico/v1/portals/{}/developers/{}", self.portal.id(), self.ada);
        let reply: Reply = self.portal.admin().get(&path).await.expect(200);
        reply.body["mail_failure"].clone()
    }

    async fn events(&self) -> usize {
        let names = self.portal.events(&Key::developer(self.ada)).await;
        names.iter().filter(|name| name.starts_with("developer.mail_")).count()
    }
}

/// The sample in `events/`, about another mail.
fn about(mail: EventId, developer: Option<DeveloperId>, detail: Value) -> Value {
    let sample = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../events/note-delivery.json"));
    let mut event: Value = serde_json::from_str(&sample.expect("the sample")).expect("JSON");
    let tags = &mut event["detail"]["mail"]["tags"];
    tags["event"] = json!([mail]);
    match developer {
        Some(developer) => tags["developer"] = json!([developer]),
        None => drop(tags.as_object_mut().expect("tags").remove("developer")),
    }
    for (name, value) in detail.as_object().expect("an object") {
        event["detail"][name] = value.clone();
    }
    event
}

fn bounce(of_type: &str, sub_type: &str) -> Value {
    let recipients = json!([{ "emailAddress": ADA, "diagnosticCode": format!("smtp; 550 5.1.1 <{ADA}> user unknown") }]);
    json!({ "eventType": "Bounce", "bounce": { "bounceType": of_type, "bounceSubType": sub_type, "bouncedRecipients": recipients } })
}

fn delivery() -> Value {
    json!({ "eventType": "Delivery", "bounce": null, "delivery": { "recipients": [ADA] } })
}

#[tokio::test]
async fn each_end_of_a_mail_is_noted_with_its_reason_and_with_the_event_that_it_was_about() {
    let complaint = |sub: Value, feedback: Value| json!({ "eventType": "Complaint", "complaint": { "complaintSubType": sub, "complaintFeedbackType": feedback } });
    for (detail, reason) in [
        (bounce("Permanent", "General"), Some("bounced")),
        (bounce("Permanent", "NoEmail"), Some("bounced")),
        (bounce("Permanent", "OnAccountSuppressionList"), Some("suppressed")),
        (bounce("Permanent", "Suppressed"), Some("suppressed")),
        (bounce("Transient", "MailboxFull"), Some("bounced")),
        (bounce("Transient", "General"), None),
        (bounce("Undetermined", "Undetermined"), Some("bounced")),
        (complaint(Value::Null, json!("abuse")), Some("complained")),
        (complaint(Value::Null, Value::Null), Some("complained")),
        (complaint(json!("OnAccountSuppressionList"), Value::Null), Some("suppressed")),
        (complaint(Value::Null, json!("not-spam")), None),
        (json!({ "eventType": "Reject", "reject": { "reason": "Bad content" } }), Some("rejected")),
        (json!({ "eventType": "DeliveryDelay" }), None),
        (json!({ "eventType": "Send" }), None),
        (delivery(), None),
    ] {
        let world = World::start().await;
        world.report(0, detail.clone()).await;
        let shown = world.shown().await;
        assert_eq!(shown["reason"].as_str(), reason, "{detail}");
        if reason.is_some() {
            assert_eq!(shown["event_id"], json!(world.mails[0]));
        }
        world.portal.end().await;
    }
}

#[tokio::test]
async fn reports_that_come_again_or_out_of_order_change_nothing() {
    let world = World::start().await;
    for _ in 0..2 {
        world.report(1, bounce("Permanent", "General")).await;
    }
    world.report(0, bounce("Permanent", "General")).await;
    world.report(0, delivery()).await;
    world.report(1, delivery()).await;
    assert_eq!(world.shown().await["event_id"], json!(world.mails[1]));
    assert_eq!(world.events().await, 1);
    for _ in 0..2 {
        world.report(2, delivery()).await;
    }
    assert!(world.shown().await.is_null(), "a later mail has arrived");
    world.report(1, bounce("Permanent", "General")).await;
    assert!(world.shown().await.is_null(), "what comes late is about a mail before the one that arrived");
    assert_eq!(world.events().await, 2);
    world.portal.end().await;
}

#[tokio::test]
async fn reports_of_the_same_moment_are_noted_once() {
    let world = World::start().await;
    let reports = (0..8).map(|_| world.report(0, bounce("Permanent", "General")));
    futures_util::future::join_all(reports).await;
    assert_eq!(world.events().await, 1);
    world.portal.end().await;
}

#[tokio::test]
async fn what_is_about_nobody_of_ours_changes_nothing() {
    let world = World::start().await;
    let nobody = world.portal.portal.new_id::<DeveloperId>().expect("an id");
    let bounced = bounce("Permanent", "General");
    let to_administrators = about(world.mails[0], None, bounced.clone());
    let to_nobody = about(world.mails[0], Some(nobody), bounced.clone());
    let mut without_tags = about(world.mails[0], Some(world.ada), bounced);
    without_tags["detail"]["mail"]["tags"] = json!({ "ses:configuration-set": ["another"] });
    for event in [to_administrators, to_nobody, without_tags] {
        note_delivery::handle(&world.portal.portal, event).await.expect("nothing is to be done");
    }
    let unreadable = note_delivery::handle(&world.portal.portal, json!({ "detail": {} })).await;
    assert_eq!(unreadable.expect_err("it cannot be read").kind().name(), "internal-error");
    assert!(world.shown().await.is_null());
    world.portal.end().await;
}

#[tokio::test]
async fn nothing_that_ses_writes_of_a_recipient_is_kept_or_logged() {
    let logs = Logs::capture();
    let world = World::start().await;
    world.report(0, bounce("Permanent", "General")).await;
    let text = logs.text();
    assert!(text.contains("noted") && !text.contains('@'), "{text}");
    assert!(!world.portal.dump().await.contains("user unknown"));
    world.portal.end().await;
}
