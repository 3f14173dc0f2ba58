//! From what is to be said to an RFC 5322 message with a text and an HTML part.

use std::time::{Duration, UNIX_EPOCH};

use askama::Template;
use lettre::Address;
use lettre::message::{Mailbox, Message, MultiPart};
use portico_domain::event::Event;
use portico_domain::status::Status;
use portico_http::{Portal, Problem};

use crate::reasons::{Due, Says};

/// The words of a mail.
struct Words {
    subject: String,
    paragraphs: Vec<String>,
    button: Option<(&'static str, String)>,
    small: &'static str,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    name: Option<&'a str>,
    words: &'a Words,
    origin: &'a str,
}

#[derive(Template)]
#[template(path = "mail.txt", escape = "none")]
struct Text<'a> {
    name: Option<&'a str>,
    words: &'a Words,
    origin: &'a str,
}

const IGNORE: &str = "If you did not ask for this, ignore this mail: nothing happens without you.";

fn words(says: &Says, origin: &str) -> Words {
    let plain = |subject: &str, paragraphs: &[&str]| Words {
        subject: subject.to_owned(),
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        button: None,
        small: "",
    };
    match says {
        Says::Verify(link) => Words {
            button: Some(("Confirm address", link.clone())),
            small: IGNORE,
            ..plain(
                "Confirm your e-mail address",
                &["Somebody, hopefully you, signed up with this address.", "Confirm it within 24 hours, and choose a password."],
            )
        },
        Says::AlreadyRegistered(Some(link)) => Words {
            button: Some(("Confirm address", link.clone())),
            small: IGNORE,
            ..plain(
                "You are already registered",
                &[
                    "Somebody, hopefully you, signed up with this address, which is registered already.",
                    "It has not been confirmed yet. Confirm it within 24 hours, and choose a password.",
                ],
            )
        },
        Says::AlreadyRegistered(None) => Words {
            button: Some(("Sign in", format!("{origin}/login"))),
            small: IGNORE,
            ..plain(
                "You are already registered",
                &[
                    "Somebody, hopefully you, signed up with this address, which is registered already.",
                    "Sign in with your password, or ask for a new one if you have forgotten it.",
                ],
            )
        },
        Says::ResetPassword(link) => Words {
            button: Some(("Choose a password", link.clone())),
            small: IGNORE,
            ..plain(
                "Choose a new password",
                &["Somebody, hopefully you, asked for a new password. The link is good for one hour."],
            )
        },
        Says::Invited(link) => Words {
            button: Some(("Choose a password", link.clone())),
            small: IGNORE,
            ..plain(
                "You are invited",
                &["You were registered as a developer of this portal. Choose a password within 7 days to sign in."],
            )
        },
        Says::PasswordChanged => plain(
            "Your password was changed",
            &[
                "Your password was changed, and every session was ended. Your API keys keep working.",
                "If this was not you, ask for a new password at once and tell the people who run this portal.",
            ],
        ),
        Says::DeveloperDecided(Status::Approved) => Words {
            button: Some(("Sign in", format!("{origin}/login"))),
            ..plain("You are approved", &["You can now sign in, create applications and register them for APIs."])
        },
        Says::DeveloperDecided(Status::Rejected) => {
            plain("Your registration was rejected", &["The people who run this portal have not approved your registration."])
        }
        Says::DeveloperDecided(Status::Revoked | Status::Pending) => plain(
            "Your access was revoked",
            &["Your sessions were ended, and calls with the credentials of your applications are refused."],
        ),
        Says::RegistrationDecided { application, api, status } => {
            let what = match status {
                Status::Approved => format!("{application} can call {api} now."),
                Status::Rejected => format!("The registration of {application} for {api} was rejected."),
                Status::Revoked | Status::Pending => {
                    format!("The registration of {application} for {api} was revoked. Its calls are refused.")
                }
            };
            let subject = match status {
                Status::Approved => "Your registration was approved",
                Status::Rejected => "Your registration was rejected",
                Status::Revoked | Status::Pending => "Your registration was revoked",
            };
            Words { paragraphs: vec![what], ..plain(subject, &[]) }
        }
    }
}

/// The message of an event. The same event makes the same message, but for the boundary between its parts.
pub(crate) fn message(portal: &Portal, event: &Event, due: &Due) -> Result<Vec<u8>, Problem> {
    let failed = |error: &dyn std::fmt::Display| Problem::internal(format!("a mail cannot be composed: {error}"));
    let origin = portal.config.public_url.origin();
    let words = words(&due.says, &origin);
    // Until the address is proven, the name is whatever a stranger typed: it must not reach somebody else's inbox.
    let name = due.to.email_verified_at.map(|_| due.to.full_name.as_str());
    let html = Html { name, words: &words, origin: &origin }.render().map_err(|error| failed(&error))?;
    let text = Text { name, words: &words, origin: &origin }.render().map_err(|error| failed(&error))?;
    // The address alone: a name is somebody's free text and has no place in a header.
    let to = due.to.email.parse::<Address>().map_err(|error| failed(&error))?;
    let from = portal.config.mail_from.parse::<Mailbox>().map_err(|error| failed(&error))?;
    let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(event.at.millis()).unwrap_or(0));
    let message = Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(words.subject)
        .date(date)
        .message_id(Some(format!("<{}@{}>", event.id, portal.config.public_url.host())))
        .multipart(MultiPart::alternative_plain_html(text, html))
        .map_err(|error| failed(&error))?;
    Ok(message.formatted())
}
