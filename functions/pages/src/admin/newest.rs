//! A list that is searched and shown page by page, the newest first: whoever looks for something mostly looks for something new.

use portico_http::Portal;
use portico_store::Item;
use portico_store::lists::Start;
use serde::de::DeserializeOwned;

use crate::shown::Stop;

use super::CAP;
use super::pager::{Pager, SIZE};

/// What is searched for.
pub(super) struct Search<'a> {
    /// The list's name in the table.
    pub(super) list: &'a str,
    /// Where the list is shown.
    pub(super) path: &'a str,
    /// What the address says of what is searched for; nothing, if every value is empty.
    pub(super) query: &'a [(&'a str, &'a str)],
    /// What the address says of the page.
    pub(super) page: &'a str,
    /// The attributes that [`Search::page`] is to tell by whether an item fits.
    pub(super) attributes: &'a [&'a str],
}

/// A page of what was found.
pub(super) struct Found<T> {
    /// Its rows, as the table has them now.
    pub(super) rows: Vec<T>,
    /// How many fit, by the index.
    pub(super) total: usize,
    /// Whether the list is longer than what was searched.
    pub(super) more: bool,
    /// Whether there is anything in the list.
    pub(super) any: bool,
    pub(super) pager: Pager,
}

impl Search<'_> {
    /// The page of the items that fit. Where nothing is searched for, all do: then the list is read to the end of the page alone, and
    /// the rest is counted.
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        portal: &Portal,
        fits: impl Fn(&Item) -> bool,
    ) -> Result<Found<T>, Stop> {
        let is_search = self.query.iter().any(|(_, value)| !value.is_empty());
        let (items, total, more, any) = if is_search {
            let walked = portal.store.skim(self.list, self.attributes, CAP).await?;
            let any = !walked.items.is_empty();
            let found: Vec<Item> = walked.items.into_iter().filter(fits).collect();
            let total = found.len();
            (found, total, walked.next.is_some(), any)
        } else {
            let end = Pager::number(self.page).saturating_mul(SIZE);
            let counted = portal.store.count(self.list, Start::Newest, end, CAP).await?;
            (counted.items, counted.total, counted.next.is_some(), counted.total > 0)
        };
        let pager = Pager::of(self.page, total, self.path, self.query);
        let rows: Result<Vec<T>, _> = portal.store.fresh(&pager.cut(items)).await?.into_iter().map(Item::into_entity).collect();
        Ok(Found { rows: rows?, total, more, any, pager })
    }
}
