//! What one record of the stream puts on the bus: the notices of its event, and the event itself for `send-email` where a mail may be
//! due.

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::EventRecord;
use portico_delivery::bus::Entry;
use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::id::{EventId, PortalId};
use portico_domain::notice::{MAIL_DUE, MAIL_SOURCE, Notice, Person, SOURCE};
use portico_domain::portal::Portal as Settings;
use portico_domain::time::Timestamp;
use portico_http::{Portal, Problem};
use portico_store::Key;
use portico_store::stream::committed;
use serde_json::Value;

/// The entries of one event.
#[derive(Debug)]
pub(crate) struct Parcel {
    /// The record's place in the batch.
    pub position: usize,
    /// The record's number in the stream.
    pub sequence: String,
    /// Whose history it is of: what is put there keeps its order.
    pub root: String,
    /// The event.
    pub event: EventId,
    /// What it is called.
    pub name: Name,
    /// What is put on the bus, of mails alone until [`address`] has added the notices.
    pub entries: Vec<Entry>,
    at: Timestamp,
    notices: Vec<Notice>,
}

/// A record that cannot be relayed, ever.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// The key of its item, for whoever looks after it. There is no address in a key.
    pub item: String,
    /// What is wrong with it.
    pub cause: String,
}

impl Parcel {
    /// What a record puts on the bus. Nothing if it tells of no new event.
    pub(crate) fn of(position: usize, sequence: &str, record: &EventRecord) -> Result<Option<Self>, Unreadable> {
        let unreadable = |cause: String| Unreadable { item: item(record), cause };
        let Some(committed) = committed(record).map_err(|error| unreadable(error.to_string()))? else { return Ok(None) };
        let event = &committed.event;
        let notices = Notice::of(event, sequence).map_err(|error| unreadable(error.to_string()))?;
        let mail = event.name.may_be_mailed().then(|| entry(MAIL_SOURCE, MAIL_DUE, &committed, event.at)).transpose();
        Ok(Some(Self {
            position,
            sequence: sequence.to_owned(),
            event: event.id,
            name: event.name,
            entries: mail.map_err(|error| unreadable(error.to_string()))?.into_iter().collect(),
            at: event.at,
            notices,
            root: committed.root,
        }))
    }
}

/// Adds the notices, with the developers' names where the portal's setting allows that, as they are now: an event keeps ids alone.
pub(crate) async fn address(portal: &Portal, parcels: &mut [Parcel]) -> Result<(), Problem> {
    let mut notices: Vec<&mut Notice> = parcels.iter_mut().flat_map(|parcel| parcel.notices.iter_mut()).collect();
    let portals: BTreeSet<PortalId> =
        notices.iter_mut().filter_map(|notice| notice.person().is_some().then_some(notice.portal)).collect();
    let keys: Vec<Key> = portals.iter().map(|portal| Key::portal(*portal)).collect();
    let settings = if keys.is_empty() { None } else { Some(portal.store.load(&keys).await?) };
    let mut shown = BTreeSet::new();
    for id in portals {
        let settings = settings.as_ref().map(|settings| settings.get::<Settings>(&Key::portal(id))).transpose()?.flatten();
        shown.extend(settings.filter(|settings| settings.pii_in_notifications).map(|_| id));
    }
    let mut named: Vec<_> = notices
        .iter_mut()
        .filter(|notice| shown.contains(&notice.portal))
        .filter_map(|notice| notice.person())
        .map(|(id, person)| (Key::developer(id), person))
        .collect();
    if !named.is_empty() {
        let keys: Vec<Key> = named.iter().map(|(key, _)| key.clone()).collect();
        let developers = portal.store.load(&keys).await?;
        for (key, person) in &mut named {
            let developer = developers.get::<Developer>(key)?.filter(|developer| developer.deleted_at.is_none());
            **person = developer.map(|Developer { full_name, email, .. }| Person { full_name, email });
        }
    }
    for parcel in parcels {
        for notice in &parcel.notices {
            let detail_type = notice.change.of_type().as_str();
            let entry = entry(SOURCE, detail_type, notice, parcel.at).map_err(|error| Problem::internal(error.to_string()))?;
            parcel.entries.push(entry);
        }
    }
    Ok(())
}

fn entry(source: &str, detail_type: &str, detail: &impl serde::Serialize, time: Timestamp) -> Result<Entry, serde_json::Error> {
    let detail: Value = serde_json::to_value(detail)?;
    Ok(Entry { source: source.to_owned(), detail_type: detail_type.to_owned(), detail, time })
}

/// The key of a record's item.
fn item(record: &EventRecord) -> String {
    let text = |name: &str| match record.change.keys.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => text.clone(),
        _ => "?".to_owned(),
    };
    format!("{} {}", text("pk"), text("sk"))
}
