//! From what is to be said to an RFC 5322 message with a text and an HTML part.

use std::time::{Duration, UNIX_EPOCH};

use askama::Template;
use lettre::Address;
use lettre::message::{Mailbox, Message, MultiPart};
use portico_domain::event::Event;
use portico_http::{Portal, Problem};

use crate::reasons::{Due, Recipient};
use crate::words::{Words, words};

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

/// A mail as it leaves.
pub(crate) struct Composed {
    /// Who gets it.
    pub(crate) to: Vec<String>,
    /// The RFC 5322 message.
    pub(crate) message: Vec<u8>,
}

/// The message of an event. The same event makes the same message, but for the boundary between its parts.
pub(crate) fn message(portal: &Portal, event: &Event, due: &Due) -> Result<Composed, Problem> {
    let failed = |error: &dyn std::fmt::Display| Problem::internal(format!("a mail cannot be composed: {error}"));
    let origin = portal.config.public_url.origin();
    let words = words(&due.says, &origin);
    let (name, to) = match &due.to {
        // Until the address is proven, the name is whatever a stranger typed: it must not reach somebody else's inbox.
        Recipient::Developer(to) => (to.email_verified_at.map(|_| to.full_name.as_str()), vec![to.email.clone()]),
        Recipient::Members(members) => (None, members.iter().map(|member| member.email.clone()).collect()),
        Recipient::Administrators => (None, portal.config.notify.iter().map(|address| address.canonical().to_owned()).collect()),
    };
    let html = Html { name, words: &words, origin: &origin }.render().map_err(|error| failed(&error))?;
    let text = Text { name, words: &words, origin: &origin }.render().map_err(|error| failed(&error))?;
    let from = portal.config.mail_from.parse::<Mailbox>().map_err(|error| failed(&error))?;
    let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(event.at.millis()).unwrap_or(0));
    let mut message = Message::builder().from(from);
    for address in &to {
        // The address alone: a name is somebody's free text and has no place in a header.
        message = message.to(Mailbox::new(None, address.parse::<Address>().map_err(|error| failed(&error))?));
    }
    let message = message
        .subject(words.subject)
        .date(date)
        .message_id(Some(format!("<{}@{}>", event.id, portal.config.public_url.host())))
        .multipart(MultiPart::alternative_plain_html(text, html))
        .map_err(|error| failed(&error))?;
    Ok(Composed { to, message: message.formatted() })
}
