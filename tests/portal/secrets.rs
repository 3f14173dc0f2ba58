//! Secrets are nowhere: after a whole journey, with mails, refusals and faults, no row, no event and no line of a log holds one, and
//! addresses are where they may be and nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use lambda_http::aws_lambda_events::event::dynamodb::Event;
use portico::faults::{Fault, Matching};
use portico::pump::Pump;
use portico::recorded::acting_as;
use portico_domain::event::Name;
use portico_store::stream::committed;
use portico_store::{Item, Key, sha256_hex};
use portico_tests::account::PASSWORD;
use portico_tests::logs::Logs;
use portico_tests::mails::{FakeSes, mail_due};
use portico_tests::portal::{ADMIN_TOKEN, TABLE};
use portico_tests::steps::APPLICATIONS;
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::json;

pub(crate) const ADA: &str = "ada.lovelace@example.test";
const OTHER_PASSWORD: &str = "quiet lantern under the bridge";
const WRONG_PASSWORD: &str = "violet tractor hums at dawn";

/// What the journey made that nobody else may ever read, by what it is.
#[derive(Default)]
pub(crate) struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    /// Requires that a text holds none of them, nor a digest of one. `allowed` are those that belong there, by what they are.
    pub(crate) fn assert_none_in(&self, place: &str, text: &str, allowed: &[&str]) {
        assert!(!text.is_empty(), "there is something in {place} to look at");
        for (what, secret) in self.0.iter().filter(|(what, _)| !allowed.contains(what)) {
            let digest = sha256_hex(secret);
            let bytes: Vec<u8> = digest.as_bytes().chunks(2).map(hex).collect();
            for form in
                [secret, &digest, &STANDARD.encode(&bytes), &URL_SAFE_NO_PAD.encode(&bytes), &STANDARD_NO_PAD.encode(secret)]
            {
                assert!(!text.contains(form.as_str()), "{what}, or a digest of it, is in {place}");
            }
        }
        assert!(!text.contains("$argon2"), "a password's hash is in {place}");
    }

    fn keep(&mut self, what: &'static str, secret: &str) -> String {
        self.0.push((what, secret.to_owned()));
        secret.to_owned()
    }

    fn keep_cookies(&mut self, client: &Client) {
        for name in ["portalaccesstoken", "portalrefreshtoken"] {
            let value = client.cookie(name).expect("a cookie");
            self.keep("cookie", &value);
            // Nor the part that makes a token one.
            self.keep("signature", value.rsplit('.').next().expect("a part"));
        }
    }
}

fn hex(two: &[u8]) -> u8 {
    u8::from_str_radix(std::str::from_utf8(two).expect("digits"), 16).expect("a byte")
}

/// From the sign-up to the end, with everything that can go wrong on the way.
pub(crate) async fn journey(portal: &TestPortal, secrets: &mut Secrets) -> String {
    for password in [PASSWORD, OTHER_PASSWORD, WRONG_PASSWORD] {
        secrets.keep("password", password);
    }
    secrets.keep("administrator's token", ADMIN_TOKEN);
    let (ada, admin) = (portal.anonymous(), portal.admin());
    ada.sign_up(ADA).await.expect(201);
    secrets.keep("mail token", &portal.mailed(ADA, Name::DeveloperSignedUp).await);
    ada.sign_up(ADA).await.expect(201);
    let verify = secrets.keep("mail token", &portal.mailed(ADA, Name::DeveloperSignedUpAgain).await);
    let verified = ada.verify_email(&verify).await.expect(202);
    let first = secrets.keep("mail token", verified.body["token"].as_str().expect("a token"));
    ada.reset_password(&first, WRONG_PASSWORD.get(..8).expect("a part")).await.expect(400);
    ada.reset_password(&first, PASSWORD).await.expect(204);
    ada.reset_password(&first, PASSWORD).await.expect(410);
    ada.authenticate(ADA, PASSWORD).await.expect(401);
    let developer = portal.known(ADA).await.id;
    let of_portal = format!("/v3/portals/{}", portal.id());
    admin.patch(&format!("{of_portal}/developers/{developer}"), json!({ "status": "approved" })).await.expect(200);
    ada.authenticate(ADA, WRONG_PASSWORD).await.expect(401);
    ada.authenticate(ADA, PASSWORD).await.expect(204);
    secrets.keep_cookies(&ada);
    ada.refresh().await.expect(204);
    secrets.keep_cookies(&ada);

    let api = portal.published_api("Tides").await;
    let application = ada.create_app("Weather board").await;
    let registration = ada.register(application, api).await;
    let path = format!("{of_portal}/applications/{application}/registrations/{registration}");
    admin.patch(&path, json!({ "status": "approved" })).await.expect(200);
    let key = ada.create_key(application).await;
    secrets.keep("API key", &key.secret);
    secrets.keep("half of an API key", &key.secret[30..]);
    assert!(portal.call(&ApiCall::to("tides").key(&key.secret)).await.is_some());
    assert!(portal.call(&ApiCall::to("winds").key(&key.secret)).await.is_none());
    assert!(portal.call(&ApiCall::to("tides").key(&format!("{} ", key.secret))).await.is_none());
    portal.database.faults().always(Matching::any(), Fault::ServerError);
    assert!(portal.call(&ApiCall::to("tides").key(&key.secret)).await.is_none());
    ada.get(APPLICATIONS).await.expect(503);
    ada.authenticate(ADA, PASSWORD).await.expect(503);
    portal.database.faults().heal();

    ada.forgot_password(ADA).await.expect(200);
    let second = secrets.keep("mail token", &portal.mailed(ADA, Name::DeveloperPasswordRequested).await);
    ada.reset_password(&second, OTHER_PASSWORD).await.expect(204);
    ada.me().await.expect(401);
    ada.authenticate(ADA, OTHER_PASSWORD).await.expect(204);
    secrets.keep_cookies(&ada);
    let credential = format!("{APPLICATIONS}/{application}/credentials/{}", key.id);
    ada.delete(&credential).await.expect(204);
    ada.delete(&format!("{APPLICATIONS}/{application}")).await.expect(204);
    ada.logout().await.expect(204);
    sha256_hex(&key.secret)
}

