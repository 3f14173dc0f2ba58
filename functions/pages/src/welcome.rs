//! The first page: what this portal is, and the ways into it.

use askama::Template;
use portico_http::{Portal, Request};

use crate::catalog::Card;
use crate::frame::{Frame, Part};
use crate::markdown;
use crate::reader;
use crate::shown::{Page, Stop};

/// How many APIs are shown here.
const SHOWN: usize = 6;

/// What is said where the portal says nothing of itself.
const WORDS: &str = "Find an API, create an application, ask for access, and take away a credential that works.";

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    frame: Frame,
    /// HTML.
    text: String,
    signed_in: bool,
    cards: Vec<Card>,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let reader = reader::anybody(portal, request, []).await?;
    let signed_in = reader.is_signed_in();
    let reads = reader.reads(portal).await?;
    let mut cards = portal.store.cards_of(reader.settings.id).await?;
    cards.retain(|card| card.is_visible_to(&reads));
    cards.sort_by_key(|card| std::cmp::Reverse(card.api_updated_at));
    let now = portal.now();
    let page = WelcomePage {
        frame: Frame::of(&reader, request, Part::Elsewhere, "Welcome"),
        text: markdown::html(reader.settings.description.as_deref().unwrap_or(WORDS)),
        signed_in,
        cards: cards.iter().take(SHOWN).map(|card| Card::of(card, now)).collect(),
    };
    Page::open(&page, signed_in)
}
