//! An API as a path or a query names it: by its id or by its slug.

use portico_domain::id::{ApiId, PortalId};
use portico_domain::publication::Publication;
use portico_domain::reader::Reader;
use portico_domain::slug::Slug;
use portico_store::{Items, Key};

use crate::portal::Portal;
use crate::problem::Problem;

/// What an API was named by.
#[derive(Clone, Debug)]
pub enum NamedApi {
    /// Its id.
    Id(ApiId),
    /// Its slug.
    Slug(Slug),
}

impl NamedApi {
    /// Reads a name; nothing, if it can be neither. Only what can be a slug becomes a key: DynamoDB bounds those.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().map(Self::Id).ok().or_else(|| Slug::parse(text).map(Self::Slug).ok())
    }

    /// What is read together with the caller: the API's card, or who has the slug.
    #[must_use]
    pub fn key(&self, portal: PortalId) -> Key {
        match self {
            Self::Id(id) => Key::publication(portal, *id),
            Self::Slug(slug) => Key::slug_guard(slug.as_str()),
        }
    }
}

impl Portal {
    /// The card of an API in this portal's catalog, out of what was read by [`NamedApi::key`]; by slug it costs one more read.
    ///
    /// # Errors
    /// A 404 if it is not published here, or the reader may not see it: the same one. What the store says.
    pub async fn visible_card(&self, named: &NamedApi, reader: &Reader, items: &Items) -> Result<Publication, Problem> {
        let card = self.card_of(named, items).await?;
        card.filter(|card| card.is_visible_to(reader)).ok_or_else(Problem::not_found)
    }

    async fn card_of(&self, named: &NamedApi, items: &Items) -> Result<Option<Publication>, Problem> {
        let key = named.key(self.config.portal);
        match named {
            NamedApi::Id(_) => Ok(items.get(&key)?),
            NamedApi::Slug(_) => {
                let owner = items.item(&key).and_then(|guard| guard.text("owner")).and_then(|id| id.parse::<ApiId>().ok());
                match owner {
                    Some(owner) => Ok(self.store.find(&Key::publication(self.config.portal, owner)).await?),
                    None => Ok(None),
                }
            }
        }
    }
}
