//! The catalog: the APIs that the reader may see, searched and filtered.

use std::collections::BTreeMap;

use askama::Template;
use portico_domain::portal::Visibility;
use portico_domain::publication::Publication;
use portico_domain::time::Timestamp;
use portico_http::{Portal, Request};

use crate::frame::{Frame, Part};
use crate::markdown;
use crate::parts::{Empty, When};
use crate::reader;
use crate::shown::{Page, Stop, encoded};

/// An API as the catalog shows it.
#[derive(Clone, Debug, Template)]
#[template(path = "catalog/card.html")]
pub(crate) struct Card {
    slug: String,
    name: String,
    version: Option<String>,
    description: String,
    private: bool,
    needs_registration: bool,
    attributes: Vec<String>,
    updated: When,
}

/// How much of a description a card shows.
const EXCERPT: usize = 180;

impl Card {
    pub(crate) fn of(card: &Publication, now: Timestamp) -> Self {
        Self {
            slug: card.slug.clone(),
            name: card.name.clone(),
            version: card.current_version.as_ref().map(|current| current.version.clone()).or_else(|| card.version.clone()),
            description: excerpt(&markdown::words(card.description.as_deref().unwrap_or_default())),
            private: card.visibility == Visibility::Private,
            needs_registration: card.strategy.is_some(),
            attributes: card.attributes.values().flatten().cloned().collect(),
            updated: When::of(card.api_updated_at, now),
        }
    }
}

/// The first words of a text, as one line.
pub(crate) fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= EXCERPT {
        return line;
    }
    let cut: String = line.chars().take(EXCERPT).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{whole} …")
}

/// A filter that can be put on or taken off.
#[derive(Clone, Debug)]
struct Choice {
    value: String,
    count: usize,
    chosen: bool,
    place: String,
}

#[derive(Template)]
#[template(path = "catalog/page.html")]
struct CatalogPage {
    frame: Frame,
    cards: Vec<Card>,
    filters: Vec<(String, Vec<Choice>)>,
    filtered: bool,
    table: bool,
    /// The same with the other view.
    other_view: String,
    empty: Empty,
}

/// Whether every word stands in the name, the slug, the description or an attribute.
pub(crate) fn says(card: &Publication, words: &str) -> bool {
    let values = card.attributes.values().flatten().map(String::as_str);
    let texts = [card.name.as_str(), card.slug.as_str(), card.description.as_deref().unwrap_or_default()];
    let all = texts.into_iter().chain(values).collect::<Vec<_>>().join("\n").to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

/// What the reader asked for.
struct Asked<'r> {
    text: &'r str,
    /// `name:value` pairs, each of which an API must have.
    attributes: Vec<(&'r str, &'r str)>,
    table: bool,
}

impl<'r> Asked<'r> {
    fn of(request: &'r Request) -> Self {
        let attributes = request.query.pairs().filter(|(name, _)| *name == "attribute");
        Self {
            text: request.query.get("q").ok().flatten().unwrap_or_default().trim(),
            attributes: attributes.filter_map(|(_, value)| value.split_once(':')).collect(),
            table: request.query.get("view").ok().flatten() == Some("table"),
        }
    }

    /// Every word is there, and every attribute.
    fn takes(&self, card: &Publication) -> bool {
        says(card, self.text)
            && self
                .attributes
                .iter()
                .all(|(name, value)| card.attributes.get(*name).is_some_and(|all| all.iter().any(|one| one == value)))
    }

    /// The address of this page with a filter turned, or the view.
    fn place(&self, turned: Option<(&str, &str)>, table: bool) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if !self.text.is_empty() {
            pairs.push(("q", self.text.to_owned()));
        }
        let kept = self.attributes.iter().filter(|one| Some(**one) != turned);
        let added = turned.filter(|one| !self.attributes.contains(one));
        pairs.extend(kept.copied().chain(added).map(|(name, value)| ("attribute", format!("{name}:{value}"))));
        if table {
            pairs.push(("view", "table".to_owned()));
        }
        let query: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        if query.is_empty() { "/apis".to_owned() } else { format!("/apis?{}", query.join("&")) }
    }
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let reader = reader::anybody(portal, request, []).await?;
    let signed_in = reader.is_signed_in();
    let asked = Asked::of(request);
    let reads = reader.reads(portal).await?;
    let mut cards = portal.store.cards_of(reader.settings.id).await?;
    cards.retain(|card| card.is_visible_to(&reads));
    let any = !cards.is_empty();
    cards.retain(|card| asked.takes(card));
    cards.sort_by_cached_key(|card| card.name.to_lowercase());
    let filtered = !asked.text.is_empty() || !asked.attributes.is_empty();
    let empty = nothing(&asked, any, signed_in);
    let now = portal.now();
    let mut frame = Frame::of(&reader, request, Part::Catalog, "Catalog");
    frame.searched = asked.text.to_owned();
    let page = CatalogPage {
        filters: filters(&asked, &cards),
        cards: cards.iter().map(|card| Card::of(card, now)).collect(),
        filtered,
        table: asked.table,
        other_view: asked.place(None, !asked.table),
        empty,
        frame,
    };
    Page::open(&page, signed_in)
}

/// The attributes of what is shown, with how many have each value.
fn filters(asked: &Asked<'_>, cards: &[Publication]) -> Vec<(String, Vec<Choice>)> {
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (name, values) in cards.iter().flat_map(|card| &card.attributes) {
        for value in values {
            *counts.entry(name).or_default().entry(value).or_default() += 1;
        }
    }
    let choice = |name: &str, value: &str, count: usize| Choice {
        value: value.to_owned(),
        count,
        chosen: asked.attributes.contains(&(name, value)),
        place: asked.place(Some((name, value)), asked.table),
    };
    let named = |(name, values): (&str, BTreeMap<&str, usize>)| {
        (name.to_owned(), values.into_iter().map(|(value, count)| choice(name, value, count)).collect())
    };
    counts.into_iter().map(named).collect()
}

/// What is said where there is no API to show.
fn nothing(asked: &Asked<'_>, any: bool, signed_in: bool) -> Empty {
    let (title, text, action) = match (any, signed_in) {
        (true, _) if !asked.text.is_empty() => (
            format!("No API matches “{}”", asked.text),
            "Try fewer or other words.".to_owned(),
            Some(("Clear the search", "/apis".to_owned())),
        ),
        (true, _) => (
            "No API has all of these attributes".to_owned(),
            "Take one away.".to_owned(),
            Some(("Show all APIs", "/apis".to_owned())),
        ),
        (false, true) => ("No APIs yet".to_owned(), "The APIs that are published in this portal will be here.".to_owned(), None),
        (false, false) => (
            "No public APIs".to_owned(),
            "There may be more to see for developers who are signed in.".to_owned(),
            Some(("Sign in", "/login?to=%2Fapis".to_owned())),
        ),
    };
    Empty { title, text, action }
}
