//! Events become mails. The table's stream delivers each event at least once; the same event always makes the same mail with the
//! same link, and a mail whose reason has passed is not sent.

mod compose;
mod outgoing;
mod reasons;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use portico_domain::id::EventId;
use portico_http::{Portal, Problem};
use portico_store::stream::committed;

pub use outgoing::{Folder, FolderError, Mailer};

/// Sends the mails that a batch of the stream asks for. The reply names the first record that failed: Lambda delivers that one and
/// what follows it again.
pub async fn handle(portal: &Portal, mailer: &impl Mailer, batch: Event) -> DynamoDbEventResponse {
    let mut reply = DynamoDbEventResponse::default();
    for record in &batch.records {
        if let Err(problem) = one(portal, mailer, record).await {
            let sequence = record.change.sequence_number.clone();
            tracing::error!(function = "send-email", sequence, kind = problem.kind().name(), cause = problem.cause(), "failed");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = sequence;
            reply.batch_item_failures.push(failure);
            break;
        }
    }
    reply
}

async fn one(portal: &Portal, mailer: &impl Mailer, record: &EventRecord) -> Result<(), Problem> {
    let Some(committed) = committed(record)? else { return Ok(()) };
    let id: EventId = committed.event.id;
    let Some(mail) = reasons::mail_for(portal, &committed).await? else { return Ok(()) };
    let message = compose::message(portal, &committed.event, &mail)?;
    mailer.send(&id.to_string(), &message).await.map_err(|error| Problem::busy(error.to_string()))?;
    tracing::info!(function = "send-email", event = %id, name = committed.event.name.as_str(), "sent");
    Ok(())
}
