//! The order of a list: `sort=created_at desc,name`.

use super::column::{Cell, Column};
use crate::invalid::{InvalidParameter, Rule};
use crate::query::Query;
use portico_domain::api::order_of_labels;
use std::cmp::Ordering;

const MAX_KEYS: usize = 10;

/// The columns to sort by, the most important first; empty if nobody asked.
#[derive(Debug)]
pub(super) struct Order<Row: 'static> {
    keys: Vec<(&'static Column<Row>, Direction)>,
    /// Breaks ties, so that no row is on two pages or on none.
    id: Option<&'static Column<Row>>,
}

#[derive(Clone, Copy, Debug)]
enum Direction {
    Ascending,
    Descending,
}

impl<Row> Order<Row> {
    pub(super) fn parse(query: &Query, columns: &'static [Column<Row>], faults: &mut Vec<InvalidParameter>) -> Self {
        let id = columns.iter().find(|column| column.name == "id");
        let keys = match query.get("sort") {
            Ok(Some(sent)) => keys(sent, columns),
            Ok(None) => Ok(Vec::new()),
            Err(fault) => Err(fault),
        };
        let keys = keys.unwrap_or_else(|fault| {
            faults.push(fault);
            Vec::new()
        });
        Self { keys, id }
    }

    pub(super) fn is_given(&self) -> bool {
        !self.keys.is_empty()
    }

    pub(super) fn sort(&self, rows: &mut [Row]) {
        if !self.is_given() {
            return;
        }
        rows.sort_by(|one, other| {
            let by_keys = self.keys.iter().map(|(column, direction)| {
                let ascending = compare(&column.cell, one, other);
                match direction {
                    Direction::Ascending => ascending,
                    Direction::Descending => ascending.reverse(),
                }
            });
            let tie = || self.id.map_or(Ordering::Equal, |id| compare(&id.cell, one, other));
            by_keys.into_iter().find(|order| order.is_ne()).unwrap_or_else(tie)
        });
    }
}

fn keys<Row>(sent: &str, columns: &'static [Column<Row>]) -> Result<Vec<(&'static Column<Row>, Direction)>, InvalidParameter> {
    let mut keys = Vec::new();
    for key in sent.split(',') {
        let mut words = key.split_whitespace();
        let column = words.next().and_then(|name| columns.iter().find(|column| column.sort && column.name == name));
        let Some(column) = column else {
            let choices: Vec<String> = columns.iter().filter(|column| column.sort).map(|column| column.name.to_owned()).collect();
            let reason = format!("must name one of: {}", choices.join(", "));
            return Err(InvalidParameter::query("sort", Rule::Enum { choices }, reason));
        };
        let direction = match (words.next(), words.next()) {
            (None | Some("asc"), None) => Direction::Ascending,
            (Some("desc"), None) => Direction::Descending,
            _ => {
                let choices = vec!["asc".to_owned(), "desc".to_owned()];
                let reason = "must be a field, then asc or desc";
                return Err(InvalidParameter::query("sort", Rule::Enum { choices }, reason));
            }
        };
        if keys.len() == MAX_KEYS {
            let rule = Rule::MaxItems { maximum: MAX_KEYS as i64 };
            let reason = format!("must have at most {MAX_KEYS} fields");
            return Err(InvalidParameter::query("sort", rule, reason));
        }
        keys.push((column, direction));
    }
    Ok(keys)
}

fn compare<Row>(cell: &Cell<Row>, one: &Row, other: &Row) -> Ordering {
    match cell {
        Cell::Text(read) | Cell::Choice(_, read) => texts(read(one), read(other)),
        Cell::Label(read) => match (read(one), read(other)) {
            (Some(one), Some(other)) => order_of_labels(one, other),
            (one, other) => missing_last(one, other),
        },
        Cell::Id(read) => missing_last(read(one), read(other)),
        Cell::Time(read) => missing_last(read(one), read(other)),
        Cell::Flag(read) => missing_last(read(one), read(other)),
        Cell::Number(read) => missing_last(read(one), read(other)),
        Cell::Values(_) => Ordering::Equal,
    }
}

fn texts(one: Option<&str>, other: Option<&str>) -> Ordering {
    if let (Some(one), Some(other)) = (one, other) {
        let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
        return lower(one).cmp(&lower(other)).then_with(|| one.cmp(other));
    }
    missing_last(one, other)
}

fn missing_last<T: Ord>(one: Option<T>, other: Option<T>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}
