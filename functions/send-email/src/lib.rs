//! Events become mails. Each event comes at least once; the same event always makes the same mail with the same link, and a mail whose
//! reason has passed is not sent. What SES will never send is noted on the developer, and not tried again.

mod compose;
mod reasons;
mod waiting;
mod words;

use portico_delivery::mail::{Mail, Mailer, SendError};
use portico_domain::mail_failure::{Outcome, Reason};
use portico_domain::notice::MAIL_DUE;
use portico_http::{Portal, Problem};
use portico_store::stream::Committed;
use serde::Deserialize;
use serde_json::Value;

use crate::reasons::Recipient;

/// What the function is called in logs and as an actor.
const FUNCTION: &str = "send-email";

/// An event of the bus that says that a mail is due.
#[derive(Debug, Deserialize)]
struct MailDue {
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Committed,
}

/// Sends the mail that an event of the bus asks for. A failure that may pass is an error of the function: it is invoked again.
///
/// # Errors
/// 500 for what is no such event; 503 where the store or SES cannot be reached.
pub async fn handle(portal: &Portal, mailer: &Mailer, event: Value) -> Result<Value, Problem> {
    let due: MailDue = serde_json::from_value(event).map_err(|error| unreadable(&error))?;
    if due.detail_type != MAIL_DUE {
        return Err(unreadable(&"it is of another type"));
    }
    send(portal, mailer, &due.detail).await?;
    Ok(Value::Null)
}

fn unreadable(why: &dyn std::fmt::Display) -> Problem {
    Problem::internal(format!("the event says of no mail that is due: {why}"))
}

async fn send(portal: &Portal, mailer: &Mailer, committed: &Committed) -> Result<(), Problem> {
    let (id, name) = (committed.event.id, committed.event.name.as_str());
    let Some(due) = reasons::mail_for(portal, committed).await? else { return Ok(()) };
    let composed = compose::message(portal, &committed.event, &due)?;
    let developer = match &due.to {
        Recipient::Developer(developer) => Some(developer),
        Recipient::Members(_) | Recipient::Administrators => None,
    };
    let mail = Mail {
        event: id,
        developer: developer.map(|developer| developer.id),
        from: &portal.config.mail_from,
        to: &composed.to,
        message: &composed.message,
    };
    let outcome = match mailer.send(mail).await {
        Ok(()) => {
            tracing::info!(function = FUNCTION, event = %id, name, "sent");
            Outcome::Accepted
        }
        Err(SendError::Refused { reason, code }) => {
            refused(id, name, reason, code);
            Outcome::Failed(reason)
        }
        Err(passing @ SendError::Passing(_)) => return Err(Problem::busy(passing.to_string())),
    };
    // Nearly always nothing was noted and nothing is: then the table is not asked again.
    if let Some(developer) = developer.filter(|developer| outcome.is_news(developer, id)) {
        portal.note_mail(developer.id, id, outcome, FUNCTION).await?;
    }
    Ok(())
}

fn refused(event: portico_domain::id::EventId, name: &str, reason: Reason, code: &str) {
    tracing::error!(function = FUNCTION, %event, name, reason = reason.as_str(), code, "refused for good");
}
