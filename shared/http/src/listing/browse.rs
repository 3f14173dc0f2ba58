//! The lists that administrators browse. They are not bounded: an index is walked up to a cap, and a page beyond it is reached by
//! `page[after]`. A total is never invented: at the cap it is the number counted so far, and says so.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_domain::api::Api;
use portico_domain::application::Application;
use portico_domain::developer::Developer;
use portico_domain::strategy::Strategy;
use portico_domain::team::Team;
use portico_store::lists::{Start, Walked};
use portico_store::{Item, Key, Store};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::{Column, Listing, Page, Window, conditions};
use crate::invalid::{Invalid, InvalidParameter, Rule};
use crate::listing::order::Order;
use crate::problem::Problem;
use crate::query::Query;
use crate::request::Request;

/// How many items of a list one request walks past.
pub const CAP: usize = 10_000;
/// The parameter that continues where a walk ended.
const AFTER: &str = "page[after]";

/// An item of a list.
pub trait Listed: DeserializeOwned {
    /// Where it lies in the table.
    fn key(&self) -> Key;
    /// Whether it is only what is left of something deleted.
    fn is_deleted(&self) -> bool;
}

impl Listed for Developer {
    fn key(&self) -> Key {
        Key::developer(self.id)
    }
    fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

impl Listed for Application {
    fn key(&self) -> Key {
        Key::application(self.card.id)
    }
    fn is_deleted(&self) -> bool {
        !self.is_live()
    }
}

impl Listed for Team {
    fn key(&self) -> Key {
        Key::team(self.id)
    }
    fn is_deleted(&self) -> bool {
        !self.is_live()
    }
}

impl Listed for Api {
    fn key(&self) -> Key {
        Key::api(self.id)
    }
    fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

impl Listed for Strategy {
    fn key(&self) -> Key {
        Key::strategy(self.id)
    }
    fn is_deleted(&self) -> bool {
        false
    }
}

/// What a request asks of a list that is not bounded.
#[derive(Debug)]
pub struct Browsing<Row: 'static> {
    /// Page, filters and order.
    pub listing: Listing<Row>,
    after: Option<String>,
    path: String,
    query: Query,
}

impl<Row> Browsing<Row> {
    /// Reads `page`, `filter` and `sort`.
    ///
    /// # Errors
    /// Every parameter that is wrong.
    pub fn parse(request: &Request, columns: &'static [Column<Row>]) -> Result<Self, Invalid> {
        Self::of(&request.raw_path, &request.query, columns)
    }

    /// The same, of a path and a query.
    ///
    /// # Errors
    /// Every parameter that is wrong.
    pub fn of(path: &str, query: &Query, columns: &'static [Column<Row>]) -> Result<Self, Invalid> {
        let mut faults = Vec::new();
        let window = Window::parse(query, &mut faults);
        let after = after(query).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        let conditions = conditions(query, columns, "filter", &mut faults);
        let order = Order::parse(query, columns, &mut faults);
        Invalid::any(faults)?;
        Ok(Self { listing: Listing { window, conditions, order }, after, path: path.to_owned(), query: query.clone() })
    }

    /// Walks a list from where the request says, past at most `cap` items.
    ///
    /// # Errors
    /// What the store says.
    pub async fn walk(&self, store: &Store, list: &str, cap: usize) -> Result<Walked, Problem> {
        Ok(store.walk(list, self.after.as_deref(), cap).await?)
    }

    /// Filters and sorts the rows of a walk, and cuts out the page; behind it goes on what the walk did not reach.
    pub fn page(&self, rows: Vec<Row>, next: Option<&str>) -> Page<Row> {
        Page { rest: next.map(|place| self.next(place)), ..self.listing.apply(rows) }
    }

    /// The address of what lies beyond the cap.
    fn next(&self, place: &str) -> String {
        let kept = self.query.pairs().filter(|(name, _)| !matches!(*name, AFTER | "page[number]"));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair(AFTER, &URL_SAFE_NO_PAD.encode(place))
            .finish();
        format!("{}?{query}", self.path)
    }
}

impl<Row: Listed> Browsing<Row> {
    /// The page that was asked for. What it shows is read again from the table: the index may lag behind it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn browse(&self, store: &Store, list: &str, cap: usize) -> Result<Page<Row>, Problem> {
        let found = self.found(store, list, cap).await?;
        let items = store.load(&found.data).await?;
        let mut data = Vec::with_capacity(found.data.len());
        for key in &found.data {
            data.extend(items.get::<Row>(key)?.filter(|row| !row.is_deleted() && self.listing.keeps(row)));
        }
        Ok(Page { data, number: found.number, size: found.size, total: found.total, rest: found.rest })
    }

    /// What is on the page by the list. One that is neither filtered nor sorted is read to the end of the page, and what follows is
    /// counted.
    async fn found(&self, store: &Store, list: &str, cap: usize) -> Result<Page<Key>, Problem> {
        if !self.listing.is_unfiltered() || self.listing.is_sorted() {
            let walked = self.walk(store, list, cap).await?;
            let rows: Result<Vec<Row>, _> = walked.items.into_iter().map(Item::into_entity).collect();
            return Ok(self.page(rows?, walked.next.as_deref()).map(|row| row.key()));
        }
        let start = self.after.as_deref().map_or(Start::Oldest, Start::Behind);
        let end = self.listing.offset().saturating_add(self.listing.size());
        let counted = store.count(list, start, end, cap).await?;
        let keys = counted.items.iter().skip(self.listing.offset()).map(Item::key).collect();
        Ok(Page { rest: counted.next.as_deref().map(|place| self.next(place)), ..self.listing.page(keys, counted.total) })
    }
}

/// The place behind which the list goes on: whatever it is, it can only be a place in the list that is asked for.
fn after(query: &Query) -> Result<Option<String>, InvalidParameter> {
    let Some(sent) = query.get(AFTER)? else { return Ok(None) };
    let place = URL_SAFE_NO_PAD.decode(sent).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let well_formed = |place: &String| {
        place.split_once('#').is_some_and(|(at, id)| {
            at.len() == 13 && at.bytes().all(|byte| byte.is_ascii_digit()) && crate::fields::kinds::parse_uuid(id).is_some()
        })
    };
    match place.filter(well_formed) {
        Some(place) => Ok(Some(place)),
        None => Err(InvalidParameter::query(AFTER, Rule::Invalid, "must be taken from meta.page.next of an earlier answer")),
    }
}
