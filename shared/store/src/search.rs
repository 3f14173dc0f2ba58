//! What search knows of an API, beside its card in each portal: written in the transactions that change the card, compressed.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use portico_domain::api::Api;
use portico_domain::id::{ApiId, PortalId};
use portico_domain::search::{Lines, TEXT_BYTES};
use serde::{Deserialize, Serialize};

use crate::apis::ContentsError;
use crate::{Condition, Item, Key, Store, StoreError, Transaction, Update};

/// The most compressed bytes of one API: those of twenty portals fit into a transaction.
const MOST: usize = 150_000;

/// What an item says beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The portal.
    pub(crate) portal: PortalId,
    /// The API.
    pub(crate) api: ApiId,
    /// The edition of the API that it is of.
    pub(crate) edition: u64,
    /// The form of its lines.
    #[serde(default)]
    pub(crate) form: u32,
}

/// Lines on their way into the table.
#[derive(Clone, Debug)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// Compresses lines. What is too much goes from the end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if they cannot be compressed.
    pub fn of(lines: &Lines) -> Result<Self, StoreError> {
        let mut lines = lines.clone();
        loop {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            let packed = encoder.write_all(lines.as_str().as_bytes()).and_then(|()| encoder.finish());
            let packed = packed.map_err(|error| StoreError::Corrupt(error.to_string()))?;
            if packed.len() <= MOST {
                return Ok(Self(packed));
            }
            lines = lines.halved();
        }
    }

    /// The item of a portal.
    pub(crate) fn item(&self, portal: PortalId, api: ApiId, edition: u64) -> Result<Item, StoreError> {
        let mut item = Item::new(&Key::search(portal, api), "search", &Row { portal, api, edition, form: Lines::FORM })?;
        item.attributes.insert("lines".to_owned(), AttributeValue::B(Blob::new(self.0.clone())));
        Ok(item)
    }
}

impl Store {
    /// What search knows of the APIs of a portal.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn searchable(&self, portal: PortalId) -> Result<Vec<(ApiId, Lines)>, StoreError> {
        let items = self.children(Key::portal(portal).pk(), "SEARCH#").await?;
        let read = |item: Item| {
            let lines = unpacked(&item)?;
            Ok((item.into_entity::<Row>()?.api, lines))
        };
        items.into_iter().map(read).collect()
    }

    /// The APIs of a portal whose lines are of an older form, or missing.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn outdated_searches(&self, portal: PortalId) -> Result<Vec<ApiId>, StoreError> {
        let rows: Vec<Row> = self.children_as(Key::portal(portal).pk(), "SEARCH#").await?;
        let current: BTreeSet<ApiId> = rows.iter().filter(|row| row.form >= Lines::FORM).map(|row| row.api).collect();
        let published = self.cards_of(portal).await?.into_iter().map(|card| card.api);
        Ok(published.filter(|api| !current.contains(api)).collect())
    }

    /// Writes what search knows of an API anew, in every portal that it is published in.
    ///
    /// # Errors
    /// [`ContentsError::Changed`]: read and gather again.
    pub async fn renew_search(&self, api: &Api, packed: &Packed) -> Result<(), ContentsError> {
        let as_read = Condition::has_not("deleted_at").and(Condition::is("ver", &api.ver));
        let mut transaction = Transaction::new().check(Key::api(api.id), as_read, |_| ContentsError::Changed);
        for portal in api.publications.keys() {
            transaction = transaction.put(packed.item(*portal, api.id, api.edition));
        }
        transaction.commit(self).await
    }

    /// Keeps that what search knows of a portal's APIs is of the current form.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn searches_are_current(&self, portal: PortalId) -> Result<(), StoreError> {
        self.edit(Update::of(Key::portal(portal)).set("search_form", &Lines::FORM)).await.map(drop)
    }
}

fn unpacked(item: &Item) -> Result<Lines, StoreError> {
    let packed = item.attributes.get("lines").and_then(|value| value.as_b().ok()).map(Blob::as_ref).unwrap_or_default();
    let mut text = String::new();
    let most = u64::try_from(TEXT_BYTES).unwrap_or(u64::MAX);
    DeflateDecoder::new(packed).take(most).read_to_string(&mut text).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(Lines::from_text(text))
}
