//! A page of mappings: it begins behind one, or ends before one, which its address names.

use portico_domain::id::GroupMappingId;
use portico_http::invalid::{Invalid, InvalidParameter, Rule};
use portico_http::views::group_mapping::GroupMappingView;
use portico_http::{Problem, Request};
use serde::Serialize;
use url::form_urlencoded;

use super::Row;

const AFTER: &str = "page[after]";
const BEFORE: &str = "page[before]";

/// Where a page lies among all.
#[derive(Clone, Copy)]
enum Place {
    First,
    After(GroupMappingId),
    Before(GroupMappingId),
}

/// Which page is asked for.
pub(super) struct Page<'r> {
    request: &'r Request,
    size: usize,
    place: Place,
}

#[derive(Serialize)]
pub(super) struct PageView {
    meta: Meta,
    data: Vec<GroupMappingView>,
}

#[derive(Serialize)]
struct Meta {
    page: Cursors,
}

#[derive(Serialize)]
struct Cursors {
    first: String,
    next: Option<String>,
    previous: Option<String>,
    size: usize,
}

impl<'r> Page<'r> {
    /// Reads `page[after]` and `page[before]`, one of which may be there.
    pub(super) fn parse(request: &'r Request, size: usize) -> Result<Self, Problem> {
        let mut faults = Vec::new();
        let mut read = |name| {
            cursor(request, name).unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        };
        let place = match (read(AFTER), read(BEFORE)) {
            (None, None) => Place::First,
            (Some(after), None) => Place::After(after),
            (None, Some(before)) => Place::Before(before),
            (Some(_), Some(_)) => {
                let rule = Rule::DependentFields { dependents: vec![AFTER.to_owned()] };
                return Err(InvalidParameter::query(BEFORE, rule, "must not be sent together with page[after]").into());
            }
        };
        Invalid::any(faults)?;
        Ok(Self { request, size, place })
    }

    /// The page of these rows, which are in the order of their ids.
    pub(super) fn of(&self, rows: Vec<Row>) -> PageView {
        let behind = |id: GroupMappingId| rows.partition_point(|(known, _)| *known <= id);
        let start = match self.place {
            Place::First => 0,
            Place::After(id) => behind(id),
            Place::Before(id) => rows.partition_point(|(known, _)| *known < id).saturating_sub(self.size),
        };
        let end = rows.len().min(start + self.size);
        let id_at = |at: Option<usize>| at.and_then(|at| rows.get(at)).map(|(id, _)| *id);
        let next = id_at(end.checked_sub(1)).filter(|_| end < rows.len()).map(|last| self.address(Some((AFTER, last))));
        let previous = id_at(Some(start)).filter(|_| start > 0).map(|first| self.address(Some((BEFORE, first))));
        let page = Cursors { first: self.address(None), next, previous, size: self.size };
        let shown = rows.iter().skip(start).take(self.size);
        PageView { meta: Meta { page }, data: shown.map(|(id, mapping)| GroupMappingView::of(*id, mapping)).collect() }
    }

    /// The address of a page with the same filters.
    fn address(&self, place: Option<(&str, GroupMappingId)>) -> String {
        let kept = self.request.query.pairs().filter(|(name, _)| ![AFTER, BEFORE].contains(name));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept);
        if let Some((name, id)) = place {
            query.append_pair(name, &id.to_string());
        }
        match query.finish() {
            query if query.is_empty() => self.request.raw_path.clone(),
            query => format!("{}?{query}", self.request.raw_path),
        }
    }
}

fn cursor(request: &Request, name: &str) -> Result<Option<GroupMappingId>, InvalidParameter> {
    let Some(sent) = request.query.get(name)? else { return Ok(None) };
    let wrong = |_| InvalidParameter::query(name, Rule::Invalid, "must be taken from meta.page of an earlier answer");
    sent.parse().map(Some).map_err(wrong)
}
