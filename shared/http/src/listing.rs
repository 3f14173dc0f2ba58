//! Lists: paging, filters and order, as docs/contract/README.md says under "Lists".
//!
//! A list names its columns once, and [`Listing`] does the rest:
//!
//! ```ignore
//! const COLUMNS: &[Column<Developer>] = &[
//!     Column::id("id", |d| Some(d.id.uuid())),
//!     Column::text("email", |d| Some(d.email.as_str())),
//!     Column::choice("status", STATUSES, |d| Some(d.status.as_str())),
//!     Column::time("created_at", |d: &Developer| Some(d.created_at)).sort_only(),
//! ];
//! let listing = Listing::parse(&request.query, COLUMNS)?;
//! let page = listing.apply(developers).map(DeveloperView::of);
//! ```
//! Comparisons: `eq`, `neq` and `oeq` are exact; `contains` and `ocontains` ignore case. A field without a value passes
//! `neq` alone. Sorting ignores case first, puts missing values last (first with `desc`), and ends with `id`. A list that
//! nobody asked to sort keeps the order in which it was given.

pub mod browse;
pub mod column;
mod condition;
mod order;
mod page;

pub use column::Column;
pub use page::{Page, page_size};

use crate::invalid::{Invalid, InvalidParameter};
use crate::query::Query;
use condition::Condition;
use order::Order;
use page::Window;
use uuid::Uuid;

/// What a request asks of a list.
#[derive(Debug)]
pub struct Listing<Row: 'static> {
    window: Window,
    conditions: Vec<Condition<Row>>,
    order: Order<Row>,
}

impl<Row> Listing<Row> {
    /// Reads `page`, `filter` and `sort`.
    ///
    /// # Errors
    /// Every parameter that is wrong.
    pub fn parse(query: &Query, columns: &'static [Column<Row>]) -> Result<Self, Invalid> {
        Self::parse_with_filter(query, columns, "filter")
    }

    /// The same for a list whose filter has another name (`applicationfilter`).
    ///
    /// # Errors
    /// Every parameter that is wrong.
    pub fn parse_with_filter(query: &Query, columns: &'static [Column<Row>], filter: &str) -> Result<Self, Invalid> {
        let mut faults = Vec::new();
        let window = Window::parse(query, &mut faults);
        let conditions = conditions(query, columns, filter, &mut faults);
        let order = Order::parse(query, columns, &mut faults);
        Invalid::any(faults)?;
        Ok(Self { window, conditions, order })
    }

    /// Filters and sorts all rows, and cuts out the page.
    pub fn apply(&self, mut rows: Vec<Row>) -> Page<Row> {
        rows.retain(|row| self.keeps(row));
        self.sort(&mut rows);
        let total = rows.len();
        let data = rows.into_iter().skip(self.offset()).take(self.size()).collect();
        self.page(data, total)
    }

    /// Whether a row passes every filter: for lists that are read piece by piece.
    pub fn keeps(&self, row: &Row) -> bool {
        self.conditions.iter().all(|condition| condition.passes(row))
    }

    /// The same, without the filter that a column equals something: for the row that a lookup by just that found.
    pub fn keeps_found_by(&self, column: &str, row: &Row) -> bool {
        let known = |condition: &&Condition<Row>| condition.column == column && condition.equal_text().is_some();
        self.conditions.iter().filter(|condition| !known(condition)).all(|condition| condition.passes(row))
    }

    /// Puts rows into the order that was asked for.
    pub fn sort(&self, rows: &mut [Row]) {
        self.order.sort(rows);
    }

    /// Whether an order was asked for: if not, rows can be taken as they come.
    pub fn is_sorted(&self) -> bool {
        self.order.is_given()
    }

    /// Whether nothing is filtered out, so that a stored count is the total.
    pub fn is_unfiltered(&self) -> bool {
        self.conditions.is_empty()
    }

    /// How many rows stand before the page.
    pub fn offset(&self) -> usize {
        self.window.offset()
    }

    /// The number of the page, from 1.
    pub fn number(&self) -> usize {
        self.window.number
    }

    /// How many rows a page has at most.
    pub fn size(&self) -> usize {
        self.window.size
    }

    /// A page of rows that the caller filtered, sorted and cut.
    pub fn page<T>(&self, data: Vec<T>, total: usize) -> Page<T> {
        Page { data, number: self.number(), size: self.size(), total, rest: None }
    }

    /// Whether a filter asks about a column.
    pub fn filters_by(&self, column: &str) -> bool {
        self.conditions.iter().any(|condition| condition.column == column)
    }

    /// The text that a column must equal, if the filter says so: for a lookup instead of a scan.
    pub fn equals(&self, column: &str) -> Option<&str> {
        self.conditions.iter().filter(|condition| condition.column == column).find_map(Condition::equal_text)
    }

    /// The id that a column must equal, if the filter says so.
    pub fn equals_id(&self, column: &str) -> Option<Uuid> {
        self.conditions.iter().filter(|condition| condition.column == column).find_map(Condition::equal_id)
    }
}

fn conditions<Row>(
    query: &Query,
    columns: &'static [Column<Row>],
    filter: &str,
    faults: &mut Vec<InvalidParameter>,
) -> Vec<Condition<Row>> {
    let mut read = Vec::new();
    match query.deep(filter) {
        Ok(sent) => {
            for deep in sent {
                match Condition::parse(&deep, columns) {
                    Ok(condition) => read.extend(condition),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        Err(invalid) => faults.extend(invalid.into_parameters()),
    }
    read
}

#[cfg(test)]
mod tests;
