//! Mails by SES v2. A mail is composed before it comes here; here it is sent, and what SES says is read as one of two things: it
//! may pass when it is tried again, or it never will.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_sesv2::config::retry::RetryPartition;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};
use portico_aws::{SdkConfig, Service};
use portico_domain::id::{DeveloperId, EventId};
use portico_domain::mail_failure::Reason;

/// The tag that holds the id of the event that a mail is about.
pub const EVENT_TAG: &str = "event";
/// The tag that holds the id of the developer whom a mail is for. A mail to administrators has none.
pub const DEVELOPER_TAG: &str = "developer";
/// The variable that names the configuration set: without one SES tells nobody of bounces.
pub const CONFIGURATION_SET: &str = "PORTICO_MAIL_CONFIGURATION_SET";

/// One try of one call. SES takes its time now and then, and a mail that was given up too early arrives twice.
const TRY_TIMEOUT: Duration = Duration::from_secs(4);

/// A composed mail.
#[derive(Clone, Copy)]
pub struct Mail<'a> {
    /// The event that it is about.
    pub event: EventId,
    /// The developer whom it is for, unless it is for administrators.
    pub developer: Option<DeveloperId>,
    /// The sender, as in `From`.
    pub from: &'a str,
    /// Who gets it.
    pub to: &'a [String],
    /// The RFC 5322 message.
    pub message: &'a [u8],
}

/// A mail was not sent. Neither holds what SES wrote: it repeats addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It never will be.
    #[error("SES refuses the mail: {reason} ({code})")]
    Refused {
        /// Why.
        reason: Reason,
        /// The name of the error.
        code: &'static str,
    },
    /// It may be if it is tried again.
    #[error("SES cannot send the mail now: {0}")]
    Passing(String),
}

/// Sends mails.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
    configuration_set: Option<String>,
}

impl Mailer {
    /// A mailer over a configuration.
    pub fn new(config: &SdkConfig, configuration_set: Option<String>) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let config = aws_sdk_sesv2::config::Builder::from(config)
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(TRY_TIMEOUT).build())
            // A mailer of its own has retries of its own: the default partition is shared by the whole process.
            .retry_partition(RetryPartition::new(format!("mail-{}", MADE.fetch_add(1, Ordering::Relaxed))))
            .build();
        Self { client: aws_sdk_sesv2::Client::from_conf(config), configuration_set }
    }

    /// A mailer where the environment says.
    pub async fn from_environment() -> Self {
        let configuration_set = std::env::var(CONFIGURATION_SET).ok().filter(|name| !name.is_empty());
        Self::new(&portico_aws::from_environment(Service::Ses).await, configuration_set)
    }

    /// Sends a mail. It may arrive twice where SES took it and its answer was lost: then it is the same mail.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, mail: Mail<'_>) -> Result<(), SendError> {
        let build = |error: &dyn std::fmt::Display| SendError::Passing(format!("the call cannot be built: {error}"));
        let message = RawMessage::builder().data(Blob::new(mail.message)).build().map_err(|error| build(&error))?;
        let mut call = self
            .client
            .send_email()
            .from_email_address(mail.from)
            .destination(Destination::builder().set_to_addresses(Some(mail.to.to_vec())).build())
            .content(EmailContent::builder().raw(message).build())
            .set_configuration_set_name(self.configuration_set.clone());
        let developer = mail.developer.map(|id| (DEVELOPER_TAG, id.to_string()));
        for (name, value) in [(EVENT_TAG, mail.event.to_string())].into_iter().chain(developer) {
            call = call.email_tags(MessageTag::builder().name(name).value(value).build().map_err(|error| build(&error))?);
        }
        call.send().await.map(|_| ()).map_err(|error| read(&error))
    }
}

/// What an error of SES means for the mail. What an operator puts right (the quota, sending that is paused, a configuration set that is
/// missing) passes; a mail that SES has looked at and does not want never goes.
fn read(error: &SdkError<SendEmailError>) -> SendError {
    let SdkError::ServiceError(context) = error else {
        let what = match error {
            SdkError::TimeoutError(_) => "timeout",
            SdkError::DispatchFailure(_) => "connection",
            SdkError::ResponseError(_) => "unreadable answer",
            _ => "the call cannot be built",
        };
        return SendError::Passing(what.to_owned());
    };
    let refused = |reason, code| SendError::Refused { reason, code };
    match context.err() {
        SendEmailError::MessageRejected(_) => refused(Reason::Rejected, "MessageRejected"),
        SendEmailError::BadRequestException(_) => refused(Reason::Malformed, "BadRequestException"),
        SendEmailError::MailFromDomainNotVerifiedException(_) => {
            refused(Reason::SenderNotVerified, "MailFromDomainNotVerifiedException")
        }
        SendEmailError::AccountSuspendedException(_) => refused(Reason::AccountSuspended, "AccountSuspendedException"),
        other => {
            let status = context.raw().status().as_u16();
            SendError::Passing(format!("{} ({status})", other.code().unwrap_or("no code")))
        }
    }
}
