//! The post office of a laptop: SES's `SendEmail`, as far as Portico calls it, whose mails lie in the outbox.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_delivery::mail::EVENT_TAG;
use serde::Deserialize;

use crate::in_process::{Service, json_answer};
use crate::outbox::Outbox;

/// Puts what is sent into an outbox.
#[derive(Clone, Debug)]
pub struct Post {
    outbox: Outbox,
}

/// What a call of `SendEmail` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The sender.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// The RFC 5322 message.
    pub message: Vec<u8>,
    /// Names and values.
    pub tags: Vec<(String, String)>,
    /// The configuration set, if one is named.
    pub configuration_set: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Call {
    from_email_address: String,
    destination: Destination,
    content: Content,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    raw: Raw,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

impl Letter {
    /// Reads a call.
    ///
    /// # Errors
    /// If it is no `SendEmail` of the form that Portico uses.
    pub fn read(request: &HttpRequest) -> Result<Self, ConnectorError> {
        let wrong = |what: &str| ConnectorError::user(format!("this is no SendEmail: {what}").into());
        if request.method() != "POST" || !request.uri().contains("/v2/email/outbound-emails") {
            return Err(wrong(request.uri()));
        }
        let body = request.body().bytes().ok_or_else(|| wrong("the body is a stream"))?;
        let call: Call = serde_json::from_slice(body).map_err(|error| wrong(&error.to_string()))?;
        let message = STANDARD.decode(call.content.raw.data).map_err(|error| wrong(&error.to_string()))?;
        Ok(Self {
            from: call.from_email_address,
            to: call.destination.to_addresses,
            message,
            tags: call.email_tags.into_iter().map(|tag| (tag.name, tag.value)).collect(),
            configuration_set: call.configuration_set_name,
        })
    }

    /// The value of a tag.
    #[must_use]
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What SES answers when it has taken it.
    ///
    /// # Errors
    /// Never: the status is one.
    pub fn taken(&self) -> Result<HttpResponse, ConnectorError> {
        json_answer(200, &serde_json::json!({ "MessageId": self.tag(EVENT_TAG) }))
    }
}

impl Post {
    /// A post office over an outbox.
    #[must_use]
    pub fn new(outbox: Outbox) -> Self {
        Self { outbox }
    }
}

impl Service for Post {
    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let letter = Letter::read(&request)?;
        let event = letter.tag(EVENT_TAG).ok_or_else(|| ConnectorError::user("the mail names no event".into()))?;
        self.outbox.put(event, &letter.message).map_err(|error| ConnectorError::io(error.into()))?;
        letter.taken()
    }
}
