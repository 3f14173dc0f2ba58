//! `GET /api/v3/search`: operations and documents of the APIs that the caller may see, the closest first.

mod cursor;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use portico_domain::id::ApiId;
use portico_domain::publication::Publication;
use portico_domain::reader::Reader;
use portico_domain::search::{Hit, OfVersion, Wanted};
use portico_http::invalid::{Invalid, InvalidParameter, Rule};
use portico_http::listing::page_size;
use portico_http::query::Query;
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

use cursor::Place;

/// The most APIs whose cards are read together.
const CARDS: usize = 100;

/// A hit of an API.
struct Ranked {
    api: ApiId,
    version: Option<OfVersion>,
    hit: Hit,
}

impl Ranked {
    fn place(&self) -> Place {
        Place { score: self.hit.score, api: self.api, line: self.hit.line }
    }
}

/// What is asked for.
struct Asked {
    wanted: Wanted,
    text: String,
    size: usize,
    after: Option<Place>,
}

/// Answers the route of `search-catalog`.
///
/// # Errors
/// 400 for wrong parameters, 401 for a session that is not in force.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let who = portal.visitor(&request, []).await?;
    let asked = parse(&request.query)?;
    let reader = portal.reader(&who.portal, who.developer.as_ref()).await?;
    let mut ranked = Vec::new();
    if !asked.wanted.is_empty() {
        for (api, lines) in portal.store.searchable(who.portal.id).await? {
            let version = lines.version();
            ranked.extend(lines.find(&asked.wanted).into_iter().map(|hit| Ranked { api, version, hit }));
        }
    }
    ranked.sort_by_key(Ranked::place);
    let (seen, cards) = visible(portal, &reader, ranked, &asked).await?;
    let start = asked.after.map_or(0, |after| seen.partition_point(|one| one.place() <= after));
    let shown: Vec<_> = seen.iter().skip(start).take(asked.size).collect();
    let there_is_more = seen.len() > start + shown.len();
    let next = shown.last().filter(|_| there_is_more).map(|last| cursor::address(&request.raw_path, &asked, Some(last.place())));
    let previous = (start > 0).then(|| {
        let before = start.checked_sub(asked.size + 1).and_then(|at| seen.get(at));
        cursor::address(&request.raw_path, &asked, before.map(Ranked::place))
    });
    let data: Vec<_> = shown.into_iter().filter_map(|one| view::of(one, cards.get(&one.api)?)).collect();
    let first = cursor::address(&request.raw_path, &asked, None);
    ok(&view::results(data, first, next, previous, asked.size))
}

/// What the caller may see of what was found, from the first to one behind the page: the cards say, as they are now.
async fn visible(
    portal: &Portal,
    reader: &Reader,
    ranked: Vec<Ranked>,
    asked: &Asked,
) -> Result<(Vec<Ranked>, BTreeMap<ApiId, Publication>), Problem> {
    let (mut seen, mut cards, mut known) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    let mut rest = ranked.into_iter().peekable();
    let mut behind = 0;
    while rest.peek().is_some() && behind <= asked.size {
        let mut some: Vec<Ranked> = Vec::new();
        let mut wanted = BTreeSet::new();
        while let Some(next) =
            rest.next_if(|next| known.contains(&next.api) || wanted.contains(&next.api) || wanted.len() < CARDS)
        {
            if !known.contains(&next.api) {
                wanted.insert(next.api);
            }
            some.push(next);
        }
        let keys: Vec<Key> = wanted.iter().map(|api| Key::publication(portal.config.portal, *api)).collect();
        let items = portal.store.load(&keys).await?;
        for key in &keys {
            let card = items.get::<Publication>(key)?.filter(|card| card.is_visible_to(reader));
            cards.extend(card.map(|card| (card.api, card)));
        }
        known.extend(wanted);
        some.retain(|one| cards.contains_key(&one.api));
        behind += some.iter().filter(|one| asked.after.is_none_or(|after| one.place() > after)).count();
        seen.extend(some);
    }
    Ok((seen, cards))
}

fn parse(query: &Query) -> Result<Asked, Invalid> {
    let mut faults = Vec::new();
    let mut get = |name| {
        query.get(name).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        })
    };
    let (text, after) = (get("q").unwrap_or_default(), get("page[after]"));
    if text.chars().count() > Wanted::MAX_CHARS {
        let maximum = Wanted::MAX_CHARS;
        let reason = format!("must have at most {maximum} characters");
        faults.push(InvalidParameter::query("q", Rule::MaxLength { maximum: maximum.try_into().unwrap_or(i64::MAX) }, reason));
    }
    let size = page_size(query).unwrap_or_else(|fault| {
        faults.push(fault);
        0
    });
    let place = after.map(Place::parse);
    if place.is_some_and(|place| place.is_none()) {
        let reason = "must be taken from meta.page of an earlier answer";
        faults.push(InvalidParameter::query("page[after]", Rule::Invalid, reason));
    }
    Invalid::any(faults)?;
    Ok(Asked { wanted: Wanted::parse(text), text: text.to_owned(), size, after: place.flatten() })
}
