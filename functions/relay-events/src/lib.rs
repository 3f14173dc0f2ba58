//! Events leave the table: what its stream tells of becomes entries on the bus, at least once, those of one root in the stream's
//! order.

mod parcel;

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use portico_delivery::bus::{Entry, EventBus, NotPut};
use portico_http::{Portal, Problem};

use crate::parcel::{Parcel, Unreadable};

/// Puts the events of a batch on the bus. The reply names the first record that is not there: Lambda delivers that one and what
/// follows it again, so what follows may arrive twice, and consumers know repeats by the id.
///
/// # Errors
/// A record without a sequence number, which nobody could name: the whole batch comes again.
pub async fn handle(portal: &Portal, bus: &EventBus, batch: Event) -> Result<DynamoDbEventResponse, Problem> {
    let mut parcels = Vec::with_capacity(batch.records.len());
    let mut failed = None;
    for (position, record) in batch.records.iter().enumerate() {
        let sequence = record.change.sequence_number.as_deref();
        let sequence = sequence.ok_or_else(|| Problem::internal("a record of the stream has no sequence number"))?;
        match Parcel::of(position, sequence, record) {
            Ok(parcel) => parcels.extend(parcel),
            // Nothing behind it is sent before Lambda has given it up: else it would be sent again with each of the tries.
            Err(Unreadable { item, cause }) => {
                tracing::error!(function = "relay-events", sequence, item, cause, "unreadable");
                failed = Some(sequence.to_owned());
                break;
            }
        }
    }
    if let Err(problem) = parcel::address(portal, &mut parcels).await {
        tracing::error!(function = "relay-events", kind = problem.kind().name(), cause = problem.cause(), "failed");
        return Ok(reply(parcels.into_iter().next().map(|parcel| parcel.sequence).or(failed)));
    }
    let left = send(bus, parcels).await;
    Ok(reply(left.or(failed)))
}

/// Sends parcels in rounds, each the oldest of every root, so that none overtakes an older one of its root. The first that is left.
async fn send(bus: &EventBus, parcels: Vec<Parcel>) -> Option<String> {
    let mut waiting = parcels;
    let mut left: Vec<Parcel> = Vec::new();
    let mut stuck: BTreeSet<String> = BTreeSet::new();
    while !waiting.is_empty() {
        let mut now = BTreeSet::new();
        let (round, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|parcel| now.insert(parcel.root.clone()));
        let entries: Vec<Entry> = round.iter().flat_map(|parcel| parcel.entries.iter().cloned()).collect();
        let mut put = bus.put(&entries).await.into_iter();
        let mut unreachable = false;
        for parcel in round {
            let refused: Vec<_> = put.by_ref().take(parcel.entries.len()).filter_map(Result::err).collect();
            if refused.is_empty() {
                if !parcel.entries.is_empty() {
                    tracing::info!(function = "relay-events", event = %parcel.event, name = parcel.name.as_str(), "relayed");
                }
                continue;
            }
            for error in refused {
                let sequence = parcel.sequence.as_str();
                tracing::error!(function = "relay-events", event = %parcel.event, sequence, %error, "not on the bus");
                unreachable |= matches!(error, NotPut::Unreachable(_));
            }
            stuck.insert(parcel.root.clone());
            left.push(parcel);
        }
        let (behind, free): (Vec<_>, Vec<_>) = later.into_iter().partition(|parcel| unreachable || stuck.contains(&parcel.root));
        left.extend(behind);
        waiting = free;
    }
    left.into_iter().min_by_key(|parcel| parcel.position).map(|parcel| parcel.sequence)
}

fn reply(failed: Option<String>) -> DynamoDbEventResponse {
    let mut reply = DynamoDbEventResponse::default();
    reply.batch_item_failures.extend(failed.map(|sequence| {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = Some(sequence);
        failure
    }));
    reply
}
