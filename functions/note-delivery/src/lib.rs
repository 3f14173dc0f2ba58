//! What SES reports of mails after it has taken them: a bounce, a complaint or a rejection is noted on the developer, and a later mail
//! that arrives takes the note away. Reports come more than once and in any order; each counts once.

mod report;

use portico_domain::id::{DeveloperId, EventId};
use portico_http::{Portal, Problem};
use serde_json::Value;

use crate::report::Report;

/// What the function is called in logs and as an actor.
const FUNCTION: &str = "note-delivery";

/// Notes what one event of SES reports. What is no report about a mail of ours to a developer changes nothing.
///
/// # Errors
/// 500 for what is no event of SES; 503 where the store cannot be reached.
pub async fn handle(portal: &Portal, event: Value) -> Result<Value, Problem> {
    let report: Report =
        serde_json::from_value(event).map_err(|error| Problem::internal(format!("this is no report of SES: {error}")))?;
    let Some(outcome) = report.outcome() else { return Ok(Value::Null) };
    let Some(mail) = report.tag::<EventId>("event") else { return Ok(Value::Null) };
    let Some(developer) = report.tag::<DeveloperId>("developer") else {
        // A mail to administrators: there is nobody to note it on.
        tracing::warn!(function = FUNCTION, event = %mail, ?outcome, "about a mail to administrators");
        return Ok(Value::Null);
    };
    if portal.note_mail(developer, mail, outcome, FUNCTION).await? {
        tracing::info!(function = FUNCTION, developer.id = %developer, event = %mail, ?outcome, "noted");
    }
    Ok(Value::Null)
}
