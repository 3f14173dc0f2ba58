//! Search from the field that stands on every page: APIs by what they are called, and their operations and documents, the closest
//! first. It finds what `search-portal` finds, by the same code.

use askama::Template;
use portico_domain::search::Found as Thing;
use portico_http::catalog_search::{Found, Search};
use portico_http::{Portal, Problem, Request};

use crate::catalog::{self, Card};
use crate::frame::{Frame, Part};
use crate::parts::Empty;
use crate::reader;
use crate::shown::{Page, Stop, encoded};

/// How many APIs stand above what is in them.
const APIS: usize = 3;

/// Something that was found.
struct Row {
    kind: &'static str,
    name: String,
    place: String,
    /// Method and path of an operation.
    key: Option<String>,
    api: String,
    version: Option<String>,
}

#[derive(Template)]
#[template(path = "catalog/search.html")]
struct SearchPage {
    frame: Frame,
    cards: Vec<Card>,
    /// How many APIs there are, where not all of them are shown.
    all: Option<usize>,
    catalog: String,
    rows: Vec<Row>,
    next: Option<String>,
    previous: Option<String>,
    empty: Option<Empty>,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let reader = reader::anybody(portal, request, []).await?;
    let search = Search::parse(&request.query).map_err(Problem::from)?;
    let reads = reader.reads(portal).await?;
    let mut cards = Vec::new();
    if search.is_first() && !search.is_empty() {
        cards = portal.store.cards_of(reader.settings.id).await?;
        cards.retain(|card| card.is_visible_to(&reads) && catalog::says(card, search.text()));
        cards.sort_by_cached_key(|card| card.name.to_lowercase());
    }
    let found = portal.search(&reads, &search, "/search").await?;
    let now = portal.now();
    let mut frame = Frame::of(&reader, request, Part::Catalog, "Search");
    search.text().clone_into(&mut frame.searched);
    let page = SearchPage {
        empty: nothing(&search, cards.is_empty() && found.page.is_empty(), reader.is_signed_in()),
        all: (cards.len() > APIS).then_some(cards.len()),
        catalog: format!("/apis?q={}", encoded(search.text())),
        cards: cards.iter().take(APIS).map(|card| Card::of(card, now)).collect(),
        rows: found.page.iter().map(row).collect(),
        next: found.next,
        previous: found.previous,
        frame,
    };
    Page::open(&page, reader.is_signed_in())
}

fn row(found: &Found) -> Row {
    let card = &found.card;
    let (kind, name, place, key) = match &found.hit.found {
        // The reference opens the operation that the address names. There a blank is no plus.
        Thing::Operation(one) => {
            let key = one.key();
            let place = format!("/apis/{}/reference#{}", card.slug, encoded(&key).replace('+', "%20"));
            ("Operation", one.name(), place, Some(key))
        }
        // At the top a slug is one document's alone.
        Thing::Document(one) => {
            let name = if one.parent.is_none() { one.path.clone() } else { one.id.to_string() };
            ("Document", one.title.clone(), format!("/apis/{}/docs/{name}", card.slug), None)
        }
    };
    let version = card.current_version.as_ref().map(|current| current.version.clone());
    Row { kind, name, place, key, api: card.name.clone(), version }
}

/// What is said where nothing is shown.
fn nothing(search: &Search, none: bool, signed_in: bool) -> Option<Empty> {
    let browse = Some(("Browse the catalog", "/apis".to_owned()));
    let empty = if search.is_empty() {
        let text = "Type words of an API, an operation or a document into the field at the top of the page.".to_owned();
        Empty { title: "What are you looking for?".to_owned(), text, action: browse }
    } else {
        let more = if signed_in { "" } else { " There may be more to find for developers who are signed in." };
        let text = format!("All of the words must be there. Try fewer or other ones.{more}");
        Empty { title: format!("Nothing matches “{}”", search.text()), text, action: browse }
    };
    (search.is_empty() || none).then_some(empty)
}
