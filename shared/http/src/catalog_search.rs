//! Search over the catalog, for programs and for the page: operations and documents of the APIs that somebody may see, the closest
//! first.

mod cursor;

use std::collections::{BTreeMap, BTreeSet};

use portico_domain::id::ApiId;
use portico_domain::publication::Publication;
use portico_domain::reader::Reader;
use portico_domain::search::{Hit, OfVersion, Wanted};
use portico_store::Key;
use url::form_urlencoded;

use crate::invalid::{Invalid, InvalidParameter, Rule};
use crate::listing::page_size;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::query::Query;
use cursor::Place;

/// The most APIs whose cards are read together.
const CARDS: usize = 100;

/// What is looked for, and which page of it.
#[derive(Clone, Debug)]
pub struct Search {
    wanted: Wanted,
    text: String,
    size: usize,
    after: Option<Place>,
}

/// A hit of an API.
struct Ranked {
    api: ApiId,
    version: Option<OfVersion>,
    hit: Hit,
}

/// Something that was found, and the card of its API.
#[derive(Clone, Debug)]
pub struct Found {
    /// What fits, and how well.
    pub hit: Hit,
    /// The version whose operations were looked at.
    pub version: Option<OfVersion>,
    /// What the API says of itself now.
    pub card: Publication,
}

/// A page of results, and the addresses of others.
#[derive(Clone, Debug)]
pub struct Results {
    /// The closest first.
    pub page: Vec<Found>,
    /// The first page.
    pub first: String,
    /// The one that follows, if there is one.
    pub next: Option<String>,
    /// The one before, if there is one.
    pub previous: Option<String>,
    /// How many fit on a page.
    pub size: usize,
}

impl Ranked {
    fn place(&self) -> Place {
        Place { score: self.hit.score, api: self.api, line: self.hit.line }
    }
}

impl Search {
    /// Reads `q`, `page[size]` and `page[after]`.
    ///
    /// # Errors
    /// Every parameter that is wrong, together.
    pub fn parse(query: &Query) -> Result<Self, Invalid> {
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
            let rule = Rule::MaxLength { maximum: maximum.try_into().unwrap_or(i64::MAX) };
            faults.push(InvalidParameter::query("q", rule, reason));
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
        Ok(Self { wanted: Wanted::parse(text), text: text.to_owned(), size, after: place.flatten() })
    }

    /// What somebody typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Whether this is the first page.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.after.is_none()
    }

    /// The address of the page behind a place, or of the first one.
    fn address(&self, path: &str, after: Option<Place>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &self.text).append_pair("page[size]", &self.size.to_string());
        if let Some(after) = after {
            query.append_pair("page[after]", &after.written());
        }
        format!("{path}?{}", query.finish())
    }
}

impl Portal {
    /// A page of what somebody may see of what was found. Other pages lie at `path`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn search(&self, reader: &Reader, search: &Search, path: &str) -> Result<Results, Problem> {
        let mut ranked = Vec::new();
        if !search.is_empty() {
            for (api, lines) in self.store.searchable(self.config.portal).await? {
                let version = lines.version();
                ranked.extend(lines.find(&search.wanted).into_iter().map(|hit| Ranked { api, version, hit }));
            }
        }
        ranked.sort_by_key(Ranked::place);
        let (seen, cards) = self.seen(reader, ranked, search).await?;
        let start = search.after.map_or(0, |after| seen.partition_point(|one| one.place() <= after));
        let end = seen.len().min(start + search.size);
        let last = end.checked_sub(1).filter(|_| end > start && end < seen.len()).and_then(|at| seen.get(at));
        let before = start.checked_sub(search.size + 1).and_then(|at| seen.get(at)).map(Ranked::place);
        let next = last.map(|last| search.address(path, Some(last.place())));
        let shown = seen.into_iter().skip(start).take(search.size);
        let page = shown.filter_map(|one| {
            let card = cards.get(&one.api)?.clone();
            Some(Found { hit: one.hit, version: one.version, card })
        });
        Ok(Results {
            page: page.collect(),
            first: search.address(path, None),
            next,
            previous: (start > 0).then(|| search.address(path, before)),
            size: search.size,
        })
    }

    /// What a reader may see of what was found, from the first to one behind the page: the cards say, as they are now.
    async fn seen(
        &self,
        reader: &Reader,
        ranked: Vec<Ranked>,
        search: &Search,
    ) -> Result<(Vec<Ranked>, BTreeMap<ApiId, Publication>), Problem> {
        let (mut seen, mut cards, mut known) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        let mut rest = ranked.into_iter().peekable();
        let mut behind = 0;
        while rest.peek().is_some() && behind <= search.size {
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
            let keys: Vec<Key> = wanted.iter().map(|api| Key::publication(self.config.portal, *api)).collect();
            let items = self.store.load(&keys).await?;
            for key in &keys {
                let card = items.get::<Publication>(key)?.filter(|card| card.is_visible_to(reader));
                cards.extend(card.map(|card| (card.api, card)));
            }
            known.extend(wanted);
            some.retain(|one| cards.contains_key(&one.api));
            behind += some.iter().filter(|one| search.after.is_none_or(|after| one.place() > after)).count();
            seen.extend(some);
        }
        Ok((seen, cards))
    }
}