#[tokio::test]
async fn after_a_whole_journey_no_secret_is_in_a_row_an_event_or_a_line_of_the_log() {
    let logs = Logs::capture();
    let portal = TestPortal::start().await;
    let (mut secrets, mails) = (Secrets::default(), FakeSes::default());
    let digest = journey(&portal, &mut secrets).await;
    let pump = Pump::new(portal.database.clone(), TABLE, None).expect("the pump starts");
    let mailer = mails.mailer();
    let deliver = async |batch: Event| {
        for record in &batch.records {
            let committed = committed(record).expect("an event that can be read").expect("an event");
            if committed.event.name.may_be_mailed() {
                acting_as("send-email", send_email::handle(&portal.portal, &mailer, mail_due(&committed)))
                    .await
                    .expect("it is sent, or not due any more");
            }
        }
        Ok(Vec::new())
    };
    pump.drain(deliver).await.expect("the stream is read");
    assert!(!mails.take().is_empty(), "mails were sent while the log was captured");

    let (table, log) = (portal.dump().await, logs.text());
    assert!(log.contains("store-unavailable") && log.contains("invalid-credentials"), "there is something to look at: {log}");
    for (what, secret) in &secrets.0 {
        assert!(secret.len() >= 16, "{what} is long enough to be looked for");
        assert!(!table.contains(secret.as_str()), "{what} is in the table");
        assert!(!log.contains(secret.as_str()), "{what} is in the log");
    }
    for private in [ADA, "ada.lovelace", "Ada Lovelace", "Weather board", "$argon2", digest.as_str()] {
        assert!(!log.contains(private), "{private} is in the log");
    }
    assert_eq!(logs.take().iter().filter(|line| line["level"].is_null()).count(), 0, "every line is one object");
    portal.end().await;
}

#[tokio::test]
async fn an_address_is_in_one_attribute_of_its_developer_and_nowhere_else() {
    let portal = TestPortal::start().await;
    journey(&portal, &mut Secrets::default()).await;
    let root = Key::developer(portal.known(ADA).await.id);
    let table = portal.dump().await;
    let developer = portal.portal.store.get(&root).await.expect("the store answers").expect("ada");
    assert_eq!(developer.text("email"), Some(ADA));
    for personal in [ADA, "ada.lovelace", "Ada Lovelace"] {
        let in_table = table.matches(personal).count();
        let in_item = format!("{developer:?}").matches(personal).count();
        assert_eq!((in_table, in_item), (1, 1), "{personal}");
    }
    let events = portal.children(&root, "EVENT#").await;
    assert!(events.len() > 5 && events.iter().all(|event: &Item| !format!("{event:?}").contains('@')));
    portal.end().await;
}

#[tokio::test]
async fn what_a_caller_writes_cannot_break_a_line_of_the_log() {
    let portal = TestPortal::start().await;
    let logs = Logs::capture();
    let odd = "x\r\n{\"level\":\"ERROR\",\"fields\":{\"gate\":\"forged\"}}\n\u{1b}[31m\u{2028}\0";
    let mut call = ApiCall::to(odd).key("portico_nothing").header("x-odd", odd).route("GET", odd);
    call.gateway = odd.to_owned();
    let mut event = call.http_api();
    event["requestContext"]["requestId"] = json!(odd);
    assert_eq!(portal.authorizer(event).await["isAuthorized"], false);
    let text = logs.text();
    assert_eq!(text.matches('\n').count(), 1, "{text:?}");
    assert!(!text.contains('\u{1b}') && !text.contains('\r') && !text.contains('\0'), "{text:?}");
    assert_eq!(logs.take_gates(), ["malformed-key"]);
    portal.end().await;
}
