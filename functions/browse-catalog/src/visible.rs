//! The API that a path names, if it is published in the portal and the caller may see it. One that is hidden and one that does not
//! exist are the same 404.

use portico_domain::id::ApiId;
use portico_domain::publication::Publication;
use portico_domain::reader::Reader;
use portico_domain::slug::Slug;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::{Portal, Problem, Request};
use portico_store::{Items, Key};

/// An API that the caller may see, and what was read with it.
pub(crate) struct Visible {
    /// Who calls.
    pub(crate) reader: Reader,
    /// The API's card.
    pub(crate) card: Publication,
    /// What else was asked for.
    pub(crate) items: Items,
}

/// Reads the API that the path names by id or slug, with its other items: one read by id, two by slug.
pub(crate) async fn visible(portal: &Portal, request: &Request, also: impl Fn(ApiId) -> Option<Key>) -> Result<Visible, Problem> {
    let named = request.parameter("apiIdOrSlug");
    let keys = |id: ApiId| std::iter::once(Key::publication(portal.config.portal, id)).chain(also(id));
    let (who, id, items) = match named.parse::<ApiId>() {
        Ok(id) => {
            let mut who = portal.visitor(request, keys(id)).await?;
            let items = std::mem::take(&mut who.items);
            (who, id, items)
        }
        Err(_) => {
            let guard = Key::slug_guard(named);
            let slug = Slug::parse(named);
            let who = portal.visitor(request, slug.is_ok().then(|| guard.clone())).await?;
            slug.map_err(|_| malformed(request))?;
            let owner = who.items.item(&guard).and_then(|guard| guard.text("owner")).and_then(|id| id.parse().ok());
            let id = owner.ok_or_else(Problem::not_found)?;
            (who, id, portal.store.load(&keys(id).collect::<Vec<_>>()).await?)
        }
    };
    let reader = portal.reader(&who.portal, who.developer.as_ref()).await?;
    let card = items.get::<Publication>(&Key::publication(portal.config.portal, id))?;
    let card = card.filter(|card| card.is_visible_to(&reader)).ok_or_else(Problem::not_found)?;
    Ok(Visible { reader, card, items })
}

fn malformed(request: &Request) -> Problem {
    if request.route.lists_400 {
        InvalidParameter::path("apiIdOrSlug", Rule::IsUuid, "must be a UUID or a slug").into()
    } else {
        Problem::not_found()
    }
}
